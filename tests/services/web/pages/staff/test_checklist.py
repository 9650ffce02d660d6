"""審査の基準と手順, edited by the secretariat without a script."""

import httpx
import pytest

from services.web.site import Site
from shared.identity.models import Role
from shared.kit.database.session import Database
from shared.members import criteria, screening
from shared.members.screening import Finding
from shared.members.screening_models import CheckResult
from shared.tenants.models import Tenant
from tests.factories.identity import make_account, signed_in
from tests.factories.members import STAFF, make_application, make_platform
from tests.factories.screening import make_criteria
from tests.services.web.conftest import ClientFor
from tests.services.web.pages.staff.forms import fields_of, open_form

PATH = "/staff/screening"


@pytest.fixture
async def tenant(worker_database: Database, site: Site) -> Tenant:
    made = await make_platform(worker_database)
    await make_criteria(worker_database, made)
    await site._reload_hosts()
    return made


async def press(client: httpx.AsyncClient, sent: dict[str, str], button: str) -> dict[str, str]:
    answer = await client.post(PATH, data=sent | {"rows": button})
    assert answer.status_code == 200
    return fields_of(answer.text)


async def names(database: Database, tenant: Tenant) -> list[str]:
    async with database.read(tenant.id) as session:
        return [each.name for each in await criteria.criteria(session)]


async def test_criteria_are_moved_added_and_taken_away(
    staff: httpx.AsyncClient, web_database: Database, tenant: Tenant
) -> None:
    sent = await press(staff, await open_form(staff, PATH), "row.add")
    sent |= {"criteria.2.name": "趣旨に賛同している", "criteria.2.hint": "設置要綱で"}
    sent = await press(staff, sent, "row.up.2")
    sent = await press(staff, sent, "row.remove.0")
    sent |= {"criteria.0.required": "1"}
    answer = await staff.post(PATH, data=sent)
    assert (answer.status_code, answer.headers["location"]) == (303, f"{PATH}?done=saved")
    assert await names(web_database, tenant) == [
        "趣旨に賛同している",
        "政治活動を目的としていない",
        "参加団体の推薦",
        "暴排の誓約書",
        "承認会議",
    ]


async def test_steps_are_switched_off_and_on_again(
    staff: httpx.AsyncClient, web_database: Database, tenant: Tenant
) -> None:
    sent = await open_form(staff, PATH)
    for step in (2, 3):
        del sent[f"criteria.{step}.used"]
    assert (await staff.post(PATH, data=sent)).status_code == 303
    assert (await names(web_database, tenant))[2:] == ["承認会議"]
    sent = await open_form(staff, PATH)
    assert sent["criteria.3.name"] == "暴力団排除の誓約書の受取り"
    assert (await staff.post(PATH, data=sent | {"criteria.3.used": "1"})).status_code == 303
    assert (await names(web_database, tenant))[2:] == ["暴力団排除の誓約書の受取り", "承認会議"]


async def test_a_mistake_is_said_beside_its_field_and_everything_typed_stays(staff: httpx.AsyncClient) -> None:
    sent = await open_form(staff, PATH) | {"criteria.0.name": "", "criteria.1.hint": "規約の第2条で"}
    answer = await staff.post(PATH, data=sent)
    assert (answer.status_code, 'id="criteria.0.name-error"' in answer.text) == (422, True)
    assert fields_of(answer.text) == sent


async def test_two_editors_see_both_lists_and_lose_nothing(staff: httpx.AsyncClient) -> None:
    sent = await open_form(staff, PATH)
    assert (await staff.post(PATH, data=sent | {"criteria.0.name": "同僚の基準"})).status_code == 303
    answer = await staff.post(PATH, data=sent | {"criteria.0.name": "わたしの基準"})
    assert (answer.status_code, "同僚の基準" in answer.text) == (409, True)
    again = fields_of(answer.text)
    assert again["criteria.0.name"] == "わたしの基準"
    assert (await staff.post(PATH, data=again)).status_code == 303
    assert (await open_form(staff, PATH))["criteria.0.name"] == "わたしの基準"


async def test_what_was_used_is_offered_again_and_its_application_still_shows_it(
    staff: httpx.AsyncClient, web_database: Database, tenant: Tenant
) -> None:
    application_id = await make_application(web_database, tenant)
    async with web_database.write(tenant.id) as session:
        finding = Finding(criterion="neutral", result=CheckResult.MET)
        await screening.record_findings(session, application_id, [finding], actor=STAFF)
    sent = await press(staff, await open_form(staff, PATH), "row.remove.1")
    assert (await staff.post(PATH, data=sent)).status_code == 303
    shown = (await staff.get(f"/staff/applications/{application_id}")).text
    assert ("（いまは外した基準）" in shown, 'name="check_neutral"' in shown) == (True, False)
    assert 'value="row.restore.neutral"' in (await staff.get(PATH)).text
    sent = await press(staff, await open_form(staff, PATH), "row.restore.neutral")
    assert (await staff.post(PATH, data=sent)).status_code == 303
    assert (await names(web_database, tenant))[1] == "政治活動を目的としていない"


async def test_it_is_the_administrators(client_for: ClientFor, worker_database: Database, tenant: Tenant) -> None:
    account = await make_account(worker_database, tenant, Role.SECRETARIAT)
    colleague = await signed_in(client_for(tenant), account)
    assert (await colleague.get(PATH)).status_code == 403
    assert PATH not in (await colleague.get("/staff/applications")).text
