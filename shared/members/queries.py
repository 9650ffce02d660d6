"""The directory and the ledger. What an audience may not see never leaves the database."""

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import bindparam, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.types import Date, Integer, Text, Uuid

from shared.kit import clock
from shared.kit.japanese.search_text import search_query
from shared.kit.refusals import NotFound
from shared.members.models import CONTACT_COLUMNS, Visibility


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
    appeal: str | None
    website: str | None
    founded_year: int | None
    people: int | None
    demo: bool
    representative_title: str | None
    representative_name: str | None
    contact_department: str | None
    contact_name: str | None
    postal_code: str | None
    address: str | None
    phone: str | None
    mobile: str | None
    fax: str | None
    email: str | None


class Directory(msgspec.Struct, frozen=True):
    """One page of the list, and how many there are in all."""

    total: int
    items: list[OrganisationView]


class Facet(msgspec.Struct, frozen=True):
    """How many listed organisations there are under one filter value: a slug, or a municipality's code."""

    value: str
    name: str
    count: int


class Facets(msgspec.Struct, frozen=True):
    total: int
    fields: list[Facet]
    categories: list[Facet]
    municipalities: list[Facet]


_AUDIENCES = {
    Visibility.PUBLIC: [Visibility.PUBLIC],
    Visibility.MEMBERS: [Visibility.PUBLIC, Visibility.MEMBERS],
    Visibility.SECRETARIAT: list(Visibility),
}
_GOES_WITH = {
    "representative_title": "representative_name",
    "contact_department": "contact_name",
    "postal_code": "address",
}
_MASKED = ",\n".join(
    f"CASE WHEN coalesce(o.visibility ->> '{_GOES_WITH.get(column, column)}', 'SECRETARIAT') = ANY (:allowed) "
    f"THEN o.{column} END AS {column}"
    for column in (*CONTACT_COLUMNS, *_GOES_WITH)
)
#: Members of today, and organisations that the documents name without a date; not those that have left.
_NOT_LEFT = """
  organisation o
  LEFT JOIN membership m ON m.tenant_id = o.tenant_id AND m.organisation_id = o.id
    AND (m.left_on IS NULL OR m.left_on > :today)
  WHERE (m.id IS NOT NULL OR NOT EXISTS
    (SELECT FROM membership x WHERE x.tenant_id = o.tenant_id AND x.organisation_id = o.id))
"""
_LISTED = f"{_NOT_LEFT} AND (m.joined_on IS NULL OR m.joined_on <= :today)"
_COLUMNS = f"""
  o.id, o.name, o.kana, o.corporate_number, o.municipality_code, m.joined_on, o.summary, o.purpose, o.area, o.audience,
  o.appeal, o.website, o.founded_year, o.people, o.demo, {_MASKED},
  (SELECT name FROM municipality WHERE code = o.municipality_code) AS municipality,
  (SELECT jsonb_build_object('id', c.id, 'slug', c.slug, 'name', c.name)
    FROM category c WHERE c.tenant_id = o.tenant_id AND c.id = o.category_id) AS category,
  (SELECT coalesce(jsonb_agg(jsonb_build_object('id', f.id, 'slug', f.slug, 'name', f.name) ORDER BY f.ordinal), '[]')
    FROM organisation_field l JOIN field f ON f.tenant_id = l.tenant_id AND f.id = l.field_id
    WHERE l.tenant_id = o.tenant_id AND l.organisation_id = o.id) AS fields
"""
_ARRAYS = [bindparam(name, type_=ARRAY(Text)) for name in ("allowed", "fields", "categories", "municipalities")]
_TODAY = bindparam("today", type_=Date)

