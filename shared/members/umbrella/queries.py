"""傘下団体: what an organisation stands for beyond itself, how far the platform reaches, and who has confirmed a notice."""

from datetime import date, datetime
from uuid import UUID

import msgspec
from sqlalchemy import bindparam, select, text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.types import Date, Text, Uuid

from shared.kit import clock
from shared.kit.refusals import NotFound
from shared.members.models import Organisation
from shared.members.queries import LISTED, NOT_LEFT

MOST_CHILDREN = 2000


class Declared(msgspec.Struct, frozen=True):
    """約700社 on a day."""

    count: int
    unit: str
    approximate: bool
    as_of: date
    source: str | None

    @property
    def words(self) -> str:
        return f"{'約' if self.approximate else ''}{self.count:,}{self.unit}"


class Child(msgspec.Struct, frozen=True):
    """`organisation_id` only if it stands in today's directory, so that it can be linked to."""

    name: str
    organisation_id: UUID | None


class Affiliates(msgspec.Struct, frozen=True):
    """What everybody may see. Children that have left are named no more."""

    declared: Declared | None
    registered: int
    children: list[Child]

    def __bool__(self) -> bool:
        return self.declared is not None or bool(self.children)


class Entry(msgspec.Struct, frozen=True):
    """A registered child as the secretariat and the umbrella see it; no address of mail is shown, only whether there is one.

    Of an organisation that has left there is only the name.
    """

    id: UUID
    name: str
    organisation_id: UUID | None
    reachable: bool


class Receipt(msgspec.Struct, frozen=True):
    name: str
    confirmed_at: datetime | None


class Relay(msgspec.Struct, frozen=True):
    id: UUID
    subject: str
    body: str
    requested_by: str
    requested_at: datetime
    receipts: list[Receipt]

    @property
    def confirmed(self) -> int:
        return sum(1 for receipt in self.receipts if receipt.confirmed_at)


class Umbrella(msgspec.Struct, frozen=True):
    """Everything about one umbrella, for those who keep it."""

    organisation_id: UUID
    name: str
    declarations: list[Declared]
    entries: list[Entry]
    relays: list[Relay]

    @property
    def reachable(self) -> int:
        return sum(1 for entry in self.entries if entry.reachable)


class Listing(msgspec.Struct, frozen=True):
    """By what the directory filters an organisation, and whether its place is kept secret."""

    audiences: list[str]
    resources: list[str]
    address_confidential: bool
    reason: str | None
    revision: int


class Letterhead(msgspec.Struct, frozen=True):
    """A relayed notice as its receiver opens it."""

    umbrella: str
    name: str
    subject: str
    body: str
    requested_at: datetime
    confirmed_at: datetime | None


class Reach(msgspec.Struct, frozen=True):
    """How many organisations and branches the platform reaches: each once, whichever way it is known.

    `members` of the ledger, `registered` children that are no members themselves, and `declared` ones of which only the
    number is known. `declared_as_of` is the oldest day on which one of those numbers was stated.
    """

    members: int
    registered: int
    declared: int
    approximate: bool
    as_of: date
    declared_as_of: date | None

    @property
    def count(self) -> int:
        return self.members + self.registered + self.declared

    @property
    def beyond_members(self) -> bool:
        return self.registered + self.declared > 0


_DECLARED = "'count', d.count, 'unit', d.unit, 'approximate', d.approximate, 'as_of', d.as_of, 'source', d.source"

_AFFILIATES = text(
    f"""
    WITH child AS (
      SELECT coalesce(a.name, o.name) AS name, a.child_id AS organisation_id
      FROM affiliation a LEFT JOIN (SELECT o.id, o.name FROM {LISTED}) o ON o.id = a.child_id
      WHERE a.parent_id = :id AND (a.name IS NOT NULL OR o.id IS NOT NULL)
    )
    SELECT jsonb_build_object(
      'declared', (SELECT jsonb_build_object({_DECLARED}) FROM declared_affiliates d WHERE d.organisation_id = :id
        ORDER BY d.as_of DESC LIMIT 1),
      'registered', (SELECT count(*) FROM child),
      'children', (SELECT coalesce(jsonb_agg(to_jsonb(x) ORDER BY x.name), '[]')
        FROM (SELECT * FROM child ORDER BY name LIMIT 200) x))::text
    """
).bindparams(bindparam("id", type_=Uuid), bindparam("today", type_=Date))

