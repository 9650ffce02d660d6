"""What readers see of events, in which order."""

from datetime import timedelta
from uuid import uuid4

import pytest

from shared.events import queries, service
from shared.events.models import Event, EventKind, EventState
from shared.events.views import EventView
from shared.kit import clock
from shared.kit.database.session import Database
from shared.kit.refusals import NotFound
from shared.tenants.models import Tenant
from tests.factories.content import EDITOR
from tests.factories.events import make_event
from tests.factories.tenants import make_tenant
from tests.shared.looking import facts, found, version

DAY = timedelta(days=1)


@pytest.fixture
async def tenant(worker_database: Database) -> Tenant:
    return await make_tenant(worker_database)


async def read(database: Database, tenant: Tenant, event: Event, *, drafts: bool = True) -> EventView:
    async with database.read(tenant.id) as session:
        view = await queries.event(session, event.id, drafts=drafts)
    assert view is not None
    return view


async def test_a_draft_is_invisible_until_it_is_published(web_database: Database, tenant: Tenant) -> None:
    before = await version(web_database, tenant)
    event = await make_event(web_database, tenant, published=False, title="灯台の会")
    async with web_database.read(tenant.id) as session:
        assert await queries.event(session, event.id) is None
        for read_list in (queries.upcoming, queries.for_feed, queries.recently_changed, queries.published_dates):
            assert await read_list(session) == []
        for read_page in (queries.agenda, queries.past, queries.listed):
            assert (await read_page(session)).total == 0
        assert (await queries.listed(session, states=[EventState.DRAFT])).total == 0
        assert (await queries.all_for_staff(session)).total == 1
    assert await found(web_database, tenant, "灯台") == []
    assert (await version(web_database, tenant), await facts(web_database, tenant)) == (before, [])


async def test_an_event_is_read_with_its_programme_in_order(web_database: Database, tenant: Tenant) -> None:
    event = await make_event(web_database, tenant)
    view = await read(web_database, tenant, event, drafts=False)
    assert [(part.ordinal, part.label, part.title, part.minutes) for part in view.sessions] == [
        (1, "第1部", "話を聞く", 90),
        (2, "第2部", "話し合う", None),
    ]
    [speaker] = view.sessions[0].appearances
    assert (speaker.person_name, speaker.role_label, speaker.affiliation) == ("試験 太郎", "講師", "試験大学")
    assert await found(web_database, tenant, "試験大学") == [f"/events/{event.id}"]


async def test_another_tenants_event_is_missing_like_any_other(web_database: Database, tenant: Tenant) -> None:
    event = await make_event(web_database, tenant)
    other = await make_tenant(web_database)
    for event_id in (event.id, uuid4()):
        async with web_database.read(other.id) as session:
            assert await queries.event(session, event_id, drafts=True) is None
        with pytest.raises(NotFound):
            async with web_database.write(other.id) as session:
                await service.cancel_event(session, actor=EDITOR, event_id=event_id, reason="理由")


async def test_what_is_to_come_is_told_from_what_is_over(web_database: Database, tenant: Tenant) -> None:
    now = clock.now()
    far = await make_event(web_database, tenant, starts_at=now + 20 * DAY, kind=EventKind.COURSE)
    near = await make_event(web_database, tenant, starts_at=now + 2 * DAY)
    running = await make_event(web_database, tenant, starts_at=now - timedelta(hours=1))
    today = await make_event(
        web_database, tenant, starts_at=now.astimezone(clock.JST).replace(hour=0), all_day=True, ends_at=None
    )
    old = await make_event(web_database, tenant, starts_at=now - 9 * DAY)
    older = await make_event(web_database, tenant, starts_at=now - 19 * DAY)
    names = {event.id: name for name, event in locals().items() if isinstance(event, Event)}
    async with web_database.read(tenant.id) as session:
        upcoming = [names[view.id] for view in await queries.upcoming(session)]
        past = [names[view.id] for view in (await queries.past(session)).items]
        agenda = [names[view.id] for view in (await queries.agenda(session)).items]
        courses = [names[view.id] for view in (await queries.agenda(session, kind=EventKind.COURSE)).items]
        between = await queries.listed(session, from_=now, to=now + 10 * DAY)
        views = {names[view.id]: view for view in await queries.for_feed(session)}
    assert set(upcoming[:2]) == {"running", "today"} and upcoming[2:] == ["near", "far"]
    assert past == ["old", "older"]
    assert set(agenda[:2]) == {"running", "today"} and agenda[2:] == ["near", "far", "old", "older"]
    assert (courses, [names[view.id] for view in between.items]) == (["far"], ["near"])
    assert {name for name, view in views.items() if view.over(now)} == {"old", "older"}


async def test_an_event_stands_for_its_readers_where_the_hour_has_brought_it(
    web_database: Database, tenant: Tenant
) -> None:
    now = clock.now()
    made = {
        "opens later": await make_event(web_database, tenant, registration_opens_at=now + 2 * DAY),
        "open": await make_event(web_database, tenant, registration_deadline=now + 2 * DAY),
        "announced": await make_event(web_database, tenant, takes_registrations=False),
        "short": await make_event(web_database, tenant, starts_at=now + DAY),
    }
    phases = {}
    for name, event in made.items():
        view = await read(web_database, tenant, event)
        phases[name] = [view.phase(now + days * DAY).value for days in (0, 3, 60)]
    assert phases == {
        "opens later": ["ANNOUNCED", "OPEN", "PAST"],
        "open": ["OPEN", "CLOSED", "PAST"],
        "announced": ["ANNOUNCED", "ANNOUNCED", "PAST"],
        "short": ["OPEN", "PAST", "PAST"],
    }


async def test_a_list_goes_on_where_it_stopped(web_database: Database, tenant: Tenant) -> None:
    now = clock.now()
    in_order = [await make_event(web_database, tenant, starts_at=now + day * DAY) for day in (1, 2, 3, 4, 5)]
    ids = [event.id for event in in_order]
    async with web_database.read(tenant.id) as session:
        for newest_first, expected in ((False, ids), (True, ids[::-1])):
            first = await queries.listed(session, first=2, newest_first=newest_first)
            second = await queries.listed(session, first=2, after=first.items[-1].id, newest_first=newest_first)
            third = await queries.listed(session, first=2, after=second.items[-1].id, newest_first=newest_first)
            assert [view.id for part in (first, second, third) for view in part.items] == expected
            assert [(part.total, part.more) for part in (first, second, third)] == [(5, True), (5, True), (5, False)]
