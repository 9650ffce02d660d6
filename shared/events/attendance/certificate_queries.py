"""Certificates as they are read: by staff, by their holder, and by anybody who has the code on the sheet."""

from datetime import date, datetime
from uuid import UUID

import msgspec
from sqlalchemy import Integer, Uuid, bindparam, text
from sqlalchemy.ext.asyncio import AsyncSession

from shared.events.models import EventKind

MOST = 2_000


class CertificateView(msgspec.Struct, frozen=True, kw_only=True):
    """All that its sheet says, as it was said at the first issue."""

    id: UUID
    event_id: UUID
    registration_id: UUID
    ordinal: int
    number: str
    code: str
    title: str
    body: str
    issuer: str
    event_title: str
    starts_at: datetime
    ends_at: datetime | None
    all_day: bool
    name: str
    issued_on: date
    issued_by: str
    reissues: int
    reissued_at: datetime | None
    revoked_at: datetime | None
    revoked_reason: str | None


class RuleView(msgspec.Struct, frozen=True):
    title: str
    body: str
    issuer: str


class HolderView(msgspec.Struct, frozen=True, kw_only=True):
    """A registration whose people came, or took part from afar (`online`); `certificates` are those that it has."""

    id: UUID
    number: int
    name: str
    organisation_name: str | None
    party_size: int
    present: int
    online: bool
    companions: str | None
    certificates: list[CertificateView]

    @property
    def whole(self) -> bool:
        return self.present == self.party_size

    @property
    def names(self) -> list[str]:
        """Who may get one: the person, and those of a whole party that came, by the names that were given."""
        others = [line.strip() for line in (self.companions or "").splitlines() if line.strip()]
        return [self.name, *others[: self.party_size - 1]] if self.whole else [self.name]

    @property
    def places(self) -> list[tuple[str, CertificateView | None]]:
        """The names with what each has got. Known by the name; one that was reissued under another name, by its place."""
        others, named = list(self.certificates), []
        for name in self.names:
            own = next((each for each in others if each.name == name), None)
            if own is not None:
                others.remove(own)
            named.append((name, own))
        by_place = {each.ordinal: each for each in others}
        return [(name, own or by_place.get(place)) for place, (name, own) in enumerate(named)]


class Holders(msgspec.Struct, frozen=True):
    """`total` counts everybody who came or took part from afar, `online` the latter; `items` is a piece of them."""

    rule: RuleView | None
    items: list[HolderView]
    total: int = 0
    online: int = 0

    @property
    def come(self) -> int:
        return self.total - self.online

    @property
    def issued(self) -> list[CertificateView]:
        """Those that hold, in the order of their numbers."""
        every = [each for holder in self.items for each in holder.certificates if each.revoked_at is None]
        return sorted(every, key=lambda each: each.number)

    @property
    def missing(self) -> int:
        """People who came and have none yet; a revoked one counts as one that was given."""
        return sum(own is None for holder in self.items for _, own in holder.places)

    @property
    def nameless(self) -> int:
        """People of parties that came as a whole, whose names nobody has written."""
        return sum(max(holder.present - len(holder.names), 0) for holder in self.items if holder.whole)

    @property
    def unknown(self) -> int:
        """People who came with others of their party, but not all of it: nobody knows which of them."""
        return sum(holder.present - 1 for holder in self.items if not holder.whole)


class ProofView(msgspec.Struct, frozen=True, kw_only=True):
    """What the world may know of a certificate. The name is never shown whole: whoever checks has it on paper."""

    number: str
    title: str
    name: str
    issued_on: date
    revoked_at: datetime | None
    event_id: UUID
    event_title: str
    event_kind: EventKind
    starts_at: datetime
    ends_at: datetime | None
    all_day: bool

    @property
    def masked(self) -> str:
        """`𠮷○ ○○`: the first letter of the name, and how long the rest is."""
        return self.name[:1] + "".join(each if each.isspace() else "○" for each in self.name[1:])


_CERTIFICATES = """coalesce((SELECT jsonb_agg(to_jsonb(c) ORDER BY c.ordinal) FROM certificate c
  WHERE c.tenant_id = r.tenant_id AND c.registration_id = r.id), '[]')"""
