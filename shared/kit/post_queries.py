"""What the staff read of their outgoing mail: every letter can be read after it went."""

from datetime import datetime
from uuid import UUID

import msgspec
from sqlalchemy import ColumnElement, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute

from shared.kit import clock
from shared.kit.database.session import tenant_of
from shared.kit.post import Letter, LetterState


class _Resting:
    state: LetterState
    queued_at: datetime

    @property
    def rests(self) -> bool:
        """It waits for the morning, and takes its place in the queue then."""
        return self.state is LetterState.QUEUED and self.queued_at > clock.now()


class LetterLine(msgspec.Struct, _Resting, frozen=True):
    id: UUID
    subject: str
    to_name: str | None
    to_email: str
    state: LetterState
    queued_at: datetime
    sent_at: datetime | None


class LetterView(msgspec.Struct, _Resting, frozen=True):
    """`resent`: handed over twice, the second time marked as such."""

    id: UUID
    subject: str
    body: str
    to_name: str | None
    to_email: str
    state: LetterState
    attempts: int
    resent: bool
    queued_at: datetime
    run_at: datetime
    sent_at: datetime | None
    error: str | None

    @property
    def may_be_sent_again(self) -> bool:
        return self.state in (LetterState.UNCERTAIN, LetterState.FAILED)


class Letters(msgspec.Struct, frozen=True):
    """A piece of the list. `total` counts the whole list."""

    items: list[LetterLine]
    total: int


async def letters(
    session: AsyncSession, *, state: LetterState | None = None, first: int = 50, offset: int = 0
) -> Letters:
    """Newest first."""
    mine = [Letter.tenant_id == tenant_of(session), *([Letter.state == state] if state else [])]
    columns = (getattr(Letter, name) for name in LetterLine.__struct_fields__)
    statement = select(*columns).where(*mine).order_by(Letter.queued_at.desc(), Letter.id.desc())
    rows = await session.execute(statement.limit(min(first, 100)).offset(offset))
    total = await session.execute(select(func.count()).select_from(Letter).where(*mine))
    return Letters([LetterLine(*row) for row in rows], total.scalar_one())


async def letter(session: AsyncSession, letter_id: UUID) -> LetterView | None:
    columns = (getattr(Letter, name) for name in LetterView.__struct_fields__ if name != "body")
    statement = select(*columns, without_door_keys(Letter.body).label("body")).where(
        Letter.tenant_id == tenant_of(session), Letter.id == letter_id
    )
    row = (await session.execute(statement)).one_or_none()
    return LetterView(**row._mapping) if row else None


def without_door_keys(body: ColumnElement[str] | InstrumentedAttribute[str]) -> ColumnElement[str]:
    """Whoever reads somebody else's letter must not be able to enter with the link in it."""
    return func.regexp_replace(body, "/invitation/[A-Za-z0-9_-]{20,}", "/invitation/（お送りした方だけのリンク）", "g")
