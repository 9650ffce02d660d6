"""The ledger, for any day: how many were members then, of which kinds, and how it came to be so.

An organisation counts with the 区分, 分野 and 市町村 that it had on that day, not with today's. Where a shelter is
is counted nowhere.
"""

from collections.abc import Collection
from datetime import date
from enum import StrEnum

import msgspec
from sqlalchemy import bindparam, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.types import Date

from shared.kit import clock
from shared.members.models import Source
from shared.members.words import SOURCES

UNIT = "団体"
#: 27 years of a change on every day.
MOST_DAYS = 10_000


class Dimension(StrEnum):
    """What members are counted by: 区分, 分野, 市町村, 参加のきっかけ."""

    CATEGORY = "CATEGORY"
    FIELD = "FIELD"
    MUNICIPALITY = "MUNICIPALITY"
    SOURCE = "SOURCE"


class Part(msgspec.Struct, frozen=True, kw_only=True):
    """`value` is a slug, a code or a Source; empty for those of whom nothing is recorded. `group` is the 区分 above."""

    value: str
    name: str
    group: str | None = None
    count: int
    as_of: date
    unit: str = UNIT


class Breakdown(msgspec.Struct, frozen=True, kw_only=True):
    """An organisation has several fields, so these add up to more than `count`; the others add up to it."""

    as_of: date
    count: int
    categories: list[Part]
    fields: list[Part]
    municipalities: list[Part]
    sources: list[Part]
    unit: str = UNIT

    def by(self, dimension: Dimension) -> list[Part]:
        return {
            Dimension.CATEGORY: self.categories,
            Dimension.FIELD: self.fields,
            Dimension.MUNICIPALITY: self.municipalities,
            Dimension.SOURCE: self.sources,
        }[dimension]


class Change(msgspec.Struct, frozen=True):
    """A day on which the number changed; `count` is that of its end."""

    day: date
    joined: int
    left: int
    count: int


class _Row(msgspec.Struct, frozen=True):
    value: str | None
    name: str | None
    group: str | None
    count: int


class _Rows(msgspec.Struct, frozen=True):
    count: int
    categories: list[_Row]
    fields: list[_Row]
    municipalities: list[_Row]
    sources: list[_Row]


def _counted(column: str, names: str, order: str) -> str:
    """`names` joins a vocabulary as n; those of whom nothing is recorded come last."""
    return f"""(SELECT coalesce(jsonb_agg(to_jsonb(x) - 'place' ORDER BY x.value IS NULL, x.place, x.value), '[]') FROM (
      SELECT t.value, min(n.name) AS name, min(n.above) AS "group", min({order}) AS place, count(*) AS count
      FROM (SELECT {column} AS value FROM member) t LEFT JOIN ({names}) n ON n.value = t.value GROUP BY t.value) x)"""


_BREAKDOWN = text(
    f"""
    WITH stay AS (
      SELECT DISTINCT ON (organisation_id) tenant_id, organisation_id, source FROM membership
      WHERE joined_on <= :as_of AND (left_on IS NULL OR left_on > :as_of) ORDER BY organisation_id, joined_on DESC
    ), member AS MATERIALIZED (
      SELECT s.source,
        CASE WHEN v.id IS NULL THEN c.slug ELSE NULLIF(v.details ->> 'category', '') END AS category,
        CASE WHEN o.address_confidential THEN NULL WHEN v.id IS NULL THEN o.municipality_code ELSE NULLIF(v.details ->> 'municipality_code', '') END AS municipality,
        CASE WHEN v.id IS NULL THEN ARRAY(SELECT f.slug FROM organisation_field l
          JOIN field f ON f.tenant_id = l.tenant_id AND f.id = l.field_id
          WHERE l.tenant_id = o.tenant_id AND l.organisation_id = o.id)
        ELSE ARRAY(SELECT jsonb_array_elements_text(v.details -> 'fields')) END AS fields
      FROM stay s JOIN organisation o ON o.tenant_id = s.tenant_id AND o.id = s.organisation_id
      LEFT JOIN category c ON c.tenant_id = o.tenant_id AND c.id = o.category_id
      LEFT JOIN LATERAL (SELECT w.id, w.details FROM organisation_version w
        WHERE w.tenant_id = s.tenant_id AND w.organisation_id = s.organisation_id AND w.valid_until > :as_of
        ORDER BY w.valid_until, w.id LIMIT 1) v ON true
    )
    SELECT jsonb_build_object(
      'count', (SELECT count(*) FROM member),
      'categories', {
        _counted(
            "category",
            "SELECT c.slug AS value, c.name, p.name AS above, c.ordinal FROM category c "
            "LEFT JOIN category p ON p.tenant_id = c.tenant_id AND p.id = c.parent_id",
            "n.ordinal",
        )
    },
      'fields', {
        _counted(
            "unnest(CASE WHEN fields = '{}' THEN ARRAY[NULL] ELSE fields END)",
            "SELECT slug AS value, name, NULL AS above, ordinal FROM field",
            "n.ordinal",
        )
    },
      'municipalities', {
        _counted("municipality", "SELECT code AS value, name, NULL AS above FROM municipality", "n.value")
    },
      'sources', {_counted("source", "SELECT NULL AS value, NULL AS name, NULL AS above", "t.value")})::text
    """
).bindparams(bindparam("as_of", type_=Date))

