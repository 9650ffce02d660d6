"""The secretariat's work and the applicant's, through GraphQL."""

from datetime import timedelta
from typing import Any

import httpx
import msgspec
import pytest

from services.web.site import Site
from shared.identity.models import Role
from shared.kit import clock
from shared.kit.database.session import Database
from shared.tenants.models import Tenant
from tests.factories.members import filled, make_platform
from tests.services.web.conftest import ClientFor
from tests.services.web.graphql.conftest import StaffFor, ask, bearer, data

PROBLEM = "... on Problem { code message field further { field } }"
CREATE = f"mutation ($input: CreateAnnouncementInput!) {{ it: createAnnouncement(input: $input) {{ {PROBLEM} ... on Announcement {{ id status title }} }} }}"
PUBLISH = f"mutation ($input: PublishAnnouncementInput!) {{ it: publishAnnouncement(input: $input) {{ {PROBLEM} ... on Announcement {{ id status }} }} }}"
EVENT = "id status kind title startsAt capacity onlineCapacity venue sessions { title appearances { personName } } changes { summary }"


def mutation(name: str, selection: str, thing: str = "Event") -> str:
    kind = name[0].upper() + name[1:] + "Input"
    return (
        f"mutation ($input: {kind}!) {{ it: {name}(input: $input) {{ {PROBLEM} ... on {thing} {{ {selection} }} }} }}"
    )


async def done(client: httpx.AsyncClient, query: str, values: dict[str, Any], **headers: str) -> dict[str, Any]:
    thing: dict[str, Any] = (await data(client, query, {"input": values}, **headers))["it"]
    return thing


async def test_news_are_written_published_and_read(client_for: ClientFor, staff_for: StaffFor, town: Tenant) -> None:
    staff, reader = await staff_for(town), client_for(town)
    draft = await done(staff, CREATE, {"title": "春の集い", "body": "公民館で開きます。"})
    assert (draft["status"], draft["title"]) == ("DRAFT", "春の集い")
    unread = await data(reader, f'{{ announcement(id: "{draft["id"]}") {{ id }} announcements {{ totalCount }} }}')
    assert unread == {"announcement": None, "announcements": {"totalCount": 0}}
    assert (await done(staff, PUBLISH, {"id": draft["id"]}))["status"] == "PUBLISHED"
    query = "{ announcements { totalCount nodes { id title url } edges { cursor } pageInfo { hasNextPage } } }"
    listed = (await data(reader, query))["announcements"]
    assert (listed["totalCount"], listed["nodes"][0]["id"]) == (1, draft["id"])
    assert listed["nodes"][0]["url"] == f"http://{town.slug}.localhost:8000/news/{draft['id']}"


async def test_a_program_writes_with_its_token_and_a_stranger_is_told_why_not(
    client_for: ClientFor, worker_database: Database, town: Tenant
) -> None:
    token = await bearer(worker_database, town, Role.SECRETARIAT)
    program = client_for(town)
    values = {"title": "機械からのお知らせ", "body": "本文"}
    assert (await done(program, CREATE, values, authorization=f"Bearer {token}"))["status"] == "DRAFT"
    for authorization in ("Bearer nonsense", f"Basic {token}"):
        assert (await done(program, CREATE, values, authorization=authorization))["code"] == "FORBIDDEN"
    assert (await done(program, CREATE, values))["code"] == "FORBIDDEN"


async def test_what_is_wrong_is_a_problem_with_its_field(staff_for: StaffFor, town: Tenant) -> None:
    staff = await staff_for(town)
    problem = await done(staff, CREATE, {"title": " ", "body": ""})
    assert problem == {
        "code": "REQUIRED",
        "message": "題名を入力してください。",
        "field": "title",
        "further": [{"field": "body"}],
    }
    create = mutation("createEvent", EVENT)
    values = {
        "title": "講座",
        "kind": "COURSE",
        "startsAt": "2027-01-12T10:00:00+09:00",
        "endsAt": "2027-01-11T10:00:00Z",
    }
    assert (await done(staff, create, values))["field"] == "endsAt"


