"""The checklist through GraphQL: shown to the secretariat, honoured by every decision."""

from typing import Any

import pytest

from services.web.site import Site
from shared.kit.database.session import Database
from shared.tenants.models import Tenant
from tests.factories.members import make_application, make_platform
from tests.factories.screening import make_criteria
from tests.services.web.conftest import ClientFor
from tests.services.web.graphql.conftest import StaffFor, data
from tests.services.web.graphql.test_writing import done, mutation

WHOLE = "status checks { criterion result note actorName required kind }"
DECIDE = mutation("decideMembershipApplication", WHOLE, "MembershipApplication")
RECORD = mutation("recordApplicationChecks", WHOLE, "MembershipApplication")
MET: list[dict[str, Any]] = [{"criterion": slug, "result": "MET"} for slug in ("area", "neutral")]


@pytest.fixture
async def platform(worker_database: Database, site: Site) -> Tenant:
    tenant = await make_platform(worker_database)
    await make_criteria(worker_database, tenant)
    await site._reload_hosts()
    return tenant


async def test_approval_waits_for_the_checklist_and_takes_findings_with_it(
    staff_for: StaffFor, web_database: Database, platform: Tenant
) -> None:
    application_id, staff = str(await make_application(web_database, platform)), await staff_for(platform)
    approve = {"id": application_id, "decision": "APPROVE"}
    assert (await done(staff, DECIDE, approve))["code"] == "CHECKS_OPEN"
    half = approve | {"checks": [MET[0]]}
    assert (await done(staff, DECIDE, half))["code"] == "CHECKS_OPEN"
    query = "{ membershipApplications { nodes { channel openChecks } } }"
    assert (await data(staff, query))["membershipApplications"]["nodes"] == [
        {"channel": "WEB", "openChecks": ["県内で活動している", "政治活動を目的としていない"]}
    ]
    approved = await done(staff, DECIDE, approve | {"checks": MET})
    assert (approved["status"], [each["result"] for each in approved["checks"]]) == (
        "APPROVED",
        ["MET", "MET", "OPEN", "OPEN", "OPEN"],
    )


async def test_findings_are_recorded_without_a_decision(
    staff_for: StaffFor, web_database: Database, platform: Tenant, client_for: ClientFor
) -> None:
    application_id, staff = str(await make_application(web_database, platform)), await staff_for(platform)
    given = {"id": application_id, "checks": [{"criterion": "area", "result": "NOT_MET"}]}
    assert (await done(client_for(platform), RECORD, given))["code"] == "FORBIDDEN"
    refused = await done(staff, RECORD, given)
    assert (refused["code"], refused["field"]) == ("INVALID_INPUT", "checkArea")
    given["checks"] = [{"criterion": "area", "result": "NOT_MET", "note": "県外"}]
    recorded = (await done(staff, RECORD, given))["checks"][0]
    assert (recorded["result"], recorded["note"], recorded["kind"]) == ("NOT_MET", "県外", "STATEMENT")


async def test_an_applicant_pledges_through_graphql_and_sees_no_checks(
    client_for: ClientFor, staff_for: StaffFor, platform: Tenant
) -> None:
    submit = mutation("submitMembershipApplication", "id status", "MembershipApplication")
    values = {"name": "誓う会", "kana": "チカウカイ", "contactName": "花", "email": "c@npo.example", "pledge": True}
    received = await done(client_for(platform), submit, values)
    query = f'{{ membershipApplication(id: "{received["id"]}") {{ pledgedVersion details {{ pledge }} }} }}'
    assert (await data(await staff_for(platform), query))["membershipApplication"] == {
        "pledgedVersion": 2,
        "details": {"pledge": True},
    }