_DIRECTORY = text(
    f"""
    WITH RECURSIVE chosen AS (
      SELECT tenant_id, id FROM category
        WHERE slug = ANY (:categories) OR name = ANY (:categories) OR CAST(id AS text) = ANY (:categories)
      UNION SELECT c.tenant_id, c.id FROM category c JOIN chosen p ON c.tenant_id = p.tenant_id AND c.parent_id = p.id
    ), matching AS (
      SELECT o.id AS organisation_id, o.kana, o.name, m.id AS membership_id FROM {_LISTED}
      AND (cardinality(:categories) = 0 OR o.category_id IN (SELECT id FROM chosen))
      AND (cardinality(:municipalities) = 0 OR o.municipality_code IN
        (SELECT code FROM municipality WHERE code = ANY (:municipalities) OR name = ANY (:municipalities)))
      AND (cardinality(:fields) = 0 OR o.id IN (SELECT l.organisation_id FROM organisation_field l
        JOIN field f ON f.tenant_id = l.tenant_id AND f.id = l.field_id
        WHERE f.slug = ANY (:fields) OR f.name = ANY (:fields) OR CAST(f.id AS text) = ANY (:fields)))
      AND (NOT :searching OR o.id IN (SELECT d.object_id FROM search_document d
        WHERE d.kind = 'organisation' AND d.vector @@ CAST(:query AS tsquery)))
    ), page AS (
      SELECT * FROM matching ORDER BY kana NULLS LAST, name, organisation_id LIMIT :first OFFSET :offset
    )
    SELECT jsonb_build_object('total', (SELECT count(*) FROM matching), 'items', coalesce((
      SELECT jsonb_agg(to_jsonb(item) ORDER BY item.kana NULLS LAST, item.name, item.id) FROM (
        SELECT {_COLUMNS} FROM page p JOIN organisation o ON o.id = p.organisation_id
          LEFT JOIN membership m ON m.tenant_id = o.tenant_id AND m.id = p.membership_id) item), '[]'))::text
    """
).bindparams(*_ARRAYS, _TODAY, bindparam("query", type_=Text), bindparam("first", type_=Integer))

_ORGANISATION = text(
    f"SELECT to_jsonb(item)::text FROM (SELECT {_COLUMNS} FROM {_NOT_LEFT} AND o.id = :id LIMIT 1) item"
).bindparams(_ARRAYS[0], _TODAY, bindparam("id", type_=Uuid))

_FACETS = text(
    f"""
    WITH listed AS MATERIALIZED (SELECT o.tenant_id, o.id, o.category_id, o.municipality_code FROM {_LISTED}),
    fields AS (SELECT f.slug AS value, f.name, f.ordinal, count(*) AS count FROM listed o
      JOIN organisation_field l ON l.tenant_id = o.tenant_id AND l.organisation_id = o.id
      JOIN field f ON f.tenant_id = l.tenant_id AND f.id = l.field_id GROUP BY f.slug, f.name, f.ordinal),
    categories AS (SELECT c.slug AS value, c.name, c.ordinal, count(*) AS count FROM listed o
      JOIN category c ON c.tenant_id = o.tenant_id AND c.id = o.category_id GROUP BY c.slug, c.name, c.ordinal),
    municipalities AS (SELECT t.code AS value, t.name, count(*) AS count FROM listed o
      JOIN municipality t ON t.code = o.municipality_code GROUP BY t.code, t.name)
    SELECT jsonb_build_object(
      'total', (SELECT count(*) FROM listed),
      'fields', (SELECT coalesce(jsonb_agg(to_jsonb(x) ORDER BY x.ordinal), '[]') FROM fields x),
      'categories', (SELECT coalesce(jsonb_agg(to_jsonb(x) ORDER BY x.ordinal), '[]') FROM categories x),
      'municipalities', (SELECT coalesce(jsonb_agg(to_jsonb(x) ORDER BY x.value), '[]') FROM municipalities x))::text
    """
).bindparams(_TODAY)

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


async def directory(
    session: AsyncSession,
    *,
    search: str | None = None,
    fields: Sequence[str] = (),
    categories: Sequence[str] = (),
    municipalities: Sequence[str] = (),
    audience: Visibility = Visibility.PUBLIC,
    first: int = 20,
    offset: int = 0,
) -> Directory:
    """Listed organisations in the order of their kana. Filters are slugs, ids or names (municipalities: codes or
    names): any of one kind, all of the kinds.

    A category includes what is below it. The search sees public words only, whoever asks.
    """
    wanted = (search or "").strip()
    values: dict[str, Any] = {
        "today": clock.today(),
        "allowed": _AUDIENCES[audience],
        "fields": list(fields),
        "categories": list(categories),
        "municipalities": list(municipalities),
        "searching": bool(wanted),
        "query": search_query(wanted),
        "first": min(first, 100),
        "offset": offset,
    }
    return msgspec.json.decode((await session.execute(_DIRECTORY, values)).scalar_one(), type=Directory)


async def organisation(
    session: AsyncSession, organisation_id: UUID, audience: Visibility = Visibility.PUBLIC
) -> OrganisationView:
    """Also one that was approved for a later day; not one that has left."""
    values = {"id": organisation_id, "today": clock.today(), "allowed": _AUDIENCES[audience]}
    row = (await session.execute(_ORGANISATION, values)).scalar_one_or_none()
    if row is None:
        raise NotFound
    return msgspec.json.decode(row, type=OrganisationView)


async def facets(session: AsyncSession) -> Facets:
    """What the directory can be filtered by, with counts over all that is listed; only values that occur."""
    return msgspec.json.decode((await session.execute(_FACETS, {"today": clock.today()})).scalar_one(), type=Facets)
