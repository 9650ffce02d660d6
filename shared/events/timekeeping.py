"""What the clock does to events by itself: their registration opens, and the day after they have been held."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, case, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from shared.events.models import Event, EventState
from shared.events.registrations.seats import show
from shared.kit import clock
from shared.kit.content_version import bump
from shared.kit.database.session import tenant_of

#: Rows of one run. What is left has its turn a minute later.
MOST_AT_ONCE = 200
#: An event is held from this hour of the day after its last one: the desk then asks for its report.
HELD_FROM = timedelta(days=1, hours=6)

_LAST_DAY: ColumnElement[datetime] = func.date_trunc(
    "day", func.timezone("Asia/Tokyo", func.coalesce(Event.ends_at, Event.starts_at))
)


async def keep_events_in_time(session: AsyncSession) -> int:
    """Once a minute. Returns how many events stand elsewhere now; nobody who edits one of them meets a conflict for it.

    Neither is news for calendars, so SEQUENCE stays. Readers of the feed learn when registration opens.
    """
    now = clock.now()
    opened = await _move(session, _to_open(now), state=EventState.OPEN, updated_at=now)
    await _show_full(session, opened)
    held = await _move(session, _to_be_held(now), state=EventState.HELD)
    if opened or held:
        await bump(session)
    return len(opened) + len(held)


async def _show_full(session: AsyncSession, opened: Sequence[UUID]) -> None:
    """What the secretariat has filled by telephone before its hour opens as 満員."""
    if not opened:
        return
    wanted = (Event.tenant_id == tenant_of(session), Event.id.in_(opened), Event.hall_taken + Event.online_taken > 0)
    for event in (await session.scalars(select(Event).where(*wanted).order_by(Event.id))).all():
        await show(session, event)


def _to_open(now: datetime) -> ColumnElement[bool]:
    midnight = func.timezone("Asia/Tokyo", _LAST_DAY + timedelta(days=1))
    lasts = case((Event.all_day, midnight), else_=func.coalesce(Event.ends_at, midnight))
    return and_(
        Event.state == EventState.ANNOUNCED,
        Event.takes_registrations,
        Event.registration_opens_at <= now,
        or_(Event.registration_deadline.is_(None), Event.registration_deadline > now),
        lasts > now,
    )


def _to_be_held(now: datetime) -> ColumnElement[bool]:
    return and_(
        Event.state.in_((EventState.ANNOUNCED, EventState.OPEN, EventState.FULL)),
        func.timezone("Asia/Tokyo", _LAST_DAY + HELD_FROM) <= now,
    )


async def _move(session: AsyncSession, condition: ColumnElement[bool], **columns: Any) -> Sequence[UUID]:
    """Rows that somebody is working at are passed over until the next minute."""
    mine = Event.tenant_id == tenant_of(session)
    due = (
        select(Event.id)
        .where(mine, condition)
        .order_by(Event.starts_at, Event.id)
        .limit(MOST_AT_ONCE)
        .with_for_update(skip_locked=True)
        .cte("due")
    )
    statement = update(Event).where(mine, Event.id.in_(select(due.c.id))).values(**columns).returning(Event.id)
    moved = await session.execute(statement.execution_options(synchronize_session=False))
    return moved.scalars().all()
