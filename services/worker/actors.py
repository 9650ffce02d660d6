"""The two things that a worker does: deliver a fact to its reactions, and post a letter.

Both may be called any number of times for the same row, at once or again: the row decides under its lock.
"""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any, Concatenate, ParamSpec, TypeVar
from uuid import UUID

import dramatiq
import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from services.broker import QUEUE
from services.worker.reactions import react
from shared.kit import outbox, sending
from shared.kit.database.lost import patiently
from shared.kit.database.session import Database
from shared.kit.letter_text import Sender
from shared.kit.post import Post
from shared.kit.settings import Settings
from shared.kit.smtp import Deferred, InDoubt, Refused, Unreachable, carrier_for, message_of
from shared.tenants.letters import sender_of

P = ParamSpec("P")
T = TypeVar("T")

log = structlog.get_logger("tsunagari.worker")


class Overtaken(Exception):
    """The lease ran out and another worker has the letter: break off before the dot."""


class Workbench:
    """What the actors work with; made inside the loop in which they run, because connections belong to a loop."""

    def __init__(self, settings: Settings, database: Database, *, lease: timedelta = outbox.LEASE) -> None:
        self.settings = settings
        self.database = database
        self.lease = lease
        self.carrier = carrier_for(settings)

    async def write(
        self,
        tenant_id: int,
        step: Callable[Concatenate[AsyncSession, P], Awaitable[T]],
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> T:
        """One step in one committed transaction, repeated while the database is away. Steps check under lock what is left to do."""

        async def once() -> T:
            async with self.database.write(tenant_id) as session:
                return await step(session, *args, **kwargs)

        return await patiently(once)


async def deliver(bench: Workbench, tenant_id: int, fact_id: UUID) -> None:
    """Run the reactions to one fact, once. An error puts it back with a pause; the tenth buries it as DEAD."""
    claimed = await bench.write(tenant_id, outbox.claim, fact_id, lease=bench.lease)
    if claimed is None:
        return
    try:
        await bench.write(tenant_id, _run_reactions, bench, claimed)
    except Exception as error:
        dead = await bench.write(tenant_id, outbox.put_back, claimed, f"{type(error).__name__}: {error}"[:2000])
        level = log.error if dead else log.warning
        # No text of the error: it may quote a person's data. It stands in the tenant's own row.
        level(
            "fact failed", tenant=tenant_id, fact=str(fact_id), kind=claimed.name, dead=dead, error=type(error).__name__
        )


async def _run_reactions(session: AsyncSession, bench: Workbench, claimed: outbox.Claim) -> None:
    if not await outbox.hold(session, claimed):
        return
    letters = Post(session, await sender_of(session, bench.settings))
    await react(session, outbox.fact_of(claimed.name, claimed.payload), letters)
    await outbox.finish(session, claimed)


async def post(bench: Workbench, tenant_id: int, letter_id: UUID) -> None:
    """Hand one letter over, at most once unmarked. A silent (suspended) platform's letters stay queued."""
    sender = await bench.write(tenant_id, sender_of, bench.settings)
    if sender.silent:
        return
    claimed = await bench.write(tenant_id, sending.claim, letter_id, lease=bench.lease)
    if claimed is None:
        return
    try:
        await _carry(bench, tenant_id, sender, claimed)
    except Overtaken:
        log.warning("letter overtaken", tenant=tenant_id, letter=str(letter_id))
    except tuple(_CONSEQUENCES) as error:
        await bench.write(tenant_id, _CONSEQUENCES[type(error)], claimed, str(error)[:500])
        log.warning("letter not sent", tenant=tenant_id, letter=str(letter_id), because=type(error).__name__)
    else:
        await bench.write(tenant_id, sending.sent, claimed)


#: What each answer does to the letter.
_CONSEQUENCES: dict[type[Exception], Callable[[AsyncSession, sending.Claim, str], Awaitable[None]]] = {
    Refused: sending.refused,
    Deferred: sending.deferred,
    Unreachable: sending.unreachable,
    InDoubt: sending.in_doubt,
}


async def _carry(bench: Workbench, tenant_id: int, sender: Sender, claimed: sending.Claim) -> None:
    async def last_step() -> None:
        if not await bench.write(tenant_id, sending.handing_over, claimed, lease=bench.lease):
            raise Overtaken

    await bench.carrier.carry(message_of(claimed, sender), sender.email, claimed.to_email, last_step)


def register(broker: dramatiq.Broker, bench: Callable[[], Workbench]) -> None:
    """Give the broker its two actors. `bench` is asked inside the worker's loop."""

    def actor(name: str, work: Callable[[Workbench, int, UUID], Awaitable[None]]) -> None:
        async def run(tenant_id: Any, row_id: Any) -> None:
            await work(bench(), int(tenant_id), UUID(row_id))

        dramatiq.actor(actor_name=name, queue_name=QUEUE, broker=broker)(run)

    actor("deliver", deliver)
    actor("post", post)
