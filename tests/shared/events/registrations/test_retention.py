"""A year after the event nobody knows any more who was there; how many were there stays."""

from datetime import timedelta
from typing import Any

import time_machine
from sqlalchemy import func, select

from shared.events import queries, service
from shared.events.models import Event
from shared.events.registrations.models import Registration, RegistrationStatus
from shared.events.registrations.retention import FORGOTTEN, KEPT, forget_registrants, forgotten_on
from shared.kit import clock
from shared.kit.database.session import Database
from shared.kit.post import Letter
from shared.kit.settings import Settings
from shared.tenants.models import Tenant
from tests.factories.content import EDITOR
from tests.factories.events import make_event
from tests.factories.members import settle
from tests.factories.registrations import make_registration
from tests.factories.tenants import make_tenant


async def test_persons_go_and_counts_stay(settings: Settings, worker_database: Database) -> None:
    tenant = await make_tenant(worker_database)
    event = await make_event(worker_database, tenant, capacity=1)
    for _ in range(2):
        await make_registration(worker_database, tenant, event.id, needs="手話通訳", organisation_name="マチノワ")
    await settle(settings, tenant)
    assert event.ends_at is not None
    for late, gone in ((KEPT - timedelta(hours=1), 0), (KEPT + timedelta(hours=1), 2), (KEPT + timedelta(days=1), 0)):
        with time_machine.travel(event.ends_at + late):
            async with worker_database.write(tenant.id) as session:
                assert await forget_registrants(session) == gone
    async with worker_database.read(tenant.id) as session:
        people = (await session.scalars(select(Registration))).all()
        counted = await session.get_one(Event, (tenant.id, event.id))
        letters = await session.scalar(select(func.count()).select_from(Letter))
    assert {(each.name, each.email, each.needs, each.organisation_name) for each in people} == {
        (FORGOTTEN, None, None, None)
    }
    assert (counted.hall_taken, counted.hall_waiting, letters) == (1, 1, 0)


async def _forget(database: Database, tenant: Tenant) -> int:
    async with database.write(tenant.id) as session:
        return await forget_registrants(session)


async def _postpone(database: Database, tenant: Tenant, event: Event, **values: Any) -> None:
    async with database.write(tenant.id) as session:
        await service.postpone_event(session, actor=EDITOR, event_id=event.id, reason="台風のため", **values)


async def test_an_event_that_stays_without_a_day_keeps_nobody_for_ever(
    settings: Settings, worker_database: Database
) -> None:
    """A year after the postponement, whenever the old day was; its seats are free again for a day that is found later."""
    tenant = await make_tenant(worker_database)
    event = await make_event(worker_database, tenant, capacity=1)
    for _ in range(2):
        await make_registration(worker_database, tenant, event.id)
    await _postpone(worker_database, tenant, event)
    await settle(settings, tenant)
    async with worker_database.read(tenant.id) as session:
        view = await queries.event(session, event.id)
    assert view is not None
    last_day = clock.today() + KEPT
    assert forgotten_on(view) == last_day + timedelta(days=1)
    noon = clock.now().astimezone(clock.JST).replace(hour=12) + KEPT
    for late, gone in ((timedelta(), 0), (timedelta(days=1), 2), (timedelta(days=2), 0)):
        with time_machine.travel(noon + late, tick=True):
            assert await _forget(worker_database, tenant) == gone
    async with worker_database.read(tenant.id) as session:
        people = (await session.scalars(select(Registration))).all()
        counted = await session.get_one(Event, (tenant.id, event.id))
        letters = await session.scalar(select(func.count()).select_from(Letter))
        view = await queries.event(session, event.id)
    assert view is not None
    assert {(each.name, each.email, each.status) for each in people} == {
        (FORGOTTEN, None, RegistrationStatus.CANCELLED)
    }
    assert (counted.hall_taken, counted.hall_waiting, letters, forgotten_on(view)) == (0, 0, 0, None)


async def test_who_was_told_a_new_day_is_known_until_a_year_after_it(worker_database: Database) -> None:
    tenant = await make_tenant(worker_database)
    event = await make_event(worker_database, tenant)
    await make_registration(worker_database, tenant, event.id)
    new_day = event.starts_at + timedelta(days=200)
    await _postpone(worker_database, tenant, event)
    await _postpone(worker_database, tenant, event, starts_at=new_day)
    with time_machine.travel(clock.now() + KEPT + timedelta(days=2), tick=True):
        assert await _forget(worker_database, tenant) == 0
    with time_machine.travel(new_day + KEPT + timedelta(days=1), tick=True):
        assert await _forget(worker_database, tenant) == 1
