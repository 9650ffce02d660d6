"""What a session's life depends on."""

from datetime import datetime, timedelta

import pytest
import time_machine

from shared.identity import queries, service
from shared.identity.models import Role
from shared.identity.policy import INSTALLATION, Actor
from shared.identity.tokens import hash_of
from shared.kit import clock
from shared.kit.database.session import Database
from shared.kit.refusals import Forbidden
from shared.tenants.models import Tenant
from tests.factories.identity import MadeAccount, make_account
from tests.factories.tenants import make_tenant


async def open_session(database: Database, tenant: Tenant, account: MadeAccount, replaces: str | None = None) -> str:
    async with database.write(tenant.id) as session:
        return await service.open_session(session, account_id=account.id, replaces=replaces)


async def actor(database: Database, tenant: Tenant, token: str) -> Actor | None:
    async with database.read(tenant.id) as session:
        return await queries.actor_of_session(session, hash_of(token))


async def touch(database: Database, tenant: Tenant, found: Actor) -> None:
    async with database.write(tenant.id) as session:
        assert found.session_id
        await service.touch(session, session_id=found.session_id)


@pytest.fixture
async def tenant(worker_database: Database) -> Tenant:
    return await make_tenant(worker_database)


@pytest.fixture
async def staff(worker_database: Database, tenant: Tenant) -> MadeAccount:
    return await make_account(worker_database, tenant, Role.SECRETARIAT)


async def test_a_session_is_its_account_in_its_tenant_only(
    worker_database: Database, tenant: Tenant, staff: MadeAccount
) -> None:
    token = await open_session(worker_database, tenant, staff)
    found = await actor(worker_database, tenant, token)
    assert found and (found.account_id, found.roles) == (staff.id, frozenset({Role.SECRETARIAT}))
    assert await actor(worker_database, await make_tenant(worker_database), token) is None


def later(**delta: float) -> datetime:
    return clock.now() + timedelta(**delta)


async def test_a_session_ends_after_an_hour_without_anybody(
    worker_database: Database, tenant: Tenant, staff: MadeAccount
) -> None:
    token = await open_session(worker_database, tenant, staff)
    with time_machine.travel(later(minutes=59)):
        assert await actor(worker_database, tenant, token)
    with time_machine.travel(later(minutes=61)):
        assert await actor(worker_database, tenant, token) is None


async def test_a_busy_session_ends_after_twelve_hours(
    worker_database: Database, tenant: Tenant, staff: MadeAccount
) -> None:
    token = await open_session(worker_database, tenant, staff)
    start = clock.now()
    for half_hours in range(1, 24):
        with time_machine.travel(start + timedelta(minutes=30 * half_hours)):
            found = await actor(worker_database, tenant, token)
            assert found
            await touch(worker_database, tenant, found)
    with time_machine.travel(start + timedelta(hours=12, seconds=1)):
        assert await actor(worker_database, tenant, token) is None


async def test_a_slow_request_does_not_revive_a_session_that_was_ended(
    worker_database: Database, tenant: Tenant, staff: MadeAccount
) -> None:
    token = await open_session(worker_database, tenant, staff)
    found = await actor(worker_database, tenant, token)
    assert found and found.session_id
    async with worker_database.write(tenant.id) as session:
        await service.sign_out(session, session_id=found.session_id)
    await touch(worker_database, tenant, found)
    assert await actor(worker_database, tenant, token) is None


async def test_signing_in_again_ends_the_session_that_the_browser_brought(
    worker_database: Database, tenant: Tenant, staff: MadeAccount
) -> None:
    first = await open_session(worker_database, tenant, staff)
    second = await open_session(worker_database, tenant, staff, replaces=first)
    assert await actor(worker_database, tenant, first) is None
    assert await actor(worker_database, tenant, second)


async def test_withdrawing_a_role_ends_the_sessions(
    worker_database: Database, tenant: Tenant, staff: MadeAccount
) -> None:
    token = await open_session(worker_database, tenant, staff)
    async with worker_database.write(tenant.id) as session:
        await service.remove_role(session, actor=INSTALLATION, account_id=staff.id, role=Role.SECRETARIAT)
    assert await actor(worker_database, tenant, token) is None
    with pytest.raises(Forbidden):
        await open_session(worker_database, tenant, staff)


async def test_a_new_password_ends_the_other_sessions(
    worker_database: Database, tenant: Tenant, staff: MadeAccount
) -> None:
    here, elsewhere = [await open_session(worker_database, tenant, staff) for _ in range(2)]
    found = await actor(worker_database, tenant, here)
    assert found
    async with worker_database.write(tenant.id) as session:
        await service.change_password(session, account_id=staff.id, password_hash="x", keep=found.session_id)
    assert await actor(worker_database, tenant, here)
    assert await actor(worker_database, tenant, elsewhere) is None


async def test_a_programs_token_lives_an_hour_in_its_tenant(worker_database: Database, tenant: Tenant) -> None:
    async with worker_database.write(tenant.id) as session:
        await service.ensure_client(session, client_id="robot", name="連携", secret_hash="x", role=Role.SECRETARIAT)
        await service.keep_token(session, client_id="robot", token="robot-token")
    async with worker_database.read(tenant.id) as session:
        found = await queries.actor_of_access_token(session, hash_of("robot-token"))
        assert found and (found.client_id, found.roles) == ("robot", frozenset({Role.SECRETARIAT}))
        with time_machine.travel(later(minutes=61)):
            assert await queries.actor_of_access_token(session, hash_of("robot-token")) is None
    async with worker_database.read((await make_tenant(worker_database)).id) as session:
        assert await queries.actor_of_access_token(session, hash_of("robot-token")) is None
