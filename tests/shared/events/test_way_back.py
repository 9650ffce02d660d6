"""What the clock called held though nobody came, and what was called held too early, finds its way back."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine

from shared.events import reporting, service
from shared.events.attendance import check_in
from shared.events.models import Event, EventState
from shared.events.report_drafts import ReportDraft
from shared.kit import clock
from shared.kit.database.session import Database
from shared.kit.refusals import Conflict, Refusal
from shared.kit.settings import Settings
from shared.tenants.models import Tenant
from tests.factories.content import EDITOR
from tests.factories.events import make_event
from tests.factories.members import settle
from tests.factories.registrations import make_registration, registration_draft
from tests.factories.tenants import make_tenant
from tests.shared.events.attendance.coming import do, make_event_of_today
from tests.shared.events.test_events import update
from tests.shared.events.test_timekeeping import read, state, tick

DAY = timedelta(days=1)


@pytest.fixture
async def tenant(worker_database: Database) -> Tenant:
    return await make_tenant(worker_database)


async def held_by_the_clock(database: Database, tenant: Tenant, **fields: Any) -> Event:
    """Of the day before yesterday; nobody pressed anything."""
    event = await make_event(database, tenant, starts_at=clock.now() - 2 * DAY, **fields)
    await tick(database, tenant, clock.now())
    assert await state(database, tenant, event) is EventState.HELD
    return event


async def verb(database: Database, tenant: Tenant, does: Any, event: Event, **more: Any) -> Event:
    async with database.write(tenant.id) as session:
        done: Event = await does(session, actor=EDITOR, event_id=event.id, **more)
    return done


async def walk_in(database: Database, tenant: Tenant, event: Event) -> None:
    await do(database, tenant, check_in.walk_in, event_id=event.id, draft=registration_draft())


async def test_what_was_snowed_in_is_cancelled_the_day_after(worker_database: Database, tenant: Tenant) -> None:
    event = await held_by_the_clock(worker_database, tenant)
    await verb(worker_database, tenant, service.cancel_event, event, reason="大雪")
    view = await read(worker_database, tenant, event)
    assert (view.state, [change.summary for change in view.changes]) == (
        EventState.CANCELLED,
        ["中止になりました。理由：大雪"],
    )


async def test_or_postponed_and_everybody_learns_of_the_new_day(
    settings: Settings, worker_database: Database, tenant: Tenant
) -> None:
    event = await make_event(worker_database, tenant, starts_at=clock.now() + DAY)
    await make_registration(worker_database, tenant, event.id)
    await settle(settings, tenant)
    with time_machine.travel(clock.now() + 3 * DAY, tick=True):
        await tick(worker_database, tenant, clock.now())
        await verb(worker_database, tenant, service.postpone_event, event, reason="大雪")
        assert await state(worker_database, tenant, event) is EventState.POSTPONED
        new_day = clock.now() + 30 * DAY
        await verb(worker_database, tenant, service.postpone_event, event, reason="会場が決定", starts_at=new_day)
        assert await state(worker_database, tenant, event) is EventState.OPEN
        assert len(await settle(settings, tenant)) >= 1


async def test_a_new_day_to_come_takes_it_out_of_the_past_and_is_told(
    worker_database: Database, tenant: Tenant
) -> None:
    event = await held_by_the_clock(worker_database, tenant)
    await update(worker_database, tenant, event, starts_at=clock.now() + 7 * DAY, ends_at=None)
    view = await read(worker_database, tenant, event)
    assert (view.state, len(view.changes)) == (EventState.OPEN, 1)


@pytest.mark.parametrize("trace", ["check-in", "report"])
async def test_what_was_held_indeed_stays_held(worker_database: Database, tenant: Tenant, trace: str) -> None:
    event = await make_event_of_today(worker_database, tenant)
    if trace == "check-in":
        await walk_in(worker_database, tenant, event)
        await verb(worker_database, tenant, service.mark_held, event)
    else:
        await verb(worker_database, tenant, reporting.publish_report, event, draft=ReportDraft(body="開きました。"))
    for does in (service.cancel_event, service.postpone_event):
        with pytest.raises(Conflict, match="受付・参加の記録か開催報告がある"):
            await verb(worker_database, tenant, does, event, reason="大雪")
    with pytest.raises(Refusal) as refused:
        await update(worker_database, tenant, event, starts_at=clock.now() + 7 * DAY, ends_at=None)
    assert (refused.value.code, refused.value.field) == ("WAS_HELD", "starts_at")


async def test_held_by_mistake_on_the_day_the_door_opens_again(worker_database: Database, tenant: Tenant) -> None:
    event = await make_event_of_today(worker_database, tenant)
    await walk_in(worker_database, tenant, event)
    before = await state(worker_database, tenant, event)
    await verb(worker_database, tenant, service.mark_held, event)
    for _ in range(2):
        await verb(worker_database, tenant, service.take_back_held, event)
        assert await state(worker_database, tenant, event) is before
    await walk_in(worker_database, tenant, event)


async def test_what_is_full_comes_back_full(worker_database: Database, tenant: Tenant) -> None:
    event = await make_event_of_today(worker_database, tenant, capacity=1)
    await make_registration(worker_database, tenant, event.id)
    assert await state(worker_database, tenant, event) is EventState.FULL
    await verb(worker_database, tenant, service.mark_held, event)
    await verb(worker_database, tenant, service.take_back_held, event)
    assert await state(worker_database, tenant, event) is EventState.FULL


async def test_the_day_after_it_is_too_late_to_take_it_back(worker_database: Database, tenant: Tenant) -> None:
    event = await held_by_the_clock(worker_database, tenant)
    with pytest.raises(Conflict, match="開催した日のうちだけ"):
        await verb(worker_database, tenant, service.take_back_held, event)


async def test_what_was_reported_or_cancelled_is_not_taken_back(worker_database: Database, tenant: Tenant) -> None:
    reported = await make_event_of_today(worker_database, tenant)
    await verb(worker_database, tenant, reporting.publish_report, reported, draft=ReportDraft(body="開きました。"))
    cancelled = await make_event(worker_database, tenant)
    await verb(worker_database, tenant, service.cancel_event, cancelled, reason="台風")
    for event, why in ((reported, "開催報告を公開している"), (cancelled, "終了していません")):
        with pytest.raises(Conflict, match=why):
            await verb(worker_database, tenant, service.take_back_held, event)
