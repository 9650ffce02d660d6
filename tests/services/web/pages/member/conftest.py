"""An organisation with its manager and a user at the keyboard, and the secretariat that hears from them."""

from uuid import UUID

import httpx
import pytest

from services.web.site import Site
from shared.identity.models import Role
from shared.kit.database.session import Database
from shared.tenants.models import Tenant
from tests.factories.identity import make_account, signed_in
from tests.factories.members import make_member, make_platform
from tests.services.web.conftest import ClientFor


@pytest.fixture
async def tenant(worker_database: Database, site: Site) -> Tenant:
    tenant = await make_platform(worker_database)
    await site._reload_hosts()
    return tenant


@pytest.fixture
async def organisation(worker_database: Database, tenant: Tenant) -> UUID:
    return await make_member(worker_database, tenant, name="つなぐ食堂")


async def person(
    client_for: ClientFor, database: Database, tenant: Tenant, role: Role, organisation_id: UUID | None = None
) -> httpx.AsyncClient:
    account = await make_account(database, tenant, role, organisation_id=organisation_id)
    return await signed_in(client_for(tenant), account)


@pytest.fixture
async def manager(
    client_for: ClientFor, worker_database: Database, tenant: Tenant, organisation: UUID
) -> httpx.AsyncClient:
    return await person(client_for, worker_database, tenant, Role.ORGANISATION_MANAGER, organisation)


@pytest.fixture
async def user(
    client_for: ClientFor, worker_database: Database, tenant: Tenant, organisation: UUID
) -> httpx.AsyncClient:
    return await person(client_for, worker_database, tenant, Role.ORGANISATION_USER, organisation)


@pytest.fixture
async def stranger(client_for: ClientFor, worker_database: Database, tenant: Tenant) -> httpx.AsyncClient:
    """The manager of another organisation of the same platform."""
    other = await make_member(worker_database, tenant)
    return await person(client_for, worker_database, tenant, Role.ORGANISATION_MANAGER, other)


@pytest.fixture
async def staff(client_for: ClientFor, worker_database: Database, tenant: Tenant) -> httpx.AsyncClient:
    return await person(client_for, worker_database, tenant, Role.SECRETARIAT_ADMIN)
