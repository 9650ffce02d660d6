"""What happens when: for each tenant by itself, and one failure stops nobody else."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from sqlalchemy import func, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from services.scheduler.timetable import TIMETABLE, Entry, keep_timetable, next_time, run
from shared.identity.models import AccessToken, ApiClient, Role, SignInSession
from shared.identity.service import create_account
from shared.kit import clock, outbox
from shared.kit.database.base import Base
from shared.kit.database.session import Database, tenant_of
from shared.kit.idempotency import IdempotencyKey
from shared.kit.limits import RateLimit
from shared.kit.outbox import OutboxRow, OutboxState
from tests.factories.tenants import make_tenant
from tests.services.worker.facts import LampLit


async def _run_everything(database: Database) -> None:
    for entry in TIMETABLE:
        await run(database, entry)


async def _count(database: Database, tenant_id: int, table: type[Base]) -> int:
    async with database.read(tenant_id) as session:
        return int(await session.scalar(select(func.count()).select_from(table)) or 0)


async def test_idempotency_keys_are_forgotten_after_48_hours(worker_database: Database) -> None:
    tenant = await make_tenant(worker_database)
    async with worker_database.write(tenant.id) as session:
        for hours in (47, 49):
            created = clock.now() - timedelta(hours=hours)
            session.add(IdempotencyKey(actor="a", key=str(hours), body_sha256="x", response={}, created_at=created))
    await _run_everything(worker_database)
    async with worker_database.read(tenant.id) as session:
        assert list(await session.scalars(select(IdempotencyKey.key))) == ["47"]


async def test_done_facts_are_forgotten_after_30_days_and_dead_ones_kept(worker_database: Database) -> None:
    tenant = await make_tenant(worker_database)
    async with worker_database.write(tenant.id) as session:
        for state, days in ((OutboxState.DONE, 31), (OutboxState.DONE, 29), (OutboxState.DEAD, 31)):
            row = await session.get_one(OutboxRow, (tenant.id, await outbox.record(session, LampLit(lamp_id=uuid4()))))
            row.state, row.done_at, row.error = state, clock.now() - timedelta(days=days), f"{days}"
    await _run_everything(worker_database)
    async with worker_database.read(tenant.id) as session:
        left = await session.execute(select(OutboxRow.state, OutboxRow.error).order_by(OutboxRow.error))
        assert [tuple(row) for row in left] == [(OutboxState.DONE, "29"), (OutboxState.DEAD, "31")]


async def test_sessions_and_tokens_go_when_they_have_ended(worker_database: Database) -> None:
    tenant = await make_tenant(worker_database)
    now = clock.now()
    async with worker_database.write(tenant.id) as session:
        account = await create_account(session, email=f"{uuid4().hex}@example.jp", name="山田")
        client = {"client_id": "c", "secret_hash": "x", "name": "c", "role": Role.SECRETARIAT, "created_at": now}
        session.add(ApiClient(**client))
        await session.flush()
        for minutes in (-1, 1):
            ends = now + timedelta(minutes=minutes)
            hashed = uuid4().bytes
            seen: dict[str, Any] = {"created_at": now, "seen_at": now, "expires_at": ends}
            session.add(SignInSession(token_hash=hashed, account_id=account.id, **seen))
            session.add(AccessToken(token_hash=hashed, client_id="c", expires_at=ends))
    await _run_everything(worker_database)
    for table in (SignInSession, AccessToken):
        async with worker_database.read(tenant.id) as session:
            left = list(await session.scalars(select(table.expires_at)))
        assert left == [now + timedelta(minutes=1)]


async def test_rate_limits_go_when_their_window_has_ended(web_database: Database, worker_database: Database) -> None:
    tenant = await make_tenant(worker_database)
    buckets = {f"{tenant.slug} old": "-1 second", f"{tenant.slug} new": "1 hour"}
    async with web_database.write(tenant.id) as session:
        for bucket, interval in buckets.items():
            statement = text("INSERT INTO rate_limit VALUES (:bucket, now() + CAST(:interval AS text)::interval, 1)")
            await session.execute(statement, {"bucket": bucket, "interval": interval})
    await _run_everything(worker_database)
    async with worker_database.read(tenant.id) as session:
        left = await session.scalars(select(RateLimit.bucket).where(RateLimit.bucket.startswith(tenant.slug + " ")))
        assert list(left) == [f"{tenant.slug} new"]


async def test_a_failing_tenant_does_not_stop_the_others(worker_database: Database) -> None:
    first, second = await make_tenant(worker_database), await make_tenant(worker_database)
    visited = []

    async def visit(session: AsyncSession) -> None:
        visited.append(tenant_of(session))
        if tenant_of(session) == first.id:
            raise RuntimeError("a defect")

    await run(worker_database, Entry("* * * * *", visit))
    assert {first.id, second.id} <= set(visited)


async def test_a_lost_database_ends_the_round(worker_database: Database) -> None:
    visited = []

    async def visit(session: AsyncSession) -> None:
        visited.append(tenant_of(session))
        raise ConnectionResetError

    with pytest.raises(ConnectionResetError):
        await run(worker_database, Entry("* * * * *", visit))
    assert len(visited) == 1


@pytest.mark.parametrize(
    ("when", "expected"),
    [
        ("10 0 * * *", datetime(2026, 11, 21, 15, 10, tzinfo=UTC)),
        ("*/10 * * * *", datetime(2026, 11, 21, 14, 50, tzinfo=UTC)),
    ],
)
def test_times_are_meant_in_japan(when: str, expected: datetime) -> None:
    with time_machine.travel(datetime(2026, 11, 21, 14, 45, tzinfo=UTC), tick=False):
        assert next_time(when) == expected


async def test_what_a_night_spent_off_has_missed_is_made_up_at_the_start(worker_database: Database) -> None:
    tenant = await make_tenant(worker_database)
    ran: list[str] = []

    async def missed(session: AsyncSession) -> None:
        ran.append(f"missed {tenant_of(session)}")

    async def later(session: AsyncSession) -> None:
        ran.append("later")

    table = (Entry("0 0 1 1 *", missed, at_start=True), Entry("0 0 1 1 *", later))
    keeping = asyncio.create_task(keep_timetable(worker_database, table))
    async with asyncio.timeout(10):
        while f"missed {tenant.id}" not in ran:  # noqa: ASYNC110 - nobody tells the test
            await asyncio.sleep(0.01)
    keeping.cancel()
    await asyncio.wait({keeping})
    assert "later" not in ran


async def test_an_entry_runs_when_its_time_comes_and_comes_again(worker_database: Database) -> None:
    ran: list[datetime] = []

    async def tick(session: AsyncSession) -> None:
        ran.append(clock.now())

    keeping = asyncio.create_task(keep_timetable(worker_database, (Entry("* * * * * *", tick, each_tenant=False),)))
    async with asyncio.timeout(10):
        while len(ran) < 2:  # noqa: ASYNC110 - nobody tells the test
            await asyncio.sleep(0.01)
    keeping.cancel()
    await asyncio.wait({keeping})
    assert ran[1] - ran[0] >= timedelta(seconds=0.5)
