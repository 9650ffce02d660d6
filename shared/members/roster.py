"""会員名簿: every organisation that the secretariat knows, also those that have left, filtered, sorted and counted.

One statement for a page, and one for what is printed and taken along. For the secretariat alone: it sees everything, but where
a shelter is only after 守秘義務の誓約.
"""

from enum import StrEnum
from functools import cache
from typing import Any

import msgspec
from sqlalchemy import TextClause, bindparam, text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.types import Date, Integer, Text

from shared.kit import clock
from shared.kit.japanese.search_text import search_terms
from shared.members import filters, visibility
from shared.members.filters import CHOSEN, FACETS, NEXT, SORTED_BY, Facets, Wanted, misses, near
from shared.members.freshness import STALE_AFTER
from shared.members.queries import COLUMNS, FRESH_SINCE, OrganisationView
from shared.members.visibility import Audience, Eyes
from shared.members.whole_lists import read_whole

#: Rows of one page.
MOST = 200


class Standing(StrEnum):
    """参加中 / 参加予定 / 退会 / 日付の記録なし: by the last stay in the ledger."""

    CURRENT = "CURRENT"
    LATER = "LATER"
    LEFT = "LEFT"
    UNDATED = "UNDATED"


class Show(StrEnum):
    """状態 as a filter. MEMBERS are those that the directory lists: today's members, and those of whom no date is known."""

    MEMBERS = "MEMBERS"
    LATER = "LATER"
    LEFT = "LEFT"
    UNDATED = "UNDATED"
    ALL = "ALL"


class Freshness(StrEnum):
    """最終確認 as a filter: confirmed or written in the last 400 days, not so, or never confirmed at all."""

    FRESH = "FRESH"
    STALE = "STALE"
    NEVER = "NEVER"


class Order(StrEnum):
    """By kana, by the day of joining, by the day of the last confirmation; `_BACK` is the other way round."""

    KANA = "KANA"
    KANA_BACK = "KANA_BACK"
    JOINED = "JOINED"
    JOINED_BACK = "JOINED_BACK"
    CONFIRMED = "CONFIRMED"
    CONFIRMED_BACK = "CONFIRMED_BACK"


class RosterLine(OrganisationView, frozen=True, kw_only=True):
    """`accounts` is how many people sign in for it."""

    standing: Standing
    accounts: int = 0


class Roster(Facets, frozen=True, kw_only=True):
    """One page of the list, and what each option of each filter would find under the others."""

    total: int = 0
    items: list[RosterLine] = []
    shows: dict[Show, int] = {}
    freshness: dict[Freshness, int] = {}


_SHOW, _FRESHNESS = NEXT, NEXT * 2
_LAST = """LEFT JOIN LATERAL (SELECT x.id AS membership_id, x.joined_on, x.left_on FROM membership x
  WHERE x.tenant_id = o.tenant_id AND x.organisation_id = o.id ORDER BY x.joined_on DESC LIMIT 1) m ON true"""
_STANDING = """CASE WHEN m.joined_on IS NULL THEN 'UNDATED' WHEN m.left_on <= :today THEN 'LEFT'
  WHEN m.joined_on > :today THEN 'LATER' ELSE 'CURRENT' END"""
_STALE = f"""(NOT o.demo AND {FRESH_SINCE} < :today - {STALE_AFTER.days} AND m.joined_on <= :today
  AND (m.left_on IS NULL OR m.left_on > :today))"""
#: What a person on the telephone says, which stands in no index: a number with or without hyphens, an address of mail.
_SAID = """position(lower(:typed) IN lower(o.name)) > 0 OR position(:typed IN coalesce(o.kana, '')) > 0
  OR o.corporate_number = :typed OR lower(:typed) = lower(o.email)
  OR (:digits <> '' AND :digits IN (regexp_replace(o.phone, '[^0-9]', '', 'g'),
    regexp_replace(o.mobile, '[^0-9]', '', 'g'), regexp_replace(o.fax, '[^0-9]', '', 'g')))"""
_FITS_SHOW = f"""CASE :show WHEN '{Show.ALL}' THEN true WHEN '{Show.MEMBERS}'
  THEN e.standing IN ('{Standing.CURRENT}', '{Standing.UNDATED}') ELSE e.standing = :show END"""
_FITS_FRESHNESS = f"""CASE :freshness WHEN '' THEN true WHEN '{Freshness.STALE}' THEN e.stale
  WHEN '{Freshness.NEVER}' THEN e.confirmed_on IS NULL ELSE NOT e.stale END"""
_PLACE = visibility.shown("municipality_code")
_KANA = 'sorted_by COLLATE "C" {} NULLS LAST, name {}, id'
_ORDERS = {
    Order.KANA: _KANA.format("ASC", "ASC"),
    Order.KANA_BACK: _KANA.format("DESC", "DESC"),
    Order.JOINED: "joined_on DESC NULLS LAST, " + _KANA.format("ASC", "ASC"),
    Order.JOINED_BACK: "joined_on NULLS LAST, " + _KANA.format("ASC", "ASC"),
    Order.CONFIRMED: "confirmed_on NULLS FIRST, " + _KANA.format("ASC", "ASC"),
    Order.CONFIRMED_BACK: "confirmed_on DESC NULLS LAST, " + _KANA.format("ASC", "ASC"),
}
_FRESH_COUNTS = f"""jsonb_build_object('{Freshness.FRESH}', {near(_FRESHNESS, "NOT k.stale")},
  '{Freshness.STALE}', {near(_FRESHNESS, "k.stale")}, '{Freshness.NEVER}', {near(_FRESHNESS, "k.confirmed_on IS NULL")})"""
