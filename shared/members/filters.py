"""分野 × 区分 × 市町村 × 対象者 × 提供できる資源: the filters of every list of organisations, with counts under each option.

Each row of a list is marked with the filters that it misses. What misses none is listed; what misses only the filter of one
kind is counted in that kind, so that each option says how many there would be if it were chosen instead. A list gives its rows
as `marked`, with the columns tenant_id, id, category_id, municipality_code, audiences, resources and misses.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import msgspec
from sqlalchemy import bindparam
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.sql.elements import BindParameter
from sqlalchemy.types import Text

from shared.kit.japanese.legal_forms import LEGAL_FORMS
from shared.kit.japanese.search_text import Term
from shared.members import tags


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


class Facet(msgspec.Struct, frozen=True):
    """How many there would be if this value were chosen: a slug, a municipality's code, or a tag."""

    value: str
    name: str
    count: int


class Facets(msgspec.Struct, frozen=True, kw_only=True):
    """What each option of each filter would find under the other filters."""

    fields: list[Facet] = []
    categories: list[Facet] = []
    municipalities: list[Facet] = []
    audiences: list[Facet] = []
    resources: list[Facet] = []


#: 法人格, as read aloud, which every second name begins with; nobody looks for them in a directory.
_LEADING = sorted(("デモ", "ニンテイ", *LEGAL_FORMS.values()), key=len, reverse=True)
LEADING = re.compile(f"^(({'|'.join(_LEADING)})[ 　]*)+")
_INITIALS = ", ".join(f"'{initial}'" for initial in sorted({form[0] for form in _LEADING}))
#: By what `organisation o` is sorted. The regular expression is slow enough to be asked only where one of them may stand.
SORTED_BY = f"""CASE WHEN left(o.kana, 1) IN ({_INITIALS})
  THEN regexp_replace(o.kana, '{LEADING.pattern}', '') ELSE o.kana END"""

#: Bits of `misses`; a list may add its own from NEXT on.
_CATEGORY, _MUNICIPALITY, _FIELD, _AUDIENCE, _RESOURCE, NEXT = 1, 2, 4, 8, 16, 32

#: For WITH RECURSIVE: what the chosen filters mean.
CHOSEN = """
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
  )
"""


def misses(place: str) -> str:
    """SQL: the bits of the filters that `organisation o` misses, where `place` is its municipality's code."""
    return f"""CASE WHEN cardinality(:categories) = 0 OR o.category_id IN (SELECT category_id FROM chosen) THEN 0 ELSE {_CATEGORY} END
      + CASE WHEN cardinality(:municipalities) = 0 OR {place} IN (SELECT code FROM here) THEN 0 ELSE {_MUNICIPALITY} END
      + CASE WHEN cardinality(:fields) = 0 OR o.id IN (SELECT organisation_id FROM active) THEN 0 ELSE {_FIELD} END
      + CASE WHEN cardinality(:audiences) = 0 OR o.audiences && :audiences THEN 0 ELSE {_AUDIENCE} END
      + CASE WHEN cardinality(:resources) = 0 OR o.resources && :resources THEN 0 ELSE {_RESOURCE} END"""


def _facet(rows: str, order: str) -> str:
    return f"(SELECT coalesce(jsonb_agg(to_jsonb(x) ORDER BY x.{order}), '[]') FROM ({rows}) x)"


def near(kind: int, condition: str = "true") -> str:
    """SQL: counts what is listed, and what would be if the filter of this kind were not there.

    Not a WHERE: the planner cannot know how many rows are marked how, expects few, and joins them one by one.
    """
    return f"count(*) FILTER (WHERE k.misses IN (0, {kind}) AND {condition})::int"


def _tags(column: str, kind: int) -> str:
    rows = f"SELECT t AS value, t AS name, {near(kind)} AS count FROM marked k, unnest({column}) t GROUP BY t"
    return _facet(f"SELECT * FROM ({rows}) n WHERE n.count > 0", "value")


#: For jsonb_build_object: the lists of `Facets`.
FACETS = f"""
  'fields', {
    _facet(
        f'''SELECT f.slug AS value, f.name, f.ordinal, n.count FROM (
        SELECT l.field_id, {near(_FIELD)} AS count FROM marked k
        JOIN organisation_field l ON l.tenant_id = k.tenant_id AND l.organisation_id = k.id GROUP BY l.field_id) n
        JOIN field f ON f.id = n.field_id WHERE n.count > 0''',
        "ordinal",
    )
},
  'categories', {
    _facet(
        f'''SELECT c.slug AS value, c.name, c.ordinal, sum(n.count)::int AS count FROM (
        SELECT k.category_id, {near(_CATEGORY)} AS count FROM marked k GROUP BY k.category_id) n
        JOIN tree t ON t.category_id = n.category_id JOIN category c ON c.id = t.ancestor_id WHERE n.count > 0
        GROUP BY c.slug, c.name, c.ordinal''',
        "ordinal",
    )
},
  'municipalities', {
    _facet(
        f'''SELECT t.code AS value, t.name, n.count FROM (
        SELECT k.municipality_code, {near(_MUNICIPALITY)} AS count FROM marked k GROUP BY k.municipality_code) n
        JOIN municipality t ON t.code = n.municipality_code WHERE n.count > 0''',
        "value",
    )
},
  'audiences', {_tags("k.audiences", _AUDIENCE)},
  'resources', {_tags("k.resources", _RESOURCE)}
"""
_TAGS = {"audiences": tags.AUDIENCES, "resources": tags.RESOURCES}
_KINDS = ("fields", "categories", "municipalities", "audiences", "resources")


def values_of(wanted: Wanted, terms: Sequence[Term]) -> dict[str, Any]:
    """What goes into a statement with `parameters`."""
    values: dict[str, Any] = {name: list(getattr(wanted, name)) for name in _KINDS}
    values |= {name: tags.slugs(values[name], known) for name, known in _TAGS.items()}
    return values | words_of(terms)


def parameters(terms: int) -> Iterable[BindParameter[Any]]:
    yield from (bindparam(name, type_=ARRAY(Text)) for name in _KINDS)
    yield from words(terms)


def words_of(terms: Sequence[Term]) -> dict[str, str]:
    """What goes into a statement with `words`."""
    folded = {f"folded{number}": term.folded for number, term in enumerate(terms)}
    return folded | {f"words{number}": term.words for number, term in enumerate(terms)}


def words(terms: int) -> Iterable[BindParameter[Any]]:
    yield from (bindparam(f"{part}{number}", type_=Text) for part in ("folded", "words") for number in range(terms))


def found(terms: int) -> str:
    """SQL, with `words`: the ids of the organisations in which all words stand. They are compared in the tenant's own rows: decision 0006."""
    words = "".join(f" AND (d.folded LIKE :folded{number} OR d.words LIKE :words{number})" for number in range(terms))
    return f"SELECT d.object_id FROM search_document d WHERE d.kind = 'organisation'{words}"


def tags_named(facets: Facets) -> dict[str, list[Facet]]:
    """The lists of tags with their words, in the order of the forms."""
    return {kind: _in_order(getattr(facets, kind), known) for kind, known in _TAGS.items()}


def _in_order(facets: list[Facet], known: Mapping[str, str]) -> list[Facet]:
    counts = {facet.value: facet.count for facet in facets}
    return [Facet(slug, word, counts[slug]) for slug, word in known.items() if slug in counts]
