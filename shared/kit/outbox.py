"""Facts: what happened, written in the transaction in which it happened.

WAITING -> CLAIMED (lease, attempt counted) -> DONE | DEAD. The background process finds the row, runs the reactions of
`services/worker/reactions.py` and marks it done. The broker is only a wake-up, so a lost message loses nothing.
A claim is fenced by its attempt number: whoever was overtaken can no longer change the row.
"""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, ClassVar
from uuid import UUID

import msgspec
from sqlalchemy import (
    ColumnElement,
    Index,
    Integer,
    UniqueConstraint,
    Uuid,
    and_,
    bindparam,
    func,
    or_,
    select,
    text,
    update,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column
from uuid_utils.compat import uuid7

from shared.kit.backoff import backoff
from shared.kit.database.base import Base, TenantOwned
from shared.kit.database.session import tenant_of
from shared.kit.refusals import Conflict, NotFound

CHANNEL = "outbox"
#: How long a row stays in the hands of the broker, or of a worker that no longer answers.
LEASE = timedelta(seconds=60)
MOST_ATTEMPTS = 10
FIRST_PAUSE, LONGEST_PAUSE = timedelta(seconds=5), timedelta(hours=1)

_WAKE = text("SELECT pg_notify(:channel, '')")


class OutboxState(StrEnum):
    WAITING = "WAITING"
    CLAIMED = "CLAIMED"
    DONE = "DONE"
    DEAD = "DEAD"


class OutboxRow(TenantOwned, Base):
    """One fact and how far its delivery is. `dedupe_key` makes a repeated business event one fact.

    `in_hand_until` is the relay's: the broker or a worker has it. `lease_until` is the worker's, beside CLAIMED.
    """

    __tablename__ = "outbox"
    __table_args__ = (
        UniqueConstraint("tenant_id", "dedupe_key"),
        Index("ix_outbox_due", "tenant_id", "run_at", postgresql_where=text("state IN ('WAITING', 'CLAIMED')")),
        Index(
            "ix_outbox_in_hand",
            "tenant_id",
            "in_hand_until",
            postgresql_where=text("state IN ('WAITING', 'CLAIMED') AND in_hand_until IS NOT NULL"),
        ),
        {"info": {"grants": {"svc_web": "SELECT, INSERT", "svc_worker": "SELECT, INSERT, UPDATE, DELETE"}}},
    )

    name: Mapped[str]
    payload: Mapped[dict[str, Any]]
    dedupe_key: Mapped[str]
    state: Mapped[OutboxState] = mapped_column(default=OutboxState.WAITING)
    attempts: Mapped[int] = mapped_column(default=0)
    recorded_at: Mapped[datetime]
    run_at: Mapped[datetime]
    in_hand_until: Mapped[datetime | None]
    lease_until: Mapped[datetime | None]
    done_at: Mapped[datetime | None]
    error: Mapped[str | None]


class Fact(msgspec.Struct, frozen=True, kw_only=True):
    """Base of all facts. Subclasses are named in the past tense and carry ids, never personal data."""

    kinds: ClassVar[dict[str, type["Fact"]]] = {}

    def __init_subclass__(cls, **options: Any) -> None:
        super().__init_subclass__(**options)
        Fact.kinds[cls.__name__] = cls


class Claim(msgspec.Struct, frozen=True):
    """The right to work on one fact, for as long as nobody else has counted a further attempt."""

    id: UUID
    attempt: int
    name: str
    payload: dict[str, Any]


#: Recorded and the relay woken in one statement, and that written out: a rush of registrations feels both. The database's
#: clock, because leases and pauses are measured by the same one.
_RECORD = text(
    """
    INSERT INTO outbox (tenant_id, id, name, payload, dedupe_key, state, attempts, recorded_at, run_at)
    VALUES (:tenant, :id, :name, :payload, :key, :state, 0, now(), now())
    ON CONFLICT (tenant_id, dedupe_key) DO NOTHING RETURNING id, pg_notify(:channel, '')
    """
).bindparams(bindparam("tenant", type_=Integer), bindparam("id", type_=Uuid), bindparam("payload", type_=JSONB))


async def record(session: AsyncSession, fact: Fact, *, dedupe_key: str | None = None) -> UUID:
    """Write the fact beside the change it tells of, and wake the relay when (and only when) both are committed.

    A fact with this `dedupe_key` that is there already stays as it is, and its id is returned: what happened, happened once.
    """
    await session.flush()
    key = dedupe_key or str(uuid7())
    values = {
        "tenant": tenant_of(session),
        "id": uuid7(),
        "name": type(fact).__name__,
        "payload": msgspec.to_builtins(fact),
        "key": key,
        "state": OutboxState.WAITING.value,
        "channel": CHANNEL,
    }
    new = (await session.execute(_RECORD, values)).one_or_none()
    return new[0] if new is not None else await _known(session, key)


async def _known(session: AsyncSession, key: str) -> UUID:
    statement = select(OutboxRow.id).where(OutboxRow.tenant_id == tenant_of(session), OutboxRow.dedupe_key == key)
    return (await session.execute(statement)).scalar_one()


async def wake(session: AsyncSession) -> None:
    """Tell the relay, when this transaction commits, that something may be due."""
    await session.execute(_WAKE, {"channel": CHANNEL})


def fact_of(name: str, payload: dict[str, Any]) -> Fact:
    """KeyError for a fact that this version of the program does not know."""
    return msgspec.convert(payload, Fact.kinds[name], strict=False)


async def claim(session: AsyncSession, fact_id: UUID, *, lease: timedelta = LEASE) -> Claim | None:
    """Count an attempt and take the lease; commit before the work, so that a crash counts too.

    None: it is done, dead, not yet due, or in somebody's hands. The eleventh attempt buries it.
    """
    available = or_(
        OutboxRow.state == OutboxState.WAITING,
        and_(
            OutboxRow.state == OutboxState.CLAIMED,
            or_(OutboxRow.lease_until.is_(None), OutboxRow.lease_until <= func.now()),
        ),
    )
    statement = (
        update(OutboxRow)
        .where(_is(session, fact_id), available, OutboxRow.run_at <= func.now())
        .values(
            state=OutboxState.CLAIMED,
            attempts=OutboxRow.attempts + 1,
            lease_until=func.now() + lease,
            in_hand_until=func.now() + lease,
        )
        .returning(OutboxRow.id, OutboxRow.attempts, OutboxRow.name, OutboxRow.payload)
    )
    row = (await session.execute(statement)).one_or_none()
    if row is None:
        return None
    claimed = Claim(*row)
    if claimed.attempt > MOST_ATTEMPTS:
        await _move(session, claimed, state=OutboxState.DEAD, error=func.coalesce(OutboxRow.error, "the worker died"))
        return None
    return claimed


async def hold(session: AsyncSession, claimed: Claim) -> bool:
    """Lock the row for the transaction of the work. False: overtaken or done, so leave it alone."""
    statement = select(OutboxRow.id).where(_still(session, claimed)).with_for_update()
    return (await session.execute(statement)).scalar_one_or_none() is not None


async def finish(session: AsyncSession, claimed: Claim) -> None:
    """Mark it done, in the transaction of the work: both happen or neither."""
    await _move(session, claimed, state=OutboxState.DONE, done_at=func.now(), error=None)
    await wake(session)


async def put_back(session: AsyncSession, claimed: Claim, error: str) -> bool:
    """The work failed: wait longer each time, or bury it with its error. True when it is dead."""
    dead = claimed.attempt >= MOST_ATTEMPTS
    pause = backoff(claimed.attempt, first=FIRST_PAUSE, longest=LONGEST_PAUSE)
    state = OutboxState.DEAD if dead else OutboxState.WAITING
    await _move(session, claimed, state=state, run_at=func.now() + pause, error=error)
    return dead


async def deliver_again(session: AsyncSession, fact_id: UUID) -> None:
    """A person has mended the cause: a DEAD fact starts anew. Conflict in every other state."""
    row = (await session.execute(select(OutboxRow).where(_is(session, fact_id)).with_for_update())).scalar_one_or_none()
    if row is None:
        raise NotFound
    if row.state is not OutboxState.DEAD:
        raise Conflict("この処理は中止されていないため、やり直す必要はありません。")
    row.state, row.attempts, row.run_at = OutboxState.WAITING, 0, func.now()
    await session.flush()
    await wake(session)


def _is(session: AsyncSession, fact_id: UUID) -> ColumnElement[bool]:
    return and_(OutboxRow.tenant_id == tenant_of(session), OutboxRow.id == fact_id)


def _still(session: AsyncSession, claimed: Claim) -> ColumnElement[bool]:
    return and_(_is(session, claimed.id), OutboxRow.state == OutboxState.CLAIMED, OutboxRow.attempts == claimed.attempt)


async def _move(session: AsyncSession, claimed: Claim, **values: Any) -> None:
    free = {"lease_until": None, "in_hand_until": None}
    await session.execute(update(OutboxRow).where(_still(session, claimed)).values(**free, **values))
