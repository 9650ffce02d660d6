"""The verbs of events: prepared, published, moved, called off, held."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import msgspec
from sqlalchemy import delete, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from shared.content.queries import media_by_name_or_id
from shared.events import changes
from shared.events.drafts import (
    AppearanceDraft,
    EventDraft,
    SessionDraft,
    checked_event,
    checked_sessions,
    with_offset,
)
from shared.events.facts import EventCancelled, EventChanged, EventPublished
from shared.events.indexing import index_event
from shared.events.models import Appearance, Event, EventChange, EventState, Session
from shared.events.registrations.promotion import promote
from shared.identity.policy import Actor
from shared.kit import audit, clock
from shared.kit.content_version import bump
from shared.kit.editing import check_revision, locked
from shared.kit.japanese.normalise import clean_text
from shared.kit.outbox import record
from shared.kit.refusals import Conflict, Refusal

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
    "update_event",
]

_TO_BE_HELD = (EventState.ANNOUNCED, EventState.OPEN, EventState.FULL, EventState.POSTPONED)
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
    await _write_sessions(session, event, parts)
    _note(session, actor, "event.create", event)
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
    moved = event.state in _TO_BE_HELD and changes.plans_changed(event, draft)
    summary = changes.words_of_change(event, draft, _reason(reason)) if moved else None
    new_day = event.starts_at != draft.starts_at
    for name, value in msgspec.structs.asdict(draft).items():
        setattr(event, name, value)
    if event.state is EventState.POSTPONED and new_day:
        event.state = _public_state(event)
    await promote(session, event)
    await _changed(session, actor, "event.update", event)
    if summary:
        await _tell(session, event, summary)
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
    await _write_sessions(session, event, checked_sessions(tuple(sessions)))
    await _changed(session, actor, "event.set-sessions", event)
    return event


async def publish_event(session: AsyncSession, *, actor: Actor, event_id: UUID) -> Event:
    """予告, or 受付中 when registration is wanted and its time has come. Publishing again changes nothing."""
    event = await locked(session, Event, event_id)
    if event.state is not EventState.DRAFT:
        return event
    event.state = _public_state(event)
    event.published_at = event.updated_at = clock.now()
    event.revision += 1
    await session.flush()
    _note(session, actor, "event.publish", event)
    await record(session, EventPublished(event_id=event.id), dedupe_key=f"event-published:{event.id}")
    await _shown(session, event)
    return event


async def cancel_event(session: AsyncSession, *, actor: Actor, event_id: UUID, reason: str) -> Event:
    """中止: the page stays and says why. Cancelling again changes nothing."""
    event = await locked(session, Event, event_id)
    if event.state is EventState.CANCELLED:
        return event
    _check_to_be_held(event, "中止")
    summary = changes.words_of_cancellation(_given_reason(reason))
    event.state = EventState.CANCELLED
    await _add_change(session, event, summary)
    await _changed(session, actor, "event.cancel", event)
    await record(session, EventCancelled(event_id=event.id), dedupe_key=f"event-cancelled:{event.id}")
    return event


async def postpone_event(
    session: AsyncSession,
    *,
    actor: Actor,
    event_id: UUID,
    reason: str,
    starts_at: datetime | None = None,
    ends_at: datetime | None = None,
) -> Event:
    """延期: to another day, or until one is found."""
    event = await locked(session, Event, event_id)
    _check_to_be_held(event, "延期")
    starts_at, ends_at = with_offset(starts_at), with_offset(ends_at)
    if starts_at is not None and ends_at is not None and ends_at < starts_at:
        raise Refusal("ENDS_BEFORE_START", "終了が開始より前になっています。日時を確かめてください。", "ends_at")
    summary = changes.words_of_postponement(event, _given_reason(reason), starts_at, ends_at)
    if starts_at is None:
        event.state = EventState.POSTPONED
    else:
        event.starts_at, event.ends_at = starts_at, ends_at
        event.state = _public_state(event)
    await _changed(session, actor, "event.postpone", event)
    await _tell(session, event, summary)
    return event


async def mark_held(session: AsyncSession, *, actor: Actor, event_id: UUID) -> Event:
    """終了, once it has begun."""
    event = await locked(session, Event, event_id)
    if event.state in (EventState.HELD, EventState.REPORTED):
        return event
    _check_to_be_held(event, "終了に")
    if event.starts_at > clock.now():
        raise Refusal("NOT_YET", "この行事はまだ始まっていません。開始の日時を過ぎてから終了にしてください。")
    event.state = EventState.HELD
    await _changed(session, actor, "event.mark-held", event)
    return event


def _public_state(event: Event) -> EventState:
    now = clock.now()
    closes = event.registration_deadline or event.ends_at or event.starts_at
    open_now = (event.registration_opens_at or now) <= now and (closes > now or event.all_day)
    return EventState.OPEN if event.takes_registrations and open_now else EventState.ANNOUNCED


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


def _check_to_be_held(event: Event, verb: str) -> None:
    if event.state not in _TO_BE_HELD:
        raise Conflict(f"この行事は今の状態では{verb}できません。画面を開き直して、状態を確かめてください。")


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
    if flyer is None:
        raise Refusal("NOT_FOUND", "選ばれたチラシの画像が見つかりません。もう一度お選びください。", "flyer_id")
    if not flyer.alt:
        raise Refusal("ALT_MISSING", "チラシには、書かれている内容の説明（代替テキスト）が必要です。", "flyer_id")


async def _write_sessions(session: AsyncSession, event: Event, drafts: tuple[SessionDraft, ...]) -> None:
    await session.execute(delete(Session).where(Session.event_id == event.id))
    parts = [
        Session(event_id=event.id, ordinal=ordinal, **_own_columns(draft)) for ordinal, draft in enumerate(drafts, 1)
    ]
    session.add_all(parts)
    await session.flush()
    session.add_all(
        Appearance(session_id=part.id, ordinal=ordinal, **msgspec.structs.asdict(person))
        for part, draft in zip(parts, drafts, strict=True)
        for ordinal, person in enumerate(draft.appearances, 1)
    )
    await session.flush()


def _own_columns(draft: SessionDraft) -> dict[str, object]:
    return {name: value for name, value in msgspec.structs.asdict(draft).items() if name != "appearances"}


async def _changed(session: AsyncSession, actor: Actor, action: str, event: Event) -> None:
    """Count the edit; when the public can see it, count it in SEQUENCE too and show it."""
    event.revision += 1
    event.updated_at = clock.now()
    if event.state is not EventState.DRAFT:
        event.sequence += 1
    await session.flush()
    _note(session, actor, action, event)
    if event.state is not EventState.DRAFT:
        await _shown(session, event)


async def _tell(session: AsyncSession, event: Event, summary: str) -> None:
    await _add_change(session, event, summary)
    fact = EventChanged(event_id=event.id, sequence=event.sequence)
    await record(session, fact, dedupe_key=f"event-changed:{event.id}:{event.sequence}")


async def _add_change(session: AsyncSession, event: Event, summary: str) -> None:
    """The event's row is locked, so the count is the number of the last one."""
    last = select(func.coalesce(func.max(EventChange.ordinal), 0)).where(EventChange.event_id == event.id)
    ordinal = (await session.execute(last)).scalar_one() + 1
    session.add(EventChange(event_id=event.id, ordinal=ordinal, changed_on=clock.today(), summary=summary))
    await session.flush()


async def _shown(session: AsyncSession, event: Event) -> None:
    await index_event(session, event.id)
    await bump(session)


def _note(session: AsyncSession, actor: Actor, action: str, event: Event) -> None:
    audit.note(
        session,
        actor_id=actor.account_id,
        actor_name=actor.name,
        action=action,
        object_id=event.id,
        summary=event.title,
    )
