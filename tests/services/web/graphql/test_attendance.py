"""What programs at the door and players of streams report."""

import asyncio
from datetime import datetime, timedelta
from typing import Any

import httpx
import msgspec
import pytest

from services.web import limits
from services.web.site import Site
from shared.events.attendance import queries, viewing, viewing_queries
from shared.events.models import Event
from shared.events.registrations.models import Registration
from shared.kit import clock
from shared.kit.database.session import Database
from shared.tenants.models import Tenant
from tests.factories.events import make_event
from tests.factories.registrations import SECRETARIAT, make_registration
from tests.factories.tenants import make_tenant
from tests.services.web.conftest import ClientFor
from tests.services.web.graphql.conftest import StaffFor
from tests.services.web.graphql.test_writing import done, mutation
from tests.shared.events.attendance.coming import make_event_of_today

CHECK_IN = mutation("checkIn", "registrationId number checkedInAt checkedInBy place manner present", "CheckIn")
CORRECT = mutation("correctPresent", "number present", "CheckIn")
TOOK_PART = mutation("recordOnlineAttendance", "registrationId number present", "OnlineAttendance")
VIEW = mutation("recordView", "id kind plays viewers", "ViewRecord")


@pytest.fixture
async def event(worker_database: Database, town: Tenant) -> Event:
    return await make_event(worker_database, town, capacity=1, online=True, online_capacity=5, party_limit=5)


@pytest.fixture
async def guest(worker_database: Database, town: Tenant, event: Event) -> Registration:
    return await make_registration(worker_database, town, event.id)


@pytest.fixture
async def program(staff_for: StaffFor, town: Tenant) -> httpx.AsyncClient:
    return await staff_for(town)


async def test_a_ticket_is_checked_in_once_and_a_second_scan_says_when_and_where(
    program: httpx.AsyncClient, guest: Registration
) -> None:
    first = await done(program, CHECK_IN, {"code": guest.code, "place": "東口", "idempotencyKey": "a"})
    again = await done(program, CHECK_IN, {"code": guest.code, "place": "東口", "idempotencyKey": "a"})
    assert first == again
    assert (first["registrationId"], first["number"], first["manner"]) == (guest.key, "0001", "QR")
    other = await done(program, CHECK_IN, {"registrationId": guest.key, "idempotencyKey": "b"})
    assert (other["code"], "東口" in other["message"]) == ("ALREADY_CHECKED_IN", True)
    assert (await done(program, CHECK_IN, {"registrationId": str(guest.id)}))["code"] == "ALREADY_CHECKED_IN"


async def test_a_time_of_scanning_is_kept(program: httpx.AsyncClient, guest: Registration) -> None:
    at = guest.registered_at.isoformat()
    checked = await done(program, CHECK_IN, {"code": guest.code, "scannedAt": at, "idempotencyKey": "a"})
    assert datetime.fromisoformat(checked["checkedInAt"]) == guest.registered_at


async def test_whoever_may_not_come_in_is_a_problem_with_its_reason(
    program: httpx.AsyncClient, worker_database: Database, town: Tenant, event: Event, guest: Registration
) -> None:
    waiting = await make_registration(worker_database, town, event.id, attendance="HALL")
    online = await make_registration(worker_database, town, event.id, attendance="ONLINE")
    door = await make_event(worker_database, town)
    for given, code in (
        ({"code": waiting.code}, "WAITING"),
        ({"code": online.code}, "ONLINE"),
        ({"code": "NOTHERE234"}, "NOT_FOUND"),
        ({}, "NOT_FOUND"),
        ({"code": guest.code, "eventId": str(door.id)}, "OTHER_EVENT"),
    ):
        assert (await done(program, CHECK_IN, given))["code"] == code


async def test_many_at_once_check_in_once(
    program: httpx.AsyncClient, worker_database: Database, town: Tenant, event: Event, guest: Registration
) -> None:
    answers = await asyncio.gather(
        *(done(program, CHECK_IN, {"code": guest.code, "idempotencyKey": f"k{n}"}) for n in range(6))
    )
    assert sorted(each.get("code", "") for each in answers) == ["", *["ALREADY_CHECKED_IN"] * 5]
    async with worker_database.read(town.id) as session:
        assert (await queries.door(session, event.id)).counts.come == 1


async def test_strangers_check_nobody_in_and_other_platforms_find_nothing(
    client_for: ClientFor,
    staff_for: StaffFor,
    site: Site,
    worker_database: Database,
    town: Tenant,
    guest: Registration,
) -> None:
    assert (await done(client_for(town), CHECK_IN, {"code": guest.code}))["code"] == "FORBIDDEN"
    other = await make_tenant(worker_database)
    await site._reload_hosts()
    elsewhere = await staff_for(other)
    for given in ({"code": guest.code}, {"registrationId": guest.key}, {"registrationId": str(guest.id)}):
        assert (await done(elsewhere, CHECK_IN, given))["code"] == "NOT_FOUND"
    assert (await done(client_for(other), VIEW, {"viewingKey": guest.viewing_key}))["code"] == "NOT_FOUND"


