"""Who took part from afar: said by the secretariat, never counted in the hall, and given a certificate like everybody."""

import asyncio
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import update

from shared.events.attendance import certificate_queries, certificates, check_in, online, viewing
from shared.events.attendance.answers import Outcome
from shared.events.attendance.check_in import Scan
from shared.events.attendance.counter_queries import counters
from shared.events.attendance.models import Play, PlayKind
from shared.events.attendance.online_queries import OnlineGuests, online_guests
from shared.events.attendance.queries import door
from shared.events.models import Event
from shared.events.registrations import service
from shared.events.registrations.drafts import RegistrationDraft
from shared.events.registrations.models import Attendance, Registration
from shared.kit.database.session import Database
from shared.kit.refusals import Conflict, Refusal
from shared.tenants.models import Tenant
from tests.factories.event_days import RULE
from tests.factories.events import make_event
from tests.factories.registrations import make_registration
from tests.factories.tenants import make_tenant
from tests.shared.events.attendance.coming import do, issue, make_event_of_today, make_guest

STREAM = {"stream_url": "https://stream.example/live", "archive_url": "https://stream.example/later"}


@pytest.fixture
async def tenant(worker_database: Database) -> Tenant:
    return await make_tenant(worker_database)


@pytest.fixture
async def event(worker_database: Database, tenant: Tenant) -> Event:
    event = await make_event_of_today(worker_database, tenant, online=True)
    await do(worker_database, tenant, viewing.set_addresses, event_id=event.id, archive_until=None, **STREAM)
    await do(worker_database, tenant, certificates.set_rule, event_id=event.id, **RULE)
    return event


async def _watcher(
    database: Database, tenant: Tenant, event: Event, *, plays: bool = True, **more: Any
) -> Registration:
    watcher = await make_registration(database, tenant, event.id, attendance=Attendance.ONLINE, **more)
    if plays:
        async with database.write(tenant.id) as session:
            await viewing.record_play(session, registration_id=watcher.id)
    return watcher


async def _known(database: Database, tenant: Tenant, event_id: UUID) -> OnlineGuests:
    async with database.read(tenant.id) as session:
        return await online_guests(session, event_id)


async def test_who_watched_live_is_recorded_in_one_press_gets_a_certificate_and_is_in_no_number_of_the_hall(
    worker_database: Database, tenant: Tenant, event: Event
) -> None:
    await make_guest(worker_database, tenant, event, name="会場 一")
    watched = await _watcher(worker_database, tenant, event, name="配信 二")
    await _watcher(worker_database, tenant, event, plays=False, name="見ず 三")
    assert [each.name for each in await issue(worker_database, tenant, event.id)] == ["会場 一"]
    assert (await _known(worker_database, tenant, event.id)).viewers == 1
    assert await do(worker_database, tenant, online.record_viewers, event_id=event.id) == 1
    assert await do(worker_database, tenant, online.record_viewers, event_id=event.id) == 0
    known = await _known(worker_database, tenant, event.id)
    assert (known.expected, known.recorded, known.people, known.viewers) == (2, 1, 1, 0)
    assert [(each.name, each.recorded is not None) for each in known.items] == [("配信 二", True), ("見ず 三", False)]
    [made] = await issue(worker_database, tenant, event.id)
    assert (made.registration_id, made.name) == (watched.id, "配信 二")
    async with worker_database.read(tenant.id) as session:
        counts = (await door(session, event.id)).counts
        counted = {each.name: each.value for each in await counters(session, event.id)}
        holders = await certificate_queries.holders(session, event.id)
    assert (counts.come, counts.people, counted["出席者数"], counted["視聴者数"]) == (1, 1, 1, 1)
    assert (holders.come, holders.online, [each.online for each in holders.items]) == (1, 1, [False, True])


async def test_a_recording_seen_later_is_no_attendance_and_one_may_be_recorded_by_hand(
    worker_database: Database, tenant: Tenant, event: Event
) -> None:
    late = await _watcher(worker_database, tenant, event)
    async with worker_database.write(tenant.id) as session:
        await session.execute(update(Play).where(Play.registration_id == late.id).values(kind=PlayKind.ARCHIVE))
    assert await do(worker_database, tenant, online.record_viewers, event_id=event.id) == 0
    who = {"event_id": event.id, "registration_id": late.id}
    with pytest.raises(Refusal) as refused:
        await issue(worker_database, tenant, event.id, registration_ids=[late.id])
    assert refused.value.code == "NOT_PRESENT"
    await do(worker_database, tenant, online.record_online, **who)
    [known] = (await _known(worker_database, tenant, event.id)).items
    assert known.recorded is not None
    assert (known.recorded.by_play, known.recorded.present) == (False, 1)
    assert len(await issue(worker_database, tenant, event.id, registration_ids=[late.id])) == 1


async def test_of_a_party_the_press_tells_of_one_person_and_the_number_is_corrected_by_hand(
    worker_database: Database, tenant: Tenant, event: Event
) -> None:
    party = await _watcher(worker_database, tenant, event, name="代表 一", party_size=2, companions="二人目 花")
    who = {"event_id": event.id, "registration_id": party.id}
    await do(worker_database, tenant, online.record_viewers, event_id=event.id)
    assert [each.name for each in await issue(worker_database, tenant, event.id)] == ["代表 一"]
    for count in (0, 3):
        with pytest.raises(Refusal):
            await do(worker_database, tenant, online.record_online, **who, present=count)
    await do(worker_database, tenant, online.record_online, **who, present=2)
    assert [each.name for each in await issue(worker_database, tenant, event.id)] == ["二人目 花"]
    with pytest.raises(Conflict):
        await do(worker_database, tenant, online.record_online, **who, present=1)


