"""参加団体の一覧: filtered, searched, and counted under the filters, in one statement.

Each row is marked with the filters that it misses. What misses none is listed; what misses only the filter of one kind is
counted in that kind, so that each option says how many there would be if it were chosen instead.
"""

import re
from collections.abc import Mapping, Sequence
from datetime import date
from functools import cache
from itertools import accumulate
from typing import Any

import msgspec
from sqlalchemy import TextClause, bindparam, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.types import Date, Integer, Text

from shared.kit import clock
from shared.kit.japanese.search_text import search_terms
from shared.members import tags, visibility
from shared.members.models import Visibility
from shared.members.queries import COLUMNS, LISTED, OrganisationView

MOST = 100


class Wanted(msgspec.Struct, frozen=True, kw_only=True):
    """Any of one kind, all of the kinds. Fields and categories are slugs, ids or names; municipalities codes or names.

    A category includes what is below it. The words are looked for in what is public, whoever asks.
    """

    search: str | None = None
    fields: Sequence[str] = ()
    categories: Sequence[str] = ()
    municipalities: Sequence[str] = ()
    audiences: Sequence[str] = ()
    resources: Sequence[str] = ()


class Directory(msgspec.Struct, frozen=True):
    """One page of the list, and how many there are in all."""

    total: int
    items: list[OrganisationView]


class Facet(msgspec.Struct, frozen=True):
    """How many there would be if this value were chosen: a slug, a municipality's code, or a tag."""

    value: str
    name: str
    count: int


class Initial(msgspec.Struct, frozen=True):
    """あ, か, さ …, and the place of the first organisation of that row, from 0."""

    row: str
    place: int
    count: int


class Browsed(msgspec.Struct, frozen=True):
    """The list, and what each option of each filter would find under the other filters."""

    total: int
    listed: int
    items: list[OrganisationView]
    fields: list[Facet]
    categories: list[Facet]
    municipalities: list[Facet]
    audiences: list[Facet]
    resources: list[Facet]
    first_letters: list[tuple[str | None, int]]

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


#: 法人格, as read aloud, which every second name begins with; nobody looks for them in a directory.
_FORMS = (
    "デモ|エヌピーオーホウジン|ニンテイ|トクテイヒエイリカツドウホウジン|シャカイフクシホウジン|イッパンシャダンホウジン|"
    "イッパンザイダンホウジン|コウエキシャダンホウジン|コウエキザイダンホウジン|カブシキガイシャ|ユウゲンガイシャ|ゴウドウガイシャ"
)
_LEADING = re.compile(f"^(({_FORMS})[ 　]*)+")
#: The regular expression is slow enough to be asked only where one of them may stand.
_SORTED_BY = f"""CASE WHEN left(o.kana, 1) IN ('デ', 'エ', 'ニ', 'ト', 'シ', 'イ', 'コ', 'カ', 'ユ', 'ゴ')
  THEN regexp_replace(o.kana, '{_LEADING.pattern}', '') ELSE o.kana END"""


def row_of(kana: str | None) -> str:
    """The row of the kana table under which an organisation stands: its name's in katakana, without デモ and 法人格."""
    letter = _LEADING.sub("", kana)[:1] if kana else ""
    if not "ァ" <= letter <= "ヺ":
        return OTHER
    return "あ" if letter == "ヴ" else next(row for row, last in _ROWS.items() if letter <= last)


#: Bits of `misses`.
_CATEGORY, _MUNICIPALITY, _FIELD, _AUDIENCE, _RESOURCE = 1, 2, 4, 8, 16
_PLACE = visibility.shown("municipality_code")
_ORDER = 'sorted_by COLLATE "C" NULLS LAST, name, id'

