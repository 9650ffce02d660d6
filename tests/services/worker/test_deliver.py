"""Facts reach their reactions once, or say why not."""

import asyncio
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from services.worker.actors import Workbench, deliver
from shared.kit import audit, outbox
from shared.kit.audit import AuditEntry
from shared.kit.database.session import Database
from shared.kit.outbox import MOST_ATTEMPTS, OutboxRow, OutboxState
from shared.kit.post import Post
from shared.kit.refusals import Conflict
from shared.kit.settings import Settings
from tests.factories.tenants import make_tenant
from tests.factories.worker import run_until_idle, workbench
from tests.services.worker.facts import LampLit, reacting


async def _note(session: AsyncSession, fact: LampLit, letters: Post) -> None:
    audit.note(session, actor_id=None, actor_name="lamp", action="lamp.light", object_id=fact.lamp_id)


async def _fail(session: AsyncSession, fact: LampLit, letters: Post) -> None:
    await _note(session, fact, letters)
    raise RuntimeError("no oil")


async def _light(database: Database, tenant_id: int, **options: Any) -> UUID:
    async with database.write(tenant_id) as session:
        return await outbox.record(session, LampLit(lamp_id=uuid4()), **options)


async def _row(database: Database, tenant_id: int, fact_id: UUID) -> OutboxRow:
    async with database.read(tenant_id) as session:
        return await session.get_one(OutboxRow, (tenant_id, fact_id))


async def _notes(database: Database, tenant_id: int) -> int:
    async with database.read(tenant_id) as session:
        return int(await session.scalar(select(func.count()).select_from(AuditEntry)) or 0)


async def test_a_fact_written_by_the_web_process_runs_its_reactions_and_is_done(
    settings: Settings, web_database: Database, worker_database: Database
) -> None:
    tenant = await make_tenant(worker_database)
    fact_id = await _light(web_database, tenant.id)
    with reacting(_note):
        await run_until_idle(settings)
    row = await _row(worker_database, tenant.id, fact_id)
    assert (row.state, row.attempts, row.lease_until, row.error) == (OutboxState.DONE, 1, None, None)
    assert row.done_at is not None
    assert await _notes(worker_database, tenant.id) == 1


async def test_a_second_delivery_of_the_same_fact_does_nothing(settings: Settings, worker_database: Database) -> None:
    tenant = await make_tenant(worker_database)
    fact_id = await _light(worker_database, tenant.id)
    async with workbench(settings) as bench:
        with reacting(_note):
            await deliver(bench, tenant.id, fact_id)
            await deliver(bench, tenant.id, fact_id)
    row = await _row(worker_database, tenant.id, fact_id)
    assert (row.attempts, await _notes(worker_database, tenant.id)) == (1, 1)


async def test_a_fact_that_another_worker_holds_is_left_alone(settings: Settings, worker_database: Database) -> None:
    tenant = await make_tenant(worker_database)
    fact_id = await _light(worker_database, tenant.id)
    async with worker_database.write(tenant.id) as session:
        assert await outbox.claim(session, fact_id) is not None
    async with workbench(settings) as bench:
        with reacting(_note):
            await deliver(bench, tenant.id, fact_id)
    row = await _row(worker_database, tenant.id, fact_id)
    assert (row.state, row.attempts) == (OutboxState.CLAIMED, 1)
    assert await _notes(worker_database, tenant.id) == 0


async def test_a_worker_that_was_overtaken_can_no_longer_work_or_finish(worker_database: Database) -> None:
    tenant = await make_tenant(worker_database)
    fact_id = await _light(worker_database, tenant.id)
    async with worker_database.write(tenant.id) as session:
        first = await outbox.claim(session, fact_id)
    await _end_lease(worker_database, tenant.id, fact_id)
    async with worker_database.write(tenant.id) as session:
        second = await outbox.claim(session, fact_id)
    assert first is not None
    assert second is not None
    async with worker_database.write(tenant.id) as session:
        assert not await outbox.hold(session, first)
        await outbox.finish(session, first)
        assert await outbox.hold(session, second)
    assert (await _row(worker_database, tenant.id, fact_id)).state is OutboxState.CLAIMED


async def test_a_failing_reaction_leaves_nothing_behind_and_is_tried_again_later(
    settings: Settings, worker_database: Database
) -> None:
    tenant = await make_tenant(worker_database)
    fact_id = await _light(worker_database, tenant.id)
    with reacting(_fail):
        await run_until_idle(settings)
    row = await _row(worker_database, tenant.id, fact_id)
    assert (row.state, row.attempts, row.lease_until) == (OutboxState.WAITING, 1, None)
    assert row.error == "RuntimeError: no oil"
    assert 3 <= (row.run_at - row.recorded_at).total_seconds() <= 10
    assert await _notes(worker_database, tenant.id) == 0


