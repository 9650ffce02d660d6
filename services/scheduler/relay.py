"""Outbox -> broker: find what is due in all tenants, lease it, wake a worker for it.

The relay sees ids only: the database's functions `outbox_claim` and `letter_claim` (infra/migrations/versions/0002) choose and
lease in one statement, a bounded number per tenant, so that no tenant waits behind another's backlog.
"""

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from uuid import UUID

import asyncpg
import structlog

from services.broker import BrokerDown
from shared.kit.outbox import CHANNEL, LEASE

#: How many rows of one tenant may be in hand at once: facts, and letters (each is a connection to the mail server).
FACTS_IN_HAND, LETTERS_IN_HAND = 20, 10
#: Seconds. A notification may be lost with its connection; polling finds what it spoke of.
POLL = 1.0
#: Many commits in a rush make one round.
GATHER = 0.02
BROKER_PAUSES = (0.5, 1, 2, 4)

#: actor name, tenant, row. Blocks; raises BrokerDown.
Send = Callable[[str, int, UUID], None]
Due = tuple[str, int, UUID]

log = structlog.get_logger("tsunagari.relay")


class Relay:
    """Works on the leader's own connection: when that is lost, so is the leadership, and no claim can be made with it."""

    def __init__(
        self, connection: "asyncpg.Connection[asyncpg.Record]", send: Send, *, lease: timedelta = LEASE
    ) -> None:
        self.connection = connection
        self.send = send
        self.lease = lease.total_seconds()
        self._woken = asyncio.Event()
        # One thread: RabbitMQ's connection belongs to the thread that opened it.
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="relay")
        self._outage = 0

    async def run(self) -> None:
        """For ever, until cancelled or the connection is lost."""
        await self.connection.add_listener(CHANNEL, self._wake)
        try:
            while True:
                self._woken.clear()
                if not await self.round():
                    await self._wait(POLL)
                await asyncio.sleep(GATHER)
        finally:
            self._thread.shutdown(wait=False)

    def _wake(self, *_: object) -> None:
        self._woken.set()

    async def _wait(self, seconds: float) -> None:
        try:
            async with asyncio.timeout(seconds):
                await self._woken.wait()
        except TimeoutError:
            return

    async def round(self) -> int:
        """Hand everything that is due to the broker; how many rows that were. With the broker down, give them back."""
        due = await self._claim()
        handed = await asyncio.get_running_loop().run_in_executor(self._thread, self._send_all, due)
        if handed == len(due):
            self._outage = 0
            return handed
        left = due[handed:]
        await self.connection.execute(
            "SELECT outbox_give_back($1, $2)", [tenant for _, tenant, _ in left], [row for *_, row in left]
        )
        await asyncio.sleep(BROKER_PAUSES[min(self._outage, len(BROKER_PAUSES) - 1)])
        self._outage += 1
        return 0

    async def _claim(self) -> Sequence[Due]:
        facts = await self._leased("SELECT tenant_id, id FROM outbox_claim($1, $2)", FACTS_IN_HAND)
        letters = await self._leased("SELECT tenant_id, id FROM letter_claim($1, $2)", LETTERS_IN_HAND)
        return _in_turns([("deliver", *row) for row in facts]) + _in_turns([("post", *row) for row in letters])

    async def _leased(self, statement: str, share: int) -> Sequence[tuple[int, UUID]]:
        rows = await self.connection.fetch(statement, share, self.lease, timeout=30)
        return [(row["tenant_id"], row["id"]) for row in rows]

    def _send_all(self, due: Sequence[Due]) -> int:
        for number, row in enumerate(due):
            try:
                self.send(*row)
            except BrokerDown as error:
                log.warning("broker down", error=str(error), waiting=len(due) - number)
                return number
        return len(due)


def _in_turns(due: list[Due]) -> list[Due]:
    """One of each tenant, then the second of each: the broker's queue is first come, first served."""
    turn: dict[int, int] = {}
    ranked = []
    for row in due:
        turn[row[1]] = turn.get(row[1], 0) + 1
        ranked.append((turn[row[1]], row))
    return [row for _, row in sorted(ranked, key=lambda pair: pair[0])]
