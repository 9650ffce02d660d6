"""What is read of registrations: the person's own by its key, the secretariat's by event. Nothing here is public."""

import unicodedata
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import msgspec
from sqlalchemy import ARRAY, Boolean, DateTime, Integer, Text, Uuid, and_, bindparam, exists, func, select, text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from shared.events.attendance.models import CheckIn
from shared.events.registrations.facts import RegistrationChanged
from shared.events.registrations.models import Attendance, Registration, RegistrationChannel, RegistrationStatus
from shared.kit.database.session import tenant_of
from shared.kit.outbox import OutboxRow
from shared.kit.refusals import NotFound

#: Rows of one answer, whatever is asked for.
MOST_ROWS = 1_000


class RegistrationView(msgspec.Struct, frozen=True, kw_only=True):
    """`waitlist_position` counts from 1 among those who wait for the same way of attending; null for all others."""

    id: UUID
    event_id: UUID
    number: int
    key: str
    code: str
    status: RegistrationStatus
    attendance: Attendance
    channel: RegistrationChannel
    name: str
    kana: str | None
    email: str | None
    phone: str | None
    organisation_name: str | None
    organisation_id: UUID | None
    home_tenant_id: int | None
    party_size: int
    companions: str | None
    needs: str | None
    remarks: str | None
    entered_by: str | None
    registered_at: datetime
    confirmed_at: datetime | None
    passed_over_at: datetime | None
    cancelled_at: datetime | None
    cancelled_by: str | None
    revision: int
    waitlist_position: int | None

    @property
    def called(self) -> str:
        """`0012`: as it is printed and said on the telephone."""
        return f"{self.number:04}"


class RegistrationPage(msgspec.Struct, frozen=True):
    """`total` counts all that match; `counts` everybody of the event by status, whatever is asked for."""

    total: int
    counts: dict[str, int]
    items: list[RegistrationView]


class Moved(msgspec.Struct, frozen=True):
    """Registrations of an event whose place on the waiting list has turned into something else."""

    event_id: UUID
    title: str
    promoted: int
    passed_over: int


_POSITION = """CASE WHEN r.status = 'WAITLISTED' THEN (
  SELECT count(*) FROM registration w WHERE w.tenant_id = r.tenant_id AND w.event_id = r.event_id
    AND w.attendance = r.attendance AND w.status = 'WAITLISTED' AND w.turn <= r.turn) END"""
_DOCUMENT = f"to_jsonb(r) || jsonb_build_object('waitlist_position', {_POSITION})"
_BY_ID = text(f"SELECT ({_DOCUMENT})::text FROM registration r WHERE r.id = :id").bindparams(
    bindparam("id", type_=Uuid)
)
_BY_KEY = text(f"SELECT ({_DOCUMENT})::text FROM registration r WHERE r.key = :key")

_TO_BE_TOLD = text(
    f"""
    SELECT coalesce(jsonb_agg(document ORDER BY number), '[]')::text FROM (
      SELECT r.number, {_DOCUMENT} AS document FROM registration r
      WHERE r.event_id = :event AND r.number > :after AND r.email IS NOT NULL AND r.status <> 'CANCELLED'
        AND (NOT :confirmed OR r.status = 'CONFIRMED')
        AND (NOT :attended OR r.status = 'CONFIRMED' AND (
          EXISTS (SELECT 1 FROM check_in c WHERE c.tenant_id = r.tenant_id AND c.registration_id = r.id)
          OR EXISTS (SELECT 1 FROM play p WHERE p.tenant_id = r.tenant_id AND p.registration_id = r.id)
          OR EXISTS (SELECT 1 FROM online_attendance o WHERE o.tenant_id = r.tenant_id AND o.registration_id = r.id)
          OR NOT EXISTS (SELECT 1 FROM check_in c WHERE c.tenant_id = r.tenant_id AND c.event_id = r.event_id)))
      ORDER BY r.number LIMIT :first) AS told
    """
).bindparams(
    bindparam("event", type_=Uuid),
    bindparam("after", type_=Integer),
    bindparam("first", type_=Integer),
    bindparam("confirmed", type_=Boolean),
    bindparam("attended", type_=Boolean),
)

#: Who waits stands in the order of the turns, everybody else in that of the numbers.
_LISTED = text(
    f"""
    WITH everybody AS (SELECT * FROM registration WHERE event_id = :event),
    matching AS (
      SELECT * FROM everybody
      WHERE (cardinality(:statuses) = 0 OR status = ANY (:statuses))
        AND (cardinality(:ways) = 0 OR attendance = ANY (:ways))
        AND (NOT :needing OR needs IS NOT NULL)
        AND (:word = '' OR strpos(lower(concat_ws(' ', name, kana, email, phone, organisation_name, lpad(number::text, 4, '0'), code)),
          lower(:word)) > 0)),
    page AS (SELECT * FROM matching ORDER BY status = 'CANCELLED', status = 'WAITLISTED',
      CASE WHEN status = 'WAITLISTED' THEN turn ELSE number END LIMIT :first OFFSET :offset)
    SELECT jsonb_build_object(
      'total', (SELECT count(*) FROM matching),
      'counts', (SELECT coalesce(jsonb_object_agg(status, n), '{{}}') FROM (
        SELECT status, count(*) AS n FROM everybody GROUP BY status) AS c),
      'items', (SELECT coalesce(jsonb_agg({_DOCUMENT} ORDER BY r.status = 'CANCELLED', r.status = 'WAITLISTED',
        CASE WHEN r.status = 'WAITLISTED' THEN r.turn ELSE r.number END), '[]') FROM page r))::text
    """
).bindparams(
    bindparam("event", type_=Uuid),
    bindparam("statuses", type_=ARRAY(Text)),
    bindparam("ways", type_=ARRAY(Text)),
    bindparam("needing", type_=Boolean),
    bindparam("word", type_=Text),
    bindparam("first", type_=Integer),
    bindparam("offset", type_=Integer),
)