_MARKED = f"""
  tree AS (
    SELECT tenant_id, id AS category_id, id AS ancestor_id FROM category
    UNION ALL SELECT t.tenant_id, t.category_id, c.parent_id FROM tree t
      JOIN category c ON c.tenant_id = t.tenant_id AND c.id = t.ancestor_id WHERE c.parent_id IS NOT NULL
  ), chosen AS MATERIALIZED (
    SELECT t.category_id FROM tree t JOIN category c ON c.tenant_id = t.tenant_id AND c.id = t.ancestor_id
    WHERE c.slug = ANY (:categories) OR c.name = ANY (:categories) OR CAST(c.id AS text) = ANY (:categories)
  ), active AS MATERIALIZED (
    SELECT l.organisation_id FROM organisation_field l JOIN field f ON f.tenant_id = l.tenant_id AND f.id = l.field_id
    WHERE f.slug = ANY (:fields) OR f.name = ANY (:fields) OR CAST(f.id AS text) = ANY (:fields)
  ), here AS MATERIALIZED (
    SELECT code FROM municipality WHERE code = ANY (:municipalities) OR name = ANY (:municipalities)
  ), marked AS MATERIALIZED (
    SELECT o.tenant_id, o.id, {_SORTED_BY} AS sorted_by, o.name, m.id AS membership_id, o.category_id, {_PLACE} AS municipality_code,
      o.audiences, o.resources,
      CASE WHEN cardinality(:categories) = 0 OR o.category_id IN (SELECT category_id FROM chosen) THEN 0 ELSE {_CATEGORY} END
      + CASE WHEN cardinality(:municipalities) = 0 OR {_PLACE} IN (SELECT code FROM here) THEN 0 ELSE {_MUNICIPALITY} END
      + CASE WHEN cardinality(:fields) = 0 OR o.id IN (SELECT organisation_id FROM active) THEN 0 ELSE {_FIELD} END
      + CASE WHEN cardinality(:audiences) = 0 OR o.audiences && :audiences THEN 0 ELSE {_AUDIENCE} END
      + CASE WHEN cardinality(:resources) = 0 OR o.resources && :resources THEN 0 ELSE {_RESOURCE} END AS misses
    FROM {LISTED} --found--
  ), matching AS (SELECT * FROM marked WHERE misses = 0),
  page AS (SELECT * FROM matching ORDER BY {_ORDER} LIMIT :first OFFSET :offset)
"""
_ITEMS = f"""
  'total', (SELECT count(*) FROM matching),
  'items', (SELECT coalesce(jsonb_agg(to_jsonb(item) - 'sorted_by' ORDER BY item.{_ORDER.replace(", ", ", item.")}), '[]') FROM (
    SELECT {COLUMNS}, p.sorted_by FROM page p JOIN organisation o ON o.tenant_id = p.tenant_id AND o.id = p.id
      LEFT JOIN membership m ON m.tenant_id = p.tenant_id AND m.id = p.membership_id) item)
"""


def _facet(rows: str, order: str) -> str:
    return f"(SELECT coalesce(jsonb_agg(to_jsonb(x) ORDER BY x.{order}), '[]') FROM ({rows}) x)"


def _near(kind: int) -> str:
    """Counts what is listed, and what would be if the filter of this kind were not there.

    Not a WHERE: the planner cannot know how many rows are marked how, expects few, and joins them one by one.
    """
    return f"count(*) FILTER (WHERE k.misses IN (0, {kind}))::int AS count"


def _tags(column: str, kind: int) -> str:
    rows = f"SELECT t AS value, t AS name, {_near(kind)} FROM marked k, unnest({column}) t GROUP BY t"
    return _facet(f"SELECT * FROM ({rows}) n WHERE n.count > 0", "value")


_FACETS = f"""
  'listed', (SELECT count(*) FROM marked),
  'fields', {
    _facet(
        f'''SELECT f.slug AS value, f.name, f.ordinal, n.count FROM (
        SELECT l.field_id, {_near(_FIELD)} FROM marked k
        JOIN organisation_field l ON l.tenant_id = k.tenant_id AND l.organisation_id = k.id GROUP BY l.field_id) n
        JOIN field f ON f.id = n.field_id WHERE n.count > 0''',
        "ordinal",
    )
},
  'categories', {
    _facet(
        f'''SELECT c.slug AS value, c.name, c.ordinal, sum(n.count)::int AS count FROM (
        SELECT k.category_id, {_near(_CATEGORY)} FROM marked k GROUP BY k.category_id) n
        JOIN tree t ON t.category_id = n.category_id JOIN category c ON c.id = t.ancestor_id WHERE n.count > 0
        GROUP BY c.slug, c.name, c.ordinal''',
        "ordinal",
    )
},
  'municipalities', {
    _facet(
        f'''SELECT t.code AS value, t.name, n.count FROM (
        SELECT k.municipality_code, {_near(_MUNICIPALITY)} FROM marked k GROUP BY k.municipality_code) n
        JOIN municipality t ON t.code = n.municipality_code WHERE n.count > 0''',
        "value",
    )
},
  'audiences', {_tags("k.audiences", _AUDIENCE)},
  'resources', {_tags("k.resources", _RESOURCE)},
  'first_letters', (SELECT coalesce(jsonb_agg(jsonb_build_array(x.letter, x.count) ORDER BY x.letter COLLATE "C" NULLS LAST), '[]')
    FROM (SELECT left(sorted_by, 1) AS letter, count(*) AS count FROM matching GROUP BY 1) x)
"""
_TAGS = {"audiences": tags.AUDIENCES, "resources": tags.RESOURCES}
_KINDS = ("fields", "categories", "municipalities", "audiences", "resources")


