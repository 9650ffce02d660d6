"""The clock opens registration and closes the book on what was held, without anybody pressing a button."""

from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine
from sqlalchemy import select

from services.scheduler.timetable import TIMETABLE
from shared.events import queries, timekeeping
from shared.events.models import Event, EventState
from shared.events.registrations.models import Attendance
from shared.events.timekeeping import keep_events_in_time
from shared.events.views import EventView, Phase
from shared.kit import clock
from shared.kit.database.session import Database
from shared.tenants.models import Tenant
from tests.factories.events import make_event
from tests.factories.registrations import SECRETARIAT, make_registration
from tests.factories.tenants import make_tenant
from tests.shared.looking import facts, version

JST = clock.JST
OPENS = datetime(2027, 1, 8, 9, 0, tzinfo=JST)
CLOSES = datetime(2027, 1, 20, 17, 0, tzinfo=JST)
STARTS = datetime(2027, 1, 29, 13, 30, tzinfo=JST)
MINUTE = timedelta(minutes=1)


@pytest.fixture
async def tenant(worker_database: Database) -> Tenant:
    return await make_tenant(worker_database)


async def announced(database: Database, tenant: Tenant, **fields: Any) -> Event:
    values: dict[str, Any] = {"starts_at": STARTS, "ends_at": STARTS + timedelta(hours=2)}
    with time_machine.travel(OPENS - timedelta(days=3), tick=True):
        values |= {"registration_opens_at": OPENS, "registration_deadline": CLOSES}
        return await make_event(database, tenant, **values | fields)


async def tick(database: Database, tenant: Tenant, now: datetime) -> int:
    with time_machine.travel(now, tick=True):
        async with database.write(tenant.id) as session:
            return await keep_events_in_time(session)


async def read(database: Database, tenant: Tenant, event: Event) -> EventView:
    async with database.read(tenant.id) as session:
        view = await queries.event(session, event.id, drafts=True)
    assert view is not None
    return view


async def state(database: Database, tenant: Tenant, event: Event) -> EventState:
    return (await read(database, tenant, event)).state


def test_the_scheduler_looks_every_minute_and_when_it_begins() -> None:
    [entry] = [entry for entry in TIMETABLE if entry.step is keep_events_in_time]
    assert (entry.when, entry.at_start, entry.each_tenant) == ("* * * * *", True, True)


async def test_registration_opens_by_itself_when_its_time_has_come(worker_database: Database, tenant: Tenant) -> None:
    event = await announced(worker_database, tenant)
    assert await tick(worker_database, tenant, OPENS - MINUTE) == 0
    assert await state(worker_database, tenant, event) is EventState.ANNOUNCED
    assert await tick(worker_database, tenant, OPENS) == 1
    view = await read(worker_database, tenant, event)
    assert (view.state, view.sequence, view.revision, view.changes) == (
        EventState.OPEN,
        event.sequence,
        event.revision,
        [],
    )
    assert view.updated_at >= OPENS
    assert await tick(worker_database, tenant, OPENS + MINUTE) == 0


async def test_what_was_filled_by_telephone_before_its_hour_opens_as_full(
    worker_database: Database, tenant: Tenant
) -> None:
    full = await announced(worker_database, tenant, capacity=1)
    half = await announced(worker_database, tenant, capacity=1, online=True)
    with time_machine.travel(OPENS - MINUTE, tick=True):
        for event in (full, half):
            await make_registration(worker_database, tenant, event.id, actor=SECRETARIAT, attendance=Attendance.HALL)
    assert await tick(worker_database, tenant, OPENS) == 2
    states = [await state(worker_database, tenant, event) for event in (full, half)]
    assert states == [EventState.FULL, EventState.OPEN]


async def test_after_the_deadline_it_says_that_registration_is_over(worker_database: Database, tenant: Tenant) -> None:
    event = await announced(worker_database, tenant)
    await tick(worker_database, tenant, OPENS)
    view = await read(worker_database, tenant, event)
    assert [view.phase(CLOSES - MINUTE), view.phase(CLOSES + MINUTE)] == [Phase.OPEN, Phase.CLOSED]
    assert (view.registration_open(CLOSES - MINUTE), view.registration_open(CLOSES + MINUTE)) == (True, False)