async def test_the_same_key_has_one_effect(staff_for: StaffFor, client_for: ClientFor, town: Tenant) -> None:
    staff = await staff_for(town)
    values = {"title": "一度だけ", "body": "本文"}
    first = await done(staff, CREATE, values, Idempotency_Key="k1")
    again = await done(staff, CREATE, values, Idempotency_Key="k1")
    assert again == first
    other = await done(staff, CREATE, values | {"title": "別の内容"}, Idempotency_Key="k1")
    assert other["code"] == "IDEMPOTENCY_KEY_REUSED"
    by_input = await done(staff, CREATE, values | {"idempotencyKey": "k2"}, Idempotency_Key="k1")
    assert by_input["id"] != first["id"]
    assert (await done(staff, CREATE, values, Idempotency_Key="k" * 201))["code"] == "IDEMPOTENCY_KEY_TOO_LONG"


async def test_an_event_is_prepared_changed_published_and_cancelled(
    staff_for: StaffFor, client_for: ClientFor, town: Tenant
) -> None:
    staff, reader = await staff_for(town), client_for(town)
    starts_at = (clock.now() + timedelta(days=40)).astimezone(clock.JST).replace(microsecond=0)
    values = {
        "title": "協力づくりの講座",
        "kind": "COURSE",
        "startsAt": starts_at.isoformat(),
        "venue": "公民館",
        "capacity": 30,
        "sessions": [{"title": "第1部", "appearances": [{"personName": "試験 花子", "roleLabel": "講師"}]}],
    }
    draft = await done(staff, mutation("createEvent", EVENT), values)
    assert (draft["status"], draft["capacity"], draft["onlineCapacity"]) == ("DRAFT", 30, None)
    assert draft["startsAt"] == starts_at.isoformat()
    assert draft["sessions"] == [{"title": "第1部", "appearances": [{"personName": "試験 花子"}]}]
    seen = f'{{ event(id: "{draft["id"]}") {{ {EVENT} registrationOpen confirmedCount }} events {{ totalCount }} }}'
    assert await data(reader, seen) == {"event": None, "events": {"totalCount": 0}}
    changed = await done(
        staff, mutation("updateEvent", EVENT), {"id": draft["id"], "capacity": None, "venue": "体育館"}
    )
    assert (changed["capacity"], changed["venue"], changed["title"]) == (None, "体育館", "協力づくりの講座")
    assert changed["sessions"] == draft["sessions"]
    assert (await done(staff, mutation("publishEvent", EVENT), {"id": draft["id"]}))["status"] == "OPEN"
    public = await data(reader, seen)
    assert (public["event"]["registrationOpen"], public["event"]["confirmedCount"]) == (True, 0)
    filtered = 'query ($to: DateTime) { events(filter: {kind: COURSE, status: OPEN, from: "2024-01-01", to: $to}) { totalCount } }'
    assert (await data(reader, filtered))["events"] == {"totalCount": 1}
    assert (await data(reader, filtered, {"to": "2024-01-02T00:00:00+09:00"}))["events"] == {"totalCount": 0}
    cancelled = await done(staff, mutation("cancelEvent", EVENT), {"id": draft["id"], "reason": "台風のため"})
    assert (cancelled["status"], "台風のため" in cancelled["changes"][-1]["summary"]) == ("CANCELLED", True)


@pytest.mark.parametrize("missing", ["0190b0f0-0000-7000-8000-000000000000", "nothing"])
async def test_what_is_not_there_is_not_found(staff_for: StaffFor, town: Tenant, missing: str) -> None:
    staff = await staff_for(town)
    for name, extra in (("updateEvent", {}), ("publishEvent", {}), ("cancelEvent", {"reason": "なし"})):
        assert (await done(staff, mutation(name, EVENT), {"id": missing} | extra))["code"] == "NOT_FOUND"
    assert (await done(staff, PUBLISH, {"id": missing}))["code"] == "NOT_FOUND"


def as_input(**changes: Any) -> dict[str, Any]:
    details = filled(**changes)
    return {
        "name": details.name,
        "kana": details.kana,
        "contactName": details.contact_name,
        "email": details.email,
        "category": "npo",
        "fields": ["childcare"],
        "people": 12,
        "foundedYear": 1998,
        "source": "OPEN_CALL",
        "visibility": {"phone": "PUBLIC"},
        "phone": "０８８－６２１－２１７９",
        "idempotencyKey": f"key of {details.name}",
    }