_MOVED = text(
    """
    SELECT e.id, e.title,
      count(*) FILTER (WHERE r.confirmed_at > r.registered_at AND r.confirmed_at > :since) AS promoted,
      count(*) FILTER (WHERE r.passed_over_at > :since AND r.status = 'WAITLISTED') AS passed_over
    FROM registration r JOIN event e ON e.tenant_id = r.tenant_id AND e.id = r.event_id
    WHERE e.state IN ('ANNOUNCED', 'OPEN', 'FULL') AND coalesce(e.ends_at, e.starts_at + interval '1 day') > now()
      AND r.status <> 'CANCELLED'
      AND ((r.confirmed_at > r.registered_at AND r.confirmed_at > :since) OR r.passed_over_at > :since)
    GROUP BY e.id, e.title, e.starts_at ORDER BY e.starts_at LIMIT :first
    """
).bindparams(bindparam("since", type_=DateTime(timezone=True)), bindparam("first", type_=Integer))


async def registrations(
    session: AsyncSession,
    event_id: UUID,
    *,
    statuses: Sequence[RegistrationStatus] = (),
    ways: Sequence[Attendance] = (),
    needing: bool = False,
    word: str = "",
    first: int = 100,
    offset: int = 0,
) -> RegistrationPage:
    """Confirmed ones by number, then the waiting list in its order, then the cancelled.

    `word`: part of a name, address, number. `needing`: only those who wish for 参加への配慮.
    """
    values = {
        "event": event_id,
        "statuses": list(statuses),
        "ways": list(ways),
        "needing": needing,
        "word": unicodedata.normalize("NFKC", word).strip().replace("\x00", ""),
        "first": min(max(first, 0), MOST_ROWS),
        "offset": max(offset, 0),
    }
    return msgspec.json.decode((await session.execute(_LISTED, values)).scalar_one(), type=RegistrationPage)


async def to_be_told(
    session: AsyncSession, event_id: UUID, *, confirmed: bool, attended: bool, after: int, first: int
) -> list[RegistrationView]:
    """Everybody with a seat or a place on the waiting list who has left an address, by number above `after`.

    `confirmed`: only those with a seat. `attended`: of these, where people were checked in, only those who came or watched.
    """
    values = {"event": event_id, "confirmed": confirmed, "attended": attended, "after": after, "first": first}
    document = (await session.execute(_TO_BE_TOLD, values)).scalar_one()
    return msgspec.json.decode(document, type=list[RegistrationView])


async def checked_in(session: AsyncSession, registration_id: UUID) -> bool:
    return bool(await session.scalar(select(exists().where(CheckIn.registration_id == registration_id))))


async def withdrawals(session: AsyncSession, registration_ids: Sequence[UUID]) -> dict[UUID, int]:
    """How often the person of each has cancelled at its event, this registration included; who never did is not named."""
    gone = aliased(Registration)
    same = and_(
        gone.tenant_id == Registration.tenant_id,
        gone.event_id == Registration.event_id,
        gone.person_key == Registration.person_key,
        gone.status == RegistrationStatus.CANCELLED,
    )
    statement = select(Registration.id, func.count()).join(gone, same).where(Registration.id.in_(registration_ids))
    rows = await session.execute(statement.group_by(Registration.id))
    return {row[0]: row[1] for row in rows}


async def changed_since(session: AsyncSession, registration_id: UUID, revision: int) -> bool:
    """Whether the person's own part of it was changed once more after this revision."""
    now = (await registration(session, registration_id)).revision
    later = [
        RegistrationChanged(registration_id=registration_id, revision=each) for each in range(revision + 1, now + 1)
    ]
    known = exists().where(
        OutboxRow.tenant_id == tenant_of(session), OutboxRow.dedupe_key.in_([fact.key for fact in later])
    )
    return bool(await session.scalar(select(known)))


async def moved(session: AsyncSession, *, since: datetime, first: int = 5) -> list[Moved]:
    """Events to come in which somebody has moved up from the waiting list, or was passed over, since a moment."""
    rows = await session.execute(_MOVED, {"since": since, "first": first})
    return [Moved(row.id, row.title, row.promoted, row.passed_over) for row in rows]


async def registration(session: AsyncSession, registration_id: UUID) -> RegistrationView:
    """NotFound for another tenant's, too."""
    return _read((await session.execute(_BY_ID, {"id": registration_id})).scalar_one_or_none())


async def registration_by_key(session: AsyncSession, key: str) -> RegistrationView:
    """The person's own: who has the key, has had the letter."""
    return _read((await session.execute(_BY_KEY, {"key": key.replace("\x00", "")})).scalar_one_or_none())


def _read(document: str | None) -> RegistrationView:
    if document is None:
        raise NotFound
    return msgspec.json.decode(document, type=RegistrationView)
