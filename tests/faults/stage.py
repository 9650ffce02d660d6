"""Where the fault tests watch one alarm go its way, and stop it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import UUID, uuid4

import asyncpg
from sqlalchemy import make_url

from shared.kit import outbox
from shared.kit.database.engine import without_driver
from shared.kit.database.session import Database
from shared.kit.post import LetterClass
from shared.kit.settings import Settings
from tests.factories.sink import Sink
from tests.factories.tenants import make_tenant
from tests.faults.launch import AlarmRaised

#: One letter, accepted once, unmarked.
ONCE = ("SENT", [None])
#: Those of this test process's database; other processes have theirs on the same server.
LOCKS = (
    "pg_locks WHERE locktype = 'advisory'"
    " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
)


class Stage:
    """Raises an alarm, stops its way at a step, and says what became of it in the end."""

    def __init__(self, database: Database, admin: "asyncpg.Connection[asyncpg.Record]", sink: Sink) -> None:
        self.database = database
        self.admin = admin
        self.sink = sink
        self.alarm = uuid4()

    async def raise_alarm(self, letter_class: LetterClass = LetterClass.MUST_ARRIVE) -> UUID:
        tenant = await make_tenant(self.database)
        async with self.database.write(tenant.id) as session:
            await outbox.record(session, AlarmRaised(alarm_id=self.alarm, letter_class=letter_class))
        return self.alarm

    @asynccontextmanager
    async def held_at(self, lock: int) -> AsyncIterator[None]:
        """The reaction waits for this lock when the block is left to its work."""
        await self.admin.execute("SELECT pg_advisory_lock($1)", lock)
        try:
            await self.raise_alarm()
            await self.until(f"SELECT count(*) > 0 FROM {LOCKS} AND objid = $1 AND NOT granted", lock)
            yield
        finally:
            await self.admin.execute("SELECT pg_advisory_unlock($1)", lock)

    @asynccontextmanager
    async def letter_locked(self, settings: Settings) -> AsyncIterator[None]:
        """The letter's row cannot be changed."""
        other = await asyncpg.connect(without_driver(make_url(settings.database_url or "")))
        try:
            async with other.transaction():
                await other.execute("SELECT 1 FROM letter WHERE about_id = $1 FOR UPDATE", self.alarm)
                yield
        finally:
            await other.close()

    async def until_it_waits_for_the_row(self) -> None:
        await self.until(
            "SELECT count(*) > 0 FROM pg_stat_activity"
            " WHERE datname = current_database() AND wait_event_type = 'Lock' AND query LIKE 'UPDATE letter%'"
        )

    async def letter_is(self, state: str) -> None:
        await self.until("SELECT count(*) = 1 FROM letter WHERE about_id = $1 AND state = $2", self.alarm, state)

    async def ends(self) -> tuple[str, list[str | None]]:
        """The letter's last state, and the mark of each copy that the mail server accepted."""
        await self.until(
            "SELECT count(*) = 1 FROM outbox WHERE payload->>'alarm_id' = $1 AND state = 'DONE'", str(self.alarm)
        )
        final = "SELECT state IN ('SENT', 'UNCERTAIN', 'FAILED') FROM letter WHERE about_id = $1"
        await self.until(final, self.alarm)
        [row] = await self.admin.fetch("SELECT state, message_id FROM letter WHERE about_id = $1", self.alarm)
        copies = [mail for mail in self.sink.mails if mail["To"].addresses[0].username == self.alarm.hex]
        assert {mail["Message-ID"] for mail in copies} == {row["message_id"]}
        return row["state"], [mail["X-Tsunagari-Resent"] for mail in copies]

    async def until(self, statement: str, *values: object) -> None:
        async with asyncio.timeout(20):
            while not await self.admin.fetchval(statement, *values):  # noqa: ASYNC110 - it happens in another process
                await asyncio.sleep(0.02)
