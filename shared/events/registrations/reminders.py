"""前日のお知らせ: once, on the day before an event begins; whoever has been there knows of the days that follow."""

from datetime import datetime, time, timedelta

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from shared.events.models import Event
from shared.events.registrations.facts import NewsForRegistrants
from shared.events.registrations.rules import TO_BE_HELD
from shared.events.registrations.wording import LetterKind
from shared.kit import clock
from shared.kit.database.session import tenant_of
from shared.kit.outbox import record

#: Nobody is woken by it, whenever the program was started; the secretariat's page promises this hour.
FROM = time(10)


async def remind_of_tomorrow(session: AsyncSession) -> int:
    """For the timetable: may run any number of times on the day before, from its hour on. How many events it found."""
    if clock.now().astimezone(clock.JST).time() < FROM:
        return 0
    tomorrow = clock.today() + timedelta(days=1)
    begin = datetime.combine(tomorrow, time(), tzinfo=clock.JST)
    statement = select(Event.id).where(
        Event.tenant_id == tenant_of(session),
        Event.starts_at >= begin,
        Event.starts_at < begin + timedelta(days=1),
        Event.state.in_(TO_BE_HELD),
        Event.hall_taken + Event.online_taken > 0,
    )
    found = (await session.scalars(statement)).all()
    for event_id in found:
        cause = f"{event_id} {tomorrow}"
        fact = NewsForRegistrants(event_id=event_id, kind=LetterKind.REMINDER, cause=cause)
        await record(session, fact, dedupe_key=f"news-for-registrants:{fact.kind}:{cause}:0")
    return len(found)
