"""What the secretariat and the person read of registrations."""

from datetime import timedelta

import pytest

from shared.events.registrations import queries, service
from shared.events.registrations.models import RegistrationStatus
from shared.identity.policy import ANONYMOUS
from shared.kit import clock
from shared.kit.database.session import Database
from shared.kit.refusals import NotFound
from tests.factories.events import make_event
from tests.factories.registrations import SECRETARIAT, make_registration
from tests.factories.tenants import make_tenant


async def test_positions_have_no_gap_after_a_cancellation(worker_database: Database) -> None:
    tenant = await make_tenant(worker_database)
    event = await make_event(worker_database, tenant, capacity=1)
    everybody = [await make_registration(worker_database, tenant, event.id) for _ in range(5)]
    async with worker_database.write(tenant.id) as session:
        await service.cancel(session, actor=ANONYMOUS, registration_id=everybody[2].id)
    async with worker_database.read(tenant.id) as session:
        page = await queries.registrations(session, event.id)
    assert [(each.number, each.waitlist_position) for each in page.items] == [
        (1, None),
        (2, 1),
        (4, 2),
        (5, 3),
        (3, None),
    ]
    assert page.counts == {"CONFIRMED": 1, "WAITLISTED": 3, "CANCELLED": 1}


async def test_people_are_found_by_part_of_a_name_address_or_number(worker_database: Database) -> None:
    tenant = await make_tenant(worker_database)
    event = await make_event(worker_database, tenant)
    found = await make_registration(worker_database, tenant, event.id, name="白桃 さと美", organisation_name="マチノワ")
    await make_registration(worker_database, tenant, event.id)
    async with worker_database.read(tenant.id) as session:
        for word in ("さと美", "ﾏﾁﾉﾜ", "0001", "１"):
            page = await queries.registrations(session, event.id, word=word, first=1)
            assert page.items[0].id == found.id
        nobody = await queries.registrations(session, event.id, statuses=[RegistrationStatus.WAITLISTED])
    assert (nobody.total, nobody.items) == (0, [])


async def test_the_key_opens_one_registration_of_its_own_platform(worker_database: Database) -> None:
    tenant, other = await make_tenant(worker_database), await make_tenant(worker_database)
    event = await make_event(worker_database, tenant)
    registration = await make_registration(worker_database, tenant, event.id)
    async with worker_database.read(tenant.id) as session:
        assert (await queries.registration_by_key(session, registration.key)).id == registration.id
    async with worker_database.read(other.id) as session:
        with pytest.raises(NotFound):
            await queries.registration_by_key(session, registration.key)
        with pytest.raises(NotFound):
            await queries.registration(session, registration.id)


async def test_waiting_lists_that_moved_are_told_with_who_was_passed_over(worker_database: Database) -> None:
    tenant = await make_tenant(worker_database)
    event = await make_event(worker_database, tenant, capacity=2)
    first = await make_registration(worker_database, tenant, event.id)
    for party in (1, 2, 1):
        await make_registration(worker_database, tenant, event.id, actor=SECRETARIAT, party_size=party)
    before = clock.now()
    async with worker_database.write(tenant.id) as session:
        assert await queries.moved(session, since=before - timedelta(days=1)) == []
        await service.cancel(session, actor=ANONYMOUS, registration_id=first.id)
    async with worker_database.read(tenant.id) as session:
        moved = await queries.moved(session, since=before - timedelta(days=1))
        later = await queries.moved(session, since=clock.now() + timedelta(days=1))
    assert (moved, later) == ([queries.Moved(event.id, event.title, 1, 1)], [])


async def test_only_those_with_wishes_are_listed_on_request(worker_database: Database) -> None:
    tenant = await make_tenant(worker_database)
    event = await make_event(worker_database, tenant)
    await make_registration(worker_database, tenant, event.id)
    needing = await make_registration(worker_database, tenant, event.id, needs="車いす")
    async with worker_database.read(tenant.id) as session:
        page = await queries.registrations(session, event.id, needing=True)
    assert [each.id for each in page.items] == [needing.id]