_SHOW_COUNTS = f"""jsonb_build_object('{Show.ALL}', {near(_SHOW)},
  '{Show.MEMBERS}', {near(_SHOW, f"k.standing IN ('{Standing.CURRENT}', '{Standing.UNDATED}')")},
  {", ".join(f"'{each}', " + near(_SHOW, f"k.standing = '{each}'") for each in (Show.LATER, Show.LEFT, Show.UNDATED))})"""


def _marked(terms: int) -> str:
    search = f"WHERE (o.id IN ({filters.found(terms)}) OR {_SAID})" if terms else ""
    return f"""
        WITH RECURSIVE {CHOSEN}, every AS MATERIALIZED (
          SELECT o.tenant_id, o.id, {SORTED_BY} AS sorted_by, o.name, o.category_id, {_PLACE} AS municipality_code, o.audiences,
            o.resources, o.confirmed_on, m.membership_id, m.joined_on, {_STANDING} AS standing, {_STALE} AS stale,
            {misses(_PLACE)} AS filters_missed
          FROM organisation o {_LAST} {search}
        ), marked AS MATERIALIZED (
          SELECT e.*, e.filters_missed + CASE WHEN {_FITS_SHOW} THEN 0 ELSE {_SHOW} END
            + CASE WHEN {_FITS_FRESHNESS} THEN 0 ELSE {_FRESHNESS} END AS misses FROM every e
        )"""


def _page(order: Order, limit: str = "") -> str:
    return f"""SELECT k.*, row_number() OVER (ORDER BY {_ORDERS[order]}) AS place FROM marked k
          WHERE k.misses = 0 ORDER BY place {limit}"""


_LINES = f"""
            SELECT {COLUMNS}, p.place, p.standing,
              (SELECT count(DISTINCT r.account_id) FROM role_assignment r
                WHERE r.tenant_id = o.tenant_id AND r.organisation_id = o.id) AS accounts
            FROM page p JOIN organisation o ON o.tenant_id = p.tenant_id AND o.id = p.id
              LEFT JOIN membership m ON m.tenant_id = p.tenant_id AND m.id = p.membership_id"""
_TOTAL = "SELECT count(*) FROM marked k WHERE k.misses = 0"


def _bound(statement: str, terms: int) -> TextClause:
    return text(statement).bindparams(
        *filters.parameters(terms),
        *([bindparam("typed", type_=Text), bindparam("digits", type_=Text)] if terms else []),
        *(bindparam(name, type_=Text) for name in ("show", "freshness")),
        visibility.allowed(),
        bindparam("today", type_=Date),
    )


@cache
def _statement(terms: int, order: Order) -> TextClause:
    statement = f"""{_marked(terms)}, page AS ({_page(order, "LIMIT :first OFFSET :offset")})
        SELECT jsonb_build_object({FACETS}, 'shows', (SELECT {_SHOW_COUNTS} FROM marked k),
          'freshness', (SELECT {_FRESH_COUNTS} FROM marked k), 'total', ({_TOTAL}),
          'items', (SELECT coalesce(jsonb_agg(to_jsonb(item) - 'place' ORDER BY item.place), '[]') FROM ({_LINES}) item))::text
        """
    return _bound(statement, terms).bindparams(bindparam("first", type_=Integer), bindparam("offset", type_=Integer))


@cache
def _whole(terms: int, order: Order) -> TextClause:
    statement = f"""{_marked(terms)}, page AS ({_page(order)})
        SELECT ({_TOTAL}), row_to_json(item)::text FROM ({_LINES}) item ORDER BY item.place
        """
    return _bound(statement, terms)


async def _values(
    session: AsyncSession, wanted: Wanted, show: Show, freshness: Freshness | None, audience: Eyes
) -> tuple[int, dict[str, Any]] | None:
    """How many words are searched for, and what goes into the statement. None: nothing is left of what was typed."""
    typed = (wanted.search or "").replace("\x00", "").strip()
    terms = search_terms(typed)
    if typed and not terms:
        return None
    values: dict[str, Any] = filters.values_of(wanted, terms) | {
        "show": show,
        "freshness": freshness or "",
        "allowed": visibility.ALLOWED[audience],
        "today": clock.today(),
    }
    if terms:
        digits = "".join(letter for letter in typed if letter.isascii() and letter.isdigit())
        values |= {"typed": typed, "digits": digits if len(digits) > 5 else ""}
    await (await session.connection()).exec_driver_sql("SET LOCAL plan_cache_mode = force_custom_plan")
    return len(terms), values


async def roster(
    session: AsyncSession,
    wanted: Wanted | None = None,
    *,
    show: Show = Show.MEMBERS,
    freshness: Freshness | None = None,
    order: Order = Order.KANA,
    audience: Eyes = Audience.SECRETARIAT,
    first: int = 50,
    offset: int = 0,
) -> Roster:
    """One page with the counts of all filters."""
    asked = await _values(session, wanted or Wanted(), show, freshness, audience)
    if asked is None:
        return Roster()
    terms, values = asked
    values |= {"first": min(first, MOST), "offset": offset}
    answer = (await session.execute(_statement(terms, order), values)).scalar_one()
    run = msgspec.json.decode(answer, type=Roster)
    return msgspec.structs.replace(run, **filters.tags_named(run))


async def whole(
    session: AsyncSession,
    wanted: Wanted | None = None,
    *,
    show: Show = Show.MEMBERS,
    freshness: Freshness | None = None,
    order: Order = Order.KANA,
    audience: Eyes = Audience.SECRETARIAT,
) -> list[RosterLine]:
    """All that the filters leave, to be printed or taken along. Refusal when they are more than one file takes."""
    asked = await _values(session, wanted or Wanted(), show, freshness, audience)
    if asked is None:
        return []
    terms, values = asked
    return await read_whole(session, _whole(terms, order), values, RosterLine)
