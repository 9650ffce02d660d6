"""Registering for an event through GraphQL, as a program and as the secretariat."""

import asyncio
from datetime import timedelta
from typing import Any

import httpx
import msgspec
import pytest

from services.web.site import Site
from shared.events.models import Event
from shared.kit import clock
from shared.kit.database.session import Database
from shared.tenants.models import Tenant
from tests.factories.events import make_event
from tests.factories.tenants import make_tenant
from tests.services.web.conftest import ClientFor
from tests.services.web.graphql.conftest import StaffFor, ask, data
from tests.services.web.graphql.test_writing import done, mutation

SEEN = "id number status waitlistPosition attendance partySize revision eventId"
REGISTER = mutation("registerForEvent", SEEN, "Registration")
CHANGE = mutation("changeRegistration", SEEN, "Registration")
CANCEL = mutation("cancelRegistration", SEEN, "Registration")
LIST = (
    "query ($id: ID!, $filter: RegistrationFilter, $first: Int = 100, $after: String) {"
    " it: registrations(eventId: $id, filter: $filter, first: $first, after: $after) {"
    " totalCount pageInfo { hasNextPage endCursor } nodes { id number status waitlistPosition name email needs } } }"
)
COUNTS = "query ($id: ID!) { event(id: $id) { status confirmedCount waitlistCount registrationOpen } }"


def person(event: Event, number: int = 1, **more: Any) -> dict[str, Any]:
    given = {"eventId": str(event.id), "name": f"参加 {number}郎", "email": f"guest{number}@example.jp"}
    return given | {"kana": "サンカ", "attendance": "HALL"} | more


async def counts(client: httpx.AsyncClient, event: Event) -> tuple[Any, ...]:
    seen = (await data(client, COUNTS, {"id": str(event.id)}))["event"]
    return seen["status"], seen["confirmedCount"], seen["waitlistCount"], seen["registrationOpen"]


async def test_the_seats_that_are_shown_are_those_that_were_decided_on(
    client_for: ClientFor, worker_database: Database, town: Tenant
) -> None:
    event, reader = await make_event(worker_database, town, capacity=2), client_for(town)
    assert await counts(reader, event) == ("OPEN", 0, 0, True)
    answers = [await done(reader, REGISTER, person(event, number)) for number in (1, 2, 3, 4)]
    assert [(each["number"], each["status"], each["waitlistPosition"]) for each in answers] == [
        ("0001", "CONFIRMED", None),
        ("0002", "CONFIRMED", None),
        ("0003", "WAITLISTED", 1),
        ("0004", "WAITLISTED", 2),
    ]
    assert await counts(reader, event) == ("FULL", 2, 2, True)


async def test_a_cancellation_promotes_the_first_who_waits(
    client_for: ClientFor, staff_for: StaffFor, worker_database: Database, town: Tenant
) -> None:
    event, reader = await make_event(worker_database, town, capacity=1), client_for(town)
    first, second, third = [await done(reader, REGISTER, person(event, number)) for number in (1, 2, 3)]
    assert (await done(reader, CANCEL, {"id": first["id"]}))["status"] == "CANCELLED"
    assert (await done(reader, CANCEL, {"id": first["id"]}))["status"] == "CANCELLED"
    staff = await staff_for(town)
    listed = (await data(staff, LIST, {"id": str(event.id)}))["it"]
    assert [(each["id"], each["status"], each["waitlistPosition"]) for each in listed["nodes"]] == [
        (second["id"], "CONFIRMED", None),
        (third["id"], "WAITLISTED", 1),
        (first["id"], "CANCELLED", None),
    ]
    again = await done(reader, REGISTER, person(event, 1))
    assert (again["status"], again["waitlistPosition"]) == ("WAITLISTED", 2)