_COUNTS = text(
    """
    SELECT d.day, count(DISTINCT m.organisation_id) FROM unnest(:days) AS d (day)
    LEFT JOIN membership m ON m.joined_on <= d.day AND (m.left_on IS NULL OR m.left_on > d.day) GROUP BY d.day
    """
).bindparams(bindparam("days", type_=ARRAY(Date)))

_GROWTH = text(
    """
    WITH change AS (
      SELECT joined_on AS day, 1 AS joined, 0 AS gone FROM membership
      UNION ALL SELECT left_on, 0, 1 FROM membership WHERE left_on IS NOT NULL
    )
    SELECT day, sum(joined)::int, sum(gone)::int, sum(sum(joined) - sum(gone)) OVER (ORDER BY day)::int
    FROM change WHERE day <= :today GROUP BY day ORDER BY day LIMIT :most
    """
).bindparams(bindparam("today", type_=Date))

_NOTHING = {
    Dimension.CATEGORY: "区分の記録なし",
    Dimension.FIELD: "分野の記録なし",
    Dimension.MUNICIPALITY: "市町村の記録なし・非公開",
    Dimension.SOURCE: "きっかけの記録なし",
}


async def breakdown(session: AsyncSession, as_of: date | None = None) -> Breakdown:
    """Everything about one day in one statement; today in Japan unless told."""
    day = as_of or clock.today()
    rows = msgspec.json.decode((await session.execute(_BREAKDOWN, {"as_of": day})).scalar_one(), type=_Rows)
    return Breakdown(
        as_of=day,
        count=rows.count,
        categories=_parts(rows.categories, Dimension.CATEGORY, day),
        fields=_parts(rows.fields, Dimension.FIELD, day),
        municipalities=_parts(rows.municipalities, Dimension.MUNICIPALITY, day),
        sources=_parts(rows.sources, Dimension.SOURCE, day),
    )


async def member_counts(session: AsyncSession, as_of: date | None, by: Dimension) -> list[Part]:
    return (await breakdown(session, as_of)).by(by)


async def counts_on(session: AsyncSession, days: Collection[date]) -> dict[date, int]:
    """How many members there were on each of these days."""
    rows = (await session.execute(_COUNTS, {"days": sorted(set(days))})).all()
    return {row[0]: row[1] for row in rows}


async def growth(session: AsyncSession) -> list[Change]:
    """Every day until today on which an organisation came or went, from the first one on."""
    rows = (await session.execute(_GROWTH, {"today": clock.today(), "most": MOST_DAYS})).all()
    return [Change(*row) for row in rows]


def _parts(rows: list[_Row], dimension: Dimension, day: date) -> list[Part]:
    names = {source.value: name for source, name in SOURCES.items()} if dimension is Dimension.SOURCE else {}
    return [
        Part(
            value=row.value or "",
            name=row.name or names.get(row.value or "") or row.value or _NOTHING[dimension],
            group=row.group,
            count=row.count,
            as_of=day,
        )
        for row in _ordered(rows, dimension)
    ]


def _ordered(rows: list[_Row], dimension: Dimension) -> list[_Row]:
    """Sources in the order of the form; the others come in that of their vocabulary."""
    if dimension is not Dimension.SOURCE:
        return rows
    places = {source.value: place for place, source in enumerate(Source)}
    return sorted(rows, key=lambda row: places.get(row.value or "", len(places)))
