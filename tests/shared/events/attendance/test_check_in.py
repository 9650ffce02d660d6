"""The door: everybody once, whoever scans, in whatever order the scans arrive."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from shared.events import service as events
from shared.events.attendance import check_in, queries
from shared.events.attendance.answers import DoorAnswer, Outcome
from shared.events.attendance.check_in import Scan
from shared.events.attendance.models import CheckIn, Manner
from shared.events.attendance.tickets import Ticket, read_ticket
from shared.events.models import Event
from shared.events.registrations import service
from shared.events.registrations.models import Attendance, Registration, RegistrationStatus
from shared.kit import clock
from shared.kit.database.session import Database
from shared.kit.refusals import Conflict, NotFound, Refusal
from shared.tenants.models import Tenant
from tests.factories.content import EDITOR
from tests.factories.events import make_event
from tests.factories.registrations import SECRETARIAT, make_registration, registration_draft
from tests.factories.tenants import make_tenant


@pytest.fixture
async def tenant(worker_database: Database) -> Tenant:
    return await make_tenant(worker_database)


async def do(database: Database, tenant: Tenant, verb: Callable[..., Awaitable[Any]], **values: Any) -> Any:
    async with database.write(tenant.id) as session:
        return await verb(session, actor=SECRETARIAT, **values)


async def scan_of(database: Database, tenant: Tenant, event_id: UUID, given: str, **more: Any) -> DoorAnswer:
    answer: DoorAnswer = await do(database, tenant, check_in.scan, event_id=event_id, scan=Scan(given=given, **more))
    return answer


async def _all(database: Database, tenant: Tenant) -> list[CheckIn]:
    async with database.read(tenant.id) as session:
        return list(await session.scalars(select(CheckIn)))


async def test_a_ticket_is_admitted_once_and_the_second_scan_is_told_when_where_and_by_whom(
    worker_database: Database, tenant: Tenant
) -> None:
    event = await make_event(worker_database, tenant, capacity=5)
    guest = await make_registration(worker_database, tenant, event.id)
    first = await scan_of(worker_database, tenant, event.id, guest.code, place="東口")
    second = await scan_of(worker_database, tenant, event.id, guest.code, place="西口")
    assert (first.outcome, second.outcome) == (Outcome.ADMITTED, Outcome.ALREADY)
    local = clock.now().astimezone(clock.JST)
    assert f"{local.month}月{local.day}日" in second.message
    assert "東口（事務局 花子さん）" in second.message
    [row] = await _all(worker_database, tenant)
    assert (row.place, row.again_place, row.manner) == ("東口", "西口", Manner.QR)


async def test_two_tablets_at_once_make_one_check_in(worker_database: Database, tenant: Tenant) -> None:
    event = await make_event(worker_database, tenant, capacity=5)
    guest = await make_registration(worker_database, tenant, event.id)
    both = await asyncio.gather(
        *(scan_of(worker_database, tenant, event.id, guest.code, id=f"scan-{n}") for n in range(8))
    )
    assert sorted(each.outcome for each in both) == [Outcome.ADMITTED, *[Outcome.ALREADY] * 7]
    assert len(await _all(worker_database, tenant)) == 1


async def test_the_same_scan_synced_twice_is_answered_as_the_first_time(
    worker_database: Database, tenant: Tenant
) -> None:
    event = await make_event(worker_database, tenant)
    guest = await make_registration(worker_database, tenant, event.id)
    answers = await asyncio.gather(
        *(scan_of(worker_database, tenant, event.id, guest.code, id="tablet-1") for _ in range(5))
    )
    assert {(each.outcome, each.message) for each in answers} == {(Outcome.ADMITTED, "受け付けました。")}
    [row] = await _all(worker_database, tenant)
    assert row.again_at is None


async def test_of_two_offline_scans_the_earlier_one_counts_whichever_arrives_first(
    worker_database: Database, tenant: Tenant
) -> None:
    event = await make_event(worker_database, tenant)
    guest = await make_registration(worker_database, tenant, event.id)
    at = clock.now() - timedelta(minutes=30)
    late = await scan_of(
        worker_database, tenant, event.id, guest.code, id="b", at=at + timedelta(minutes=5), place="西口"
    )
    early = await scan_of(worker_database, tenant, event.id, guest.code, id="a", at=at, place="東口")
    assert (late.outcome, early.outcome) == (Outcome.ADMITTED, Outcome.ADMITTED)
    assert "西口" in early.message
    [row] = await _all(worker_database, tenant)
    assert (row.checked_in_at, row.place, row.scan_id) == (at, "東口", "a")
    assert (row.again_at, row.again_place) == (at + timedelta(minutes=5), "西口")


@pytest.mark.parametrize("early_first", [True, False])
async def test_of_two_offline_scans_of_a_group_the_earlier_one_says_how_many_came(
    worker_database: Database, tenant: Tenant, early_first: bool
) -> None:
    event = await make_event(worker_database, tenant, party_limit=5)
    group = await make_registration(worker_database, tenant, event.id, party_size=4)
    at = clock.now() - timedelta(minutes=30)
    scans = [("a", at, 2), ("b", at + timedelta(minutes=5), 3)]
    for name, moment, present in scans if early_first else scans[::-1]:
        await scan_of(worker_database, tenant, event.id, group.code, id=name, at=moment, present=present)
    [row] = await _all(worker_database, tenant)
    assert (row.scan_id, row.present) == ("a", 2)


async def test_a_number_that_somebody_has_counted_stands_whatever_a_tablet_sends_later(
    worker_database: Database, tenant: Tenant
) -> None:
    event = await make_event(worker_database, tenant, party_limit=5)
    group = await make_registration(worker_database, tenant, event.id, party_size=3)
    await scan_of(worker_database, tenant, event.id, group.code)
    who = {"event_id": event.id, "registration_id": group.id}
    await do(worker_database, tenant, check_in.set_present, **who, present=2)
    early = clock.now() - timedelta(minutes=30)
    await scan_of(worker_database, tenant, event.id, group.code, id="a", at=early)
    [row] = await _all(worker_database, tenant)
    assert (row.checked_in_at, row.present, row.counted_by) == (early, 2, SECRETARIAT.name)


async def test_a_tablets_clock_is_believed_neither_for_tomorrow_nor_for_last_month(
    worker_database: Database, tenant: Tenant
) -> None:
    event = await make_event(worker_database, tenant)
    for number, off in enumerate((timedelta(days=1), -timedelta(days=30))):
        guest = await make_registration(worker_database, tenant, event.id)
        await scan_of(worker_database, tenant, event.id, guest.code, id=str(number), at=clock.now() + off)
    for row in await _all(worker_database, tenant):
        assert abs(row.checked_in_at - clock.now()) < timedelta(minutes=1)


async def test_who_waits_or_has_cancelled_is_told_so_and_not_admitted(
    worker_database: Database, tenant: Tenant
) -> None:
    event = await make_event(worker_database, tenant, capacity=1)
    seated, waiting, gone = [await make_registration(worker_database, tenant, event.id) for _ in range(3)]
    await do(worker_database, tenant, service.cancel, registration_id=gone.id)
    for guest, outcome in ((waiting, Outcome.WAITING), (gone, Outcome.CANCELLED)):
        assert (await scan_of(worker_database, tenant, event.id, guest.code)).outcome is outcome
    with pytest.raises(Refusal) as refused:
        await do(worker_database, tenant, check_in.admit, event_id=event.id, registration_id=waiting.id)
    assert refused.value.code == "NO_SEAT"
    assert await _all(worker_database, tenant) == []
    assert seated.status is RegistrationStatus.CONFIRMED


async def test_a_registration_whose_person_is_here_is_not_cancelled(worker_database: Database, tenant: Tenant) -> None:
    event = await make_event(worker_database, tenant, capacity=1)
    guest = await make_registration(worker_database, tenant, event.id)
    await scan_of(worker_database, tenant, event.id, guest.code)
    with pytest.raises(Conflict):
        await do(worker_database, tenant, service.cancel, registration_id=guest.id)
    who = {"event_id": event.id, "registration_id": guest.id}
    await do(worker_database, tenant, check_in.undo, **who)
    cancelled = await do(worker_database, tenant, service.cancel, registration_id=guest.id)
    assert cancelled.status is RegistrationStatus.CANCELLED


async def test_staff_seats_somebody_who_waits_when_a_seat_is_free_after_all(
    worker_database: Database, tenant: Tenant
) -> None:
    """After the event nobody is promoted any more, but the paper list of the day is still to be entered."""
    event = await make_event(worker_database, tenant, capacity=1)
    seated, waiting = [await make_registration(worker_database, tenant, event.id) for _ in range(2)]
    async with worker_database.write(tenant.id) as session:
        held = await session.get_one(Event, (tenant.id, event.id))
        held.starts_at = held.ends_at = clock.now() - timedelta(hours=1)
    await do(worker_database, tenant, service.cancel, registration_id=seated.id)
    answer = await do(worker_database, tenant, check_in.admit, event_id=event.id, registration_id=waiting.id)
    assert answer.outcome is Outcome.ADMITTED
    async with worker_database.read(tenant.id) as session:
        counted = await session.get_one(Event, (tenant.id, event.id))
        assert (counted.hall_taken, counted.hall_waiting) == (1, 0)


async def test_who_registered_online_comes_to_the_hall_when_there_is_room(
    worker_database: Database, tenant: Tenant
) -> None:
    event = await make_event(worker_database, tenant, capacity=1, online=True, online_capacity=5)
    guest = await make_registration(worker_database, tenant, event.id, attendance=Attendance.ONLINE)
    assert (await scan_of(worker_database, tenant, event.id, guest.code)).outcome is Outcome.ONLINE
    answer = await do(worker_database, tenant, check_in.admit, event_id=event.id, registration_id=guest.id)
    assert answer.outcome is Outcome.ADMITTED
    async with worker_database.read(tenant.id) as session:
        counted = await session.get_one(Event, (tenant.id, event.id))
        assert (counted.hall_taken, counted.online_taken) == (1, 0)


async def test_a_ticket_of_another_event_is_told_which_and_a_strange_one_is_unknown(
    worker_database: Database, tenant: Tenant
) -> None:
    event = await make_event(worker_database, tenant)
    other = await make_event(worker_database, tenant, title="となりの講座")
    guest = await make_registration(worker_database, tenant, other.id)
    answer = await scan_of(worker_database, tenant, event.id, guest.code)
    assert (answer.outcome, "となりの講座" in answer.message) == (Outcome.OTHER_EVENT, True)
    for strange in ("NOTHERE234", "9999", "", "https://example.jp/", "\x00"):
        assert (await scan_of(worker_database, tenant, event.id, strange)).outcome is Outcome.UNKNOWN


async def test_a_ticket_of_another_platform_is_unknown(worker_database: Database, tenant: Tenant) -> None:
    other = await make_tenant(worker_database)
    event, theirs = await make_event(worker_database, tenant), await make_event(worker_database, other)
    guest = await make_registration(worker_database, other, theirs.id)
    assert (await scan_of(worker_database, tenant, event.id, guest.code)).outcome is Outcome.UNKNOWN
    with pytest.raises(NotFound):
        await scan_of(worker_database, tenant, theirs.id, guest.code)


async def test_a_walk_in_is_registered_and_checked_in_at_once_or_refused_where_there_is_no_seat(
    worker_database: Database, tenant: Tenant
) -> None:
    event = await make_event(worker_database, tenant, capacity=1)
    answer = await do(worker_database, tenant, check_in.walk_in, event_id=event.id, draft=registration_draft())
    assert (answer.outcome, answer.guest.check_in.manner) == (Outcome.ADMITTED, Manner.WALK_IN)
    with pytest.raises(Refusal) as refused:
        await do(worker_database, tenant, check_in.walk_in, event_id=event.id, draft=registration_draft())
    assert refused.value.code == "NO_SEAT"
    known = registration_draft(email=(await _registration(worker_database, tenant, answer.guest.id)).email)
    more = await make_event(worker_database, tenant)
    await do(worker_database, tenant, check_in.walk_in, event_id=more.id, draft=known)
    with pytest.raises(Refusal) as twice:
        await do(worker_database, tenant, check_in.walk_in, event_id=more.id, draft=known)
    assert twice.value.code == "ALREADY_REGISTERED"


async def _registration(database: Database, tenant: Tenant, registration_id: UUID) -> Registration:
    async with database.read(tenant.id) as session:
        return await session.get_one(Registration, (tenant.id, registration_id))


async def test_leaving_coming_back_counting_a_party_and_undoing(worker_database: Database, tenant: Tenant) -> None:
    event = await make_event(worker_database, tenant, party_limit=5)
    guest = await make_registration(worker_database, tenant, event.id, party_size=3)
    who = {"event_id": event.id, "registration_id": guest.id}
    with pytest.raises(Refusal):
        await do(worker_database, tenant, check_in.check_out, **who)
    await scan_of(worker_database, tenant, event.id, "1", manner=Manner.LIST, present=2)
    await do(worker_database, tenant, check_in.check_out, **who)
    assert (await _counts(worker_database, tenant, event.id)).left == 1
    await do(worker_database, tenant, check_in.check_out, **who, out=False)
    await do(worker_database, tenant, check_in.set_present, **who, present=3)
    counts = await _counts(worker_database, tenant, event.id)
    assert (counts.come, counts.people, counts.left, counts.by_list, counts.missing) == (1, 3, 0, 1, 0)
    with pytest.raises(Refusal):
        await do(worker_database, tenant, check_in.set_present, **who, present=4)
    await do(worker_database, tenant, check_in.undo, **who)
    await do(worker_database, tenant, check_in.undo, **who)
    counts = await _counts(worker_database, tenant, event.id)
    assert (counts.come, counts.missing, counts.expected_people) == (0, 1, 3)


async def _counts(database: Database, tenant: Tenant, event_id: UUID) -> queries.DoorCounts:
    async with database.read(tenant.id) as session:
        return (await queries.door(session, event_id)).counts


async def test_nobody_is_received_for_what_is_called_off_or_not_yet_public(
    worker_database: Database, tenant: Tenant
) -> None:
    event = await make_event(worker_database, tenant)
    guest = await make_registration(worker_database, tenant, event.id)
    async with worker_database.write(tenant.id) as session:
        await events.cancel_event(session, actor=EDITOR, event_id=event.id, reason="台風のため")
    with pytest.raises(Refusal) as refused:
        await scan_of(worker_database, tenant, event.id, guest.code)
    assert refused.value.code == "NOT_HELD"
    draft = await make_event(worker_database, tenant, published=False)
    with pytest.raises(NotFound):
        await scan_of(worker_database, tenant, draft.id, guest.code)


async def test_the_list_is_searched_and_narrowed_and_knows_no_addresses(
    worker_database: Database, tenant: Tenant
) -> None:
    event = await make_event(worker_database, tenant, capacity=2)
    names = (("阿波 花", "アワ ハナ"), ("板野 次郎", "イタノ ジロウ"), ("海部 三郎", "カイフ サブロウ"))
    guests = [await make_registration(worker_database, tenant, event.id, name=n, kana=k) for n, k in names]
    await scan_of(worker_database, tenant, event.id, guests[0].code)
    async with worker_database.read(tenant.id) as session:
        everybody = await queries.door(session, event.id)
        found = await queries.door(session, event.id, word="ｲﾀﾉ")
        missing = await queries.door(session, event.id, show="MISSING")
    assert [each.id for each in everybody.items] == [each.id for each in guests]
    assert [each.name for each in found.items] == ["板野 次郎"]
    assert [each.name for each in missing.items] == ["板野 次郎"]
    assert not {"email", "phone", "key"} & set(queries.GuestView.__struct_fields__)


@pytest.mark.parametrize(
    ("given", "read"),
    [
        ("ACDEF34679", Ticket(code="ACDEF34679")),
        (" ａｃｄｅｆ　34679 ", Ticket(code="ACDEF34679")),
        ("0012", Ticket(number=12)),
        ("１２", Ticket(number=12)),
        ("https://x.example/registrations/k_-9", Ticket(key="k_-9")),
        ("https://x.example/t?code=acdef34679", Ticket(code="ACDEF34679")),
        ("http://[", Ticket()),
        ("", Ticket()),
    ],
)
def test_tickets_are_read_as_cameras_keyboards_and_people_write_them(given: str, read: Ticket) -> None:
    assert read_ticket(given) == read


async def test_the_door_and_those_who_register_meanwhile_do_not_wait_for_each_other(
    worker_database: Database, tenant: Tenant
) -> None:
    event = await make_event(worker_database, tenant, capacity=200, online=True)
    online = [
        await make_registration(worker_database, tenant, event.id, attendance=Attendance.ONLINE) for _ in range(12)
    ]

    async def admit(guest: Registration) -> Outcome:
        answer = await do(worker_database, tenant, check_in.admit, event_id=event.id, registration_id=guest.id)
        assert isinstance(answer, DoorAnswer)
        return answer.outcome

    coming = [admit(each) for each in online]
    others = [make_registration(worker_database, tenant, event.id) for _ in range(24)]
    outcomes, _ = await asyncio.gather(asyncio.gather(*coming), asyncio.gather(*others))
    assert outcomes == [Outcome.ADMITTED] * 12


async def test_who_waits_online_gets_a_free_seat_in_the_hall(worker_database: Database, tenant: Tenant) -> None:
    event = await make_event(worker_database, tenant, capacity=1, online=True, online_capacity=1)
    await make_registration(worker_database, tenant, event.id, attendance=Attendance.ONLINE)
    first, second = [
        await make_registration(worker_database, tenant, event.id, attendance=Attendance.ONLINE) for _ in range(2)
    ]
    answer = await do(worker_database, tenant, check_in.admit, event_id=event.id, registration_id=first.id)
    assert answer.outcome is Outcome.ADMITTED
    async with worker_database.read(tenant.id) as session:
        seated = await session.get_one(Registration, (tenant.id, first.id))
        kept = await session.get_one(Event, (tenant.id, event.id))
        assert (seated.status, seated.attendance) == (RegistrationStatus.CONFIRMED, Attendance.HALL)
        assert (kept.hall_taken, kept.hall_waiting, kept.online_taken, kept.online_waiting) == (1, 0, 1, 1)
    with pytest.raises(Refusal) as refused:
        await do(worker_database, tenant, check_in.admit, event_id=event.id, registration_id=second.id)
    assert refused.value.code == "NO_SEAT"


async def test_a_scan_made_offline_with_more_people_than_the_party_has_now_is_kept(
    worker_database: Database, tenant: Tenant
) -> None:
    event = await make_event(worker_database, tenant, party_limit=5)
    guest = await make_registration(worker_database, tenant, event.id, party_size=2)
    answer = await scan_of(worker_database, tenant, event.id, guest.code, present=4, id="a", at=clock.now())
    assert answer.outcome is Outcome.ADMITTED
    assert [each.present for each in await _all(worker_database, tenant)] == [2]