async def test_an_organisation_applies_and_is_approved(
    client_for: ClientFor, staff_for: StaffFor, worker_database: Database, site: Site
) -> None:
    platform = await make_platform(worker_database)
    await site._reload_hosts()
    applicant, staff = client_for(platform), await staff_for(platform)
    submit = mutation(
        "submitMembershipApplication", "id receiptNumber status organisationName", "MembershipApplication"
    )
    values = as_input()
    received = await done(applicant, submit, values)
    assert (received["status"], received["organisationName"]) == ("RECEIVED", values["name"])
    assert await done(applicant, submit, values) == received
    desk = "{ membershipApplications { totalCount nodes { id organisationName status } } }"
    assert (await ask(applicant, desk))["errors"][0]["extensions"]["code"] == "FORBIDDEN"
    assert (await data(staff, desk))["membershipApplications"]["nodes"] == [
        {"id": received["id"], "organisationName": values["name"], "status": "RECEIVED"}
    ]
    whole = f'{{ membershipApplication(id: "{received["id"]}") {{ details {{ phone visibility {{ contact shownTo }} }} steps {{ status }} }} }}'
    details = (await data(staff, whole))["membershipApplication"]["details"]
    assert details == {"phone": "088-621-2179", "visibility": [{"contact": "phone", "shownTo": "PUBLIC"}]}
    decide = mutation("decideMembershipApplication", "status organisationId", "MembershipApplication")
    decision = {"id": received["id"], "decision": "APPROVE", "effectiveOn": clock.today().isoformat()}
    assert (await done(applicant, decide, decision))["code"] == "FORBIDDEN"
    approved = await done(staff, decide, decision)
    assert approved["status"] == "APPROVED"
    assert (await done(staff, decide, decision))["code"] == "CONFLICT"
    found = await data(
        applicant,
        'query ($name: String) { organisations(filter: {search: $name, fields: ["childcare"]}) { totalCount nodes '
        "{ id phone email } } memberCount { count unit } }",
        {"name": values["name"]},
    )
    assert found == {
        "organisations": {
            "totalCount": 1,
            "nodes": [{"id": approved["organisationId"], "phone": "088-621-2179", "email": None}],
        },
        "memberCount": {"count": 1, "unit": "団体"},
    }


async def test_one_address_does_not_apply_without_end(
    client_for: ClientFor, worker_database: Database, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    platform = await make_platform(worker_database)
    await site._reload_hosts()
    monkeypatch.setattr(site, "settings", msgspec.structs.replace(site.settings, rate_limits=True))
    submit = mutation("submitMembershipApplication", "status", "MembershipApplication")
    values = as_input() | {"idempotencyKey": None}
    answers = [await done(client_for(platform), submit, values) for _ in range(6)]
    assert [answer.get("status", answer.get("code")) for answer in answers] == ["RECEIVED"] * 5 + ["TOO_MANY_REQUESTS"]


async def test_an_application_is_returned_with_what_is_to_be_mended(
    client_for: ClientFor, staff_for: StaffFor, worker_database: Database, site: Site
) -> None:
    platform = await make_platform(worker_database)
    await site._reload_hosts()
    applicant, staff = client_for(platform), await staff_for(platform)
    submit = mutation("submitMembershipApplication", "id channel", "MembershipApplication")
    assert (await done(staff, submit, as_input()))["channel"] == "API"
    answer = await ask(applicant, submit, {"input": as_input()})
    assert [error["extensions"]["code"] for error in answer["errors"]] == ["FORBIDDEN"]
    plain = mutation("submitMembershipApplication", "id", "MembershipApplication")
    received = await done(applicant, plain, as_input())
    wrong = await done(applicant, plain, as_input() | {"corporateNumber": "1234567890123"})
    assert (wrong["code"], wrong["field"]) == ("INVALID_INPUT", "corporateNumber")
    decide = mutation("decideMembershipApplication", "status steps { message }", "MembershipApplication")
    decision = {"id": received["id"], "decision": "RETURN"}
    assert (await done(staff, decide, decision))["field"] == "message"
    returned = await done(staff, decide, decision | {"message": "所在地をご確認ください。"})
    assert (returned["status"], returned["steps"][-1]["message"]) == ("RETURNED", "所在地をご確認ください。")


async def test_changes_are_made_one_after_the_other(staff_for: StaffFor, town: Tenant) -> None:
    staff = await staff_for(town)
    one = 'createAnnouncement(input: {title: "題名", body: "本文"}) { __typename }'
    assert await data(staff, f"mutation {{ a: {one} b: {one} c: {one} }}") == {
        name: {"__typename": "Announcement"} for name in "abc"
    }
