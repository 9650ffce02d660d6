"""The platform with its secrets, and all kinds of strangers who knock at it."""

from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

import httpx
import pytest

from services.web.site import Site
from shared.identity import service as identity
from shared.identity.models import Role
from shared.identity.tokens import hash_of, new_token
from shared.kit.database.session import NATIONAL, Database
from shared.kit.settings import Settings
from shared.tenants.models import Tenant
from tests.factories.identity import make_account, signed_in
from tests.factories.members import make_member
from tests.factories.screening import make_pledge
from tests.factories.tenants import make_tenant
from tests.leaks.canaries import Secrets, plant
from tests.services.web.conftest import ClientFor, app, client_for, site

__all__ = ["app", "client_for", "site"]


@pytest.fixture(scope="module")
async def secrets(worker_database: Database, settings: Settings) -> Secrets:
    return await plant(worker_database, settings)


@pytest.fixture(scope="module")
async def elsewhere(worker_database: Database) -> Tenant:
    return await make_tenant(worker_database)


@pytest.fixture
async def visitors(
    secrets: Secrets, elsewhere: Tenant, worker_database: Database, client_for: ClientFor, site: Site
) -> AsyncIterator[dict[str, httpx.AsyncClient]]:
    """By a name that says who knocks where."""
    await site._reload_hosts()
    async with worker_database.read(NATIONAL) as session:
        nation = await session.get_one(Tenant, NATIONAL)

    async def person(tenant: Tenant, role: Role, *, pledged: bool = True, **more: Any) -> httpx.AsyncClient:
        account = await make_account(worker_database, tenant, role, **more)
        if tenant is secrets.tenant and pledged:
            await make_pledge(worker_database, tenant, account)
        return await signed_in(client_for(tenant), account)

    def going_to(tenant: Tenant, client: httpx.AsyncClient) -> httpx.AsyncClient:
        visitor = client_for(tenant)
        visitor.headers["cookie"] = f"tsunagari={client.cookies['tsunagari']}"
        return visitor

    foreign_staff = await person(elsewhere, Role.SECRETARIAT_ADMIN)
    operator = await person(nation, Role.OPERATOR)
    program = client_for(secrets.tenant)
    program.headers["authorization"] = f"Bearer {await _token(worker_database, elsewhere)}"
    yield {
        "own staff": await person(secrets.tenant, Role.SECRETARIAT_ADMIN),
        "own staff before the pledge": await person(secrets.tenant, Role.SECRETARIAT_ADMIN, pledged=False),
        "a stranger": client_for(secrets.tenant),
        "a stranger elsewhere": client_for(elsewhere),
        "staff of another platform at home": foreign_staff,
        "staff of another platform here": going_to(secrets.tenant, foreign_staff),
        "a program of another platform": program,
        "a member": await person(
            secrets.tenant,
            Role.ORGANISATION_MANAGER,
            organisation_id=await _other_member(worker_database, secrets.tenant),
        ),
        "the operator": operator,
        "the operator here": going_to(secrets.tenant, operator),
        "the national viewer": await person(nation, Role.NATIONAL_VIEWER),
        "the nation's staff": await person(nation, Role.SECRETARIAT_ADMIN),
    }


async def _other_member(database: Database, tenant: Tenant) -> UUID:
    return await make_member(database, tenant)


async def _token(database: Database, tenant: Tenant) -> str:
    token = new_token()
    async with database.write(tenant.id) as session:
        await identity.ensure_client(
            session, client_id="robot", name="連携", secret_hash=hash_of(token).hex(), role=Role.SECRETARIAT
        )
        await identity.keep_token(session, client_id="robot", token=token)
    return token
