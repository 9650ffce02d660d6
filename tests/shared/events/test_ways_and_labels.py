"""Changes of an event that people have registered for: nobody is stranded, and the label tells what the seats are."""

from typing import Any

import msgspec
import pytest

from shared.events import service
from shared.events.models import Event, EventState
from shared.events.registrations.models import Attendance
from shared.events.service import EventDraft
from shared.kit.database.session import Database
from shared.kit.refusals import Refusal
from shared.tenants.models import Tenant
from tests.factories.content import EDITOR
from tests.factories.events import make_event
from tests.factories.registrations import SECRETARIAT, make_registration
from tests.factories.tenants import make_tenant

ONLINE_ONLY: dict[str, Any] = {"online": True, "venue": "オンライン", "capacity": None}


@pytest.fixture
async def tenant(worker_database: Database) -> Tenant:
    return await make_tenant(worker_database)


async def update(database: Database, tenant: Tenant, event: Event, **changes: Any) -> Event:
    fields = {name: getattr(event, name) for name in EventDraft.__struct_fields__}
    draft = msgspec.structs.replace(EventDraft(**fields), **changes)
    async with database.write(tenant.id) as session:
        return await service.update_event(session, actor=EDITOR, event_id=event.id, draft=draft)


async def state(database: Database, tenant: Tenant, event: Event) -> EventState:
    async with database.read(tenant.id) as session:
        return (await session.get_one(Event, (tenant.id, event.id))).state


async def test_an_event_does_not_move_online_while_people_are_registered_for_the_hall(
    worker_database: Database, tenant: Tenant
) -> None:
    event = await make_event(worker_database, tenant, capacity=1)
    await make_registration(worker_database, tenant, event.id)
    with pytest.raises(Refusal) as refused:
        await update(worker_database, tenant, event, **ONLINE_ONLY)
    assert (refused.value.code, refused.value.field) == ("HALL_TAKEN", "venue")
    both = await update(worker_database, tenant, event, online=True)
    assert (both.online, both.venue, both.hall_taken) == (True, event.venue, 1)


async def test_an_event_that_nobody_has_registered_for_moves_online(worker_database: Database, tenant: Tenant) -> None:
    event = await make_event(worker_database, tenant, capacity=1)
    moved = await update(worker_database, tenant, event, **ONLINE_ONLY)
    assert (moved.online, moved.venue) == (True, "オンライン")


async def test_what_is_full_and_takes_registrations_no_more_is_announced_and_is_full_again_when_it_does(
    worker_database: Database, tenant: Tenant
) -> None:
    event = await make_event(worker_database, tenant, capacity=1)
    await make_registration(worker_database, tenant, event.id)
    assert await state(worker_database, tenant, event) is EventState.FULL
    closed = await update(worker_database, tenant, event, takes_registrations=False)
    assert await state(worker_database, tenant, event) is EventState.ANNOUNCED
    await update(worker_database, tenant, closed, takes_registrations=True)
    assert await state(worker_database, tenant, event) is EventState.FULL


async def test_who_is_entered_by_the_secretariat_does_not_fill_what_takes_no_registrations(
    worker_database: Database, tenant: Tenant
) -> None:
    event = await make_event(worker_database, tenant, capacity=1, takes_registrations=False)
    async with worker_database.write(tenant.id) as session:
        (await session.get_one(Event, (tenant.id, event.id))).state = EventState.OPEN
    await make_registration(worker_database, tenant, event.id, actor=SECRETARIAT, attendance=Attendance.HALL)
    assert await state(worker_database, tenant, event) is EventState.OPEN
