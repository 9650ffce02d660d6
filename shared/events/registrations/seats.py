"""The seats of an event: the row that decides is the row that is shown.

Every taker queues at the event; then one statement locks its row, looks whether the party fits, counts it and gives it a number.
Nothing is counted first and taken later, and the table's own checks refuse what would oversell.
"""

from functools import cache
from typing import Any, NamedTuple
from uuid import UUID

import msgspec
from sqlalchemy import Executable, Integer, and_, bindparam, case, or_, select, text, update
from sqlalchemy.ext.asyncio import AsyncSession

from shared.events.drafts import EventDraft
from shared.events.models import Event, EventState
from shared.events.registrations.models import Attendance
from shared.events.views import EventView
from shared.kit.content_version import bump
from shared.kit.database.session import tenant_of


class Columns(NamedTuple):
    """Where the event's row keeps one way of attending."""

    capacity: str
    taken: str
    waiting: str


COLUMNS = {
    Attendance.HALL: Columns("capacity", "hall_taken", "hall_waiting"),
    Attendance.ONLINE: Columns("online_capacity", "online_taken", "online_waiting"),
}


class Taken(msgspec.Struct, frozen=True):
    """`confirmed`: the party has its seats; else it waits. `event` is the row as it is now, locked until the transaction ends."""

    event: Event
    confirmed: bool

    @property
    def number(self) -> int:
        return self.event.last_number


_QUEUE = text("SELECT pg_advisory_xact_lock(:tenant, :event)")


async def queue(session: AsyncSession, event_id: UUID) -> None:
    """Wait for one's turn at the event until the transaction ends, first come first served.

    A row's own lock is not fair: who waits for a version of the row that is gone meanwhile is overtaken by who comes later.
    """
    event = int.from_bytes(event_id.bytes[-4:], signed=True)
    await session.execute(_QUEUE, {"tenant": tenant_of(session), "event": event})


async def take(session: AsyncSession, event_id: UUID, attendance: Attendance, party: int) -> Taken | None:
    """Seats for a whole party, or its place on the waiting list. None: there is no such event.

    A group that waits because it does not fit holds nobody up: who fits behind it is seated, and the group is told
    (`promotion.note_overtaken`).
    """
    await queue(session, event_id)
    values = {"tenant": tenant_of(session), "event": event_id, "party": party}
    row = (await session.execute(_taking(attendance), values)).one_or_none()
    return Taken(*row) if row is not None else None


@cache
def _taking(attendance: Attendance) -> Executable:
    """One statement; built once, because in a rush building it costs more than running it."""
    capacity, taken, waiting = (getattr(Event, name) for name in COLUMNS[attendance])
    party = bindparam("party", type_=Integer)
    seat = (
        select(Event.tenant_id, Event.id, or_(capacity.is_(None), taken + party <= capacity).label("fits"))
        .where(Event.tenant_id == bindparam("tenant"), Event.id == bindparam("event"))
        .with_for_update(key_share=True)
        .subquery("seat")
    )
    counted: dict[Any, Any] = {
        Event.last_number: Event.last_number + 1,
        taken: taken + case((seat.c.fits, party), else_=0),
        waiting: waiting + case((seat.c.fits, 0), else_=1),
    }
    return (
        update(Event)
        .where(and_(Event.tenant_id == seat.c.tenant_id, Event.id == seat.c.id))
        .values(counted)
        .returning(Event, seat.c.fits)
        .execution_options(synchronize_session=False, populate_existing=True)
    )


def free(event: Event, attendance: Attendance) -> int | None:
    """Seats that are free in a locked row. None: as many as are wanted."""
    columns = COLUMNS[attendance]
    capacity: int | None = getattr(event, columns.capacity)
    taken: int = getattr(event, columns.taken)
    return None if capacity is None else capacity - taken


def waiting(event: Event, attendance: Attendance) -> int:
    """Registrations on one waiting list, in a locked row."""
    number: int = getattr(event, COLUMNS[attendance].waiting)
    return number


def count(event: Event, attendance: Attendance, *, taken: int = 0, waiting: int = 0) -> None:
    """Add to the counters of a locked row (negative: give back)."""
    columns = COLUMNS[attendance]
    setattr(event, columns.taken, getattr(event, columns.taken) + taken)
    setattr(event, columns.waiting, getattr(event, columns.waiting) + waiting)


async def show(session: AsyncSession, event: Event) -> None:
    """受付中 ⇄ 満員, told to the public when it turns. The row is locked and its counters are those after the change.

    Who takes no registrations here is neither, whomever the secretariat enters.
    """
    full = all(_full(event, way) for way in ways(event))
    turned = EventState.FULL if full else EventState.OPEN
    shown = event.takes_registrations and event.state in (EventState.OPEN, EventState.FULL)
    if shown and event.state is not turned:
        event.state = turned
        await bump(session)
    await session.flush()


def ways(event: Event | EventView | EventDraft) -> tuple[Attendance, ...]:
    """How one can take part, the hall first. An event online that names no hall, or calls the web its hall, has none."""
    if not event.online:
        return (Attendance.HALL,)
    venue = event.venue or ""
    only_online = event.capacity is None and (not venue or "オンライン" in venue or "Web" in venue)
    return (Attendance.ONLINE,) if only_online else (Attendance.HALL, Attendance.ONLINE)


def _full(event: Event, attendance: Attendance) -> bool:
    left = free(event, attendance)
    return left is not None and left <= 0
