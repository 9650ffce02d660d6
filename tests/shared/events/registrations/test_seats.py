"""Never one seat too many, whoever comes at once."""

import asyncio
from typing import Any
from uuid import UUID

import asyncpg
import pytest
from sqlalchemy import select

from shared.events import service as events
from shared.events.models import Event, EventState
from shared.events.registrations import seats, service
from shared.events.registrations.drafts import RegistrationDraft
from shared.events.registrations.models import Attendance, Registration, RegistrationStatus
from shared.events.registrations.service import AlreadyRegistered
from shared.identity.policy import ANONYMOUS
from shared.kit.database.session import Database, tenant_of
from shared.kit.outbox import OutboxRow
from shared.kit.refusals import Refusal
from shared.tenants.models import Tenant
from tests.factories.content import EDITOR
from tests.factories.events import event_draft, make_event
from tests.factories.registrations import make_registration, registration_draft
from tests.factories.tenants import make_tenant
from tests.statements import counted

CONFIRMED, WAITLISTED = RegistrationStatus.CONFIRMED, RegistrationStatus.WAITLISTED


async def _event(database: Database, tenant: Tenant, event_id: UUID) -> Event:
    async with database.read(tenant.id) as session:
        found = await session.get(Event, (tenant.id, event_id))
        assert found is not None
        return found


async def _all(database: Database, tenant: Tenant, event_id: UUID) -> list[Registration]:
    async with database.read(tenant.id) as session:
        statement = select(Registration).where(Registration.event_id == event_id).order_by(Registration.number)
        return list(await session.scalars(statement))


async def _capacity(database: Database, tenant: Tenant, event: Event, capacity: int | None) -> None:
    async with database.write(tenant.id) as session:
        draft = event_draft(title=event.title, starts_at=event.starts_at, capacity=capacity)
        await events.update_event(session, actor=EDITOR, event_id=event.id, draft=draft)


async def _facts(database: Database, tenant: Tenant, name: str) -> int:
    async with database.read(tenant.id) as session:
        return len(list(await session.scalars(select(OutboxRow.id).where(OutboxRow.name == name))))


async def test_two_hundred_at_once_for_thirty_seats(worker_database: Database) -> None:
    tenant = await make_tenant(worker_database)
    event = await make_event(worker_database, tenant, capacity=30)
    await asyncio.gather(*(make_registration(worker_database, tenant, event.id) for _ in range(200)))
    everybody = await _all(worker_database, tenant, event.id)
    assert [each.number for each in everybody] == list(range(1, 201))
    assert [each.status for each in everybody] == [CONFIRMED] * 30 + [WAITLISTED] * 170
    counted = await _event(worker_database, tenant, event.id)
    assert (counted.hall_taken, counted.hall_waiting, counted.state) == (30, 170, EventState.FULL)
    assert await _facts(worker_database, tenant, "RegistrationAccepted") == 200


async def _count_then_insert(session: Any, event_id: UUID, attendance: Attendance, party: int) -> seats.Taken:
    """What `seats.take` is there to prevent: look first, take later."""
    event = await session.get(Event, (tenant_of(session), event_id))
    numbers = list(await session.scalars(select(Registration.number).where(Registration.event_id == event_id)))
    await asyncio.sleep(0.05)
    event.last_number = max(numbers, default=0) + 1 + hash(asyncio.current_task()) % 1_000_000
    return seats.Taken(event, len(numbers) + party <= event.capacity)


