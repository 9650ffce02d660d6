"""The web process in the test's own loop, spoken to through ASGI."""

from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any, cast

import httpx
import pytest
from litestar import Litestar
from sqlalchemy import event

from services.web.app import create_app
from services.web.site import Site
from shared.kit.settings import Settings
from shared.tenants.models import Tenant

ClientFor = Callable[[Tenant | str], httpx.AsyncClient]


@pytest.fixture(scope="session")
async def app(settings: Settings) -> AsyncIterator[Litestar]:
    application = create_app(settings)
    site: Site = application.state.site
    # Not `application.lifespan()`: set-up and tear-down of a fixture are two tasks, its cancel scope allows one.
    await site.open()
    yield application
    await site.close()


@pytest.fixture(scope="session")
def site(app: Litestar) -> Site:
    site: Site = app.state.site
    return site


@pytest.fixture
async def client_for(app: Litestar, settings: Settings) -> AsyncIterator[ClientFor]:
    """A browser without cookies at a tenant's address (or at any host name). Redirects are not followed."""
    clients: list[httpx.AsyncClient] = []

    def make(tenant: Tenant | str) -> httpx.AsyncClient:
        base = f"http://{tenant}" if isinstance(tenant, str) else settings.tenant_url(tenant.slug, tenant.host)
        client = httpx.AsyncClient(transport=httpx.ASGITransport(cast(Any, app)), base_url=base)
        clients.append(client)
        return client

    yield make
    for client in clients:
        await client.aclose()


@pytest.fixture
def statements(site: Site) -> Iterator[list[str]]:
    """What the web process says to the database from now on, without the binding of the tenant."""
    said: list[str] = []

    def note(*given: Any) -> None:
        if not given[2].startswith("SET LOCAL"):
            said.append(given[2])

    engine = site.database.engine.sync_engine
    event.listen(engine, "before_cursor_execute", note)
    yield said
    event.remove(engine, "before_cursor_execute", note)
