"""The counters of a day: who registered and has a seat, who of them came, and who came at all."""

import pytest

from shared.events.attendance import check_in, online
from shared.events.attendance.counter_queries import counters
from shared.events.measures import MeasureDraft, share
from shared.events.models import Event
from shared.events.registrations import service
from shared.events.registrations.models import Attendance, RegistrationStatus
from shared.identity.policy import ANONYMOUS
from shared.kit.database.session import Database
from shared.tenants.models import Tenant
from tests.factories.registrations import make_registration, registration_draft
from tests.factories.tenants import make_tenant
from tests.shared.events.attendance.coming import do, make_event_of_today, make_guest

REGISTERED, CAME, PRESENT = "事前登録者数", "事前登録者のうち出席した人数", "出席者数"


@pytest.fixture
async def tenant(worker_database: Database) -> Tenant:
    return await make_tenant(worker_database)


async def counted(database: Database, tenant: Tenant, event: Event) -> dict[str, int]:
    async with database.read(tenant.id) as session:
        return {each.name: each.value for each in await counters(session, event.id)}


async def test_walk_ins_are_present_and_no_part_of_the_registered(worker_database: Database, tenant: Tenant) -> None:
    event = await make_event_of_today(worker_database, tenant)
    await make_guest(worker_database, tenant, event, party_size=3, present=2)
    await make_registration(worker_database, tenant, event.id)
    for _ in range(3):
        await do(worker_database, tenant, check_in.walk_in, event_id=event.id, draft=registration_draft())
    found = await counted(worker_database, tenant, event)
    assert (found[REGISTERED], found[CAME], found[PRESENT]) == (4, 2, 5)
    of = [MeasureDraft(name=name, value=found[name], unit="") for name in (CAME, REGISTERED)]
    assert share(*of).percent == 50.0


async def test_who_waits_or_has_cancelled_is_not_registered(worker_database: Database, tenant: Tenant) -> None:
    event = await make_event_of_today(worker_database, tenant, capacity=2)
    gone = await make_registration(worker_database, tenant, event.id, party_size=2)
    waiting = await make_registration(worker_database, tenant, event.id, party_size=2)
    other = await make_registration(worker_database, tenant, event.id)
    assert {waiting.status, other.status} == {RegistrationStatus.WAITLISTED}
    assert (await counted(worker_database, tenant, event))[REGISTERED] == 2
    await do(worker_database, tenant, service.cancel, registration_id=gone.id)
    assert (await counted(worker_database, tenant, event))[REGISTERED] == 2
    async with worker_database.write(tenant.id) as session:
        await service.cancel(session, actor=ANONYMOUS, registration_id=waiting.id)
    assert (await counted(worker_database, tenant, event))[REGISTERED] == 1


async def test_who_took_part_from_afar_came_too(worker_database: Database, tenant: Tenant) -> None:
    event = await make_event_of_today(worker_database, tenant, online=True)
    guest = await make_registration(worker_database, tenant, event.id, attendance=Attendance.ONLINE, party_size=2)
    await do(worker_database, tenant, online.record_online, event_id=event.id, registration_id=guest.id)
    found = await counted(worker_database, tenant, event)
    assert (found[REGISTERED], found[CAME], found[PRESENT]) == (2, 2, 0)