@cache
def _statement(terms: int, counted: bool) -> TextClause:
    """One text for each number of words typed. The words are compared in the tenant's own rows: see decision 0006."""
    found = "".join(f" AND (d.folded LIKE :folded{number} OR d.words LIKE :words{number})" for number in range(terms))
    search = f"AND o.id IN (SELECT d.object_id FROM search_document d WHERE d.kind = 'organisation'{found})"
    marked = _MARKED.replace("--found--", search if terms else "")
    parts = f"{_ITEMS}, {_FACETS}" if counted else _ITEMS
    statement = text(f"WITH RECURSIVE {marked} SELECT jsonb_build_object({parts})::text")
    return statement.bindparams(
        *(bindparam(name, type_=ARRAY(Text)) for name in _KINDS),
        *(bindparam(f"{part}{number}", type_=Text) for part in ("folded", "words") for number in range(terms)),
        visibility.allowed(),
        bindparam("today", type_=Date),
        bindparam("first", type_=Integer),
        bindparam("offset", type_=Integer),
    )


async def _run(
    session: AsyncSession, wanted: Wanted, audience: Visibility, first: int, offset: int, *, counted: bool
) -> str | None:
    """None: words were typed, but nothing of them is left to search for."""
    typed = (wanted.search or "").strip()
    terms = search_terms(typed)
    if typed and not terms:
        return None
    values: dict[str, Any] = {name: list(getattr(wanted, name)) for name in _KINDS}
    values |= {name: tags.slugs(values[name], known) for name, known in _TAGS.items()}
    for number, term in enumerate(terms):
        values |= {f"folded{number}": term.folded, f"words{number}": term.words}
    today: date = clock.today()
    values |= {"allowed": visibility.ALLOWED[audience], "today": today, "first": min(first, MOST), "offset": offset}
    # A plan that was kept for a small platform is a bad one for a large platform: plan for this one.
    await (await session.connection()).exec_driver_sql("SET LOCAL plan_cache_mode = force_custom_plan")
    return str((await session.execute(_statement(len(terms), counted), values)).scalar_one())


async def listed(
    session: AsyncSession,
    wanted: Wanted | None = None,
    *,
    audience: Visibility = Visibility.PUBLIC,
    first: int = 20,
    offset: int = 0,
) -> Directory:
    """Listed organisations in the order of their kana, without デモ and 法人格."""
    found = await _run(session, wanted or Wanted(), audience, first, offset, counted=False)
    return msgspec.json.decode(found, type=Directory) if found else Directory(0, [])


async def browse(
    session: AsyncSession,
    wanted: Wanted | None = None,
    *,
    audience: Visibility = Visibility.PUBLIC,
    first: int = 20,
    offset: int = 0,
) -> Browsed:
    """The same with counts beside every option of every filter."""
    found = await _run(session, wanted or Wanted(), audience, first, offset, counted=True)
    browsed = msgspec.json.decode(found, type=Browsed) if found else Browsed(0, 0, [], [], [], [], [], [], [])
    named = {kind: _in_order(getattr(browsed, kind), known) for kind, known in _TAGS.items()}
    return msgspec.structs.replace(browsed, **named)


def _in_order(facets: list[Facet], known: Mapping[str, str]) -> list[Facet]:
    counts = {facet.value: facet.count for facet in facets}
    return [Facet(slug, word, counts[slug]) for slug, word in known.items() if slug in counts]


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
