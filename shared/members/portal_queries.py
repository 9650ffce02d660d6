"""What members see of their own organisation, and the secretariat of all: former members too, and nothing hidden."""

from datetime import date, datetime
from uuid import UUID

import msgspec
from sqlalchemy import bindparam, select, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.types import Date, Integer, Text, Uuid

from shared.kit import clock
from shared.kit.refusals import NotFound
from shared.members.freshness import STALE_AFTER
from shared.members.models import Organisation, Source, Visibility
from shared.members.portal_models import MemberRules
from shared.members.queries import FRESH_SINCE

#: This month, and the twelve before it.
MONTHS = 13
#: How the record calls an inquiry that was passed on.
INQUIRY = "organisation.inquire"


class Stay(msgspec.Struct, frozen=True):
    joined_on: date
    left_on: date | None
    source: Source | None
    application_id: UUID | None


class Month(msgspec.Struct, frozen=True):
    """`month` is its first day."""

    month: date
    views: int
    inquiries: int


class Gains(msgspec.Struct, frozen=True, kw_only=True):
    """What can be counted honestly. `letters` are those that the platform sent about or to the organisation in a year.

    `relays` are its notices that were passed on to its registered children, `relayed_to` how many addressees, and `received`
    how many of them have said so. `name_uses` are permissions to use the platform's name. `inquiries` came by the form on its page.
    """

    months: list[Month]
    inquiries: int
    news: int
    events: int
    letters: int
    relays: int
    relayed_to: int
    received: int
    name_uses: int


class OwnColumns(msgspec.Struct, frozen=True, kw_only=True):
    """What the public view does not carry."""

    name: str
    visibility: dict[str, str]
    has_address: bool
    address_confidential: bool
    address_confidential_reason: str | None
    email: str | None
    contact_name: str | None
    confirmed_on: date | None
    fresh_since: date
    revision: int
    created_at: datetime
    updated_at: datetime
    stays: list[Stay]

    @property
    def stale(self) -> bool:
        return clock.today() - self.fresh_since > STALE_AFTER

    def visible(self, column: str) -> Visibility:
        return Visibility(self.visibility.get(column, Visibility.SECRETARIAT))


_OWN = text(
    f"""
    SELECT to_jsonb(own)::text FROM (
      SELECT o.name, o.visibility, o.address IS NOT NULL AS has_address, o.address_confidential, o.address_confidential_reason, o.email, o.contact_name, o.confirmed_on,
        {FRESH_SINCE} AS fresh_since, o.revision, o.created_at, o.updated_at,
        (SELECT coalesce(jsonb_agg(to_jsonb(m) ORDER BY m.joined_on DESC), '[]') FROM membership m
          WHERE m.tenant_id = o.tenant_id AND m.organisation_id = o.id) AS stays
      FROM organisation o WHERE o.id = :id) own
    """
).bindparams(bindparam("id", type_=Uuid))


async def own_columns(session: AsyncSession, organisation_id: UUID) -> OwnColumns:
    """For its people and the secretariat; also of one that has left. Not its address, which only managers and the secretariat read."""
    row = (await session.execute(_OWN, {"id": organisation_id})).scalar_one_or_none()
    if row is None:
        raise NotFound
    return msgspec.json.decode(row, type=OwnColumns)


_GAINS = text(
    """
    SELECT jsonb_build_object(
      'months', (SELECT jsonb_agg(jsonb_build_object('month', s.month::date, 'views',
          coalesce((SELECT sum(v.views) FROM organisation_views v WHERE v.organisation_id = :id
            AND v.day >= s.month AND v.day < s.month + interval '1 month'), 0),
          'inquiries', (SELECT count(*) FROM audit_entry i WHERE i.object_id = :id AND i.action = :inquiry
            AND (i.happened_at AT TIME ZONE 'Asia/Tokyo')::date >= s.month
            AND (i.happened_at AT TIME ZONE 'Asia/Tokyo')::date < s.month + interval '1 month')) ORDER BY s.month DESC)
        FROM generate_series(date_trunc('month', :today::timestamp) - make_interval(months => :months - 1),
          date_trunc('month', :today::timestamp), interval '1 month') AS s(month)),
      'inquiries', (SELECT count(*) FROM audit_entry i WHERE i.object_id = :id AND i.action = :inquiry),
      'news', (SELECT count(*) FROM announcement a WHERE a.member_organisation_id = :id AND a.state = 'PUBLISHED'),
      'relays', (SELECT count(*) FROM relay_request r WHERE r.organisation_id = :id),
      'relayed_to', (SELECT count(*) FROM relay_receipt t JOIN relay_request r
        ON r.tenant_id = t.tenant_id AND r.id = t.relay_request_id WHERE r.organisation_id = :id),
      'received', (SELECT count(*) FROM relay_receipt t JOIN relay_request r
        ON r.tenant_id = t.tenant_id AND r.id = t.relay_request_id WHERE r.organisation_id = :id AND t.confirmed_at IS NOT NULL),
      'name_uses', (SELECT count(*) FROM name_use_request n WHERE n.organisation_id = :id AND n.state = 'APPROVED'),
      'events', (SELECT count(*) FROM event e WHERE e.member_organisation_id = :id AND e.state <> 'DRAFT'),
      'letters', (SELECT count(*) FROM letter l WHERE l.about_id = :id AND l.state = 'SENT'
        AND l.sent_at > now() - interval '1 year' AND l.template NOT LIKE 'identity/%' AND l.template <> 'members/inquiry'))::text
    """.replace(":today::timestamp", "CAST(:today AS timestamp)")
).bindparams(
    bindparam("id", type_=Uuid),
    bindparam("today", type_=Date),
    bindparam("months", type_=Integer),
    bindparam("inquiry", INQUIRY, type_=Text),
)


async def gains(session: AsyncSession, organisation_id: UUID) -> Gains:
    values = {"id": organisation_id, "today": clock.today(), "months": MONTHS}
    return msgspec.json.decode((await session.execute(_GAINS, values)).scalar_one(), type=Gains)


async def changes_by_notice(session: AsyncSession) -> bool:
    """Whether a member's change waits for the secretariat; so it is unless the platform says otherwise."""
    rule = (await session.execute(select(MemberRules.changes_by_notice))).scalar_one_or_none()
    return True if rule is None else rule


_NAMES = text("SELECT id, name FROM organisation WHERE id = ANY (:ids)").bindparams(bindparam("ids", type_=ARRAY(Uuid)))


async def names(session: AsyncSession, organisation_ids: list[UUID]) -> dict[UUID, str]:
    rows = await session.execute(_NAMES, {"ids": organisation_ids[:200]})
    return {row.id: row.name for row in rows}


async def name_of(session: AsyncSession, organisation_id: UUID) -> str:
    name = (await session.execute(select(Organisation.name).where(Organisation.id == organisation_id))).scalar()
    if name is None:
        raise NotFound
    return name
