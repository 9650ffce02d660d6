"""What is counted, and what the tenants have published."""

from datetime import date

import msgspec
from sqlalchemy import and_, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from shared.content.models import Announcement, AnnouncementState
from shared.events.models import Event, EventState
from shared.kit import clock
from shared.members.models import Membership
from shared.statistics.models import PublishedCount
from shared.tenants.models import Tenant, TenantState

#: Not on the public calendar, or never took place.
NOT_HELD = (EventState.DRAFT, EventState.POSTPONED, EventState.CANCELLED)
MOST_TENANTS = 2000


class Count(msgspec.Struct, frozen=True):
    name: str
    value: int
    unit: str


class TenantCounts(msgspec.Struct, frozen=True):
    """One live platform with its counts of one day, by name; empty when it published none that day."""

    slug: str
    name: str
    as_of: date
    counts: dict[str, Count]


async def count_today(session: AsyncSession) -> list[Count]:
    """The session's tenant as it stands now: organisations on the ledger, events on the calendar, published news."""
    now, today = clock.now(), clock.today()
    ends = func.coalesce(Event.ends_at, Event.starts_at)
    shown = Event.state.not_in(NOT_HELD)
    member = and_(Membership.joined_on <= today, or_(Membership.left_on.is_(None), Membership.left_on > today))
    news = and_(Announcement.state == AnnouncementState.PUBLISHED, Announcement.published_at <= now)
    statement = select(
        select(func.count(Membership.organisation_id.distinct())).where(member).scalar_subquery(),
        select(func.count()).select_from(Event).where(shown, ends < now).scalar_subquery(),
        select(func.count()).select_from(Event).where(shown, ends >= now).scalar_subquery(),
        select(func.count()).select_from(Announcement).where(news).scalar_subquery(),
    )
    members, held, upcoming, announcements = (await session.execute(statement)).one()
    return [
        Count("member_organisations", members, "団体"),
        Count("events_held", held, "回"),
        Count("events_upcoming", upcoming, "回"),
        Count("announcements_published", announcements, "件"),
    ]


async def counts_by_tenant(session: AsyncSession, as_of: date) -> list[TenantCounts]:
    """Every live platform, in the order of its 全国地方公共団体コード; the nation first. At most `MOST_TENANTS`."""
    entry = func.jsonb_build_object(
        "name", PublishedCount.name, "value", PublishedCount.value, "unit", PublishedCount.unit
    )
    counts = func.jsonb_object_agg(PublishedCount.name, entry).filter(PublishedCount.name.is_not(None))
    statement = (
        select(Tenant.slug, Tenant.name, counts)
        .outerjoin(PublishedCount, and_(PublishedCount.tenant_id == Tenant.id, PublishedCount.as_of == as_of))
        .where(Tenant.state == TenantState.LIVE)
        .group_by(Tenant.id)
        .order_by(Tenant.code)
        .limit(MOST_TENANTS)
    )
    rows = (await session.execute(statement)).all()
    return [
        TenantCounts(slug, name, as_of, msgspec.convert(found or {}, dict[str, Count])) for slug, name, found in rows
    ]


async def published_days(session: AsyncSession, *, limit: int = 60) -> list[date]:
    """The days of which there are figures, newest first."""
    statement = select(PublishedCount.as_of).distinct().order_by(PublishedCount.as_of.desc()).limit(limit)
    return list((await session.execute(statement)).scalars())
