"""Published counts: what a tenant counts of itself, and what all may read."""

from datetime import date, datetime, timedelta
from typing import Any

from shared.content.models import Announcement, AnnouncementState
from shared.events.models import Event, EventKind, EventState
from shared.kit import clock
from shared.kit.database.session import NATIONAL, Database
from shared.members.models import Membership, Organisation
from shared.statistics.queries import Count, counts_by_tenant
from shared.statistics.service import publish_counts
from shared.tenants.models import TenantState
from tests.factories.tenants import make_tenant


def _stamps() -> dict[str, datetime]:
    return {"created_at": clock.now(), "updated_at": clock.now()}


def _event(days: int, **columns: Any) -> Event:
    values: dict[str, Any] = {"kind": EventKind.SEMINAR, "state": EventState.OPEN, "title": "会"}
    return Event(starts_at=clock.now() + timedelta(days=days), **_stamps(), **values | columns)


def _news(days: int, state: AnnouncementState = AnnouncementState.PUBLISHED) -> Announcement:
    published_at = clock.now() + timedelta(days=days)
    return Announcement(title="知らせ", body="", state=state, published_at=published_at, **_stamps())


async def _publish(database: Database, tenant_id: int) -> None:
    async with database.write(tenant_id) as session:
        await publish_counts(session)


async def _published(database: Database, tenant_slug: str, as_of: date) -> dict[str, Count]:
    async with database.read(NATIONAL) as session:
        [found] = [counts for counts in await counts_by_tenant(session, as_of) if counts.slug == tenant_slug]
    return found.counts


async def test_counts_are_of_today_and_of_the_tenant_alone(worker_database: Database) -> None:
    here, there = await make_tenant(worker_database), await make_tenant(worker_database)
    today = clock.today()
    for tenant in (here, there):
        async with worker_database.write(tenant.id) as session:
            organisations = [Organisation(name=name, **_stamps()) for name in ("元会員", "会員", "来月から")]
            session.add_all(organisations)
            await session.flush()
            former, current, coming = (organisation.id for organisation in organisations)
            for organisation_id, joined, left in (
                (former, today - timedelta(days=90), today),
                (current, today, None),
                (coming, today + timedelta(days=30), None),
            ):
                stay = {"organisation_id": organisation_id, "joined_on": joined, "left_on": left}
                session.add(Membership(created_at=clock.now(), **stay))
            session.add_all([_event(-3), _event(-2, state=EventState.REPORTED), _event(3)])
            session.add_all([_event(days, state=EventState.CANCELLED) for days in (-1, 1)])
            session.add_all([_event(days, state=EventState.DRAFT) for days in (-1, 1)])
            # It is being held right now: it has begun and not ended.
            session.add(_event(-1, ends_at=clock.now() + timedelta(hours=1)))
            session.add_all([_news(-1), _news(1), _news(-1, AnnouncementState.WITHDRAWN)])
        await _publish(worker_database, tenant.id)
    assert await _published(worker_database, here.slug, today) == {
        "member_organisations": Count("member_organisations", 1, "団体"),
        "events_held": Count("events_held", 2, "回"),
        "events_upcoming": Count("events_upcoming", 2, "回"),
        "announcements_published": Count("announcements_published", 1, "件"),
    }


async def test_a_second_run_on_the_same_day_corrects_the_first(worker_database: Database) -> None:
    tenant = await make_tenant(worker_database)
    await _publish(worker_database, tenant.id)
    async with worker_database.write(tenant.id) as session:
        session.add(_news(-1))
    await _publish(worker_database, tenant.id)
    counts = await _published(worker_database, tenant.slug, clock.today())
    assert counts["announcements_published"].value == 1


async def test_a_day_without_counts_is_shown_as_such(worker_database: Database) -> None:
    tenant = await make_tenant(worker_database)
    assert await _published(worker_database, tenant.slug, date(2020, 1, 1)) == {}


async def test_platforms_that_are_not_live_are_not_listed(worker_database: Database) -> None:
    tenant = await make_tenant(worker_database, state=TenantState.SUSPENDED)
    async with worker_database.read(NATIONAL) as session:
        slugs = [counts.slug for counts in await counts_by_tenant(session, clock.today())]
    assert tenant.slug not in slugs
    assert slugs[0] == "national"
