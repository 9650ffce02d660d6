"""What a member does for itself on its pages, done by a program: 傘下, 最終確認, people, drafts; and what it reads of itself."""

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest

from services.web.site import Site
from shared.identity.models import Role
from shared.kit import clock
from shared.kit.database.session import Database
from shared.kit.settings import Settings
from shared.tenants.models import Tenant
from tests.factories.identity import make_account, signed_in
from tests.factories.members import make_member, make_platform, settle
from tests.services.web.conftest import ClientFor
from tests.services.web.graphql.conftest import StaffFor, data
from tests.services.web.graphql.test_writing import done, mutation

UMBRELLA = """organisationId name declarations { count unit approximate asOf source }
  affiliates { id name organisationId reachable } relays { subject requestedBy confirmed receipts { name confirmedAt } }"""
DECLARE = mutation("declareAffiliates", UMBRELLA, "Umbrella")
REGISTER = mutation("registerAffiliate", UMBRELLA, "Umbrella")
REMOVE = mutation("removeAffiliate", UMBRELLA, "Umbrella")
RELAY = mutation("requestRelay", UMBRELLA, "Umbrella")
CONFIRM = mutation("confirmOrganisation", "organisationId confirmedOn", "Confirmation")
PEOPLE = "people { accountId name role } invitations { id email name role status }"
INVITE = mutation("inviteOrganisationPerson", PEOPLE, "OrganisationPeople")
WITHDRAW = mutation("withdrawInvitation", PEOPLE, "OrganisationPeople")
LEAVE = mutation("removeOrganisationPerson", PEOPLE, "OrganisationPeople")
DRAFT = "id kind status title body revision returnedMessage organisationName startsAt"
NEWS = mutation("saveMemberNews", DRAFT, "MemberDraft")
EVENT = mutation("saveMemberEvent", DRAFT, "MemberDraft")
DISCARD = mutation("discardMemberDraft", DRAFT, "MemberDraft")
RELEASE = mutation("releaseMemberDraft", DRAFT, "MemberDraft")
RETURN = mutation("returnMemberDraft", DRAFT, "MemberDraft")


@pytest.fixture
async def platform(worker_database: Database, site: Site) -> Tenant:
    tenant = await make_platform(worker_database)
    await site._reload_hosts()
    return tenant


@pytest.fixture
async def organisation(worker_database: Database, platform: Tenant) -> UUID:
    return await make_member(worker_database, platform, name="つなぐ食堂")


@pytest.fixture
async def manager(
    client_for: ClientFor, worker_database: Database, platform: Tenant, organisation: UUID
) -> httpx.AsyncClient:
    return await person(client_for, worker_database, platform, Role.ORGANISATION_MANAGER, organisation)


@pytest.fixture
async def stranger(client_for: ClientFor, worker_database: Database, platform: Tenant) -> httpx.AsyncClient:
    """The manager of another organisation of the same platform."""
    other = await make_member(worker_database, platform)
    return await person(client_for, worker_database, platform, Role.ORGANISATION_MANAGER, other)


async def person(
    client_for: ClientFor, database: Database, tenant: Tenant, role: Role, organisation_id: UUID
) -> httpx.AsyncClient:
    account = await make_account(database, tenant, role, organisation_id=organisation_id)
    return await signed_in(client_for(tenant), account)


async def asked(client: httpx.AsyncClient, field: str, selection: str, wanted: UUID) -> Any:
    return (await data(client, f'{{ {field}(id: "{wanted}") {{ {selection} }} }}'))[field]


async def test_an_umbrella_declares_registers_and_passes_on(
    manager: httpx.AsyncClient, organisation: UUID, platform: Tenant, settings: Settings
) -> None:
    own, today = {"organisationId": str(organisation)}, clock.today().isoformat()
    said = own | {"count": 55, "unit": "か所", "asOf": today, "approximate": True}
    assert (await done(manager, DECLARE, said))["declarations"] == [
        {"count": 55, "unit": "か所", "approximate": True, "asOf": today, "source": None}
    ]
    assert (await done(manager, DECLARE, said | {"count": 0}))["field"] == "count"
    child = own | {"name": "小さな食堂", "email": "child@npo.example", "idempotencyKey": "child-1"}
    first, again = await done(manager, REGISTER, child), await done(manager, REGISTER, child)
    assert first == again
    [entry] = first["affiliates"]
    assert (entry["name"], entry["reachable"], entry["organisationId"]) == ("小さな食堂", True, None)
    notice = own | {"subject": "夏の集い", "body": "ご参加ください。", "idempotencyKey": "relay-1"}
    for _ in range(2):
        passed = await done(manager, RELAY, notice)
    assert [(each["subject"], each["confirmed"], len(each["receipts"])) for each in passed["relays"]] == [
        ("夏の集い", 0, 1)
    ]
    letters = [each.to_email for each in await settle(settings, platform) if each.template == "members/relay_request"]
    assert letters == ["child@npo.example"]
    assert (await done(manager, REMOVE, own | {"affiliateId": str(uuid4())}))["code"] == "NOT_FOUND"
    assert (await done(manager, REMOVE, own | {"affiliateId": entry["id"]}))["affiliates"] == []


