"""What people are written about their registration. Each function is a reaction to one fact.

Nothing is written about what is over already, or to whom it does not concern any more; each letter goes once.
"""

from collections.abc import Mapping
from datetime import datetime, time, timedelta
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from shared.events import calendar, queries
from shared.events.facts import EventCancelled, EventChanged, EventReportPublished
from shared.events.models import EventState
from shared.events.registrations import queries as registrations
from shared.events.registrations.facts import (
    NewsForRegistrants,
    RegistrationAccepted,
    RegistrationAskedAgain,
    RegistrationCancelled,
    RegistrationChanged,
    RegistrationPassedOver,
    RegistrationPromoted,
)
from shared.events.registrations.models import RegistrationStatus
from shared.events.registrations.queries import RegistrationView
from shared.events.registrations.summary import summary
from shared.events.registrations.wording import LetterKind, Wording, fill, wording_of
from shared.events.registrations.words import STATUSES
from shared.events.views import EventView
from shared.kit import clock
from shared.kit.outbox import record
from shared.kit.post import Attachment, LetterClass, Post

#: Letters of one transaction: far below the lease of a fact.
AT_ONCE = 250
CONFIRMED, WAITLISTED = RegistrationStatus.CONFIRMED, RegistrationStatus.WAITLISTED
_ENTERED = (LetterKind.CONFIRMED, LetterKind.PROMOTED, LetterKind.REMINDER, LetterKind.EVENT_CHANGED)


async def confirm_registration(session: AsyncSession, fact: RegistrationAccepted, letters: Post) -> None:
    """Who waited and has been promoted meanwhile is told that instead."""
    kind = LetterKind.CONFIRMED if fact.status is CONFIRMED else LetterKind.WAITLISTED
    await _tell(session, letters, fact.registration_id, kind, (fact.status,))


async def tell_of_promotion(session: AsyncSession, fact: RegistrationPromoted, letters: Post) -> None:
    await _tell(session, letters, fact.registration_id, LetterKind.PROMOTED, (CONFIRMED,))


async def tell_of_passing_over(session: AsyncSession, fact: RegistrationPassedOver, letters: Post) -> None:
    await _tell(session, letters, fact.registration_id, LetterKind.PASSED_OVER, (WAITLISTED,))


async def tell_of_own_change(session: AsyncSession, fact: RegistrationChanged, letters: Post) -> None:
    """Two changes in a minute are one letter, with what holds now."""
    alive = (CONFIRMED, WAITLISTED)
    await _tell(session, letters, fact.registration_id, LetterKind.CHANGED, alive, revision=fact.revision)


async def confirm_cancellation(session: AsyncSession, fact: RegistrationCancelled, letters: Post) -> None:
    await _tell(session, letters, fact.registration_id, LetterKind.CANCELLED, (RegistrationStatus.CANCELLED,))


async def tell_of_known_registration(session: AsyncSession, fact: RegistrationAskedAgain, letters: Post) -> None:
    cause = f"{clock.today()}"
    await _tell(session, letters, fact.registration_id, LetterKind.ASKED_AGAIN, (CONFIRMED, WAITLISTED), cause=cause)


async def tell_of_changed_event(session: AsyncSession, fact: EventChanged, letters: Post) -> None:
    await _begin(session, fact, LetterKind.EVENT_CHANGED, f"{fact.event_id} {fact.sequence}")


async def tell_of_cancelled_event(session: AsyncSession, fact: EventCancelled, letters: Post) -> None:
    await _begin(session, fact, LetterKind.EVENT_CANCELLED, f"{fact.event_id}")


async def thank_with_report(session: AsyncSession, fact: EventReportPublished, letters: Post) -> None:
    await _begin(session, fact, LetterKind.THANKS, f"{fact.event_id}")


async def _begin(
    session: AsyncSession, fact: EventChanged | EventCancelled | EventReportPublished, kind: LetterKind, cause: str
) -> None:
    await _go_on(session, NewsForRegistrants(event_id=fact.event_id, kind=kind, cause=cause))


async def _go_on(session: AsyncSession, news: NewsForRegistrants) -> None:
    await record(session, news, dedupe_key=f"news-for-registrants:{news.kind}:{news.cause}:{news.after}")


