"""A year after the event nobody knows any more who was there; how many were there stays."""

from datetime import timedelta

import time_machine
from sqlalchemy import func, select

from shared.events.models import Event
from shared.events.registrations.models import Registration
from shared.events.registrations.retention import FORGOTTEN, KEPT, forget_registrants
from shared.kit.database.session import Database
from shared.kit.post import Letter
from shared.kit.settings import Settings
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
