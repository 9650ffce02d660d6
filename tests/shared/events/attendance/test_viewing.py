"""Online viewing: the personal link opens in time, and plays are never taken for people."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from shared.events.attendance import viewing, viewing_queries
from shared.events.attendance.models import PlayKind
from shared.events.attendance.viewing import Gate, gate
from shared.events.attendance.viewing_queries import WatchView
from shared.events.models import Event, EventState
from shared.events.registrations import service
from shared.events.registrations.models import Attendance, Registration, RegistrationStatus
from shared.kit import clock
from shared.kit.database.session import Database
from shared.kit.refusals import NotFound, Refusal, Refusals
from shared.tenants.models import Tenant
from tests.factories.registrations import make_registration
from tests.factories.tenants import make_tenant
from tests.shared.events.attendance.coming import do, make_event_of_today

URLS = {"stream_url": "https://stream.example/live", "archive_url": "https://stream.example/later"}


@pytest.fixture
async def tenant(worker_database: Database) -> Tenant:
    return await make_tenant(worker_database)


@pytest.fixture
async def event(worker_database: Database, tenant: Tenant) -> Event:
    event = await make_event_of_today(worker_database, tenant, online=True)
    await do(worker_database, tenant, viewing.set_addresses, event_id=event.id, **URLS, archive_until=None)
    return event


async def online_guest(database: Database, tenant: Tenant, event: Event) -> Registration:
    return await make_registration(database, tenant, event.id, attendance=Attendance.ONLINE)


async def play(database: Database, tenant: Tenant, guest: Registration) -> Any:
    async with database.write(tenant.id) as session:
        return await viewing.record_play(session, registration_id=guest.id)


async def test_plays_and_viewers_are_counted_apart(worker_database: Database, tenant: Tenant, event: Event) -> None:
    guests = [await online_guest(worker_database, tenant, event) for _ in range(3)]
    await asyncio.gather(*(play(worker_database, tenant, guest) for guest in guests[:2] for _ in range(4)))
    async with worker_database.read(tenant.id) as session:
        found = await viewing_queries.viewing(session, event.id)
    assert (found.links, found.plays, found.viewers) == (3, 8, 2)
    assert (found.live_plays, found.live_viewers, found.archive_plays, found.archive_viewers) == (8, 2, 0, 0)


async def test_everybody_has_a_link_of_the_own_which_opens_nothing_elsewhere(
    worker_database: Database, tenant: Tenant, event: Event
) -> None:
    guests = [await online_guest(worker_database, tenant, event) for _ in range(2)]
    other = await make_tenant(worker_database)
    assert len({guest.viewing_key for guest in guests} | {guest.key for guest in guests}) == 4
    async with worker_database.read(tenant.id) as session:
        watch = await viewing_queries.watch_by_key(session, guests[0].viewing_key)
        assert watch is not None
        assert watch.registration_id == guests[0].id
        assert await viewing_queries.viewing_path(session, guests[0].id) == f"/watch/{guests[0].viewing_key}"
        assert await viewing_queries.watch_by_key(session, guests[0].key) is None
    async with worker_database.read(other.id) as session:
        assert await viewing_queries.watch_by_key(session, guests[0].viewing_key) is None
    with pytest.raises(NotFound):
        await play(worker_database, other, guests[0])


@pytest.mark.parametrize(
    "url", ["http://stream.example/", "javascript:alert(1)", "https://", "https://a b/", "x", "https://a;b/"]
)
async def test_only_https_addresses_are_taken(
    worker_database: Database, tenant: Tenant, event: Event, url: str
) -> None:
    with pytest.raises(Refusals) as refused:
        await do(
            worker_database,
            tenant,
            viewing.set_addresses,
            event_id=event.id,
            **URLS | {"stream_url": url, "archive_until": None},
        )
    assert [each.field for each in refused.value.problems] == ["stream_url"]


async def test_who_has_cancelled_cannot_watch(worker_database: Database, tenant: Tenant, event: Event) -> None:
    guest = await online_guest(worker_database, tenant, event)
    await do(worker_database, tenant, service.cancel, registration_id=guest.id)
    with pytest.raises(Refusal) as refused:
        await play(worker_database, tenant, guest)
    assert refused.value.code == "NO_SEAT"


async def test_a_press_after_the_event_is_later_viewing(
    worker_database: Database, tenant: Tenant, event: Event
) -> None:
    guest = await online_guest(worker_database, tenant, event)
    async with worker_database.write(tenant.id) as session:
        held = await session.get_one(Event, (tenant.id, event.id))
        held.starts_at, held.ends_at = clock.now() - timedelta(hours=4), clock.now() - timedelta(hours=2)
    assert (await play(worker_database, tenant, guest)).kind is PlayKind.ARCHIVE


def _watch(event: Event, **more: Any) -> WatchView:
    values: dict[str, Any] = {
        name: getattr(event, name) for name in WatchView.__struct_fields__ if hasattr(event, name)
    }
    values |= {"registration_id": event.id, "event_id": event.id, "attendance": Attendance.ONLINE}
    return WatchView(**values | {"status": RegistrationStatus.CONFIRMED, "archive_until": None} | URLS | more)


async def test_the_page_opens_half_an_hour_before_and_the_recording_stays_until_its_day(event: Event) -> None:
    assert event.ends_at is not None
    watch, hall = _watch(event), _watch(event, attendance=Attendance.HALL)
    start, end, minute = event.starts_at, event.ends_at, timedelta(minutes=1)
    seen = [gate(watch, moment) for moment in (start - 31 * minute, start - 29 * minute, end + 59 * minute)]
    assert seen == [Gate.EARLY, Gate.LIVE, Gate.LIVE]
    assert gate(watch, end + 61 * minute) is Gate.ARCHIVE
    assert (gate(hall, start + minute), gate(hall, end + 61 * minute)) == (Gate.HALL, Gate.ARCHIVE)
    yesterday = clock.today() - timedelta(days=1)
    assert gate(_watch(event, archive_until=yesterday), end + 61 * minute) is Gate.CLOSED
    assert gate(_watch(event, archive_url=None), end + 61 * minute) is Gate.BETWEEN
    assert gate(_watch(event, stream_url=None), start) is Gate.NO_ADDRESS
    assert gate(_watch(event, status=RegistrationStatus.WAITLISTED), start) is Gate.NO_SEAT
    assert gate(_watch(event, state=EventState.CANCELLED), start) is Gate.OFF


@pytest.mark.parametrize(
    ("way", "begins_in", "code"),
    [(Attendance.ONLINE, timedelta(minutes=40), "NOT_OPEN"), (Attendance.HALL, timedelta(minutes=-30), "HALL")],
)
async def test_nothing_is_counted_before_the_stream_opens_or_of_who_sits_in_the_hall(
    worker_database: Database, tenant: Tenant, event: Event, way: Attendance, begins_in: timedelta, code: str
) -> None:
    guest = await make_registration(worker_database, tenant, event.id, attendance=way)
    async with worker_database.write(tenant.id) as session:
        held = await session.get_one(Event, (tenant.id, event.id))
        held.starts_at = clock.now() + begins_in
    with pytest.raises(Refusal) as refused:
        await play(worker_database, tenant, guest)
    assert refused.value.code == code
    async with worker_database.read(tenant.id) as session:
        assert (await viewing_queries.viewing(session, event.id)).plays == 0
