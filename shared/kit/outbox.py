"""Facts: what happened, written in the transaction in which it happened.

The background process finds the row, runs the reactions of `services/worker/reactions.py` and marks it done. The broker is
only a wake-up, so a lost message loses nothing.
"""

from datetime import datetime
from enum import StrEnum
from typing import Any, ClassVar
from uuid import UUID

import msgspec
from sqlalchemy import Index, UniqueConstraint, text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column
from uuid_utils.compat import uuid7

from shared.kit import clock
from shared.kit.database.base import Base, TenantOwned

CHANNEL = "outbox"


class OutboxState(StrEnum):
    WAITING = "WAITING"
    CLAIMED = "CLAIMED"
    DONE = "DONE"
    DEAD = "DEAD"


class OutboxRow(TenantOwned, Base):
    """One fact and how far its delivery is. `dedupe_key` makes a repeated business event one fact."""

    __tablename__ = "outbox"
    __table_args__ = (
        UniqueConstraint("tenant_id", "dedupe_key"),
        Index("ix_outbox_due", "run_at", postgresql_where=text("state IN ('WAITING', 'CLAIMED')")),
        {"info": {"grants": {"svc_web": "SELECT, INSERT", "svc_worker": "SELECT, INSERT, UPDATE, DELETE"}}},
    )

    name: Mapped[str]
    payload: Mapped[dict[str, Any]]
    dedupe_key: Mapped[str]
    state: Mapped[OutboxState] = mapped_column(default=OutboxState.WAITING)
    attempts: Mapped[int] = mapped_column(default=0)
    recorded_at: Mapped[datetime]
    run_at: Mapped[datetime]
    lease_until: Mapped[datetime | None]
    done_at: Mapped[datetime | None]
    error: Mapped[str | None]


class Fact(msgspec.Struct, frozen=True, kw_only=True):
    """Base of all facts. Subclasses are named in the past tense and carry ids, never personal data."""

    kinds: ClassVar[dict[str, type["Fact"]]] = {}

    def __init_subclass__(cls, **options: Any) -> None:
        super().__init_subclass__(**options)
        Fact.kinds[cls.__name__] = cls


async def record(session: AsyncSession, fact: Fact, *, dedupe_key: str | None = None) -> UUID:
    """Write the fact beside the change it tells of, and wake the relay when (and only when) both are committed."""
    now = clock.now()
    row = OutboxRow(
        name=type(fact).__name__,
        payload=msgspec.to_builtins(fact),
        dedupe_key=dedupe_key or str(uuid7()),
        recorded_at=now,
        run_at=now,
    )
    session.add(row)
    await session.flush()
    await session.execute(text(f"NOTIFY {CHANNEL}"))
    return row.id


def fact_of(row: OutboxRow) -> Fact:
    return msgspec.convert(row.payload, Fact.kinds[row.name], strict=False)
