"""A letter that waited while its promise was called off is not sent."""

from datetime import datetime, time, timedelta
from typing import Any

import pytest
import time_machine
from sqlalchemy import select

from services.worker.actors import Workbench, deliver, post
from shared.events import service as events
from shared.events.models import Event
from shared.events.registrations import reminders, service
from shared.events.registrations.models import Registration
from shared.identity.policy import ANONYMOUS
from shared.kit import clock, sending
from shared.kit.database.session import Database
from shared.kit.outbox import OutboxRow, OutboxState
from shared.kit.post import Letter, LetterState
from shared.kit.settings import Settings
from shared.tenants.models import Tenant
from tests.factories.content import EDITOR
from tests.factories.events import event_draft, make_event
from tests.factories.notifications import write_by_night
from tests.factories.registrations import make_registration
from tests.factories.tenants import make_tenant
from tests.factories.worker import workbench

LAPSED, SENT = LetterState.LAPSED, LetterState.SENT


@pytest.fixture
async def tenant(worker_database: Database) -> Tenant:
    tenant = await make_tenant(worker_database)
    await write_by_night(worker_database, tenant)
    return tenant


async def _write(bench: Workbench, tenant: Tenant) -> None:
    """The worker reacts, and the mail server is away."""
    waiting = select(OutboxRow.id).where(OutboxRow.state == OutboxState.WAITING, OutboxRow.attempts == 0)
    while facts := await _ids(bench.database, tenant, waiting):
        for fact_id in facts:
            await deliver(bench, tenant.id, fact_id)


async def _ids(database: Database, tenant: Tenant, statement: Any) -> list[Any]:
    async with database.read(tenant.id) as session:
        return list(await session.scalars(statement))


async def _letters_after(settings: Settings, tenant: Tenant) -> list[tuple[str, LetterState]]:
    """The server is back: kind and state of every letter, in the order of writing."""
    async with workbench(settings) as bench:
        await _write(bench, tenant)
        for letter_id in await _ids(bench.database, tenant, select(Letter.id).order_by(Letter.queued_at)):
            await post(bench, tenant.id, letter_id)
        rows = await _ids(bench.database, tenant, select(Letter).order_by(Letter.queued_at))
    return [(row.dedupe_key.split()[1], row.state) for row in rows]


async def _written(settings: Settings, tenant: Tenant) -> None:
    async with workbench(settings) as bench:
        await _write(bench, tenant)


async def _seated_and_waiting(settings: Settings, database: Database, tenant: Tenant) -> tuple[Event, Registration]:
    event = await make_event(database, tenant, capacity=1)
    first = await make_registration(database, tenant, event.id)
    await make_registration(database, tenant, event.id)
    await _written(settings, tenant)
    return event, first


async def _edit(database: Database, tenant: Tenant, verb: Any, event: Event, **values: Any) -> None:
    async with database.write(tenant.id) as session:
        await verb(session, actor=EDITOR, event_id=event.id, **values)


async def test_nobody_is_promised_a_seat_at_what_was_called_off_while_the_letter_waited(
    settings: Settings, worker_database: Database, web_database: Database, tenant: Tenant
) -> None:
    event, _ = await _seated_and_waiting(settings, worker_database, tenant)
    await _edit(web_database, tenant, events.cancel_event, event, reason="台風のため")
    assert await _letters_after(settings, tenant) == [
        ("CONFIRMED", LAPSED),
        ("WAITLISTED", LAPSED),
        ("EVENT_CANCELLED", SENT),
        ("EVENT_CANCELLED", SENT),
    ]


async def test_nor_at_what_has_no_day_any_more_and_a_later_end_takes_the_place_of_that_news(
    settings: Settings, worker_database: Database, tenant: Tenant
) -> None:
    event, _ = await _seated_and_waiting(settings, worker_database, tenant)
    await _edit(worker_database, tenant, events.postpone_event, event, reason="台風のため")
    await _written(settings, tenant)
    await _edit(worker_database, tenant, events.cancel_event, event, reason="日程が見つからず")
    assert sorted(await _letters_after(settings, tenant)) == [
        ("CONFIRMED", LAPSED),
        ("EVENT_CANCELLED", SENT),
        ("EVENT_CANCELLED", SENT),
        ("EVENT_CHANGED", LAPSED),
        ("EVENT_CHANGED", LAPSED),
        ("WAITLISTED", LAPSED),
    ]


async def test_who_cancels_gets_nothing_but_the_receipt_for_it_and_the_others_their_own(
    settings: Settings, worker_database: Database, web_database: Database, tenant: Tenant
) -> None:
    _, first = await _seated_and_waiting(settings, worker_database, tenant)
    async with web_database.write(tenant.id) as session:
        await service.cancel(session, actor=ANONYMOUS, registration_id=first.id)
    assert sorted(await _letters_after(settings, tenant)) == [
        ("CANCELLED", SENT),
        ("CONFIRMED", LAPSED),
        ("PROMOTED", SENT),
        ("WAITLISTED", SENT),
    ]


async def test_a_reminder_that_waits_does_not_outlive_its_day(
    settings: Settings, worker_database: Database, tenant: Tenant
) -> None:
    noon = datetime.combine(clock.today() + timedelta(days=5), time(12), tzinfo=clock.JST)
    event = await make_event(worker_database, tenant, starts_at=noon + timedelta(days=1))
    await make_registration(worker_database, tenant, event.id)
    with time_machine.travel(noon, tick=True):
        async with worker_database.write(tenant.id) as session:
            assert await reminders.remind_of_tomorrow(session) == 1
        await _written(settings, tenant)
        draft = event_draft(title=event.title, starts_at=noon + timedelta(days=8))
        await _edit(worker_database, tenant, events.update_event, event, draft=draft)
    assert await _letters_after(settings, tenant) == [
        ("CONFIRMED", SENT),
        ("REMINDER", LAPSED),
        ("EVENT_CHANGED", SENT),
    ]


async def test_what_a_worker_holds_is_left_to_it_but_not_tried_again(
    settings: Settings, worker_database: Database, tenant: Tenant
) -> None:
    event = await make_event(worker_database, tenant)
    await make_registration(worker_database, tenant, event.id)
    await _written(settings, tenant)
    [letter_id] = await _ids(worker_database, tenant, select(Letter.id))
    async with worker_database.write(tenant.id) as session:
        claimed = await sending.claim(session, letter_id)
    await _edit(worker_database, tenant, events.cancel_event, event, reason="台風のため")
    assert await _ids(worker_database, tenant, select(Letter.state)) == [LetterState.CLAIMED]
    assert claimed is not None
    async with worker_database.write(tenant.id) as session:
        await sending.deferred(session, claimed, "451 try later")
        (await session.get_one(Letter, (tenant.id, letter_id))).run_at = clock.now() - timedelta(seconds=1)
    assert await _letters_after(settings, tenant) == [("CONFIRMED", LAPSED), ("EVENT_CANCELLED", SENT)]
