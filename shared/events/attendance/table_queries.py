"""Who sits where, and who could: people, not registrations, because a party is spread over tables."""

from datetime import datetime
from uuid import UUID

import msgspec
from sqlalchemy import Uuid, bindparam, text
from sqlalchemy.ext.asyncio import AsyncSession

from shared.events.attendance.mixing import Mix, Person, Tables, measure
from shared.events.attendance.models import Basis
from shared.kit.japanese.folding import fold

MOST = 2_000


class PlaceView(msgspec.Struct, frozen=True):
    ordinal: int
    table_number: int


class TableGuest(msgspec.Struct, frozen=True, kw_only=True):
    """A registration with a seat in the hall; `present` null: not checked in."""

    id: UUID
    number: int
    name: str
    companions: str | None
    organisation_name: str | None
    organisation_id: UUID | None
    party_size: int
    present: int | None
    fields: list[str]
    places: list[PlaceView]

    @property
    def seated(self) -> list[PlaceView]:
        """Without the places of those who no longer come along: a party may have become smaller since."""
        return [place for place in self.places if place.ordinal < self.party_size]

    @property
    def organisation(self) -> str:
        """People without one are of their own party."""
        return str(self.organisation_id or fold(self.organisation_name or "") or self.id)

    def called(self, ordinal: int) -> str:
        """The person, or one of those who come along, by name where it was given."""
        if ordinal == 0:
            return self.name
        others = [line.strip() for line in (self.companions or "").splitlines() if line.strip()]
        return others[ordinal - 1] if ordinal <= len(others) else f"{self.name}さんのお連れ {ordinal}"

    def people(self, basis: Basis) -> list[Person]:
        count = self.party_size if basis is Basis.CONFIRMED else self.present or 0
        return [Person((str(self.id), each), self.organisation, tuple(self.fields)) for each in range(count)]


class Sitting(msgspec.Struct, frozen=True, kw_only=True):
    """One person at a table, as it is shown and printed."""

    registration_id: UUID
    ordinal: int
    number: int
    name: str
    organisation_name: str | None
    here: bool


class SeatGroup(msgspec.Struct, frozen=True):
    number: int
    people: list[Sitting]


class SeatingView(msgspec.Struct, frozen=True, kw_only=True):
    size: int
    basis: Basis
    composed_at: datetime
    composed_by: str


class TablePlan(msgspec.Struct, frozen=True):
    """`seating` null: nothing was composed yet."""

    seating: SeatingView | None
    guests: list[TableGuest]

    @property
    def groups(self) -> list[SeatGroup]:
        tables: dict[int, list[Sitting]] = {}
        for guest in self.guests:
            for place in guest.seated:
                tables.setdefault(place.table_number, []).append(_sitting(guest, place.ordinal))
        return [SeatGroup(number, tables[number]) for number in sorted(tables)]

    @property
    def tables(self) -> Tables:
        """The people as they are seated, to be measured."""
        found: Tables = {}
        for guest in self.guests:
            for place in guest.seated:
                person = Person((str(guest.id), place.ordinal), guest.organisation, tuple(guest.fields))
                found.setdefault(place.table_number, []).append(person)
        return dict(sorted(found.items()))

    @property
    def mix(self) -> Mix:
        return measure(self.tables)

    def people(self, basis: Basis) -> list[Person]:
        return [person for guest in self.guests for person in guest.people(basis)]

    @property
    def present(self) -> int:
        return len(self.people(Basis.PRESENT))

    @property
    def confirmed(self) -> int:
        return len(self.people(Basis.CONFIRMED))

    @property
    def without_table(self) -> int:
        """Who came and sits nowhere."""
        seated = {(str(guest.id), place.ordinal) for guest in self.guests for place in guest.seated}
        return sum(person.key not in seated for person in self.people(Basis.PRESENT))

    @property
    def absent(self) -> int:
        """Who has a place at a table and is not here."""
        return sum(not person.here for group in self.groups for person in group.people)


def _sitting(guest: TableGuest, ordinal: int) -> Sitting:
    return Sitting(
        registration_id=guest.id,
        ordinal=ordinal,
        number=guest.number,
        name=guest.called(ordinal),
        organisation_name=guest.organisation_name,
        here=ordinal < (guest.present or 0),
    )


_PLAN = text(
    f"""
    SELECT jsonb_build_object(
      'seating', (SELECT to_jsonb(s) FROM seating s WHERE s.event_id = :event),
      'guests', (SELECT coalesce(jsonb_agg(to_jsonb(r) || jsonb_build_object(
          'present', (SELECT c.present FROM check_in c WHERE c.tenant_id = r.tenant_id AND c.registration_id = r.id),
          'fields', (SELECT coalesce(jsonb_agg(f.name ORDER BY f.ordinal), '[]') FROM organisation_field o
            JOIN field f ON f.tenant_id = o.tenant_id AND f.id = o.field_id
            WHERE o.tenant_id = r.tenant_id AND o.organisation_id = r.organisation_id),
          'places', (SELECT coalesce(jsonb_agg(to_jsonb(p) ORDER BY p.ordinal), '[]') FROM seat p
            WHERE p.tenant_id = r.tenant_id AND p.registration_id = r.id)) ORDER BY r.number), '[]')
        FROM (SELECT * FROM registration WHERE event_id = :event AND status = 'CONFIRMED'
          AND (NOT :hall OR attendance = 'HALL') ORDER BY number LIMIT {MOST}) r))::text
    """
).bindparams(bindparam("event", type_=Uuid))
_OF_REGISTRATION = text(
    "SELECT DISTINCT p.table_number FROM seat p JOIN registration r"
    " ON r.tenant_id = p.tenant_id AND r.id = p.registration_id AND r.status = 'CONFIRMED' AND p.ordinal < r.party_size"
    " WHERE p.registration_id = :registration ORDER BY 1"
).bindparams(bindparam("registration", type_=Uuid))


async def plan(session: AsyncSession, event_id: UUID, *, hall: bool = True) -> TablePlan:
    """Everybody with a seat, by number. `hall`: the event has one."""
    row = (await session.execute(_PLAN, {"event": event_id, "hall": hall})).scalar_one()
    return msgspec.json.decode(row, type=TablePlan)


async def tables_of(session: AsyncSession, registration_id: UUID) -> list[int]:
    """The table numbers of one registration's people: for the person's own page."""
    return list(await session.scalars(_OF_REGISTRATION, {"registration": registration_id}))
