"""変更届, 退会届 and the ledger through GraphQL, as programs of the secretariat and managers of organisations use them."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest

from services.web.site import Site
from shared.identity.models import Role
from shared.kit import clock
from shared.kit.database.session import Database
from shared.tenants.models import Tenant
from tests.factories.identity import make_account, signed_in
from tests.factories.members import make_member, make_platform
from tests.services.web.conftest import ClientFor
from tests.services.web.graphql.conftest import StaffFor, ask, data

PROBLEM = "... on Problem { code message field }"
CHANGE = f"mutation ($input: SubmitChangeNoticeInput!) {{ it: submitChangeNotice(input: $input) {{ {PROBLEM} ... on ChangeNotice {{ id receiptNumber status channel changes {{ field label before after }} }} }} }}"
LEAVE = f"mutation ($input: SubmitWithdrawalNoticeInput!) {{ it: submitWithdrawalNotice(input: $input) {{ {PROBLEM} ... on WithdrawalNotice {{ id receiptNumber status effectiveOn channel }} }} }}"
DECIDE = f"mutation ($input: DecideChangeNoticeInput!) {{ it: decideChangeNotice(input: $input) {{ {PROBLEM} ... on ChangeNotice {{ status decidedBy reply }} }} }}"
PHONE = "query ($id: ID!) { organisation(id: $id) { phone } }"


async def done(client: httpx.AsyncClient, query: str, values: dict[str, Any]) -> dict[str, Any]:
    thing: dict[str, Any] = (await data(client, query, {"input": values}))["it"]
    return thing


@pytest.fixture
async def platform(worker_database: Database, site: Site) -> Tenant:
    tenant = await make_platform(worker_database)
    await site._reload_hosts()
    return tenant


async def member(client_for: ClientFor, database: Database, tenant: Tenant, organisation_id: UUID) -> httpx.AsyncClient:
    account = await make_account(database, tenant, Role.ORGANISATION_MANAGER, organisation_id=organisation_id)
    return await signed_in(client_for(tenant), account)


async def count(client: httpx.AsyncClient, day: date) -> int:
    query = "query ($on: Date) { memberCount(asOf: $on) { count } }"
    return int((await data(client, query, {"on": day.isoformat()}))["memberCount"]["count"])


async def test_a_members_notice_waits_for_the_secretariat(
    client_for: ClientFor, staff_for: StaffFor, worker_database: Database, platform: Tenant
) -> None:
    organisation_id = await make_member(worker_database, platform, visibility={"phone": "PUBLIC"})
    visitor, staff = await member(client_for, worker_database, platform, organisation_id), await staff_for(platform)
    notice = await done(
        visitor, CHANGE, {"organisationId": str(organisation_id), "phone": "０８８６２１２９１３", "channel": "FAX"}
    )
    assert (notice["status"], notice["channel"]) == ("RECEIVED", "API")
    assert notice["changes"] == [
        {"field": "phone", "label": "電話番号", "before": "088-621-2179", "after": "088-621-2913"}
    ]
    assert (await data(staff, PHONE, {"id": str(organisation_id)}))["organisation"]["phone"] == "088-621-2179"
    waiting = await data(staff, "{ notices(status: [RECEIVED]) { nodes { id kind organisationName } } }")
    assert [(each["id"], each["kind"]) for each in waiting["notices"]["nodes"]] == [(notice["id"], "CHANGE")]
    assert (await done(visitor, DECIDE, {"id": notice["id"], "decision": "ACCEPT"}))["code"] == "FORBIDDEN"
    assert (await done(staff, DECIDE, {"id": notice["id"], "decision": "ACCEPT"}))["status"] == "ACCEPTED"
    assert (await data(staff, PHONE, {"id": str(organisation_id)}))["organisation"]["phone"] == "088-621-2913"
    assert (await done(staff, DECIDE, {"id": notice["id"], "decision": "REFUSE", "message": "x"}))["code"] == "CONFLICT"


async def test_what_the_secretariat_types_in_takes_effect_at_once_unless_it_says_otherwise(
    staff_for: StaffFor, worker_database: Database, platform: Tenant
) -> None:
    organisation_id = await make_member(worker_database, platform)
    staff, here = await staff_for(platform), {"organisationId": str(organisation_id), "channel": "FAX"}
    later = await done(staff, CHANGE, here | {"appeal": "あとで", "accept": False})
    assert (later["status"], later["channel"]) == ("RECEIVED", "FAX")
    key = {"idempotencyKey": "notice-1", "appeal": "いま", "people": 30, "visibility": {"phone": "PUBLIC"}}
    first, again = await done(staff, CHANGE, here | key), await done(staff, CHANGE, here | key)
    assert (first["status"], first["id"]) == ("ACCEPTED", again["id"])
    assert (await data(staff, PHONE, {"id": str(organisation_id)}))["organisation"]["phone"] == "088-621-2179"


async def test_a_withdrawal_ends_membership_and_listing_on_its_date(
    client_for: ClientFor, staff_for: StaffFor, worker_database: Database, platform: Tenant
) -> None:
    today = clock.today()
    organisation_id = await make_member(worker_database, platform, joined_on=today - timedelta(days=30))
    staff, reader = await staff_for(platform), client_for(platform)
    assert await count(reader, today) == 1
    wrong = await done(staff, LEAVE, {"organisationId": str(organisation_id), "effectiveOn": "1999-01-01"})
    assert wrong["field"] == "effectiveOn"
    values = {"organisationId": str(organisation_id), "effectiveOn": today.isoformat(), "reason": "解散のため"}
    notice = await done(staff, LEAVE, values)
    assert (notice["status"], notice["effectiveOn"]) == ("ACCEPTED", today.isoformat())
    assert [await count(reader, day) for day in (today - timedelta(days=1), today)] == [1, 0]
    gone = (await ask(reader, PHONE, {"id": str(organisation_id)}))["errors"][0]["extensions"]["code"]
    listed = await data(reader, "{ organisations { totalCount } }")
    assert (gone, listed) == ("NOT_FOUND", {"organisations": {"totalCount": 0}})
    assert (await done(staff, LEAVE, values))["code"] == "CONFLICT"


async def test_tags_and_kana_are_told_to_programs_too(
    client_for: ClientFor, staff_for: StaffFor, worker_database: Database, platform: Tenant
) -> None:
    organisation_id = await make_member(worker_database, platform, visibility={"contact_name": "PUBLIC"})
    staff, wanted = await staff_for(platform), {"organisationId": str(organisation_id)}
    said = {"audiences": ["子ども", "carers"], "resources": ["place"], "contactKana": "さきやま はる"}
    notice = await done(staff, CHANGE, wanted | said)
    assert sorted((each["field"], each["after"]) for each in notice["changes"]) == [
        ("audiences", "children、carers"),
        ("contactKana", "サキヤマ ハル"),
        ("resources", "place"),
    ]
    query = "query ($id: ID!) { organisation(id: $id) { audiences resources contactKana representativeKana } }"
    seen = (await data(client_for(platform), query, {"id": str(organisation_id)}))["organisation"]
    assert seen == {
        "audiences": ["children", "carers"],
        "resources": ["place"],
        "contactKana": "サキヤマ ハル",
        "representativeKana": None,
    }
    refused = await done(staff, CHANGE, wanted | {"audiences": ["nobody"]})
    assert (refused["code"], refused["field"]) == ("INVALID_INPUT", "audiences")


async def test_nobody_speaks_for_another_organisation(
    client_for: ClientFor, staff_for: StaffFor, worker_database: Database, platform: Tenant, site: Site
) -> None:
    mine, other = await make_member(worker_database, platform), await make_member(worker_database, platform)
    visitor = await member(client_for, worker_database, platform, mine)
    for wanted in (str(other), str(uuid4()), "何か"):
        for query in (CHANGE, LEAVE):
            assert (await done(visitor, query, {"organisationId": wanted}))["code"] == "FORBIDDEN"
            assert (await done(client_for(platform), query, {"organisationId": wanted}))["code"] == "FORBIDDEN"
    foreign = await make_platform(worker_database)
    await site._reload_hosts()
    for query in (CHANGE, LEAVE):
        answer = await done(await staff_for(foreign), query, {"organisationId": str(other)})
        assert answer["code"] == "NOT_FOUND"


async def test_counts_by_kind_and_the_curve(client_for: ClientFor, worker_database: Database, platform: Tenant) -> None:
    day = date(2023, 2, 20)
    await make_member(worker_database, platform, joined_on=day, fields=("childcare", "disaster"))
    query = """query ($on: Date, $by: MemberDimension!) {
      memberCounts(asOf: $on, by: $by) { value name count asOf unit } memberGrowth { day joined left count } }"""
    answers = [
        await data(client_for(platform), query, {"on": day.isoformat(), "by": by})
        for by in ("CATEGORY", "FIELD", "MUNICIPALITY", "SOURCE")
    ]
    told = [[(part["value"], part["count"]) for part in answer["memberCounts"]] for answer in answers]
    assert told == [[("npo", 1)], [("childcare", 1), ("disaster", 1)], [("362042", 1)], [("OPEN_CALL", 1)]]
    assert {(part["asOf"], part["unit"]) for part in answers[0]["memberCounts"]} == {("2023-02-20", "団体")}
    assert answers[0]["memberGrowth"] == [{"day": "2023-02-20", "joined": 1, "left": 0, "count": 1}]
    assert (await data(client_for(platform), query, {"on": "2023-02-19", "by": "FIELD"}))["memberCounts"] == []
