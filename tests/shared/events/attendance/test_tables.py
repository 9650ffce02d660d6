"""Tables of an event: composed, kept, mended on no-show, moved by hand."""

import asyncio

import pypdfium2
import pytest

from shared.events.attendance import check_in, tables
from shared.events.attendance.check_in import Scan
from shared.events.attendance.models import Basis
from shared.events.attendance.table_paper import render_tables
from shared.events.attendance.table_queries import TablePlan, plan, tables_of
from shared.events.models import Event
from shared.events.queries import event as whole_event
from shared.events.registrations import service
from shared.events.registrations.drafts import RegistrationDraft
from shared.kit.database.session import Database
from shared.kit.refusals import Conflict, NotFound, Refusal
from shared.tenants.models import Tenant
from shared.tenants.queries import profile
from tests.factories.members import make_member, make_platform
from tests.factories.registrations import make_registration
from tests.shared.events.attendance.coming import do, make_event_of_today, make_guest


@pytest.fixture
async def tenant(worker_database: Database) -> Tenant:
    return await make_platform(worker_database)


@pytest.fixture
async def event(worker_database: Database, tenant: Tenant) -> Event:
    return await make_event_of_today(worker_database, tenant)


async def _plan(database: Database, tenant: Tenant, event: Event) -> TablePlan:
    async with database.read(tenant.id) as session:
        return await plan(session, event.id)


async def test_a_party_is_spread_and_its_people_are_called_by_their_names(
    worker_database: Database, tenant: Tenant, event: Event
) -> None:
    group = await make_registration(
        worker_database, tenant, event.id, name="代表 一", party_size=3, companions="二人目 花"
    )
    for _ in range(5):
        await make_registration(worker_database, tenant, event.id)
    composed = await do(worker_database, tenant, tables.compose, event_id=event.id, size=4, basis=Basis.CONFIRMED)
    assert [len(each.people) for each in composed.groups] == [4, 4]
    assert (composed.mix.same_organisation, composed.mix.least) == (1, 1)
    names = {person.name for each in composed.groups for person in each.people}
    assert {"代表 一", "二人目 花", "代表 一さんのお連れ 2"} <= names
    async with worker_database.read(tenant.id) as session:
        assert await tables_of(session, group.id) == [1, 2]


async def test_a_party_that_became_smaller_keeps_no_places_on_the_page_on_paper_or_for_itself(
    worker_database: Database, tenant: Tenant, event: Event
) -> None:
    group = await make_registration(worker_database, tenant, event.id, name="代表 一", party_size=3)
    await make_registration(worker_database, tenant, event.id, name="一人 二")
    await do(worker_database, tenant, tables.compose, event_id=event.id, size=2, basis=Basis.CONFIRMED)
    kept = {name: getattr(group, name) for name in RegistrationDraft.__struct_fields__}
    draft = RegistrationDraft(**kept | {"party_size": 1})
    await do(worker_database, tenant, service.change, registration_id=group.id, draft=draft)
    known = await _plan(worker_database, tenant, event)
    assert sorted(person.name for each in known.groups for person in each.people) == ["一人 二", "代表 一"]
    assert (sum(map(len, known.tables.values())), known.absent, known.without_table) == (2, 2, 0)
    async with worker_database.read(tenant.id) as session:
        seen, platform = await whole_event(session, event.id), await profile(session)
        [own] = await tables_of(session, group.id)
    assert seen is not None
    document = pypdfium2.PdfDocument(await render_tables(platform, seen, known))
    text = "".join("".join(page.get_textpage().get_text_range() for page in document).split())
    document.close()
    assert ("代表一" in text, "お連れ" in text, "2人" in text, f"{own}班" in text) == (True, False, True, True)


async def test_member_organisations_and_their_fields_are_known(
    worker_database: Database, tenant: Tenant, event: Event
) -> None:
    member = await make_member(worker_database, tenant)
    for _ in range(2):
        await make_registration(worker_database, tenant, event.id, organisation_id=member)
    for _ in range(2):
        await make_registration(worker_database, tenant, event.id, organisation_name="マチノワ")
    composed = await do(worker_database, tenant, tables.compose, event_id=event.id, size=2, basis=Basis.CONFIRMED)
    assert (composed.mix.same_organisation, composed.mix.tables) == (0, 2)
    assert all(guest.fields for guest in composed.guests if guest.organisation_id)


