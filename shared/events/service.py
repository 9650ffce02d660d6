"""The verbs of events: prepared, published, moved, called off, held."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import msgspec
from sqlalchemy.ext.asyncio import AsyncSession

from shared.content.queries import media_by_name_or_id
from shared.events import changes, programme, standing, telling
from shared.events.drafts import (
    AppearanceDraft,
    EventDraft,
    SessionDraft,
    check_times,
    checked_event,
    checked_sessions,
    with_offset,
)
from shared.events.facts import EventCancelled, EventPublished
from shared.events.models import Event, EventState
from shared.events.registrations import outdated
from shared.events.registrations.models import Attendance
from shared.events.registrations.promotion import promote
from shared.events.registrations.seats import show, ways
from shared.identity.policy import Actor
from shared.kit import clock
from shared.kit.editing import check_revision, locked
from shared.kit.japanese.normalise import clean_text
from shared.kit.outbox import record
from shared.kit.refusals import Refusal

__all__ = [
    "AppearanceDraft",
    "EventDraft",
    "SessionDraft",
    "cancel_event",
    "create_event",
    "mark_held",
    "postpone_event",
    "publish_event",
    "set_sessions",
    "take_back_held",
    "update_event",
]

_PROMISED = (EventState.ANNOUNCED, EventState.OPEN, EventState.FULL)
LONGEST_REASON = 500


async def create_event(
    session: AsyncSession, *, actor: Actor, draft: EventDraft, sessions: Sequence[SessionDraft] = ()
) -> Event:
    """In state DRAFT. Refusals name the fields of the drafts."""
    draft = checked_event(draft)
    parts = checked_sessions(tuple(sessions))
    await _check_flyer(session, draft.flyer_id)
    now = clock.now()
    event = Event(**msgspec.structs.asdict(draft), created_at=now, updated_at=now)
    session.add(event)
    await session.flush()
    await programme.write(session, event, parts)
    telling.note(session, actor, "event.create", event)
    return event


async def update_event(
    session: AsyncSession,
    *,
    actor: Actor,
    event_id: UUID,
    draft: EventDraft,
    revision: int | None = None,
    reason: str | None = None,
) -> Event:
    """Everything of the event anew. Once it is public, another day or place is told in its history and to its followers.

    Conflict, with the other editor's name, unless `revision` is the one that was read; null asks for no such guard.
    """
    event = await locked(session, Event, event_id)
    if revision is not None:
        await check_revision(session, event.id, current=event.revision, read=revision)
    draft = checked_event(draft)
    await _check_flyer(session, draft.flyer_id)
    if not changes.anything_changed(event, draft):
        return event
    _check_seats(event, draft)
    # A correction of what was held, or will not be, is no change of plans.
    back = await standing.comes_back(session, event, draft.starts_at)
    moved = (back or event.state in standing.TO_BE_HELD) and changes.plans_changed(event, draft)
    summary = changes.words_of_change(event, draft, _reason(reason)) if moved else None
    was, new_day = event.starts_at, event.starts_at != draft.starts_at
    by_the_clock = changes.registration_changed(event, draft)
    for name, value in msgspec.structs.asdict(draft).items():
        setattr(event, name, value)
    if (
        back
        or (event.state is EventState.POSTPONED and new_day)
        or (event.state is EventState.ANNOUNCED and by_the_clock)
    ):
        event.state = standing.public_state(event)
    elif event.state in (EventState.OPEN, EventState.FULL) and not standing.begun(event):
        event.state = EventState.ANNOUNCED
    await programme.move(session, event, changes.whole_days(was, event.starts_at))
    await promote(session, event)
    await telling.changed(session, actor, "event.update", event)
    if new_day:
        await outdated.call_back(session, event)
    if summary:
        await telling.tell(session, event, summary, was=was)
    return event


async def set_sessions(
    session: AsyncSession,
    *,
    actor: Actor,
    event_id: UUID,
    sessions: Sequence[SessionDraft],
    revision: int | None = None,
) -> Event:
    """The whole programme anew, in this order."""
    event = await locked(session, Event, event_id)
    if revision is not None:
        await check_revision(session, event.id, current=event.revision, read=revision)
    await programme.write(session, event, checked_sessions(tuple(sessions)))
    await telling.changed(session, actor, "event.set-sessions", event)
    return event


async def publish_event(session: AsyncSession, *, actor: Actor, event_id: UUID) -> Event:
    """予告, or 受付中 when registration is wanted and its time has come. Publishing again changes nothing."""
    event = await locked(session, Event, event_id)
    if event.state is not EventState.DRAFT:
        return event
    event.state = standing.public_state(event)
    event.published_at = event.updated_at = clock.now()
    event.revision += 1
    await session.flush()
    telling.note(session, actor, "event.publish", event)
    await record(session, EventPublished(event_id=event.id), dedupe_key=f"event-published:{event.id}")
    await telling.shown(session, event)
    return event


async def cancel_event(session: AsyncSession, *, actor: Actor, event_id: UUID, reason: str) -> Event:
    """中止: the page stays and says why. Cancelling again changes nothing."""
    event = await locked(session, Event, event_id)
    if event.state is EventState.CANCELLED:
        return event
    await standing.check_changeable(session, event, "中止に")
    summary = changes.words_of_cancellation(_given_reason(reason))
    fact = EventCancelled(event_id=event.id, was_postponed=event.state is EventState.POSTPONED)
    event.state = EventState.CANCELLED
    await telling.add_change(session, event, summary)
    await telling.changed(session, actor, "event.cancel", event)
    await outdated.call_back(session, event)
    await record(session, fact, dedupe_key=f"event-cancelled:{event.id}")
    return event


async def postpone_event(
    session: AsyncSession,
    *,
    actor: Actor,
    event_id: UUID,
    reason: str,
    starts_at: datetime | None = None,
    ends_at: datetime | None = None,
    registration_deadline: datetime | None = None,
) -> Event:
    """延期: to another day, or until one is found. The programme moves along; without a new deadline the old one stays.

    What says nothing new (two clicks, a second sending) changes nothing and is told to nobody.
    """
    event = await locked(session, Event, event_id)
    await standing.check_changeable(session, event, "延期")
    starts_at, ends_at = with_offset(starts_at), with_offset(ends_at)
    deadline = with_offset(registration_deadline) or event.registration_deadline
    if starts_at is None and (ends_at or registration_deadline):
        raise Refusal(
            "REQUIRED", "新しい開始の日時も入力してください。決まっていなければ、すべて空けてください。", "starts_at"
        )
    given = _given_reason(reason)
    if starts_at is None and event.state is EventState.POSTPONED:
        await telling.check_told(session, event, given)
        return event
    times = (starts_at, ends_at, deadline)
    if event.state in _PROMISED and times == (event.starts_at, event.ends_at, event.registration_deadline):
        return event
    summary, was = changes.words_of_postponement(event, given, starts_at, ends_at), event.starts_at
    if starts_at is None:
        event.state = EventState.POSTPONED
    else:
        opens_at = event.registration_opens_at
        check_times(starts_at, ends_at, all_day=event.all_day, opens_at=opens_at, deadline=deadline)
        await programme.move(session, event, starts_at - event.starts_at)
        event.starts_at, event.ends_at, event.registration_deadline = starts_at, ends_at, deadline
        event.state = standing.public_state(event)
        await promote(session, event)
    await telling.changed(session, actor, "event.postpone", event)
    await outdated.call_back(session, event)
    await telling.tell(session, event, summary, was=was)
    return event


async def mark_held(session: AsyncSession, *, actor: Actor, event_id: UUID) -> Event:
    """終了, once it has begun. Called held again, nothing changes."""
    event = await locked(session, Event, event_id)
    if event.state in (EventState.HELD, EventState.REPORTED):
        return event
    await standing.check_changeable(session, event, "終了に")
    if event.starts_at > clock.now():
        raise Refusal("NOT_YET", "この行事はまだ始まっていません。開始の日時を過ぎてから終了にしてください。")
    event.state = EventState.HELD
    await telling.changed(session, actor, "event.mark-held", event)
    return event


async def take_back_held(session: AsyncSession, *, actor: Actor, event_id: UUID) -> Event:
    """終了を取り消す: on its own day the door opens again, whoever has come already. What is to be held stays as it is."""
    event = await locked(session, Event, event_id)
    if event.state in standing.TO_BE_HELD:
        return event
    standing.check_can_be_taken_back(event)
    event.state = standing.public_state(event)
    await show(session, event)
    await telling.changed(session, actor, "event.take-back-held", event)
    return event


def _check_seats(event: Event, draft: EventDraft) -> None:
    """Fewer seats than are confirmed, or a way closed that people have taken: nobody is sent away silently."""
    for capacity, taken, field, place in (
        (draft.capacity, event.hall_taken, "capacity", "会場"),
        (draft.online_capacity, event.online_taken, "online_capacity", "オンライン"),
    ):
        if capacity is not None and capacity < taken:
            raise Refusal(
                "CAPACITY_BELOW_CONFIRMED",
                f"{place}ではすでに{taken}人の参加が確定しています。定員を{taken}人以上にするか、"
                "先に申込一覧で、連絡のうえ取り消す申込を選んでください。",
                field,
            )
    if not draft.online and event.online_taken + event.online_waiting > 0:
        message = "オンラインで申し込んでいる方がいるため、オンライン参加をやめられません。先に申込一覧で、会場への変更などをしてください。"
        raise Refusal("ONLINE_TAKEN", message, "online")
    if Attendance.HALL not in ways(draft) and event.hall_taken + event.hall_waiting > 0:
        message = (
            "会場で申し込んでいる方がいるため、オンラインだけの行事にはできません。「会場」を残したまま「オンラインでも参加できます」に"
            "印を付けて保存し、申込一覧で、連絡のうえオンラインへの変更などをしてから、もう一度お試しください。"
        )
        raise Refusal("HALL_TAKEN", message, "venue")


def _given_reason(reason: str) -> str:
    given = _reason(reason)
    if not given:
        raise Refusal("REQUIRED", "理由を入力してください。行事のページに表示されます。", "reason")
    return given


def _reason(reason: str | None) -> str | None:
    given = clean_text(reason or "")
    if len(given) > LONGEST_REASON:
        raise Refusal("TOO_LONG", f"理由は{LONGEST_REASON}文字までで入力してください。", "reason")
    return given or None


async def _check_flyer(session: AsyncSession, flyer_id: UUID | None) -> None:
    if flyer_id is None:
        return
    flyer = await media_by_name_or_id(session, str(flyer_id))
    if flyer is None or flyer.withheld:
        raise Refusal("NOT_FOUND", "選ばれたチラシの画像が見つかりません。もう一度お選びください。", "flyer_id")
    if not flyer.alt and not flyer.decorative:
        raise Refusal("ALT_MISSING", "チラシには、書かれている内容の説明（代替テキスト）が必要です。", "flyer_id")
