"""Who registered to take part from afar, what was pressed, and who is known to have taken part."""

import unicodedata
from datetime import datetime
from uuid import UUID

import msgspec
from sqlalchemy import Integer, Text, Uuid, bindparam, text
from sqlalchemy.ext.asyncio import AsyncSession

MOST = 200


class OnlineAttendanceView(msgspec.Struct, frozen=True, kw_only=True):
    present: int
    by_play: bool
    recorded_at: datetime
    recorded_by: str


class OnlineGuest(msgspec.Struct, frozen=True, kw_only=True):
    """A confirmed registration from afar. `live_at`: the first press of 視聴する while it was live."""

    id: UUID
    number: int
    name: str
    kana: str | None
    organisation_name: str | None
    party_size: int
    live_at: datetime | None
    recorded: OnlineAttendanceView | None

    @property
    def called(self) -> str:
        return f"{self.number:04}"


class OnlineGuests(msgspec.Struct, frozen=True):
    """Counts are of everybody online, `total` of who matches. `viewers`: pressed while it was live, not recorded yet."""

    expected: int
    recorded: int
    people: int
    viewers: int
    total: int
    items: list[OnlineGuest]


#: Whoever was admitted to the hall after all is counted there.
_ONLINE = text(
    """
    WITH guest AS (
      SELECT r.*, to_jsonb(o) AS recorded, o.present AS present, (SELECT min(p.played_at) FROM play p
        WHERE p.tenant_id = r.tenant_id AND p.registration_id = r.id AND p.kind = 'LIVE') AS live_at
      FROM registration r
      LEFT JOIN online_attendance o ON o.tenant_id = r.tenant_id AND o.registration_id = r.id
      WHERE r.event_id = :event AND r.status = 'CONFIRMED' AND (r.attendance = 'ONLINE' OR o.id IS NOT NULL)
        AND NOT EXISTS (SELECT 1 FROM check_in c WHERE c.tenant_id = r.tenant_id AND c.registration_id = r.id)),
    matching AS (SELECT * FROM guest WHERE :word = '' OR strpos(lower(concat_ws(' ',
      name, kana, organisation_name, companions, lpad(number::text, 4, '0'), code)), lower(:word)) > 0),
    part AS (SELECT * FROM matching ORDER BY number LIMIT :first OFFSET :offset)
    SELECT ((SELECT jsonb_build_object('expected', count(*), 'recorded', count(recorded),
        'people', coalesce(sum(present), 0), 'viewers', count(live_at) FILTER (WHERE recorded IS NULL),
        'total', (SELECT count(*) FROM matching)) FROM guest)
      || jsonb_build_object('items', (SELECT coalesce(jsonb_agg(to_jsonb(p) ORDER BY p.number), '[]') FROM part p)))::text
    """
).bindparams(
    bindparam("event", type_=Uuid),
    bindparam("word", type_=Text),
    bindparam("first", type_=Integer),
    bindparam("offset", type_=Integer),
)
_KNOWN = text("SELECT to_jsonb(o)::text FROM online_attendance o WHERE o.registration_id = :registration").bindparams(
    bindparam("registration", type_=Uuid)
)


async def online_attendance(session: AsyncSession, registration_id: UUID) -> OnlineAttendanceView | None:
    row = (await session.execute(_KNOWN, {"registration": registration_id})).scalar_one_or_none()
    return msgspec.json.decode(row, type=OnlineAttendanceView) if row else None


async def online_guests(
    session: AsyncSession, event_id: UUID, *, word: str = "", first: int = MOST, offset: int = 0
) -> OnlineGuests:
    """By number."""
    values = {
        "event": event_id,
        "word": unicodedata.normalize("NFKC", word).strip().replace("\x00", ""),
        "first": min(max(first, 0), MOST),
        "offset": max(offset, 0),
    }
    row = (await session.execute(_ONLINE, values)).scalar_one()
    return msgspec.json.decode(row, type=OnlineGuests)