_HOLDERS = text(
    f"""
    WITH present AS (
      SELECT tenant_id, registration_id, present, false AS online FROM check_in WHERE event_id = :event
      UNION ALL
      SELECT o.tenant_id, o.registration_id, o.present, true FROM online_attendance o
      WHERE o.event_id = :event AND NOT EXISTS (SELECT 1 FROM check_in c
        WHERE c.tenant_id = o.tenant_id AND c.registration_id = o.registration_id))
    SELECT jsonb_build_object(
      'rule', (SELECT to_jsonb(u) FROM certificate_rule u WHERE u.event_id = :event),
      'items', (SELECT coalesce(jsonb_agg(to_jsonb(r) || jsonb_build_object(
          'certificates', {_CERTIFICATES}) ORDER BY r.number), '[]')
        FROM (SELECT g.*, a.present, a.online FROM present a
          JOIN registration g ON g.tenant_id = a.tenant_id AND g.id = a.registration_id
          ORDER BY g.number LIMIT :first OFFSET :offset) r),
      'total', (SELECT count(*) FROM present),
      'online', (SELECT count(*) FROM present WHERE online))::text
    """
).bindparams(bindparam("event", type_=Uuid), bindparam("first", type_=Integer), bindparam("offset", type_=Integer))
_OF_REGISTRATION = text(
    "SELECT coalesce(jsonb_agg(to_jsonb(c) ORDER BY c.ordinal), '[]')::text FROM certificate c"
    " WHERE c.registration_id = :registration AND c.revoked_at IS NULL"
).bindparams(bindparam("registration", type_=Uuid))
_OF_EVENT = text(
    "SELECT coalesce(jsonb_agg(to_jsonb(c) ORDER BY c.number), '[]')::text FROM certificate c"
    " WHERE c.event_id = :event AND c.revoked_at IS NULL"
).bindparams(bindparam("event", type_=Uuid))
_RULE = text("SELECT to_jsonb(u)::text FROM certificate_rule u WHERE u.event_id = :event").bindparams(
    bindparam("event", type_=Uuid)
)
_PROOF = text(
    """
    SELECT (to_jsonb(c) || jsonb_build_object('event_kind', e.kind))::text
    FROM certificate c JOIN event e ON e.tenant_id = c.tenant_id AND e.id = c.event_id WHERE c.code = :code
    """
)


async def holders(session: AsyncSession, event_id: UUID, *, offset: int = 0) -> Holders:
    """Those who came, by number, with what they have got: as many as a page shows."""
    row = (await session.execute(_HOLDERS, {"event": event_id, "first": MOST, "offset": offset})).scalar_one()
    return msgspec.json.decode(row, type=Holders)


async def all_holders(session: AsyncSession, event_id: UUID) -> list[HolderView]:
    """Everybody who came, piece by piece."""
    found: list[HolderView] = []
    while (piece := await holders(session, event_id, offset=len(found))).items:
        found.extend(piece.items)
        if len(found) >= piece.total:
            break
    return found


async def rule(session: AsyncSession, event_id: UUID) -> RuleView | None:
    row = (await session.execute(_RULE, {"event": event_id})).scalar_one_or_none()
    return msgspec.json.decode(row, type=RuleView) if row else None


async def certificates_of(session: AsyncSession, registration_id: UUID) -> list[CertificateView]:
    """Those that hold, of one registration: the person's first."""
    row = (await session.execute(_OF_REGISTRATION, {"registration": registration_id})).scalar_one()
    return msgspec.json.decode(row, type=list[CertificateView])


async def issued(session: AsyncSession, event_id: UUID) -> list[CertificateView]:
    row = (await session.execute(_OF_EVENT, {"event": event_id})).scalar_one()
    return msgspec.json.decode(row, type=list[CertificateView])


async def proof(session: AsyncSession, code: str) -> ProofView | None:
    """By the code as it is printed or typed: case, width, hyphens and spaces do not matter."""
    bare = "".join(each for each in code.upper() if each.isalnum())
    row = (await session.execute(_PROOF, {"code": bare})).scalar_one_or_none()
    return msgspec.json.decode(row, type=ProofView) if row else None
