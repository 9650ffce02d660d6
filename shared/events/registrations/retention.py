"""What is known of people who registered goes a year after the event; that they were there, as a number, stays.

What was postponed and has had no new day nor other news for a year is not waited for any longer: its registrations end, so
that nobody keeps a seat who is not known any more, and go too.
"""

from datetime import date, timedelta

from sqlalchemy import ColumnElement, Date, and_, cast, delete, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from shared.events.models import Event, EventChange, EventState
from shared.events.registrations import seats
from shared.events.registrations.models import Registration, RegistrationStatus
from shared.events.views import EventView
from shared.kit import clock
from shared.kit.database.session import tenant_of
from shared.kit.editing import locked
from shared.kit.post import Letter

#: Long enough for the report, the certificate's second copy and the next year's invitation by hand.
KEPT = timedelta(days=365)
#: Registrations of one run; the rest follow the night after.
AT_ONCE = 2_000
FORGOTTEN = "（消去済み）"


def forgotten_on(event: EventView) -> date | None:
    """The day on which a postponed event loses its registrations unless it gets a new one. Null: there are none to lose."""
    if event.state is not EventState.POSTPONED or not event.confirmed_count + event.waitlist_count:
        return None
    told = max((each.changed_on for each in event.changes if each.changed_on), default=event.first_day)
    return told + KEPT + timedelta(days=1)


async def forget_registrants(session: AsyncSession) -> int:
    """For the timetable: names, addresses, needs and letters; a certificate keeps the name that it proves. How many went."""
    await _end_what_has_no_day(session)
    over = func.coalesce(Event.ends_at, Event.starts_at) < clock.now() - KEPT
    known = (
        select(Registration.id)
        .join(Event, (Event.tenant_id == Registration.tenant_id) & (Event.id == Registration.event_id))
        .where(Registration.tenant_id == tenant_of(session), Registration.name != FORGOTTEN)
        # Who waits for the new day of a postponed event is still to be told of it.
        .where(or_(and_(over, Event.state != EventState.POSTPONED), _given_up()))
        .limit(AT_ONCE)
    )
    gone = (await session.scalars(known)).all()
    tenant = Registration.tenant_id == tenant_of(session)
    nothing = dict.fromkeys(
        ("kana", "email", "phone", "organisation_name", "companions", "needs", "remarks", "entered_by", "cancelled_by")
    )
    await session.execute(
        update(Registration)
        .where(tenant, Registration.id.in_(gone))
        .values(name=FORGOTTEN, person_key=func.concat("forgotten ", Registration.number), **nothing)
        .execution_options(synchronize_session=False)
    )
    await session.execute(delete(Letter).where(Letter.tenant_id == tenant_of(session), Letter.about_id.in_(gone)))
    return len(gone)


def _given_up() -> ColumnElement[bool]:
    """See `forgotten_on`."""
    last = select(func.max(EventChange.changed_on)).where(
        EventChange.tenant_id == Event.tenant_id, EventChange.event_id == Event.id
    )
    first_day = cast(func.timezone("Asia/Tokyo", Event.starts_at), Date)
    told = func.coalesce(last.scalar_subquery(), first_day)
    return and_(Event.state == EventState.POSTPONED, told < clock.today() - KEPT)


async def _end_what_has_no_day(session: AsyncSession) -> None:
    held = Event.hall_taken + Event.online_taken + Event.hall_waiting + Event.online_waiting > 0
    statement = select(Event.id).where(Event.tenant_id == tenant_of(session), _given_up(), held).order_by(Event.id)
    for event_id in (await session.scalars(statement)).all():
        await seats.queue(session, event_id)
        event = await locked(session, Event, event_id)
        # Somebody may have found a day meanwhile.
        if event.state is EventState.POSTPONED:
            await _end_registrations(session, event)


async def _end_registrations(session: AsyncSession, event: Event) -> None:
    alive = (
        Registration.tenant_id == event.tenant_id,
        Registration.event_id == event.id,
        Registration.status != RegistrationStatus.CANCELLED,
    )
    ended = {"status": RegistrationStatus.CANCELLED, "cancelled_at": clock.now(), "revision": Registration.revision + 1}
    await session.execute(update(Registration).where(*alive).values(ended).execution_options(synchronize_session=False))
    event.hall_taken = event.online_taken = event.hall_waiting = event.online_waiting = 0
    await session.flush()
