"""What is read of the day: who came and who did not. For the secretariat; nothing here is public."""

import unicodedata
from datetime import datetime
from uuid import UUID

import msgspec
from sqlalchemy import Integer, Text, Uuid, bindparam, text
from sqlalchemy.ext.asyncio import AsyncSession

from shared.events.attendance.models import Manner
from shared.events.registrations.models import Attendance, RegistrationChannel, RegistrationStatus
from shared.kit.refusals import NotFound

#: Registrations that a tablet takes along; more are searched for.
MOST_GUESTS = 2_000


class CheckInView(msgspec.Struct, frozen=True, kw_only=True):
    """`again_*` is the last other scan of the same registration."""

    id: UUID
    manner: Manner
    present: int
    checked_in_at: datetime
    checked_in_by: str
    place: str | None
    scan_id: str | None
    again_at: datetime | None
    again_by: str | None
    again_place: str | None
    checked_out_at: datetime | None


class GuestView(msgspec.Struct, frozen=True, kw_only=True):
    """A registration as the door sees it: no address, no telephone. `online`: known to have taken part from afar."""

    id: UUID
    event_id: UUID
    number: int
    code: str
    status: RegistrationStatus
    attendance: Attendance
    channel: RegistrationChannel
    name: str
    kana: str | None
    organisation_name: str | None
    party_size: int
    needs: str | None
    check_in: CheckInView | None
    online: bool = False

    @property
    def called(self) -> str:
        return f"{self.number:04}"


class DoorCounts(msgspec.Struct, frozen=True):
    """Each a number of its own: registrations with a seat, those who came of them, and the same in people.

    `online`: those at the door of an event without a hall who are known to have taken part from afar.
    """

    expected: int = 0
    come: int = 0
    left: int = 0
    expected_people: int = 0
    people: int = 0
    by_qr: int = 0
    by_list: int = 0
    walk_ins: int = 0
    online: int = 0

    @property
    def missing(self) -> int:
        """Before and during the event: not here yet. After it: no-shows."""
        return self.expected - self.come - self.online


class Door(msgspec.Struct, frozen=True):
    """`total` counts all that match the search; `counts` everybody."""

    counts: DoorCounts
    total: int
    items: list[GuestView]


_GUEST = """to_jsonb(r) || jsonb_build_object('check_in', (
  SELECT to_jsonb(c) FROM check_in c WHERE c.tenant_id = r.tenant_id AND c.registration_id = r.id),
  'online', EXISTS (
    SELECT 1 FROM online_attendance o WHERE o.tenant_id = r.tenant_id AND o.registration_id = r.id))"""
#: At the door of an event with a hall: who has, or waits for, a seat there, and whoever came after all.
_AT_DOOR = """(NOT :hall OR r.attendance = 'HALL' OR EXISTS (
  SELECT 1 FROM check_in c WHERE c.tenant_id = r.tenant_id AND c.registration_id = r.id))"""
_HAYSTACK = (
    "lower(concat_ws(' ', r.name, r.kana, r.organisation_name, r.companions, lpad(r.number::text, 4, '0'), r.code))"
)

