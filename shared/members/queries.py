"""The directory and the ledger. What an audience may not see never leaves the database."""

from datetime import date
from uuid import UUID

import msgspec
from sqlalchemy import bindparam, text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.types import Date, Uuid

from shared.kit import clock
from shared.kit.refusals import NotFound
from shared.members import visibility
from shared.members.models import Source, Visibility
from shared.members.visibility import Eyes


class MemberCount(msgspec.Struct, frozen=True):
    count: int
    as_of: date
    unit: str = "団体"


class Named(msgspec.Struct, frozen=True):
    """A 分野 or 区分, by name."""

    id: UUID
    slug: str
    name: str


class OrganisationView(msgspec.Struct, frozen=True, kw_only=True):
    """As one audience may see it: contact columns that are hidden from it are None. `joined_on` None: no date is known."""

    id: UUID
    name: str
    kana: str | None
    corporate_number: str | None
    category: Named | None
    fields: list[Named]
    municipality_code: str | None
    municipality: str | None
    joined_on: date | None
    summary: str | None
    purpose: str | None
    area: str | None
    audience: str | None
    audiences: list[str]
    resources: list[str]
    appeal: str | None
    website: str | None
    founded_year: int | None
    people: int | None
    demo: bool
    representative_title: str | None
    representative_name: str | None
    representative_kana: str | None
    contact_department: str | None
    contact_name: str | None
    contact_kana: str | None
    postal_code: str | None
    address: str | None
    phone: str | None
    mobile: str | None
    fax: str | None
    email: str | None
    #: For the secretariat alone.
    left_on: date | None = None
    source: Source | None = None
    confirmed_on: date | None = None
    #: Nobody has confirmed it for more than 400 days.
    stale: bool = False
    #: Who may write to it by the form on its page; None where it has no address of mail.
    inquiries: Visibility | None = None


#: The day since which an organisation's entry is known to be right: it was confirmed, or written when it joined.
FRESH_SINCE = """coalesce(o.confirmed_on, (o.created_at AT TIME ZONE 'Asia/Tokyo')::date)"""
#: Members of today, and organisations that the documents name without a date; not those that have left.
NOT_LEFT = """
  organisation o
  LEFT JOIN membership m ON m.tenant_id = o.tenant_id AND m.organisation_id = o.id
    AND (m.left_on IS NULL OR m.left_on > :today)
  WHERE (m.id IS NOT NULL OR NOT EXISTS
    (SELECT FROM membership x WHERE x.tenant_id = o.tenant_id AND x.organisation_id = o.id))
"""
LISTED = f"{NOT_LEFT} AND (m.joined_on IS NULL OR m.joined_on <= :today)"
#: When it leaves and how it was won: the secretariat's ledger.
_LEDGER = ",\n".join(
    f"CASE WHEN '{Visibility.SECRETARIAT}' = ANY (:allowed) THEN m.{name} END AS {name}"
    for name in ("left_on", "source")
)
COLUMNS = f"""
  o.id, o.name, o.kana, o.corporate_number, m.joined_on, {_LEDGER}, o.summary, o.purpose, o.area, o.audience,
  o.appeal, o.website, o.founded_year, o.people, o.demo, o.confirmed_on,
  NOT o.demo AND {FRESH_SINCE} < :today - 400 AS stale,
  CASE WHEN o.email IS NOT NULL THEN coalesce(o.visibility ->> 'inquiries', '{Visibility.MEMBERS}') END AS inquiries,
  o.audiences, o.resources, {visibility.COLUMNS},
  (SELECT name FROM municipality WHERE code = {visibility.shown("municipality_code")}) AS municipality,
  (SELECT jsonb_build_object('id', c.id, 'slug', c.slug, 'name', c.name)
    FROM category c WHERE c.tenant_id = o.tenant_id AND c.id = o.category_id) AS category,
  (SELECT coalesce(jsonb_agg(jsonb_build_object('id', f.id, 'slug', f.slug, 'name', f.name) ORDER BY f.ordinal), '[]')
    FROM organisation_field l JOIN field f ON f.tenant_id = l.tenant_id AND f.id = l.field_id
    WHERE l.tenant_id = o.tenant_id AND l.organisation_id = o.id) AS fields
"""
_TODAY = bindparam("today", type_=Date)

_ORGANISATION = text(
    f"SELECT to_jsonb(item)::text FROM (SELECT {COLUMNS} FROM {NOT_LEFT} AND o.id = :id LIMIT 1) item"
).bindparams(visibility.allowed(), _TODAY, bindparam("id", type_=Uuid))

_COUNT = text(
    """
    SELECT count(DISTINCT organisation_id) FROM membership
    WHERE joined_on <= :as_of AND (left_on IS NULL OR left_on > :as_of)
    """
).bindparams(bindparam("as_of", type_=Date))


async def member_count(session: AsyncSession, as_of: date | None = None) -> MemberCount:
    """From the ledger, for any day; today in Japan unless told."""
    day = as_of or clock.today()
    return MemberCount((await session.execute(_COUNT, {"as_of": day})).scalar_one(), day)


async def organisation(
    session: AsyncSession, organisation_id: UUID, audience: Eyes = Visibility.PUBLIC
) -> OrganisationView:
    """Also one that was approved for a later day; not one that has left."""
    values = {"id": organisation_id, "today": clock.today(), "allowed": visibility.ALLOWED[audience]}
    row = (await session.execute(_ORGANISATION, values)).scalar_one_or_none()
    if row is None:
        raise NotFound
    return msgspec.json.decode(row, type=OrganisationView)