async def test_after_ten_failures_a_fact_is_dead_and_keeps_its_error(
    settings: Settings, worker_database: Database
) -> None:
    tenant = await make_tenant(worker_database)
    fact_id = await _light(worker_database, tenant.id)
    async with workbench(settings) as bench:
        with reacting(_fail):
            for _ in range(MOST_ATTEMPTS + 2):
                await _deliver_now(bench, tenant.id, fact_id)
    row = await _row(worker_database, tenant.id, fact_id)
    assert (row.state, row.attempts, row.error) == (OutboxState.DEAD, MOST_ATTEMPTS, "RuntimeError: no oil")


async def test_a_fact_that_kills_its_workers_is_buried_after_ten_attempts(
    settings: Settings, worker_database: Database
) -> None:
    tenant = await make_tenant(worker_database)
    fact_id = await _light(worker_database, tenant.id)
    for _ in range(MOST_ATTEMPTS):
        async with worker_database.write(tenant.id) as session:
            assert await outbox.claim(session, fact_id) is not None
        await _end_lease(worker_database, tenant.id, fact_id)
    async with workbench(settings) as bench:
        with reacting(_note):
            await deliver(bench, tenant.id, fact_id)
    row = await _row(worker_database, tenant.id, fact_id)
    assert (row.state, row.error) == (OutboxState.DEAD, "the worker died")
    assert await _notes(worker_database, tenant.id) == 0


async def test_a_dead_fact_can_be_delivered_again_and_a_living_one_not(
    settings: Settings, worker_database: Database
) -> None:
    tenant = await make_tenant(worker_database)
    fact_id = await _light(worker_database, tenant.id)
    async with worker_database.write(tenant.id) as session:
        with pytest.raises(Conflict):
            await outbox.deliver_again(session, fact_id)
        await session.execute(_all(tenant.id, fact_id).values(state=OutboxState.DEAD, attempts=10))
    async with worker_database.write(tenant.id) as session:
        await outbox.deliver_again(session, fact_id)
    with reacting(_note):
        await run_until_idle(settings)
    assert (await _row(worker_database, tenant.id, fact_id)).state is OutboxState.DONE


async def test_a_fact_that_this_version_does_not_know_waits_for_one_that_does(
    settings: Settings, worker_database: Database
) -> None:
    tenant = await make_tenant(worker_database)
    fact_id = await _light(worker_database, tenant.id)
    async with worker_database.write(tenant.id) as session:
        await session.execute(_all(tenant.id, fact_id).values(name="NeverHeardOf"))
    await run_until_idle(settings)
    row = await _row(worker_database, tenant.id, fact_id)
    assert (row.state, row.error) == (OutboxState.WAITING, "KeyError: 'NeverHeardOf'")


async def test_a_repeated_business_event_is_one_fact(web_database: Database, worker_database: Database) -> None:
    tenant = await make_tenant(worker_database)
    first = await _light(web_database, tenant.id, dedupe_key="lamp 1 lit")
    second = await _light(web_database, tenant.id, dedupe_key="lamp 1 lit")
    assert first == second
    async with worker_database.read(tenant.id) as session:
        assert await session.scalar(select(func.count()).select_from(OutboxRow)) == 1


async def test_two_at_once_make_one_fact(web_database: Database, worker_database: Database) -> None:
    tenant = await make_tenant(worker_database)
    both = await asyncio.gather(*(_light(web_database, tenant.id, dedupe_key="lamp 1 lit") for _ in range(2)))
    assert both[0] == both[1]


async def _deliver_now(bench: Workbench, tenant_id: int, fact_id: UUID) -> None:
    async with bench.database.write(tenant_id) as session:
        await session.execute(_all(tenant_id, fact_id).values(run_at=func.now()))
    await deliver(bench, tenant_id, fact_id)


async def _end_lease(database: Database, tenant_id: int, fact_id: UUID) -> None:
    async with database.write(tenant_id) as session:
        await session.execute(_all(tenant_id, fact_id).values(lease_until=func.now(), in_hand_until=None))


def _all(tenant_id: int, fact_id: UUID) -> Any:
    return update(OutboxRow).where(OutboxRow.tenant_id == tenant_id, OutboxRow.id == fact_id)
