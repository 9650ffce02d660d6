"""A platform with an administrator at the keyboard."""

import httpx
import pytest

from services.web.site import Site
from shared.identity.models import Role
from shared.kit.database.session import Database
from shared.tenants.models import Tenant
from tests.factories.identity import MadeAccount, make_account, signed_in
from tests.factories.tenants import make_tenant
from tests.services.web.conftest import ClientFor


@pytest.fixture
async def tenant(worker_database: Database, site: Site) -> Tenant:
    tenant = await make_tenant(worker_database)
    await site._reload_hosts()
    return tenant


@pytest.fixture
async def admin(worker_database: Database, tenant: Tenant) -> MadeAccount:
    return await make_account(worker_database, tenant, Role.SECRETARIAT_ADMIN)


@pytest.fixture
async def staff(client_for: ClientFor, tenant: Tenant, admin: MadeAccount) -> httpx.AsyncClient:
    """The administrator's browser."""
    return await signed_in(client_for(tenant), admin)


@pytest.fixture
async def other_staff(client_for: ClientFor, worker_database: Database, site: Site) -> httpx.AsyncClient:
    """The browser of another platform's administrator."""
    elsewhere = await make_tenant(worker_database)
    await site._reload_hosts()
    return await signed_in(
        client_for(elsewhere), await make_account(worker_database, elsewhere, Role.SECRETARIAT_ADMIN)
    )