async def test_the_last_confirmation_is_said_by_the_manager_or_for_it(
    manager: httpx.AsyncClient, staff_for: StaffFor, organisation: UUID, platform: Tenant
) -> None:
    wanted = {"organisationId": str(organisation)}
    today = {"organisationId": str(organisation), "confirmedOn": clock.today().isoformat()}
    assert await done(manager, CONFIRM, wanted) == today
    staff = await staff_for(platform)
    assert await done(staff, CONFIRM, wanted) == today
    assert (await done(staff, CONFIRM, {"organisationId": str(uuid4())}))["code"] == "NOT_FOUND"


async def test_a_manager_invites_takes_back_and_removes(
    manager: httpx.AsyncClient,
    staff_for: StaffFor,
    worker_database: Database,
    organisation: UUID,
    platform: Tenant,
    settings: Settings,
) -> None:
    own = {"organisationId": str(organisation)}
    wanted = own | {"email": "helper@npo.example", "name": "助っ人", "idempotencyKey": "invite-1"}
    for _ in range(2):
        people = await done(manager, INVITE, wanted)
    [invitation] = people["invitations"]
    assert (invitation["email"], invitation["role"], invitation["status"]) == (
        "helper@npo.example",
        "ORGANISATION_USER",
        "OPEN",
    )
    letters = [each.to_email for each in await settle(settings, platform) if each.to_email == "helper@npo.example"]
    assert len(letters) == 1
    another = own | {"email": "boss@npo.example", "name": "長", "role": "ORGANISATION_MANAGER"}
    assert (await done(manager, INVITE, another))["code"] == "FORBIDDEN"
    assert len((await done(await staff_for(platform), INVITE, another))["invitations"]) == 2
    left = await done(manager, WITHDRAW, own | {"invitationId": invitation["id"]})
    assert [each["email"] for each in left["invitations"]] == ["boss@npo.example"]
    user = await make_account(worker_database, platform, Role.ORGANISATION_USER, organisation_id=organisation)
    assert str(user.id) in [
        each["accountId"] for each in (await asked(manager, "organisationPeople", PEOPLE, organisation))["people"]
    ]
    gone = await done(manager, LEAVE, own | {"accountId": str(user.id)})
    assert str(user.id) not in [each["accountId"] for each in gone["people"]]


async def test_a_members_news_are_saved_returned_mended_and_released(
    manager: httpx.AsyncClient, staff_for: StaffFor, client_for: ClientFor, organisation: UUID, platform: Tenant
) -> None:
    own, staff = {"organisationId": str(organisation)}, await staff_for(platform)
    words = own | {"title": "夏休みの朝ごはん", "body": "毎朝7時から。", "idempotencyKey": "news-1"}
    first, again = await done(manager, NEWS, words), await done(manager, NEWS, words)
    assert (first["status"], first["kind"], first["id"]) == ("DRAFT", "NEWS", again["id"])
    waiting = "{ proposedDrafts { totalCount nodes { id } } }"
    assert (await data(staff, waiting))["proposedDrafts"]["totalCount"] == 0
    assert (await done(staff, RELEASE, {"id": first["id"]}))["code"] == "NOT_FOUND"
    mended = own | {"draftId": first["id"], "title": "夏休みの朝ごはん会", "body": "毎朝7時から。", "propose": True}
    assert (await done(manager, NEWS, mended | {"revision": 99}))["code"] == "CONFLICT"
    assert (await done(manager, NEWS, mended))["status"] == "PROPOSED"
    assert [each["id"] for each in (await data(staff, waiting))["proposedDrafts"]["nodes"]] == [first["id"]]
    returned = await done(staff, RETURN, {"id": first["id"], "message": "会場も書いてください。"})
    assert (returned["status"], returned["returnedMessage"]) == ("RETURNED", "会場も書いてください。")
    proposed = await done(manager, NEWS, mended | {"body": "毎朝7時から、公民館で。"})
    assert (await done(staff, RELEASE, {"id": first["id"], "revision": proposed["revision"] - 1}))["code"] == "CONFLICT"
    assert (await done(staff, RELEASE, {"id": first["id"], "revision": proposed["revision"]}))["status"] == "PUBLIC"
    read = await data(client_for(platform), f'{{ announcement(id: "{first["id"]}") {{ title }} }}')
    assert read["announcement"] == {"title": "夏休みの朝ごはん会"}
    drafts = await asked(manager, "memberDrafts", "totalCount nodes { id status }", organisation)
    assert drafts == {"totalCount": 1, "nodes": [{"id": first["id"], "status": "PUBLIC"}]}


