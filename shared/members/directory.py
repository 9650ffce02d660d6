"""参加団体の一覧: filtered, searched, and counted under the filters, in one statement."""

from datetime import datetime
from functools import cache
from itertools import accumulate
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import TextClause, bindparam, text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.types import Date, Integer

from shared.kit import clock
from shared.kit.japanese.search_text import search_terms
from shared.members import filters, visibility
from shared.members.filters import CHOSEN, FACETS, LEADING, SORTED_BY, Facets, Wanted, misses
from shared.members.models import Visibility
from shared.members.queries import COLUMNS, LISTED, OrganisationView
from shared.members.visibility import Eyes
from shared.members.whole_lists import read_whole

MOST = 100
#: A plan that was kept for a small platform is a bad one for a large platform: plan for this one.
_PLAN_ANEW = "SET LOCAL plan_cache_mode = force_custom_plan"


class Directory(msgspec.Struct, frozen=True):
    """One page of the list, and how many there are in all."""

    total: int
    items: list[OrganisationView]


class Initial(msgspec.Struct, frozen=True):
    """あ, か, さ …, and the place of the first organisation of that row, from 0."""

    row: str
    place: int
    count: int


class Browsed(Facets, frozen=True, kw_only=True):
    """The list, and what each option of each filter would find under the other filters."""

    total: int = 0
    listed: int = 0
    items: list[OrganisationView] = []
    first_letters: list[tuple[str | None, int]] = []

    @property
    def initials(self) -> list[Initial]:
        """Only rows that occur."""
        counts: dict[str, int] = {}
        for letter, count in self.first_letters:
            counts[row_of(letter)] = counts.get(row_of(letter), 0) + count
        places = accumulate(counts.values(), initial=0)
        return [Initial(row, place, count) for (row, count), place in zip(counts.items(), places, strict=False)]


#: The last katakana of each row, with its small and voiced forms.
_ROWS = {
    "あ": "オ",
    "か": "ゴ",
    "さ": "ゾ",
    "た": "ド",
    "な": "ノ",
    "は": "ポ",
    "ま": "モ",
    "や": "ヨ",
    "ら": "ロ",
    "わ": "ヺ",
}
OTHER = "他"


def row_of(kana: str | None) -> str:
    """The row of the kana table under which an organisation stands: its name's in katakana, without デモ and 法人格."""
    letter = LEADING.sub("", kana)[:1] if kana else ""
    if not "ァ" <= letter <= "ヺ":
        return OTHER
    return "あ" if letter == "ヴ" else next(row for row, last in _ROWS.items() if letter <= last)


_PLACE = visibility.shown("municipality_code")
_ORDER = 'sorted_by COLLATE "C" NULLS LAST, name, id'

_MARKED = f"""
  {CHOSEN}, marked AS MATERIALIZED (
    SELECT o.tenant_id, o.id, {SORTED_BY} AS sorted_by, o.name, m.id AS membership_id, o.category_id,
      {_PLACE} AS municipality_code, o.audiences, o.resources, {misses(_PLACE)} AS misses
    FROM {LISTED} --found--
  ), matching AS (SELECT * FROM marked WHERE misses = 0)
"""
_PAGE = f", page AS (SELECT * FROM matching ORDER BY {_ORDER} LIMIT :first OFFSET :offset)"
_ITEMS = f"""
  'total', (SELECT count(*) FROM matching),
  'items', (SELECT coalesce(jsonb_agg(to_jsonb(item) - 'sorted_by' ORDER BY item.{_ORDER.replace(", ", ", item.")}), '[]') FROM (
    SELECT {COLUMNS}, p.sorted_by FROM page p JOIN organisation o ON o.tenant_id = p.tenant_id AND o.id = p.id
      LEFT JOIN membership m ON m.tenant_id = p.tenant_id AND m.id = p.membership_id) item)
"""


_FACETS = f"""
  'listed', (SELECT count(*) FROM marked), {FACETS},
  'first_letters', (SELECT coalesce(jsonb_agg(jsonb_build_array(x.letter, x.count) ORDER BY x.letter COLLATE "C" NULLS LAST), '[]')
    FROM (SELECT left(sorted_by, 1) AS letter, count(*) AS count FROM matching GROUP BY 1) x)
"""


@cache
def _statement(terms: int, counted: bool) -> TextClause:
    """One text for each number of words typed."""
    search = f"AND o.id IN ({filters.found(terms)})"
    marked = _MARKED.replace("--found--", search if terms else "")
    parts = f"{_ITEMS}, {_FACETS}" if counted else _ITEMS
    statement = text(f"WITH RECURSIVE {marked} {_PAGE} SELECT jsonb_build_object({parts})::text")
    return statement.bindparams(
        *filters.parameters(terms),
        visibility.allowed(),
        bindparam("today", type_=Date),
        bindparam("first", type_=Integer),
        bindparam("offset", type_=Integer),
    )