async def test_the_same_key_is_one_registration_even_at_once(
    client_for: ClientFor, worker_database: Database, town: Tenant
) -> None:
    event, reader = await make_event(worker_database, town, capacity=9), client_for(town)
    sent = person(event, idempotencyKey="once")
    answers = await asyncio.gather(*(done(reader, REGISTER, sent) for _ in range(6)))
    assert {each["id"] for each in answers} == {answers[0]["id"]}
    assert await counts(reader, event) == ("OPEN", 1, 0, True)


async def test_the_same_person_twice_learns_nothing_here(
    client_for: ClientFor, worker_database: Database, town: Tenant
) -> None:
    event, reader = await make_event(worker_database, town, capacity=9), client_for(town)
    await done(reader, REGISTER, person(event))
    again = await done(reader, REGISTER, person(event, name="別の 人"))
    assert (again["code"], again["field"]) == ("SEE_YOUR_MAIL", "email")
    assert "登録" not in again["message"]
    assert await counts(reader, event) == ("OPEN", 1, 0, True)


async def test_a_change_keeps_what_is_not_said_and_needs_a_seat(
    client_for: ClientFor, staff_for: StaffFor, worker_database: Database, town: Tenant
) -> None:
    event = await make_event(worker_database, town, capacity=3, party_limit=3)
    reader, staff = client_for(town), await staff_for(town)
    mine = await done(reader, REGISTER, person(event, needs="手話通訳", partySize=2))
    more = await done(reader, CHANGE, {"id": mine["id"], "partySize": 3})
    assert (more["partySize"], more["status"], more["revision"]) == (3, "CONFIRMED", 2)
    refused = await done(reader, CHANGE, {"id": mine["id"], "partySize": 4})
    assert (refused["code"], refused["field"]) == ("PARTY_TOO_LARGE", "partySize")
    listed = (await data(staff, LIST, {"id": str(event.id)}))["it"]["nodes"][0]
    assert (listed["needs"], listed["email"]) == ("手話通訳", "guest1@example.jp")
    fewer = await done(reader, CHANGE, {"id": mine["id"], "partySize": 1, "needs": None})
    assert fewer["partySize"] == 1
    assert (await counts(reader, event))[1] == 1


async def test_a_person_changes_no_address_and_moves_only_when_asked(
    client_for: ClientFor, staff_for: StaffFor, worker_database: Database, town: Tenant
) -> None:
    event = await make_event(worker_database, town, capacity=3, online=True, online_capacity=3)
    reader, staff = client_for(town), await staff_for(town)
    mine = await done(reader, REGISTER, person(event, 1, attendance="ONLINE"))
    await done(reader, REGISTER, person(event, 2))
    addresses = ("guest2@example.jp", "unknown@example.jp")
    answers = [await done(reader, CHANGE, {"id": mine["id"], "email": address}) for address in addresses]
    assert [(each["code"], each["field"]) for each in answers] == [("EMAIL_FIXED", "email")] * 2
    assert answers[0]["message"] == answers[1]["message"]
    kept = await done(reader, CHANGE, {"id": mine["id"], "email": None, "attendance": None})
    assert kept["attendance"] == "ONLINE"
    moved = await done(staff, CHANGE, {"id": mine["id"], "email": "new@example.jp"})
    assert (moved["number"], moved["revision"]) == ("0001", 3)