async def test_a_members_event_keeps_what_is_left_out_and_is_thrown_away(
    manager: httpx.AsyncClient, organisation: UUID
) -> None:
    own = {"organisationId": str(organisation)}
    day = (clock.now() + timedelta(days=30)).isoformat()
    given = own | {
        "title": "川の学校",
        "kind": "WORKSHOP",
        "startsAt": day,
        "venue": "吉野川の河原",
        "description": "川で遊ぶ",
    }
    made = await done(manager, EVENT, given)
    assert (made["kind"], made["status"], made["body"]) == ("EVENT", "DRAFT", "川で遊ぶ")
    again = own | {"draftId": made["id"], "title": "川の学校・夏", "kind": "WORKSHOP", "startsAt": day}
    assert (await done(manager, EVENT, again))["body"] == "川で遊ぶ"
    assert (await done(manager, NEWS, own | {"draftId": made["id"], "title": "x", "body": "y"}))["code"] == "NOT_FOUND"
    assert (await done(manager, DISCARD, own | {"draftId": made["id"]}))["title"] == "川の学校・夏"
    assert (await done(manager, DISCARD, own | {"draftId": made["id"]}))["code"] == "NOT_FOUND"


async def test_a_member_reads_what_its_membership_brought_and_who_has_looked(
    manager: httpx.AsyncClient, staff_for: StaffFor, worker_database: Database, organisation: UUID, platform: Tenant
) -> None:
    staff = await staff_for(platform)
    assert (await staff.get(f"/staff/organisations/{organisation}")).status_code == 200
    gains = await asked(manager, "gains", "months { month views } news relays received", organisation)
    assert (len(gains["months"]), gains["news"], gains["relays"], gains["received"]) == (13, 0, 0, 0)
    log = "totalCount nodes { what role happenedAt } pageInfo { hasNextPage }"
    seen = await asked(manager, "accessLog", log, organisation)
    assert [(each["what"], each["role"]) for each in seen["nodes"]][:1] == [("団体の登録内容", "事務局（管理者）")]
    assert (await asked(staff, "accessLog", "totalCount", organisation))["totalCount"] == seen["totalCount"]


async def test_another_member_reads_and_changes_nothing_of_it(
    stranger: httpx.AsyncClient, organisation: UUID, client_for: ClientFor, worker_database: Database, platform: Tenant
) -> None:
    for field in ("umbrella", "organisationPeople", "memberDrafts", "gains", "accessLog"):
        assert await asked(stranger, field, "__typename", organisation) is None
        assert await asked(stranger, field, "__typename", uuid4()) is None
    own, day = {"organisationId": str(organisation)}, clock.now().isoformat()
    for query, given in (
        (DECLARE, {"count": 1, "unit": "社", "asOf": clock.today().isoformat()}),
        (REGISTER, {"name": "会"}),
        (REMOVE, {"affiliateId": str(uuid4())}),
        (RELAY, {"subject": "件", "body": "文"}),
        (CONFIRM, {}),
        (INVITE, {"email": "a@npo.example", "name": "人"}),
        (WITHDRAW, {"invitationId": str(uuid4())}),
        (LEAVE, {"accountId": str(uuid4())}),
        (NEWS, {"title": "題", "body": "文"}),
        (EVENT, {"title": "題", "kind": "SEMINAR", "startsAt": day}),
        (DISCARD, {"draftId": str(uuid4())}),
    ):
        assert (await done(stranger, query, own | given))["code"] == "FORBIDDEN", query
    # Who only writes for the organisation sees what it brought, and does not act for it.
    user = await person(client_for, worker_database, platform, Role.ORGANISATION_USER, organisation)
    assert await asked(user, "gains", "news", organisation) == {"news": 0}
    assert await asked(user, "accessLog", "totalCount", organisation) is None
    assert (await done(user, CONFIRM, own))["code"] == "FORBIDDEN"