async def test_no_shows_leave_walk_ins_come_and_the_rest_stays_where_it_is(
    worker_database: Database, tenant: Tenant, event: Event
) -> None:
    guests = [await make_registration(worker_database, tenant, event.id) for _ in range(12)]
    composed = await do(worker_database, tenant, tables.compose, event_id=event.id, size=4, basis=Basis.CONFIRMED)
    before = {person.registration_id: each.number for each in composed.groups for person in each.people}
    for guest in guests[1:]:
        await do(worker_database, tenant, check_in.scan, event_id=event.id, scan=Scan(given=guest.code))
    walk_in = await make_guest(worker_database, tenant, event)
    known = await _plan(worker_database, tenant, event)
    assert (known.absent, known.without_table) == (1, 1)
    mended = await do(worker_database, tenant, tables.regroup, event_id=event.id)
    after = {person.registration_id: each.number for each in mended.groups for person in each.people}
    assert after == {key: number for key, number in before.items() if key != guests[0].id} | {
        walk_in.id: before[guests[0].id]
    }
    assert (mended.absent, mended.without_table) == (0, 0)


async def test_somebody_is_moved_by_hand(worker_database: Database, tenant: Tenant, event: Event) -> None:
    guests = [await make_registration(worker_database, tenant, event.id) for _ in range(4)]
    who = {"event_id": event.id, "registration_id": guests[0].id, "ordinal": 0}
    with pytest.raises(NotFound):
        await do(worker_database, tenant, tables.move, **who, table_number=2)
    await do(worker_database, tenant, tables.compose, event_id=event.id, size=4, basis=Basis.CONFIRMED)
    moved = await do(worker_database, tenant, tables.move, **who, table_number=2)
    assert [(each.number, len(each.people)) for each in moved.groups] == [(1, 3), (2, 1)]
    with pytest.raises(NotFound):
        await do(worker_database, tenant, tables.move, **who | {"ordinal": 1}, table_number=2)
    with pytest.raises(Refusal):
        await do(worker_database, tenant, tables.move, **who, table_number=0)


async def test_two_who_compose_at_once_leave_one_whole_plan(
    worker_database: Database, tenant: Tenant, event: Event
) -> None:
    for _ in range(8):
        await make_registration(worker_database, tenant, event.id)
    await asyncio.gather(
        *(
            do(worker_database, tenant, tables.compose, event_id=event.id, size=size, basis=Basis.CONFIRMED)
            for size in (2, 4, 3, 4)
        )
    )
    known = await _plan(worker_database, tenant, event)
    assert known.seating is not None
    assert sum(len(each.people) for each in known.groups) == 8
    assert known.mix.largest <= known.seating.size


async def test_without_people_or_with_a_silly_size_nothing_is_composed(
    worker_database: Database, tenant: Tenant, event: Event
) -> None:
    for size, basis, field in (
        (4, Basis.PRESENT, "basis"),
        (1, Basis.CONFIRMED, "size"),
        (11, Basis.CONFIRMED, "size"),
    ):
        with pytest.raises(Refusal) as refused:
            await do(worker_database, tenant, tables.compose, event_id=event.id, size=size, basis=basis)
        assert refused.value.field == field
    with pytest.raises(Conflict):
        await do(worker_database, tenant, tables.regroup, event_id=event.id)


async def test_tables_are_mended_while_people_still_come(
    worker_database: Database, tenant: Tenant, event: Event
) -> None:
    guests = [await make_registration(worker_database, tenant, event.id) for _ in range(30)]
    await do(worker_database, tenant, tables.compose, event_id=event.id, size=4, basis=Basis.CONFIRMED)
    for guest in guests[:6]:
        await do(worker_database, tenant, check_in.scan, event_id=event.id, scan=Scan(given=guest.code))
    scans = [
        do(worker_database, tenant, check_in.scan, event_id=event.id, scan=Scan(given=guest.code))
        for guest in guests[6:]
        for _ in range(2)
    ]
    composing = {"event_id": event.id, "size": 4, "basis": Basis.CONFIRMED}
    again = [do(worker_database, tenant, tables.compose, **composing) for _ in range(8)]
    mended = [do(worker_database, tenant, tables.regroup, event_id=event.id) for _ in range(8)]
    await asyncio.gather(
        *(each for three in zip(scans, [*again, *mended], strict=False) for each in three), *scans[16:]
    )
    assert (await _plan(worker_database, tenant, event)).present == 30
