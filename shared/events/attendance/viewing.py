"""オンライン視聴: where an event is streamed, and who presses 視聴する. A personal link, no account, nothing of others on the page."""

from datetime import date, datetime, timedelta
from enum import StrEnum
from urllib.parse import urlsplit
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from shared.events.attendance.models import Play, PlayKind, Viewing
from shared.events.attendance.viewing_queries import WatchView, watch_by_key
from shared.events.models import Event, EventState
from shared.events.registrations.models import Attendance, Registration, RegistrationStatus
from shared.identity.policy import Actor
from shared.kit import audit, clock
from shared.kit.database.session import tenant_of
from shared.kit.editing import locked
from shared.kit.refusals import NotFound, Refusal, Refusals

OPENS_BEFORE = timedelta(minutes=30)
#: A stream that runs over its time is not shut in the speaker's last sentence.
CLOSES_AFTER = timedelta(hours=1)
LONGEST_URL = 1_000
_OFF = (EventState.DRAFT, EventState.CANCELLED, EventState.POSTPONED)


class Gate(StrEnum):
    """What the personal page shows now."""

    OFF = "OFF"
    NO_SEAT = "NO_SEAT"
    EARLY = "EARLY"
    HALL = "HALL"
    LIVE = "LIVE"
    NO_ADDRESS = "NO_ADDRESS"
    ARCHIVE = "ARCHIVE"
    BETWEEN = "BETWEEN"
    CLOSED = "CLOSED"


_PLAYS = {Gate.LIVE: PlayKind.LIVE, Gate.ARCHIVE: PlayKind.ARCHIVE}
_NOT_OPEN = ("NOT_OPEN", "いまは視聴できる時間ではありません。視聴のページで、始まる時刻と終わる日をご確認ください。")
_SHUT = {
    Gate.OFF: ("NOT_HELD", "この行事は開かれないため、視聴できません。"),
    Gate.NO_SEAT: ("NO_SEAT", "この申込は確定していないため、視聴できません。"),
    Gate.HALL: ("HALL", "会場参加のお申し込みのため、配信は視聴できません。"),
}


def gate(watch: WatchView, now: datetime) -> Gate:
    """Live from 30 minutes before the beginning for who registered online; later viewing for everybody who has a seat."""
    if watch.state in _OFF:
        return Gate.OFF
    if watch.status is not RegistrationStatus.CONFIRMED:
        return Gate.NO_SEAT
    if now < watch.starts_at - OPENS_BEFORE:
        return Gate.EARLY
    if now < _closes(watch):
        if watch.attendance is Attendance.HALL:
            return Gate.HALL
        return Gate.LIVE if watch.stream_url else Gate.NO_ADDRESS
    if watch.archive_until is not None and watch.archive_until < clock.today():
        return Gate.CLOSED
    return Gate.ARCHIVE if watch.archive_url else Gate.BETWEEN


def address(watch: WatchView, now: datetime) -> str | None:
    """Where 視聴する leads now."""
    return {Gate.LIVE: watch.stream_url, Gate.ARCHIVE: watch.archive_url}.get(gate(watch, now))


async def set_addresses(
    session: AsyncSession,
    *,
    actor: Actor,
    event_id: UUID,
    stream_url: str,
    archive_url: str,
    archive_until: date | None,
) -> Viewing:
    """Of the stream and of the recording; empty takes one away. Only https: the personal pages lead there."""
    event = await locked(session, Event, event_id)
    _check_addresses({"stream_url": stream_url, "archive_url": archive_url})
    known = await session.scalar(select(Viewing).where(Viewing.event_id == event_id))
    if known is None:
        known = Viewing(event_id=event_id)
        session.add(known)
    known.stream_url, known.archive_url = stream_url.strip() or None, archive_url.strip() or None
    known.archive_until = archive_until
    known.updated_at, known.updated_by = clock.now(), actor.name
    await session.flush()
    audit.note(
        session,
        actor_id=actor.account_id,
        actor_name=actor.name,
        action="viewing.set",
        object_id=event.id,
        summary=event.title,
    )
    return known


async def record_play(session: AsyncSession, *, registration_id: UUID) -> Play:
    """One press, by the person's link or by a player that reports it. Refusal where the person's page shows no button."""
    registration = await session.get(Registration, (tenant_of(session), registration_id))
    if registration is None:
        raise NotFound
    now, watch = clock.now(), await watch_by_key(session, registration.viewing_key)
    if watch is None:
        raise NotFound
    way = gate(watch, now)
    if way not in _PLAYS:
        raise Refusal(*_SHUT.get(way, _NOT_OPEN))
    play = Play(event_id=watch.event_id, registration_id=registration.id, kind=_PLAYS[way], played_at=now)
    session.add(play)
    await session.flush()
    return play


def _closes(watch: WatchView) -> datetime:
    return _ends(watch.starts_at, watch.ends_at, watch.all_day)


def _ends(starts_at: datetime, ends_at: datetime | None, all_day: bool) -> datetime:
    """An event of a whole day, or without an end, lasts until midnight in Japan."""
    if ends_at is not None and not all_day:
        return ends_at + CLOSES_AFTER
    last = (ends_at or starts_at).astimezone(clock.JST)
    return last.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)


def _check_addresses(given: dict[str, str]) -> None:
    problems = [
        Refusal("NOT_HTTPS", "https:// で始まるアドレスを入力してください。", name)
        for name, text in given.items()
        if text.strip() and not _is_https(text.strip())
    ]
    if problems:
        raise Refusals(problems)


def _is_https(text: str) -> bool:
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:
        return False
    plain = text.isascii() and text.isprintable() and not set(text) & set(" '\";,<>\\")
    return plain and parts.scheme == "https" and bool(parts.hostname) and port != 0 and len(text) <= LONGEST_URL
