"""Asking GraphQL as programs and browsers do."""

from collections.abc import Awaitable, Callable
from typing import Any

import httpx
import pytest

from services.web.site import Site
from shared.identity import service
from shared.identity.models import Role
from shared.identity.tokens import hash_of, new_token
from shared.kit.database.session import Database
from shared.tenants.models import Tenant
from tests.factories.identity import make_account, signed_in
from tests.factories.tenants import make_tenant
from tests.services.web.conftest import ClientFor

StaffFor = Callable[[Tenant], Awaitable[httpx.AsyncClient]]


async def ask(
    client: httpx.AsyncClient, query: str, variables: dict[str, Any] | None = None, **headers: str
) -> dict[str, Any]:
    """The whole answer, which must be one of an executed request."""
    sent = {name.replace("_", "-"): value for name, value in headers.items()}
    answer = await client.post("/graphql", json={"query": query, "variables": variables}, headers=sent)
    assert answer.status_code == 200, answer.text
    decoded: dict[str, Any] = answer.json()
    return decoded


async def data(
    client: httpx.AsyncClient, query: str, variables: dict[str, Any] | None = None, **headers: str
) -> dict[str, Any]:
    answer = await ask(client, query, variables, **headers)
    assert "errors" not in answer, answer["errors"]
    found: dict[str, Any] = answer["data"]
    return found


async def bearer(database: Database, tenant: Tenant, role: Role) -> str:
    """The token of a program. `database` is the worker's."""
    token = new_token()
    async with database.write(tenant.id) as session:
        secret = hash_of(token).hex()
        await service.ensure_client(session, client_id=f"robot {role}", name="連携", secret_hash=secret, role=role)
        await service.keep_token(session, client_id=f"robot {role}", token=token)
    return token


@pytest.fixture
async def town(worker_database: Database, site: Site) -> Tenant:
    tenant = await make_tenant(worker_database)
    await site._reload_hosts()
    return tenant


@pytest.fixture
def staff_for(client_for: ClientFor, worker_database: Database) -> StaffFor:
    """Somebody of the secretariat, signed in by the page."""

    async def make(tenant: Tenant) -> httpx.AsyncClient:
        account = await make_account(worker_database, tenant, Role.SECRETARIAT_ADMIN)
        return await signed_in(client_for(tenant), account)

    return make