_DOOR = text(
    f"""
    WITH guest AS (
      SELECT r.*, c.id AS check_in_id, c.manner, c.present, c.checked_out_at,
        c.id IS NULL AND o.id IS NOT NULL AS took_part FROM registration r
      LEFT JOIN check_in c ON c.tenant_id = r.tenant_id AND c.registration_id = r.id
      LEFT JOIN online_attendance o ON o.tenant_id = r.tenant_id AND o.registration_id = r.id
      WHERE r.event_id = :event AND {_AT_DOOR}),
    matching AS (
      SELECT * FROM guest r WHERE (:word = '' OR strpos({_HAYSTACK}, lower(:word)) > 0)
        AND (:show = 'ALL' OR (:show = 'COME') = (check_in_id IS NOT NULL))
        AND (:show <> 'MISSING' OR status = 'CONFIRMED' AND NOT took_part)),
    part AS (SELECT * FROM matching ORDER BY status = 'CANCELLED', status = 'WAITLISTED',
      coalesce(kana, name), number LIMIT :first OFFSET :offset)
    SELECT jsonb_build_object(
      'total', (SELECT count(*) FROM matching),
      'counts', (SELECT jsonb_build_object(
        'expected', count(*) FILTER (WHERE status = 'CONFIRMED'),
        'expected_people', coalesce(sum(party_size) FILTER (WHERE status = 'CONFIRMED'), 0),
        'come', count(check_in_id), 'people', coalesce(sum(present), 0), 'left', count(checked_out_at),
        'by_qr', count(*) FILTER (WHERE manner = 'QR'), 'by_list', count(*) FILTER (WHERE manner = 'LIST'),
        'walk_ins', count(*) FILTER (WHERE manner = 'WALK_IN'),
        'online', count(*) FILTER (WHERE took_part)) FROM guest),
      'items', (SELECT coalesce(jsonb_agg({_GUEST} ORDER BY r.status = 'CANCELLED', r.status = 'WAITLISTED',
        coalesce(r.kana, r.name), r.number), '[]') FROM part r))::text
    """
).bindparams(
    bindparam("event", type_=Uuid),
    bindparam("word", type_=Text),
    bindparam("show", type_=Text),
    bindparam("first", type_=Integer),
    bindparam("offset", type_=Integer),
)
_BY_ID = text(f"SELECT ({_GUEST})::text FROM registration r WHERE r.id = :id").bindparams(bindparam("id", type_=Uuid))
_BY_KEY = text(f"SELECT ({_GUEST})::text FROM registration r WHERE r.key = :given")
_BY_CODE = text(f"SELECT ({_GUEST})::text FROM registration r WHERE r.code = :given")
_BY_NUMBER = text(
    f"SELECT ({_GUEST})::text FROM registration r WHERE r.event_id = :event AND r.number = :number"
).bindparams(bindparam("event", type_=Uuid), bindparam("number", type_=Integer))


async def door(
    session: AsyncSession,
    event_id: UUID,
    *,
    hall: bool = True,
    word: str = "",
    show: str = "ALL",
    first: int = MOST_GUESTS,
    offset: int = 0,
) -> Door:
    """By kana; who waits and who cancelled come last. `show`: ALL, COME or MISSING. `hall`: the event has one."""
    values = {
        "event": event_id,
        "hall": hall,
        "word": unicodedata.normalize("NFKC", word).strip().replace("\x00", ""),
        "show": show,
        "first": min(max(first, 0), MOST_GUESTS),
        "offset": offset,
    }
    return msgspec.json.decode((await session.execute(_DOOR, values)).scalar_one(), type=Door)


async def guest(session: AsyncSession, registration_id: UUID) -> GuestView:
    """NotFound for another tenant's, too."""
    row = (await session.execute(_BY_ID, {"id": registration_id})).scalar_one_or_none()
    if row is None:
        raise NotFound
    return msgspec.json.decode(row, type=GuestView)


async def guest_by_key(session: AsyncSession, key: str) -> GuestView | None:
    return await _one(session, _BY_KEY, {"given": key.replace("\x00", "")})


async def guest_by_code(session: AsyncSession, code: str) -> GuestView | None:
    """Of any event of the platform: whoever is at the wrong door is told where to go."""
    return await _one(session, _BY_CODE, {"given": code.replace("\x00", "")})


async def guest_by_number(session: AsyncSession, event_id: UUID, number: int) -> GuestView | None:
    return await _one(session, _BY_NUMBER, {"event": event_id, "number": number})


async def _one(session: AsyncSession, statement: object, values: dict[str, object]) -> GuestView | None:
    row = (await session.execute(statement, values)).scalar_one_or_none()  # type: ignore[call-overload]
    return msgspec.json.decode(row, type=GuestView) if row is not None else None