async def test_without_the_lock_seats_are_sold_twice(
    worker_database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The guard is what the test above tests: with "count, then insert" in its place the hall is oversold."""
    tenant = await make_tenant(worker_database)
    event = await make_event(worker_database, tenant, capacity=2)
    monkeypatch.setattr(seats, "take", _count_then_insert)
    await asyncio.gather(*(make_registration(worker_database, tenant, event.id) for _ in range(5)))
    confirmed = [each for each in await _all(worker_database, tenant, event.id) if each.status is CONFIRMED]
    assert len(confirmed) > 2


async def test_the_table_itself_refuses_one_seat_too_many(
    worker_database: Database, owner_connection: "asyncpg.Connection[asyncpg.Record]"
) -> None:
    tenant = await make_tenant(worker_database)
    event = await make_event(worker_database, tenant, capacity=1)
    with pytest.raises(asyncpg.CheckViolationError, match="hall_not_oversold"):
        await owner_connection.execute("UPDATE event SET hall_taken = 2 WHERE id = $1", event.id)


async def test_a_cancellation_promotes_exactly_the_first_who_waits(worker_database: Database) -> None:
    tenant = await make_tenant(worker_database)
    event = await make_event(worker_database, tenant, capacity=2)
    first, _, third, fourth = [await make_registration(worker_database, tenant, event.id) for _ in range(4)]
    async with worker_database.write(tenant.id) as session:
        await service.cancel(session, actor=ANONYMOUS, registration_id=first.id)
    statuses = {each.id: each.status for each in await _all(worker_database, tenant, event.id)}
    assert (statuses[third.id], statuses[fourth.id]) == (CONFIRMED, WAITLISTED)
    assert await _facts(worker_database, tenant, "RegistrationPromoted") == 1


async def test_everybody_cancels_at_once_and_everybody_who_waits_is_promoted_once(worker_database: Database) -> None:
    tenant = await make_tenant(worker_database)
    event = await make_event(worker_database, tenant, capacity=10)
    everybody = [await make_registration(worker_database, tenant, event.id) for _ in range(20)]

    async def cancel(registration: Registration) -> None:
        async with worker_database.write(tenant.id) as session:
            await service.cancel(session, actor=ANONYMOUS, registration_id=registration.id)

    await asyncio.gather(*(cancel(each) for each in everybody[:10] for _ in range(2)))
    after = await _all(worker_database, tenant, event.id)
    assert [each.status for each in after[10:]] == [CONFIRMED] * 10
    counted = await _event(worker_database, tenant, event.id)
    assert (counted.hall_taken, counted.hall_waiting) == (10, 0)
    assert await _facts(worker_database, tenant, "RegistrationPromoted") == 10
    assert await _facts(worker_database, tenant, "RegistrationCancelled") == 10


async def test_who_cancelled_never_returns_by_himself(worker_database: Database) -> None:
    tenant = await make_tenant(worker_database)
    event = await make_event(worker_database, tenant, capacity=1)
    _, second = [await make_registration(worker_database, tenant, event.id) for _ in range(2)]
    async with worker_database.write(tenant.id) as session:
        await service.cancel(session, actor=ANONYMOUS, registration_id=second.id)
    await _capacity(worker_database, tenant, event, 10)
    assert [each.status for each in await _all(worker_database, tenant, event.id)][1] is RegistrationStatus.CANCELLED


async def test_a_higher_capacity_promotes_in_order(worker_database: Database) -> None:
    tenant = await make_tenant(worker_database)
    event = await make_event(worker_database, tenant, capacity=1)
    for _ in range(5):
        await make_registration(worker_database, tenant, event.id)
    await _capacity(worker_database, tenant, event, 3)
    statuses = [each.status for each in await _all(worker_database, tenant, event.id)]
    assert statuses == [CONFIRMED] * 3 + [WAITLISTED] * 2
    await _capacity(worker_database, tenant, event, None)
    assert {each.status for each in await _all(worker_database, tenant, event.id)} == {CONFIRMED}
    assert (await _event(worker_database, tenant, event.id)).state is EventState.OPEN


async def test_a_group_fits_whole_or_is_passed_over_with_one_notice(worker_database: Database) -> None:
    tenant = await make_tenant(worker_database)
    event = await make_event(worker_database, tenant, capacity=4, party_limit=10)
    first, second, group, single, late = [
        await make_registration(worker_database, tenant, event.id, party_size=size) for size in (2, 2, 3, 1, 1)
    ]
    for leaving in (first, second):
        async with worker_database.write(tenant.id) as session:
            await service.cancel(session, actor=ANONYMOUS, registration_id=leaving.id)
    everybody = {each.id: each for each in await _all(worker_database, tenant, event.id)}
    assert [everybody[each.id].status for each in (group, single, late)] == [WAITLISTED, CONFIRMED, CONFIRMED]
    assert everybody[group.id].passed_over_at is not None
    assert await _facts(worker_database, tenant, "RegistrationPassedOver") == 1


async def test_who_fits_is_seated_before_a_group_that_does_not(worker_database: Database) -> None:
    tenant = await make_tenant(worker_database)
    event = await make_event(worker_database, tenant, capacity=4, party_limit=10)
    sizes = (2, 3, 2)
    taken = [await make_registration(worker_database, tenant, event.id, party_size=size) for size in sizes]
    assert [each.status for each in taken] == [CONFIRMED, WAITLISTED, CONFIRMED]


async def test_a_group_that_a_newcomer_overtakes_is_told_once(worker_database: Database) -> None:
    tenant = await make_tenant(worker_database)
    event = await make_event(worker_database, tenant, capacity=5, party_limit=10)
    sizes = (2, 4, 1, 1)
    _, group, *newcomers = [
        await make_registration(worker_database, tenant, event.id, party_size=size) for size in sizes
    ]
    everybody = {each.id: each for each in await _all(worker_database, tenant, event.id)}
    assert [each.status for each in newcomers] == [CONFIRMED, CONFIRMED]
    assert [each.id for each in everybody.values() if each.passed_over_at] == [group.id]
    assert await _facts(worker_database, tenant, "RegistrationPassedOver") == 1


async def test_a_group_that_somebody_from_the_other_way_overtakes_is_told(worker_database: Database) -> None:
    tenant = await make_tenant(worker_database)
    event = await make_event(worker_database, tenant, capacity=2, online=True, party_limit=5)
    ways = ((Attendance.HALL, 1), (Attendance.HALL, 2), (Attendance.ONLINE, 1))
    _, group, mover = [
        await make_registration(worker_database, tenant, event.id, attendance=way, party_size=size)
        for way, size in ways
    ]
    assert await _facts(worker_database, tenant, "RegistrationPassedOver") == 0
    kept = {name: getattr(mover, name) for name in RegistrationDraft.__struct_fields__}
    draft = RegistrationDraft(**kept | {"attendance": Attendance.HALL})
    async with worker_database.write(tenant.id) as session:
        await service.change(session, actor=ANONYMOUS, registration_id=mover.id, draft=draft)
    everybody = await _all(worker_database, tenant, event.id)
    assert [each.id for each in everybody if each.passed_over_at] == [group.id]
    assert await _facts(worker_database, tenant, "RegistrationPassedOver") == 1


async def test_where_nobody_waits_nobody_is_looked_for(worker_database: Database) -> None:
    tenant = await make_tenant(worker_database)
    event = await make_event(worker_database, tenant, capacity=2, party_limit=5)
    with counted(worker_database) as statements:
        await make_registration(worker_database, tenant, event.id)
    assert [each for each in statements if "passed_over_at=" in each] == []
    await make_registration(worker_database, tenant, event.id, party_size=2)
    with counted(worker_database) as statements:
        await make_registration(worker_database, tenant, event.id)
    assert len([each for each in statements if "passed_over_at=" in each]) == 1


async def test_hall_and_online_have_seats_of_their_own(worker_database: Database) -> None:
    tenant = await make_tenant(worker_database)
    event = await make_event(worker_database, tenant, capacity=1, online=True, online_capacity=1)
    ways = (Attendance.HALL, Attendance.ONLINE, Attendance.HALL, Attendance.ONLINE)
    taken = [await make_registration(worker_database, tenant, event.id, attendance=way) for way in ways]
    assert [each.status for each in taken] == [CONFIRMED, CONFIRMED, WAITLISTED, WAITLISTED]
    counted = await _event(worker_database, tenant, event.id)
    assert (counted.hall_taken, counted.online_taken, counted.hall_waiting, counted.online_waiting) == (1, 1, 1, 1)


async def test_a_capacity_under_the_confirmed_number_asks_what_to_do(worker_database: Database) -> None:
    tenant = await make_tenant(worker_database)
    event = await make_event(worker_database, tenant, capacity=5)
    for _ in range(3):
        await make_registration(worker_database, tenant, event.id)
    with pytest.raises(Refusal) as refused:
        await _capacity(worker_database, tenant, event, 2)
    assert (refused.value.code, refused.value.field) == ("CAPACITY_BELOW_CONFIRMED", "capacity")
    assert (await _event(worker_database, tenant, event.id)).capacity == 5


async def test_the_same_person_twice_takes_one_seat_even_at_once(worker_database: Database) -> None:
    tenant = await make_tenant(worker_database)
    event = await make_event(worker_database, tenant, capacity=5)
    both = await asyncio.gather(
        *(
            make_registration(worker_database, tenant, event.id, email=mail)
            for mail in ("Same@example.jp", "same@example.jp")
        ),
        return_exceptions=True,
    )
    assert sorted(type(each).__name__ for each in both) == [AlreadyRegistered.__name__, Registration.__name__]
    assert (await _event(worker_database, tenant, event.id)).hall_taken == 1


async def test_another_tenants_event_is_not_there(worker_database: Database) -> None:
    tenant, other = await make_tenant(worker_database), await make_tenant(worker_database)
    event = await make_event(worker_database, other, capacity=5)
    async with worker_database.write(tenant.id) as session:
        with pytest.raises(Refusal) as refused:
            await service.register(session, actor=ANONYMOUS, event_id=event.id, draft=registration_draft())
    assert refused.value.code == "NOT_FOUND"
    assert (await _event(worker_database, other, event.id)).hall_taken == 0
