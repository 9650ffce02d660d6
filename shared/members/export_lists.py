"""Whole lists of this slice, read to be taken along: members as filtered, the ledger with every stay, applications as entered."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import bindparam, select, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.types import Boolean, Text

from shared.kit.spreadsheets.writing import Value
from shared.members import directory, filters
from shared.members.details import LABELS, ApplicationDetails
from shared.members.models import ApplicationState, Channel, MembershipApplication, Source
from shared.members.queries import OrganisationView
from shared.members.tags import KINDS
from shared.members.visibility import Audience, Eyes
from shared.members.whole_lists import MOST, read_whole
from shared.members.words import CHANNELS, SOURCES, STATES
from shared.taxonomy.models import Municipality
from shared.tenants.queries import Profile

LEDGER_HEADERS = (
    "団体名", "フリガナ", "法人番号", "区分", "分野", "市町村", "加入日", "退会日", "募集経路", "受付番号",
)  # fmt: skip
_UNLISTED = ("visibility", "charter_version", "consent", "pledge")
_ENTERED = [name for name in LABELS if name not in _UNLISTED]
APPLICATION_HEADERS = ("受付番号", "状態", "受付日時", "受付の方法", "決定日時", *(LABELS[name] for name in _ENTERED))


async def all_members(session: AsyncSession, wanted: filters.Wanted, *, audience: Eyes) -> list[OrganisationView]:
    """Every listed organisation that the filters leave, in the order of the list. Refusal when they are more than `MOST`."""
    return await directory.whole(session, wanted, audience=audience)


class _Stay(msgspec.Struct, frozen=True):
    name: str
    kana: str | None
    corporate_number: str | None
    category: str | None
    fields: list[str]
    municipality: str | None
    joined_on: date
    left_on: date | None
    source: Source | None
    receipt_number: str | None


_LEDGER = text(
    """
    SELECT (SELECT count(*) FROM membership), row_to_json(s)::text FROM (
      SELECT o.name, o.kana, o.corporate_number, c.name AS category, t.name AS municipality,
        ARRAY(SELECT f.name FROM organisation_field l JOIN field f ON f.tenant_id = l.tenant_id AND f.id = l.field_id
          WHERE l.tenant_id = o.tenant_id AND l.organisation_id = o.id ORDER BY f.ordinal) AS fields,
        m.joined_on, m.left_on, m.source, a.receipt_number
      FROM membership m JOIN organisation o ON o.tenant_id = m.tenant_id AND o.id = m.organisation_id
        LEFT JOIN category c ON c.tenant_id = o.tenant_id AND c.id = o.category_id
        LEFT JOIN municipality t ON t.code = o.municipality_code AND NOT o.address_confidential
        LEFT JOIN membership_application a ON a.tenant_id = m.tenant_id AND a.id = m.application_id) s
    ORDER BY s.joined_on, s.kana COLLATE "C" NULLS LAST, s.name
    """
)
_BY_THE_ROSTER = "「参加団体」の一覧で、状態や分野などで絞り込んで"


async def ledger_rows(session: AsyncSession) -> list[list[Value]]:
    """Every stay since the founding, also of those that have left, for LEDGER_HEADERS. For the secretariat."""
    stays = await read_whole(session, _LEDGER, {}, _Stay, unit="件", way=_BY_THE_ROSTER)
    return [
        [
            stay.name,
            stay.kana,
            stay.corporate_number,
            stay.category,
            "、".join(stay.fields),
            stay.municipality,
            stay.joined_on,
            stay.left_on,
            SOURCES[stay.source] if stay.source else None,
            stay.receipt_number,
        ]
        for stay in stays
    ]


class _Application(msgspec.Struct, frozen=True):
    receipt_number: str
    state: ApplicationState
    received_at: datetime
    channel: Channel
    decided_at: datetime | None
    details: ApplicationDetails


_APPLICATIONS = text(
    """
    WITH entered AS (SELECT * FROM membership_application WHERE cardinality(:states) = 0 OR state = ANY (:states))
    SELECT (SELECT count(*) FROM entered), row_to_json(a)::text FROM (
      SELECT p.receipt_number, p.state, p.received_at, p.channel, p.decided_at, CASE WHEN :all OR NOT coalesce(o.address_confidential, false)
        THEN p.details ELSE p.details - ARRAY['address', 'postal_code', 'municipality_code'] END AS details
      FROM entered p LEFT JOIN organisation o ON o.tenant_id = p.tenant_id AND o.id = p.organisation_id) a
    ORDER BY a.received_at, a.receipt_number
    """
).bindparams(bindparam("states", type_=ARRAY(Text)), bindparam("all", type_=Boolean))


async def application_rows(
    session: AsyncSession, profile: Profile, states: Sequence[ApplicationState] = (), *, audience: Audience
) -> list[list[Value]]:
    """As entered, for APPLICATION_HEADERS; oldest first. For the secretariat; where a shelter is, as the audience may know."""
    values = {"states": list(states), "all": audience is Audience.CONFIDENTIAL}
    way = "申請の状態を選んで"
    applications = await read_whole(session, _APPLICATIONS, values, _Application, unit="件", way=way)
    words = await _words(session, profile, {each.details.municipality_code for each in applications})
    return [
        [
            each.receipt_number,
            STATES[each.state],
            each.received_at,
            CHANNELS[each.channel],
            each.decided_at,
            *(_in_words(getattr(each.details, name), words.get(name, {})) for name in _ENTERED),
        ]
        for each in applications
    ]


async def application_ids(session: AsyncSession, states: Sequence[ApplicationState] = ()) -> list[UUID]:
    """Of those that `application_rows` hands out."""
    statement = select(MembershipApplication.id).order_by(MembershipApplication.received_at).limit(MOST)
    if states:
        statement = statement.where(MembershipApplication.state.in_(states))
    return list((await session.execute(statement)).scalars())


async def _words(session: AsyncSession, profile: Profile, codes: set[str]) -> dict[str, Mapping[str, str]]:
    """What the slugs and codes of a form are called."""
    towns = select(Municipality.code, Municipality.name).where(Municipality.code.in_(codes))
    return {
        "category": {each.slug: each.name for each in profile.categories},
        "fields": {each.slug: each.name for each in profile.fields},
        **KINDS,
        "municipality_code": {row.code: row.name for row in await session.execute(towns)},
        "source": {source.value: name for source, name in SOURCES.items()},
    }


def _in_words(value: Any, words: Mapping[str, str]) -> Value:
    if isinstance(value, tuple | list):
        return "、".join(words.get(each, str(each)) for each in value)
    return words.get(value, value) or None