@pytest.fixture
async def streamed(worker_database: Database, town: Tenant) -> Event:
    """It has begun."""
    now = clock.now()
    hours: dict[str, Any] = {"starts_at": now - timedelta(hours=1), "ends_at": now + timedelta(hours=1)}
    event = await make_event(worker_database, town, online=True, **hours)
    async with worker_database.write(town.id) as session:
        await viewing.set_addresses(
            session,
            actor=SECRETARIAT,
            event_id=event.id,
            stream_url="https://stream.example/live",
            archive_url="",
            archive_until=None,
        )
    return event


async def test_plays_of_one_registration_are_limited(
    client_for: ClientFor,
    site: Site,
    monkeypatch: pytest.MonkeyPatch,
    worker_database: Database,
    town: Tenant,
    streamed: Event,
) -> None:
    monkeypatch.setattr(site, "settings", msgspec.structs.replace(site.settings, rate_limits=True))
    monkeypatch.setattr(limits, "PLAYS", 3)
    guest = await make_registration(worker_database, town, streamed.id, attendance="ONLINE")
    player = client_for(town)
    seen = [(await done(player, VIEW, {"viewingKey": guest.viewing_key})).get("code") for _ in range(5)]
    assert seen == [None, None, None, "TOO_MANY_REQUESTS", "TOO_MANY_REQUESTS"]
    async with worker_database.read(town.id) as session:
        assert (await viewing_queries.viewing(session, streamed.id)).plays == 3


async def test_views_count_plays_and_viewers_apart(
    client_for: ClientFor, worker_database: Database, town: Tenant, streamed: Event
) -> None:
    player = client_for(town)
    guests = [await make_registration(worker_database, town, streamed.id, attendance="ONLINE") for _ in range(2)]
    sent: list[dict[str, Any]] = [
        {"viewingKey": guest.viewing_key, "idempotencyKey": f"{n}"} for n, guest in enumerate(guests)
    ]
    for each in (*sent, *sent):
        seen = await done(player, VIEW, each)
    assert (seen["plays"], seen["viewers"]) == (2, 2)
    seen = await done(player, VIEW, {"registrationId": guests[0].key, "idempotencyKey": "again"})
    assert (seen["kind"], seen["plays"], seen["viewers"]) == ("LIVE", 3, 2)
    for strange in ({"viewingKey": "nothing"}, {"registrationId": str(guests[0].id)}, {}):
        assert (await done(player, VIEW, strange))["code"] == "NOT_FOUND"
    async with worker_database.read(town.id) as session:
        found = await viewing_queries.viewing(session, streamed.id)
    assert (found.plays, found.viewers) == (3, 2)


async def test_a_program_corrects_how_many_of_a_group_came(
    program: httpx.AsyncClient, worker_database: Database, town: Tenant
) -> None:
    event = await make_event(worker_database, town, party_limit=5)
    group = await make_registration(worker_database, town, event.id, party_size=3)
    early = await done(program, CORRECT, {"code": group.code, "present": 2})
    assert early["code"] == "CONFLICT"
    await done(program, CHECK_IN, {"code": group.code})
    assert await done(program, CORRECT, {"registrationId": group.key, "present": 2}) == {"number": "0001", "present": 2}
    wrong = await done(program, CORRECT, {"code": group.code, "present": 4})
    assert (wrong["code"], wrong["field"]) == ("OUT_OF_RANGE", "present")


async def test_a_program_records_who_took_part_from_afar(
    program: httpx.AsyncClient, client_for: ClientFor, worker_database: Database, town: Tenant
) -> None:
    event = await make_event_of_today(worker_database, town, online=True)
    remote = await make_registration(worker_database, town, event.id, attendance="ONLINE", party_size=2)
    hall = await make_registration(worker_database, town, event.id, attendance="HALL")
    given = {"code": remote.code, "present": 1, "idempotencyKey": "a"}
    first, again = [await done(program, TOOK_PART, given) for _ in range(2)]
    assert first == again == {"registrationId": remote.key, "number": "0001", "present": 1}
    assert (await done(program, TOOK_PART, {"code": remote.code}))["present"] == 2
    assert (await done(program, TOOK_PART, {"code": hall.code}))["code"] == "HALL"
    for stranger in (CORRECT, TOOK_PART):
        answer = await done(client_for(town), stranger, {"code": remote.code, "present": 1})
        assert answer["code"] == "FORBIDDEN"
