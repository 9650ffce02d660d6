"""What people are written about their registration. Each function is a reaction to one fact.

Nothing is written about what is over already, or to whom it does not concern any more; each letter goes once.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, time, timedelta
from uuid import UUID

import msgspec
from sqlalchemy.ext.asyncio import AsyncSession

from shared.events import calendar, queries
from shared.events.facts import EventCancelled, EventChanged, EventReportPublished
from shared.events.models import EventState
from shared.events.registrations import outdated, rules
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
from shared.events.registrations.rules import TO_BE_HELD
from shared.events.registrations.summary import fewer_people, standing, summary
from shared.events.registrations.wording import PROMISES, LetterKind, Wording, fill, wording_of
from shared.events.views import EventView
from shared.identity.notifications import queries as notifications
from shared.kit import clock
from shared.kit.outbox import record
from shared.kit.post import Attachment, LetterClass, Post

#: Letters of one transaction: far below the lease of a fact.
AT_ONCE = 250
CONFIRMED, WAITLISTED = RegistrationStatus.CONFIRMED, RegistrationStatus.WAITLISTED
_SEATED = (LetterKind.CONFIRMED, LetterKind.PROMOTED)
_CHANGES_OF_PLAN = (LetterKind.EVENT_CHANGED, LetterKind.EVENT_CANCELLED)
_ENTERED = (LetterKind.CONFIRMED, LetterKind.PROMOTED, LetterKind.REMINDER, LetterKind.EVENT_CHANGED)

#: Letters that answer nothing that their receiver has done.
_UNASKED = (
    LetterKind.PROMOTED,
    LetterKind.PASSED_OVER,
    LetterKind.EVENT_CHANGED,
    LetterKind.EVENT_CANCELLED,
    LetterKind.REMINDER,
    LetterKind.THANKS,
)
_URGENT = timedelta(days=1)


async def confirm_registration(session: AsyncSession, fact: RegistrationAccepted, letters: Post) -> None:
    """Who waited and has been promoted meanwhile is told that instead."""
    kind = LetterKind.CONFIRMED if fact.status is CONFIRMED else LetterKind.WAITLISTED
    await _tell(session, letters, fact.registration_id, kind, (fact.status,))


async def tell_of_promotion(session: AsyncSession, fact: RegistrationPromoted, letters: Post) -> None:
    await _tell(session, letters, fact.registration_id, LetterKind.PROMOTED, (CONFIRMED,))


async def tell_of_passing_over(session: AsyncSession, fact: RegistrationPassedOver, letters: Post) -> None:
    await _tell(session, letters, fact.registration_id, LetterKind.PASSED_OVER, (WAITLISTED,))


async def tell_of_own_change(session: AsyncSession, fact: RegistrationChanged, letters: Post) -> None:
    """With what holds now; a later change, where there is one, is told in its place."""
    if await registrations.changed_since(session, fact.registration_id, fact.revision):
        return
    alive, cause = (CONFIRMED, WAITLISTED), f"{fact.revision}"
    await _tell(session, letters, fact.registration_id, LetterKind.CHANGED, alive, cause=cause)


async def confirm_cancellation(session: AsyncSession, fact: RegistrationCancelled, letters: Post) -> None:
    await _tell(session, letters, fact.registration_id, LetterKind.CANCELLED, (RegistrationStatus.CANCELLED,))


async def tell_of_known_registration(session: AsyncSession, fact: RegistrationAskedAgain, letters: Post) -> None:
    cause = f"{clock.today()}"
    await _tell(session, letters, fact.registration_id, LetterKind.ASKED_AGAIN, (CONFIRMED, WAITLISTED), cause=cause)


async def tell_of_changed_event(session: AsyncSession, fact: EventChanged, letters: Post) -> None:
    cause = f"{fact.event_id} {fact.sequence}"
    news = NewsForRegistrants(
        event_id=fact.event_id, kind=LetterKind.EVENT_CHANGED, cause=cause, change=fact.change, was=fact.was
    )
    await _go_on(session, news)


async def tell_of_cancelled_event(session: AsyncSession, fact: EventCancelled, letters: Post) -> None:
    cause, dateless = f"{fact.event_id}", fact.was_postponed
    news = NewsForRegistrants(event_id=fact.event_id, kind=LetterKind.EVENT_CANCELLED, cause=cause, dateless=dateless)
    await _go_on(session, news)


async def thank_with_report(session: AsyncSession, fact: EventReportPublished, letters: Post) -> None:
    await _go_on(session, NewsForRegistrants(event_id=fact.event_id, kind=LetterKind.THANKS, cause=f"{fact.event_id}"))


async def _go_on(session: AsyncSession, news: NewsForRegistrants) -> None:
    await record(session, news, dedupe_key=f"news-for-registrants:{news.kind}:{news.cause}:{news.after}")


async def tell_everybody(session: AsyncSession, fact: NewsForRegistrants, letters: Post) -> None:
    """The next ones of the list; then the fact for those after them."""
    kind = LetterKind(fact.kind)
    event = await queries.event(session, fact.event_id)
    if event is None or not _worth_telling(event, kind, dateless=fact.dateless):
        return
    if kind in _CHANGES_OF_PLAN and not fact.after:
        # Once more: a promise may have been on its way into the post when the plan was changed.
        await outdated.call_back(session, event)
    people = await registrations.to_be_told(
        session,
        event.id,
        attended=kind is LetterKind.THANKS,
        confirmed=kind is LetterKind.REMINDER,
        after=fact.after,
        first=AT_ONCE,
    )
    wording, not_before = await wording_of(session, kind), await _not_before(session, event, kind, was=fact.was)
    withdrawals = await registrations.withdrawals(session, [each.id for each in people])
    for person in people:
        entry = _calendar(event, person, kind, letters.sender.base_url, withdrawals.get(person.id, 0))
        await _write(letters, event, person, wording, entry, cause=fact.cause, news=fact, not_before=not_before)
    if len(people) == AT_ONCE:
        await _go_on(session, msgspec.structs.replace(fact, after=people[-1].number))


def _worth_telling(event: EventView, kind: LetterKind, *, dateless: bool) -> bool:
    """`dateless`: its day was given up before it was called off."""
    if kind is LetterKind.THANKS:
        return event.report is not None
    if kind is LetterKind.EVENT_CANCELLED:
        return event.state is EventState.CANCELLED and (dateless or not rules.over(event))
    if kind is LetterKind.REMINDER:
        return event.state in TO_BE_HELD and event.first_day == clock.today() + timedelta(days=1)
    return event.state is not EventState.CANCELLED and not rules.over(event)


async def _tell(
    session: AsyncSession,
    letters: Post,
    registration_id: UUID,
    kind: LetterKind,
    concerned: tuple[RegistrationStatus, ...],
    *,
    cause: str = "",
) -> None:
    person = await registrations.registration(session, registration_id)
    if person.status not in concerned:
        return
    event = await queries.event(session, person.event_id)
    if event is None or not await _concerns(session, event, person, kind):
        return
    wording, not_before = await wording_of(session, kind), await _not_before(session, event, kind)
    withdrawals = await registrations.withdrawals(session, [person.id])
    entry = _calendar(event, person, kind, letters.sender.base_url, withdrawals.get(person.id, 0))
    await _write(letters, event, person, wording, entry, cause=cause, not_before=not_before)


async def _concerns(session: AsyncSession, event: EventView, person: RegistrationView, kind: LetterKind) -> bool:
    """Nobody is promised a seat at what is called off, nor told of the one that he sits on."""
    if rules.over(event):
        return False
    if kind in PROMISES and event.state not in TO_BE_HELD:
        return False
    return kind not in _SEATED or not await registrations.checked_in(session, person.id)


async def _not_before(
    session: AsyncSession, event: EventView, kind: LetterKind, *, was: datetime | None = None
) -> datetime | None:
    """By night waits what nobody has just asked for, unless the event begins, or would have begun, within a day."""
    soon = clock.now() + _URGENT
    urgent = kind is not LetterKind.THANKS and (event.starts_at <= soon or (was is not None and was <= soon))
    return None if urgent or kind not in _UNASKED else await notifications.not_before(session)


async def _write(
    letters: Post,
    event: EventView,
    person: RegistrationView,
    wording: Wording,
    attachments: Sequence[Attachment],
    *,
    cause: str,
    not_before: datetime | None,
    news: NewsForRegistrants | None = None,
) -> None:
    """Who has left no address is called or written to by the secretariat."""
    if person.email is None:
        return
    values = values_of(event, person, letters.sender.base_url, change=news.change if news else 0)
    undated = event.state is EventState.POSTPONED or (news is not None and news.dateless)
    await letters.write(
        template="events/registration",
        to_email=person.email,
        to_name=person.name,
        about_id=person.id,
        letter_class=LetterClass.MUST_ARRIVE,
        dedupe_key=outdated.key_of(wording.kind, person.id, cause),
        values={"subject": fill(wording.subject, values), "text": fill(wording.body, values)},
        not_before=not_before,
        worthless_after=None if undated or wording.kind is LetterKind.THANKS else _true_until(event, wording.kind),
        attachments=attachments,
    )


def values_of(event: EventView, person: RegistrationView, base_url: str, *, change: int = 0) -> Mapping[str, str]:
    """What stands in the brackets of a wording. `change`: which line of the event's history is told; 0 is the last."""
    told = [each for each in event.changes if each.ordinal == change] or event.changes
    return {
        "お名前": person.name,
        "行事名": event.title,
        "受付番号": person.called,
        "状況": standing(person),
        "順番": str(person.waitlist_position or ""),
        "行事のご案内": summary(event, person),
        "確認ページ": f"{base_url}/registrations/{person.key}",
        "人数の変更": fewer_people(event),
        "お知らせ": told[-1].summary if told else "",
        "報告ページ": f"{base_url}/events/{event.id}",
        "アンケート": f"アンケートにもご協力ください：\n{event.questionnaire_url}" if event.questionnaire_url else "",
    }


def _calendar(
    event: EventView, person: RegistrationView, kind: LetterKind, base_url: str, withdrawals: int
) -> list[Attachment]:
    gone = kind in (LetterKind.CANCELLED, LetterKind.EVENT_CANCELLED)
    if not gone and (kind not in _ENTERED or person.status is not CONFIRMED):
        return []
    entry = calendar.calendar_file(event, base_url=base_url, withdrawn=gone, withdrawals=withdrawals)
    return [Attachment(calendar.FILE_NAME, calendar.MEDIA_TYPE, entry.decode())]


def _true_until(event: EventView, kind: LetterKind) -> datetime:
    """What says "tomorrow" would lead people astray on the day itself."""
    if kind is LetterKind.REMINDER:
        return datetime.combine(event.first_day, time(), tzinfo=clock.JST)
    return _end(event)


def _end(event: EventView) -> datetime:
    """Over then; an event of whole days lasts until midnight."""
    if event.all_day or event.ends_at is None:
        return datetime.combine(event.last_day + timedelta(days=1), time(), tzinfo=clock.JST)
    return event.ends_at
