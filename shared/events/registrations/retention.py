"""What is known of people who registered goes a year after the event; that they were there, as a number, stays."""

from datetime import timedelta

from sqlalchemy import delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from shared.events.models import Event, EventState
from shared.events.registrations.models import Registration
from shared.kit import clock
from shared.kit.database.session import tenant_of
from shared.kit.post import Letter

#: Long enough for the report, the certificate's second copy and the next year's invitation by hand.
KEPT = timedelta(days=365)
#: Registrations of one run; the rest follow the night after.
AT_ONCE = 2_000
FORGOTTEN = "（消去済み）"


async def forget_registrants(session: AsyncSession) -> int:
    """For the timetable: names, addresses, needs and letters; a certificate keeps the name that it proves. How many went."""
    over = func.coalesce(Event.ends_at, Event.starts_at) < clock.now() - KEPT
    known = (
        select(Registration.id)
        .join(Event, (Event.tenant_id == Registration.tenant_id) & (Event.id == Registration.event_id))
        .where(Registration.tenant_id == tenant_of(session), Registration.name != FORGOTTEN)
        # Who waits for the new day of a postponed event is still to be told of it.
        .where(over, Event.state != EventState.POSTPONED)
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