@pytest.mark.parametrize(
    "fields",
    [
        {"takes_registrations": False},
        {"registration_opens_at": None, "registration_deadline": OPENS - timedelta(days=5)},
        {"registration_opens_at": OPENS + MINUTE},
    ],
)
async def test_what_takes_no_registrations_or_not_yet_stays_announced(
    worker_database: Database, tenant: Tenant, fields: dict[str, Any]
) -> None:
    event = await announced(worker_database, tenant, **fields)
    assert (await tick(worker_database, tenant, OPENS), await state(worker_database, tenant, event)) == (
        0,
        EventState.ANNOUNCED,
    )


async def test_what_the_scheduler_slept_through_does_not_open_late(worker_database: Database, tenant: Tenant) -> None:
    event = await announced(worker_database, tenant)
    await tick(worker_database, tenant, CLOSES + MINUTE)
    assert await state(worker_database, tenant, event) is EventState.ANNOUNCED


async def test_the_morning_after_its_last_day_an_event_is_held(worker_database: Database, tenant: Tenant) -> None:
    event = await announced(worker_database, tenant, ends_at=STARTS + timedelta(days=1))
    morning = datetime(2027, 1, 31, 6, 0, tzinfo=JST)
    await tick(worker_database, tenant, morning - MINUTE)
    view = await read(worker_database, tenant, event)
    assert (view.state, view.phase(morning - MINUTE)) == (EventState.ANNOUNCED, Phase.PAST)
    assert await tick(worker_database, tenant, morning) == 1
    after = await read(worker_database, tenant, event)
    assert (after.state, after.sequence, after.updated_at) == (EventState.HELD, view.sequence, view.updated_at)
    assert await facts(worker_database, tenant) == ["EventPublished"]


async def test_a_whole_day_without_an_end_is_held_the_morning_after(worker_database: Database, tenant: Tenant) -> None:
    day = datetime(2027, 1, 29, tzinfo=JST)
    event = await announced(worker_database, tenant, starts_at=day, ends_at=None, all_day=True)
    assert await tick(worker_database, tenant, day + timedelta(hours=29, minutes=59)) == 0
    assert await tick(worker_database, tenant, day + timedelta(hours=30)) == 1
    assert await state(worker_database, tenant, event) is EventState.HELD


async def test_what_was_called_off_or_never_published_stays_what_it_is(
    worker_database: Database, tenant: Tenant
) -> None:
    events = {}
    for wanted in (EventState.DRAFT, EventState.CANCELLED, EventState.POSTPONED, EventState.REPORTED):
        events[wanted] = await announced(worker_database, tenant)
        async with worker_database.write(tenant.id) as session:
            (await session.get_one(Event, (tenant.id, events[wanted].id))).state = wanted
    assert await tick(worker_database, tenant, STARTS + timedelta(days=9)) == 0
    assert [await state(worker_database, tenant, event) for event in events.values()] == list(events)


async def test_many_are_done_in_batches_and_the_version_rises_once_for_each(
    worker_database: Database, tenant: Tenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(timekeeping, "MOST_AT_ONCE", 2)
    for _ in range(3):
        await announced(worker_database, tenant)
    before = await version(worker_database, tenant)
    moved = [await tick(worker_database, tenant, OPENS + number * MINUTE) for number in range(3)]
    assert (moved, await version(worker_database, tenant)) == ([2, 1, 0], before + 2)


async def test_an_event_under_somebodys_hands_waits_for_the_next_minute(
    worker_database: Database, tenant: Tenant
) -> None:
    event = await announced(worker_database, tenant)
    async with worker_database.write(tenant.id) as session:
        await session.execute(select(Event).where(Event.id == event.id).with_for_update())
        assert await tick(worker_database, tenant, OPENS) == 0
    assert await tick(worker_database, tenant, OPENS + MINUTE) == 1


async def test_another_tenants_events_are_not_touched(worker_database: Database, tenant: Tenant) -> None:
    event = await announced(worker_database, tenant)
    other = await make_tenant(worker_database)
    assert await tick(worker_database, other, OPENS) == 0
    assert await state(worker_database, tenant, event) is EventState.ANNOUNCED