async def test_it_is_taken_back_only_while_no_certificate_says_it(
    worker_database: Database, tenant: Tenant, event: Event
) -> None:
    watched = await _watcher(worker_database, tenant, event)
    who = {"event_id": event.id, "registration_id": watched.id}
    await do(worker_database, tenant, online.record_online, **who)
    [made] = await issue(worker_database, tenant, event.id)
    with pytest.raises(Conflict):
        await do(worker_database, tenant, online.forget_online, **who)
    await do(worker_database, tenant, certificates.revoke, certificate_id=made.id, reason="人違い")
    for _ in range(2):
        await do(worker_database, tenant, online.forget_online, **who)
    assert (await _known(worker_database, tenant, event.id)).recorded == 0


async def test_it_is_refused_of_the_hall_of_who_waits_and_before_the_event(
    worker_database: Database, tenant: Tenant, event: Event
) -> None:
    full = await make_event_of_today(worker_database, tenant, online=True, online_capacity=0)
    hall = await make_registration(worker_database, tenant, event.id, attendance=Attendance.HALL)
    come = await make_guest(worker_database, tenant, event, attendance=Attendance.HALL)
    waits = await make_registration(worker_database, tenant, full.id, attendance=Attendance.ONLINE)
    later = await make_event(worker_database, tenant, online=True)
    early = await make_registration(worker_database, tenant, later.id, attendance=Attendance.ONLINE)
    for registration, code in ((hall, "HALL"), (come, "CONFLICT"), (waits, "NO_SEAT"), (early, "NOT_YET")):
        with pytest.raises(Refusal) as refused:
            who = {"event_id": registration.event_id, "registration_id": registration.id}
            await do(worker_database, tenant, online.record_online, **who)
        assert refused.value.code == code


async def test_the_door_says_that_somebody_took_part_from_afar_and_gives_no_seat_beside_it(
    worker_database: Database, tenant: Tenant, event: Event
) -> None:
    watched = await _watcher(worker_database, tenant, event)
    who = {"event_id": event.id, "registration_id": watched.id}
    await do(worker_database, tenant, online.record_online, **who)
    found = Scan(given=watched.code)
    answer = await do(worker_database, tenant, check_in.scan, event_id=event.id, scan=found)
    assert (answer.outcome, "オンラインで参加したと記録されている" in answer.message) == (Outcome.ONLINE, True)
    kept = {name: getattr(watched, name) for name in RegistrationDraft.__struct_fields__}
    draft = RegistrationDraft(**kept | {"attendance": Attendance.HALL})
    for verb, values in (
        (check_in.admit, who),
        (service.change, {"registration_id": watched.id, "draft": draft}),
        (service.cancel, {"registration_id": watched.id}),
    ):
        with pytest.raises(Conflict):
            await do(worker_database, tenant, verb, **values)
    await do(worker_database, tenant, online.forget_online, **who)
    assert (await do(worker_database, tenant, check_in.admit, **who)).outcome is Outcome.ADMITTED


async def test_who_was_checked_in_while_all_was_online_is_answered_when_a_hall_opens(
    worker_database: Database, tenant: Tenant
) -> None:
    event = await make_event_of_today(worker_database, tenant, venue=None, online=True)
    guest = await make_guest(worker_database, tenant, event)
    async with worker_database.write(tenant.id) as session:
        (await session.get_one(Event, (tenant.id, event.id))).venue = "ろうきんホール"
    who = {"event_id": event.id, "registration_id": guest.id}
    answer = await do(worker_database, tenant, check_in.admit, **who)
    assert (guest.attendance, answer.outcome) == (Attendance.ONLINE, Outcome.ALREADY)
    assert "最初の受付は" in answer.message


async def test_certificates_are_not_issued_of_a_record_that_is_taken_back_meanwhile(
    worker_database: Database, tenant: Tenant, event: Event
) -> None:
    for _ in range(6):
        watched = await _watcher(worker_database, tenant, event)
        who = {"event_id": event.id, "registration_id": watched.id}
        await do(worker_database, tenant, online.record_online, **who)
        undoing = do(worker_database, tenant, online.forget_online, **who)
        made, undone = await asyncio.gather(issue(worker_database, tenant, event.id), undoing, return_exceptions=True)
        assert isinstance(made, list)
        assert isinstance(undone, Conflict) == bool(made)


async def test_without_a_hall_who_took_part_is_not_absent_at_the_door(
    worker_database: Database, tenant: Tenant
) -> None:
    event = await make_event_of_today(worker_database, tenant, venue=None, online=True)
    first, _ = [await make_registration(worker_database, tenant, event.id) for _ in range(2)]
    await do(worker_database, tenant, online.record_online, event_id=event.id, registration_id=first.id)
    async with worker_database.read(tenant.id) as session:
        seen = await door(session, event.id, hall=False, show="MISSING")
    counts = seen.counts
    assert (counts.expected, counts.come, counts.online, counts.missing, seen.total) == (2, 0, 1, 1, 1)
