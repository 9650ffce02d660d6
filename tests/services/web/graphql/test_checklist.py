"""審査の基準と手順 through GraphQL."""

from typing import Any

import pytest

from services.web.site import Site
from shared.identity.models import Role
from shared.kit.database.session import Database
from shared.tenants.models import Tenant
from tests.factories.members import make_platform
from tests.factories.screening import make_criteria
from tests.services.web.conftest import ClientFor
from tests.services.web.graphql.conftest import StaffFor, bearer, data
from tests.services.web.graphql.test_writing import done, mutation

WHOLE = "revision criteria { slug name kind required hint } retired { slug }"
REPLACE = mutation("replaceChecklist", WHOLE, "Checklist")


@pytest.fixture
async def platform(worker_database: Database, site: Site) -> Tenant:
    tenant = await make_platform(worker_database)
    await make_criteria(worker_database, tenant)
    await site._reload_hosts()
    return tenant


async def test_the_checklist_is_read_and_replaced(staff_for: StaffFor, platform: Tenant) -> None:
    staff = await staff_for(platform)
    before = (await data(staff, f"{{ checklist {{ {WHOLE} }} }}"))["checklist"]
    assert [each["slug"] for each in before["criteria"]] == ["area", "neutral", "recommendation", "pledge", "meeting"]
    wanted: dict[str, Any] = {
        "revision": before["revision"],
        "criteria": [
            {"name": "趣旨に賛同している", "hint": "申請書の目的の欄で"},
            {"slug": "meeting", "name": "運営会議", "required": False},
        ],
    }
    replaced = await done(staff, REPLACE, wanted)
    assert [(each["slug"], each["name"], each["kind"], each["required"]) for each in replaced["criteria"]] == [
        ("statement-1", "趣旨に賛同している", "STATEMENT", True),
        ("meeting", "運営会議", "MEETING", False),
    ]
    assert (replaced["revision"], replaced["retired"]) == (before["revision"] + 1, [])
    assert (await done(staff, REPLACE, wanted))["code"] == "CONFLICT"


async def test_only_an_administrator_changes_it_and_only_the_secretariat_reads_it(
    client_for: ClientFor, worker_database: Database, platform: Tenant
) -> None:
    program = client_for(platform)
    token = await bearer(worker_database, platform, Role.SECRETARIAT)
    wanted = {"revision": 1, "criteria": []}
    assert (await done(program, REPLACE, wanted, authorization=f"Bearer {token}"))["code"] == "FORBIDDEN"
    assert (await done(client_for(platform), REPLACE, wanted))["code"] == "FORBIDDEN"
    refused = await client_for(platform).post("/graphql", json={"query": "{ checklist { revision } }"})
    assert refused.json()["errors"][0]["extensions"]["code"] == "FORBIDDEN"
