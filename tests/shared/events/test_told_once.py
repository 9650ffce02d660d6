"""What is said twice is told once: to the history, to calendars and to everybody who is registered."""

from datetime import timedelta
from typing import Any

import pytest

from shared.events import service
from shared.events.models import Event, EventState
from shared.kit import clock
from shared.kit.database.session import Database
from shared.kit.refusals import Conflict
from shared.kit.settings import Settings
from shared.tenants.models import Tenant
from tests.factories.content import EDITOR
from tests.factories.events import make_event
from tests.factories.members import settle
from tests.factories.registrations import make_registration
from tests.factories.tenants import make_tenant
from tests.shared.events.attendance.coming import make_event_of_today
from tests.shared.events.test_timekeeping import read

DAY = timedelta(days=1)


@pytest.fixture
async def tenant(worker_database: Database) -> Tenant:
    return await make_tenant(worker_database)


async def twice(database: Database, tenant: Tenant, verb: Any, event: Event, **said: Any) -> None:
    for _ in range(2):
        async with database.write(tenant.id) as session:
            await verb(session, actor=EDITOR, event_id=event.id, **said)


@pytest.mark.parametrize("days", [None, 7])
async def test_a_postponement(settings: Settings, worker_database: Database, tenant: Tenant, days: int | None) -> None:
    event = await make_event(worker_database, tenant)
    await make_registration(worker_database, tenant, event.id)
    await settle(settings, tenant)
    day = event.starts_at + days * DAY if days else None
    await twice(worker_database, tenant, service.postpone_event, event, reason="台風のため", starts_at=day)
    view, letters = await read(worker_database, tenant, event), await settle(settings, tenant)
    assert (view.sequence, len(view.changes), len(letters)) == (event.sequence + 1, 1, 1)


async def test_another_reason_is_not_swallowed(worker_database: Database, tenant: Tenant) -> None:
    event = await make_event(worker_database, tenant)
    async with worker_database.write(tenant.id) as session:
        await service.postpone_event(session, actor=EDITOR, event_id=event.id, reason="台風のため")
    with pytest.raises(Conflict, match="すでに延期"):
        async with worker_database.write(tenant.id) as session:
            await service.postpone_event(session, actor=EDITOR, event_id=event.id, reason="講師の都合")


async def test_what_was_postponed_takes_place_on_its_day_after_all(worker_database: Database, tenant: Tenant) -> None:
    event = await make_event(worker_database, tenant)
    async with worker_database.write(tenant.id) as session:
        await service.postpone_event(session, actor=EDITOR, event_id=event.id, reason="台風のため")
        day, end = event.starts_at, event.ends_at
        await service.postpone_event(
            session, actor=EDITOR, event_id=event.id, reason="それたため", starts_at=day, ends_at=end
        )
    view = await read(worker_database, tenant, event)
    assert (view.state, len(view.changes)) == (EventState.OPEN, 2)


async def test_a_cancellation_and_the_end(settings: Settings, worker_database: Database, tenant: Tenant) -> None:
    cancelled, held = await make_event(worker_database, tenant), await make_event_of_today(worker_database, tenant)
    await make_registration(worker_database, tenant, cancelled.id)
    await settle(settings, tenant)
    await twice(worker_database, tenant, service.cancel_event, cancelled, reason="台風のため")
    await twice(worker_database, tenant, service.mark_held, held)
    views = [await read(worker_database, tenant, event) for event in (cancelled, held)]
    letters = await settle(settings, tenant)
    assert ([(view.sequence, len(view.changes)) for view in views], len(letters)) == ([(1, 1), (1, 0)], 1)


async def test_a_publication(worker_database: Database, tenant: Tenant) -> None:
    event = await make_event(worker_database, tenant, starts_at=clock.now() + 9 * DAY)
    await twice(worker_database, tenant, service.publish_event, event)
    assert (await read(worker_database, tenant, event)).sequence == event.sequence