async def tell_everybody(session: AsyncSession, fact: NewsForRegistrants, letters: Post) -> None:
    """The next ones of the list; then the fact for those after them."""
    kind = LetterKind(fact.kind)
    event = await queries.event(session, fact.event_id)
    if event is None or not _worth_telling(event, kind):
        return
    people = await registrations.to_be_told(
        session,
        event.id,
        attended=kind is LetterKind.THANKS,
        confirmed=kind is LetterKind.REMINDER,
        after=fact.after,
        first=AT_ONCE,
    )
    wording = await wording_of(session, kind)
    for person in people:
        await _write(letters, event, person, wording, cause=fact.cause)
    if len(people) == AT_ONCE:
        following = NewsForRegistrants(
            event_id=fact.event_id, kind=fact.kind, cause=fact.cause, after=people[-1].number
        )
        await _go_on(session, following)


def _worth_telling(event: EventView, kind: LetterKind) -> bool:
    if kind is LetterKind.THANKS:
        return event.report is not None
    if event.over(clock.now()):
        return False
    cancelled = event.state is EventState.CANCELLED
    return cancelled if kind is LetterKind.EVENT_CANCELLED else not cancelled


async def _tell(
    session: AsyncSession,
    letters: Post,
    registration_id: UUID,
    kind: LetterKind,
    concerned: tuple[RegistrationStatus, ...],
    *,
    revision: int | None = None,
    cause: str = "",
) -> None:
    person = await registrations.registration(session, registration_id)
    if person.status not in concerned or (revision is not None and person.revision != revision):
        return
    event = await queries.event(session, person.event_id)
    if event is None or event.over(clock.now()):
        return
    wording = await wording_of(session, kind)
    await _write(letters, event, person, wording, cause=cause or f"{person.revision if revision else ''}")


async def _write(letters: Post, event: EventView, person: RegistrationView, wording: Wording, *, cause: str) -> None:
    """Who has left no address is called or written to by the secretariat."""
    if person.email is None:
        return
    values = values_of(event, person, letters.sender.base_url)
    await letters.write(
        template="events/registration",
        to_email=person.email,
        to_name=person.name,
        about_id=person.id,
        letter_class=LetterClass.MUST_ARRIVE,
        dedupe_key=f"registration {wording.kind} {person.id} {cause}".rstrip(),
        values={"subject": fill(wording.subject, values), "text": fill(wording.body, values)},
        worthless_after=None if wording.kind is LetterKind.THANKS else _end(event),
        attachments=_calendar(event, person, wording.kind, letters.sender.base_url),
    )


def values_of(event: EventView, person: RegistrationView, base_url: str) -> Mapping[str, str]:
    """What stands in the brackets of a wording."""
    return {
        "お名前": person.name,
        "行事名": event.title,
        "受付番号": person.called,
        "状況": STATUSES[person.status],
        "順番": str(person.waitlist_position or ""),
        "行事のご案内": summary(event, person),
        "確認ページ": f"{base_url}/registrations/{person.key}",
        "お知らせ": event.changes[-1].summary if event.changes else "",
        "報告ページ": f"{base_url}/events/{event.id}",
        "アンケート": f"アンケートにもご協力ください：\n{event.questionnaire_url}" if event.questionnaire_url else "",
    }


def _calendar(event: EventView, person: RegistrationView, kind: LetterKind, base_url: str) -> list[Attachment]:
    gone = kind in (LetterKind.CANCELLED, LetterKind.EVENT_CANCELLED)
    if not gone and (kind not in _ENTERED or person.status is not CONFIRMED):
        return []
    entry = calendar.calendar_file(event, base_url=base_url, withdrawn=gone).decode()
    return [Attachment(calendar.FILE_NAME, calendar.MEDIA_TYPE, entry)]


def _end(event: EventView) -> datetime:
    """Over then; an event of whole days lasts until midnight."""
    if event.all_day or event.ends_at is None:
        return datetime.combine(event.last_day + timedelta(days=1), time(), tzinfo=clock.JST)
    return event.ends_at