_UMBRELLA = text(
    f"""
    SELECT jsonb_build_object('organisation_id', o.id, 'name', o.name,
      'declarations', (SELECT coalesce(jsonb_agg(jsonb_build_object({_DECLARED}) ORDER BY d.as_of DESC), '[]')
        FROM declared_affiliates d WHERE d.tenant_id = o.tenant_id AND d.organisation_id = o.id),
      'entries', (SELECT coalesce(jsonb_agg(to_jsonb(x) ORDER BY x.name), '[]') FROM (
        SELECT a.id, coalesce(a.name, c.name) AS name, l.id AS organisation_id,
          coalesce(a.email, CASE WHEN l.id IS NOT NULL THEN c.email END) IS NOT NULL AS reachable
        FROM affiliation a LEFT JOIN organisation c ON c.tenant_id = a.tenant_id AND c.id = a.child_id
        LEFT JOIN (SELECT DISTINCT o.id FROM {NOT_LEFT}) l ON l.id = a.child_id
        WHERE a.tenant_id = o.tenant_id AND a.parent_id = :id LIMIT {MOST_CHILDREN}) x),
      'relays', (SELECT coalesce(jsonb_agg(to_jsonb(x) ORDER BY x.requested_at DESC), '[]') FROM (
        SELECT r.id, r.subject, r.body, r.requested_by, r.requested_at, (
          SELECT coalesce(jsonb_agg(jsonb_build_object('name', t.name, 'confirmed_at', t.confirmed_at) ORDER BY t.name), '[]')
          FROM relay_receipt t WHERE t.tenant_id = r.tenant_id AND t.relay_request_id = r.id) AS receipts
        FROM relay_request r WHERE r.tenant_id = o.tenant_id AND r.organisation_id = o.id
        ORDER BY r.requested_at DESC LIMIT 20) x))::text
    FROM organisation o WHERE o.id = :id
    """
).bindparams(bindparam("id", type_=Uuid), bindparam("today", type_=Date))

_LETTERHEAD = text(
    """
    SELECT o.name AS umbrella, t.name, r.subject, r.body, r.requested_at, t.confirmed_at
    FROM relay_receipt t JOIN relay_request r ON r.tenant_id = t.tenant_id AND r.id = t.relay_request_id
    JOIN organisation o ON o.tenant_id = r.tenant_id AND o.id = r.organisation_id
    WHERE t.receipt_key = :key
    """
).bindparams(bindparam("key", type_=Text))

#: The search keeps every listed organisation's folded name before its first line feed: so a name that has meanwhile
#: become a member is known again.
_REACH = text(
    """
    WITH RECURSIVE member AS MATERIALIZED (
      SELECT DISTINCT organisation_id AS id FROM membership
      WHERE joined_on <= :today AND (left_on IS NULL OR left_on > :today)
    ), reached AS (
      SELECT id FROM member
      UNION SELECT a.child_id FROM reached r JOIN affiliation a ON a.parent_id = r.id WHERE a.child_id IS NOT NULL
    ), named AS (
      SELECT DISTINCT a.folded_name FROM affiliation a WHERE a.name IS NOT NULL AND a.parent_id IN (SELECT id FROM reached)
      AND a.folded_name NOT IN (SELECT split_part(d.folded, E'\\n', 1) FROM search_document d
        WHERE d.kind = 'organisation' AND d.object_id IN (SELECT id FROM reached)
        AND EXISTS (SELECT FROM affiliation WHERE name IS NOT NULL))
    ), latest AS (
      SELECT DISTINCT ON (d.organisation_id) d.organisation_id, d.count, d.approximate, d.as_of
      FROM declared_affiliates d WHERE d.organisation_id IN (SELECT id FROM reached) AND d.as_of <= :today
      ORDER BY d.organisation_id, d.as_of DESC
    ), remaining AS (
      SELECT greatest(0, l.count - (SELECT count(*) FROM affiliation a WHERE a.parent_id = l.organisation_id)) AS count,
        l.approximate, l.as_of FROM latest l
    )
    SELECT (SELECT count(*) FROM member)::int AS members,
      ((SELECT count(*) FROM reached) - (SELECT count(*) FROM member) + (SELECT count(*) FROM named))::int AS registered,
      coalesce(sum(r.count), 0)::int AS declared, coalesce(bool_or(r.approximate AND r.count > 0), false) AS approximate,
      CAST(:today AS date) AS as_of, min(r.as_of) FILTER (WHERE r.count > 0) AS declared_as_of
    FROM remaining r
    """
).bindparams(bindparam("today", type_=Date))


async def affiliates(session: AsyncSession, organisation_id: UUID) -> Affiliates:
    values = {"id": organisation_id, "today": clock.today()}
    return msgspec.json.decode((await session.execute(_AFFILIATES, values)).scalar_one(), type=Affiliates)


async def umbrella(session: AsyncSession, organisation_id: UUID) -> Umbrella:
    row = (await session.execute(_UMBRELLA, {"id": organisation_id, "today": clock.today()})).scalar_one_or_none()
    if row is None:
        raise NotFound
    return msgspec.json.decode(row, type=Umbrella)


async def listing(session: AsyncSession, organisation_id: UUID) -> Listing:
    """For the secretariat."""
    columns = (Organisation.audiences, Organisation.resources, Organisation.address_confidential)
    rest = (Organisation.address_confidential_reason, Organisation.revision)
    statement = select(*columns, *rest).where(Organisation.id == organisation_id)
    row = (await session.execute(statement)).one_or_none()
    if row is None:
        raise NotFound
    return Listing(*row)


async def letterhead(session: AsyncSession, receipt_key: str) -> Letterhead:
    row = (await session.execute(_LETTERHEAD, {"key": receipt_key})).one_or_none()
    if row is None:
        raise NotFound
    return Letterhead(*row)


async def reach(session: AsyncSession) -> Reach:
    """Today's."""
    return Reach(*(await session.execute(_REACH, {"today": clock.today()})).one())