async def test_changes_are_letters_and_so_only_some_in_an_hour(
    client_for: ClientFor, worker_database: Database, site: Site, town: Tenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    event, reader = await make_event(worker_database, town), client_for(town)
    mine = await done(reader, REGISTER, person(event))
    monkeypatch.setattr(site, "settings", msgspec.structs.replace(site.settings, rate_limits=True))
    answers = [await done(reader, CHANGE, {"id": mine["id"], "name": f"名前 {number}"}) for number in range(6)]
    assert [answer.get("code") for answer in answers] == [None] * 5 + ["TOO_MANY_REQUESTS"]


async def test_refusals_say_why(client_for: ClientFor, worker_database: Database, site: Site, town: Tenant) -> None:
    reader, soon = client_for(town), clock.now() + timedelta(days=3)
    elsewhere = await make_tenant(worker_database)
    closed = await make_event(worker_database, town, registration_deadline=clock.now() - timedelta(hours=1))
    draft = await make_event(worker_database, town, published=False)
    foreign = await make_event(worker_database, elsewhere)
    unopened = await make_event(worker_database, town, registration_opens_at=soon)
    members = await make_event(worker_database, town, members_only=True)
    hall = await make_event(worker_database, town, capacity=3)
    codes = [
        (await done(reader, REGISTER, sent))["code"]
        for sent in (
            person(closed),
            person(draft),
            person(foreign),
            person(unopened),
            person(members),
            person(hall, attendance="ONLINE"),
            person(hall, email="nowhere"),
            person(hall, name="　"),
            person(hall, homeTenantSlug="atlantis"),
        )
    ]
    assert codes == [
        "TOO_LATE",
        "NOT_FOUND",
        "NOT_FOUND",
        "NOT_YET_OPEN",
        "MEMBERS_ONLY",
        "NO_SUCH_WAY",
        "UNREADABLE",
        "REQUIRED",
        "NOT_FOUND",
    ]
    assert await counts(reader, hall) == ("OPEN", 0, 0, True)


async def test_names_are_for_the_secretariat_of_the_platform_alone(
    client_for: ClientFor, staff_for: StaffFor, worker_database: Database, site: Site, town: Tenant
) -> None:
    event, reader = await make_event(worker_database, town, capacity=9), client_for(town)
    elsewhere = await make_tenant(worker_database)
    await site._reload_hosts()
    mine = await done(reader, REGISTER, person(event, name="秘密 花子"))
    for client in (reader, await staff_for(elsewhere)):
        answer = await ask(client, LIST, {"id": str(event.id)})
        assert "秘密" not in str(answer)
        single = await ask(client, "query ($id: ID!) { registration(id: $id) { number name } }", {"id": mine["id"]})
        assert "秘密" not in str(single)
    told = await ask(
        reader, mutation("registerForEvent", "id name", "Registration"), {"input": person(event, 2, name="秘密 二郎")}
    )
    assert "秘密" not in str(told)


async def test_lists_go_on_after_a_cursor_and_are_narrowed(
    client_for: ClientFor, staff_for: StaffFor, worker_database: Database, town: Tenant
) -> None:
    event, reader, staff = await make_event(worker_database, town, capacity=2), client_for(town), await staff_for(town)
    for number in range(1, 6):
        await done(reader, REGISTER, person(event, number))
    piece = (await data(staff, LIST, {"id": str(event.id), "first": 3}))["it"]
    rest = (await data(staff, LIST, {"id": str(event.id), "after": piece["pageInfo"]["endCursor"]}))["it"]
    assert [each["number"] for each in piece["nodes"] + rest["nodes"]] == [f"{n:04}" for n in range(1, 6)]
    waiting = (await data(staff, LIST, {"id": str(event.id), "filter": {"status": ["WAITLISTED"]}}))["it"]
    assert [each["waitlistPosition"] for each in waiting["nodes"]] == [1, 2, 3]
    found = (await data(staff, LIST, {"id": str(event.id), "filter": {"search": "guest4@"}}))["it"]
    assert [each["number"] for each in found["nodes"]] == ["0004"]


async def test_the_secretariat_enters_a_telephone_call_without_a_mail_address(
    staff_for: StaffFor, worker_database: Database, town: Tenant
) -> None:
    event = await make_event(worker_database, town, registration_deadline=clock.now() - timedelta(hours=1))
    staff = await staff_for(town)
    sent = person(event, email=None, phone="０８８ー６２１ー２１７９")
    assert (await done(staff, REGISTER, sent))["status"] == "CONFIRMED"
    again = await done(staff, REGISTER, sent)
    assert (again["code"], again["field"]) == ("ALREADY_REGISTERED", "name")