@cache
def _whole(terms: int) -> TextClause:
    search = f"AND o.id IN ({filters.found(terms)})"
    marked = _MARKED.replace("--found--", search if terms else "")
    statement = text(
        f"""
        WITH RECURSIVE {marked} SELECT (SELECT count(*) FROM matching), row_to_json(item)::text FROM (
          SELECT {COLUMNS}, p.sorted_by FROM matching p JOIN organisation o ON o.tenant_id = p.tenant_id AND o.id = p.id
            LEFT JOIN membership m ON m.tenant_id = p.tenant_id AND m.id = p.membership_id) item
        ORDER BY item.{_ORDER.replace(", ", ", item.")}
        """
    )
    return statement.bindparams(*filters.parameters(terms), visibility.allowed(), bindparam("today", type_=Date))


def _values(wanted: Wanted, audience: Eyes) -> dict[str, Any] | None:
    """None: words were typed, but nothing of them is left to search for."""
    typed = (wanted.search or "").strip()
    terms = search_terms(typed)
    if typed and not terms:
        return None
    return filters.values_of(wanted, terms) | {"allowed": visibility.ALLOWED[audience], "today": clock.today()}


async def _run(
    session: AsyncSession, wanted: Wanted, audience: Eyes, first: int, offset: int, *, counted: bool
) -> str | None:
    values = _values(wanted, audience)
    if values is None:
        return None
    values |= {"first": min(first, MOST), "offset": offset}
    await (await session.connection()).exec_driver_sql(_PLAN_ANEW)
    terms = len(search_terms(wanted.search or ""))
    return str((await session.execute(_statement(terms, counted), values)).scalar_one())


async def listed(
    session: AsyncSession,
    wanted: Wanted | None = None,
    *,
    audience: Eyes = Visibility.PUBLIC,
    first: int = 20,
    offset: int = 0,
) -> Directory:
    """Listed organisations in the order of their kana, without デモ and 法人格."""
    found = await _run(session, wanted or Wanted(), audience, first, offset, counted=False)
    return msgspec.json.decode(found, type=Directory) if found else Directory(0, [])


async def whole(session: AsyncSession, wanted: Wanted, *, audience: Eyes) -> list[OrganisationView]:
    """All that the filters leave, in the order of the list. Refusal when they are more than one file takes."""
    values = _values(wanted, audience)
    if values is None:
        return []
    await (await session.connection()).exec_driver_sql(_PLAN_ANEW)
    terms = len(search_terms(wanted.search or ""))
    return await read_whole(session, _whole(terms), values, OrganisationView)


async def browse(
    session: AsyncSession,
    wanted: Wanted | None = None,
    *,
    audience: Eyes = Visibility.PUBLIC,
    first: int = 20,
    offset: int = 0,
) -> Browsed:
    """The same with counts beside every option of every filter."""
    found = await _run(session, wanted or Wanted(), audience, first, offset, counted=True)
    browsed = msgspec.json.decode(found, type=Browsed) if found else Browsed()
    return msgspec.structs.replace(browsed, **filters.tags_named(browsed))


_FIELD_COUNTS = text(
    f"""
    SELECT f.slug, n.listed FROM (SELECT l.field_id, count(*) AS listed FROM organisation_field l
      WHERE l.organisation_id IN (SELECT o.id FROM {LISTED}) GROUP BY l.field_id) n JOIN field f ON f.id = n.field_id
    """
).bindparams(bindparam("today", type_=Date))


async def field_counts(session: AsyncSession) -> dict[str, int]:
    """How many listed organisations are active in each 分野, by slug."""
    rows = (await session.execute(_FIELD_COUNTS, {"today": clock.today()})).all()
    return {row.slug: row.listed for row in rows}


_DATES = text(f"SELECT o.id, o.updated_at FROM {LISTED} ORDER BY o.updated_at DESC, o.id LIMIT :most").bindparams(
    bindparam("today", type_=Date), bindparam("most", type_=Integer)
)


async def listed_dates(session: AsyncSession, *, limit: int = 20_000) -> list[tuple[UUID, datetime]]:
    """Ids with their last change, for search engines."""
    rows = await session.execute(_DATES, {"today": clock.today(), "most": limit})
    return [(row.id, row.updated_at) for row in rows]
