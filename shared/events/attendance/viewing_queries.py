"""What is read of online viewing: one person's page, and the two counts that are never mixed."""

from datetime import date, datetime
from uuid import UUID

import msgspec
from sqlalchemy import Uuid, bindparam, text
from sqlalchemy.ext.asyncio import AsyncSession

from shared.events.attendance.models import PlayKind
from shared.events.models import EventState
from shared.events.registrations.models import Attendance, RegistrationStatus
from shared.kit.refusals import NotFound


class WatchView(msgspec.Struct, frozen=True, kw_only=True):
    """One person's link; of the person only what the page needs."""

    registration_id: UUID
    status: RegistrationStatus
    attendance: Attendance
    event_id: UUID
    title: str
    state: EventState
    starts_at: datetime
    ends_at: datetime | None
    all_day: bool
    contact_phone: str | None
    contact_email: str | None
    questionnaire_url: str | None
    stream_url: str | None
    archive_url: str | None
    archive_until: date | None


class ViewingView(msgspec.Struct, frozen=True, kw_only=True):
    """`plays` counts presses, `viewers` people's links that were pressed at least once. `links`: confirmed online."""

    stream_url: str | None = None
    archive_url: str | None = None
    archive_until: date | None = None
    updated_at: datetime | None = None
    updated_by: str | None = None
    links: int = 0
    plays: int = 0
    viewers: int = 0
    live_plays: int = 0
    live_viewers: int = 0
    archive_plays: int = 0
    archive_viewers: int = 0


_WATCH = text(
    """
    SELECT (jsonb_build_object('registration_id', r.id, 'status', r.status, 'attendance', r.attendance,
      'event_id', e.id, 'title', e.title, 'state', e.state, 'starts_at', e.starts_at, 'ends_at', e.ends_at,
      'all_day', e.all_day, 'contact_phone', e.contact_phone, 'contact_email', e.contact_email,
      'questionnaire_url', e.questionnaire_url, 'stream_url', v.stream_url, 'archive_url', v.archive_url,
      'archive_until', v.archive_until))::text
    FROM registration r JOIN event e ON e.tenant_id = r.tenant_id AND e.id = r.event_id
    LEFT JOIN viewing v ON v.tenant_id = r.tenant_id AND v.event_id = r.event_id
    WHERE r.viewing_key = :key
    """
)
_VIEWING = text(
    """
    SELECT (coalesce((SELECT to_jsonb(v) FROM viewing v WHERE v.event_id = :event), '{}') || jsonb_build_object(
      'links', (SELECT count(*) FROM registration r
        WHERE r.event_id = :event AND r.attendance = 'ONLINE' AND r.status = 'CONFIRMED'),
      'plays', count(*), 'viewers', count(DISTINCT p.registration_id),
      'live_plays', count(*) FILTER (WHERE p.kind = 'LIVE'),
      'live_viewers', count(DISTINCT p.registration_id) FILTER (WHERE p.kind = 'LIVE'),
      'archive_plays', count(*) FILTER (WHERE p.kind = 'ARCHIVE'),
      'archive_viewers', count(DISTINCT p.registration_id) FILTER (WHERE p.kind = 'ARCHIVE')))::text
    FROM play p WHERE p.event_id = :event
    """
).bindparams(bindparam("event", type_=Uuid))
_PLAY = text("SELECT to_jsonb(p)::text FROM play p WHERE p.id = :id").bindparams(bindparam("id", type_=Uuid))
_KEY = text("SELECT r.viewing_key FROM registration r WHERE r.id = :id").bindparams(bindparam("id", type_=Uuid))


async def watch_by_key(session: AsyncSession, key: str) -> WatchView | None:
    row = (await session.execute(_WATCH, {"key": key.replace("\x00", "")})).scalar_one_or_none()
    return msgspec.json.decode(row, type=WatchView) if row else None


async def viewing(session: AsyncSession, event_id: UUID) -> ViewingView:
    """Also of an event without any address: then nothing was pressed."""
    return msgspec.json.decode((await session.execute(_VIEWING, {"event": event_id})).scalar_one(), type=ViewingView)


async def viewing_path(session: AsyncSession, registration_id: UUID) -> str | None:
    """`/watch/…`: for the person's own page and letters."""
    key = (await session.execute(_KEY, {"id": registration_id})).scalar_one_or_none()
    return f"/watch/{key}" if key else None


class PlayView(msgspec.Struct, frozen=True):
    id: UUID
    event_id: UUID
    kind: PlayKind
    played_at: datetime


async def play(session: AsyncSession, play_id: UUID) -> PlayView:
    """NotFound for another tenant's, too."""
    row = (await session.execute(_PLAY, {"id": play_id})).scalar_one_or_none()
    if row is None:
        raise NotFound
    return msgspec.json.decode(row, type=PlayView)
