"""Paper on the desk: typed in, looked at while typing, its scan shown to the secretariat alone."""

import re
from typing import Any
from uuid import uuid4

import httpx
import pytest

from services.web.site import Site
from shared.identity.models import Role
from shared.kit import clock
from shared.kit.database.session import Database
from shared.kit.settings import Settings
from shared.members import application_queries
from shared.members.application_queries import ApplicationView
from shared.members.models import Channel
from shared.tenants.models import Tenant
from tests.factories.identity import make_account, signed_in
from tests.factories.members import make_member, make_platform, settle
from tests.factories.screening import PDF, make_pledge, picture
from tests.services.web.conftest import ClientFor

NEW = "/staff/applications/new"
BARE = {"name": "紙の会", "kana": "かみのかい"}


@pytest.fixture
async def platform(worker_database: Database, site: Site) -> Tenant:
    tenant = await make_platform(worker_database)
    await site._reload_hosts()
    return tenant


@pytest.fixture
async def staff(client_for: ClientFor, worker_database: Database, platform: Tenant) -> httpx.AsyncClient:
    account = await make_account(worker_database, platform, Role.SECRETARIAT, name="阿波 緑")
    await make_pledge(worker_database, platform, account)
    return await signed_in(client_for(platform), account)


async def blank(client: httpx.AsyncClient, path: str = NEW) -> dict[str, Any]:
    """The form as it opens: hidden fields, today, the way on which it came."""
    html = (await client.get(path)).text
    fields = dict(re.findall(r'<input[^>]* name="(\w+)"[^>]* value="([^"]*)"', html))
    chosen = re.search(r'<option value="(\w+)" selected', html)
    assert chosen
    wanted = ("csrf", "key", "charter_seen", "scan_id", "received_on_year", "received_on_month", "received_on_day")
    return {name: fields.get(name, "") for name in wanted} | {"channel": chosen[1], "action": "save"}


async def enter(client: httpx.AsyncClient, files: Any = None, **typed: Any) -> httpx.Response:
    return await client.post(NEW, data=await blank(client) | typed, files=files)


async def entered(database: Database, tenant: Tenant, answer: httpx.Response) -> ApplicationView:
    assert answer.status_code == 303, answer.text
    async with database.read(tenant.id) as session:
        [line] = (await application_queries.applications(session)).items
        assert answer.headers["location"] == f"/staff/applications/{line.id}/entered"
        return await application_queries.application(session, line.id)


async def test_a_fax_with_two_fields_and_a_scan_is_received_with_a_large_number(
    staff: httpx.AsyncClient, web_database: Database, platform: Tenant, settings: Settings
) -> None:
    answer = await enter(staff, files={"scan": ("fax.pdf", PDF, "application/pdf")}, **BARE)
    view = await entered(web_database, platform, answer)
    assert (view.channel, view.details.name, view.details.kana, len(view.scans)) == (
        Channel.FAX,
        "紙の会",
        "カミノカイ",
        1,
    )
    page = (await staff.get(answer.headers["location"])).text
    assert f"data-no-ruby>{view.receipt_number}</p>" in page
    assert ("メールは送りません" in page, f'href="{NEW}?channel=FAX" autofocus' in page) == (True, True)
    assert {letter.to_email for letter in await settle(settings, platform)} == {"desk@pref.example"}
    scan = await staff.get(f"/staff/applications/{view.id}/scans/{view.scans[0].id}")
    assert (scan.content, scan.headers["content-type"], scan.headers["cache-control"]) == (
        PDF,
        "application/pdf",
        "no-store",
    )
    assert scan.headers["x-content-type-options"] == "nosniff"


async def test_the_next_paper_comes_the_same_way(staff: httpx.AsyncClient) -> None:
    assert (await blank(staff, f"{NEW}?channel=POST"))["channel"] == "POST"
    assert (await blank(staff, f"{NEW}?channel=WEB"))["channel"] == "FAX"
    assert (await blank(staff, f"{NEW}?channel=<b>"))["channel"] == "FAX"


async def test_two_clicks_are_one_application(
    staff: httpx.AsyncClient, web_database: Database, platform: Tenant
) -> None:
    form = await blank(staff) | BARE
    answers = [await staff.post(NEW, data=form) for _ in range(2)]
    assert answers[0].headers["location"] == answers[1].headers["location"]
    await entered(web_database, platform, answers[0])


async def test_the_postal_code_fills_the_address_without_a_script(staff: httpx.AsyncClient) -> None:
    answer = await enter(staff, **BARE, postal_code="〒７７４ー０００１", action="address")
    assert (answer.status_code, 'value="徳島県阿南市辰巳町"' in answer.text, 'value="774-0001"' in answer.text) == (
        200,
        True,
        True,
    )
    typed = await enter(staff, **BARE, postal_code="774-0001", address="辰巳町の倉庫", action="address")
    assert 'value="辰巳町の倉庫"' in typed.text
    unknown = await enter(staff, **BARE, postal_code="999-9999", action="address")
    assert (unknown.status_code, 'id="postal_code-error"' in unknown.text) == (422, True)
    assert 'value="紙の会"' in unknown.text


async def test_the_same_organisation_is_looked_for_without_a_script(
    staff: httpx.AsyncClient, web_database: Database, platform: Tenant
) -> None:
    member = await make_member(web_database, platform, name="NPO法人紙の会")
    answer = await enter(staff, name="紙の会", action="alike")
    assert (answer.status_code, f'href="/organisations/{member}"' in answer.text) == (200, True)
    assert "読みの候補：カミノカイ" in answer.text


async def look(client: httpx.AsyncClient, field: str, **typed: str) -> dict[str, Any]:
    form = await blank(client) | typed | {"field": field}
    answer = await client.post("/staff/applications/look", data=form)
    assert (answer.status_code, answer.headers["cache-control"]) == (200, "no-store")
    found: dict[str, Any] = answer.json()
    return found


async def test_the_script_is_told_what_a_field_says(
    staff: httpx.AsyncClient, web_database: Database, platform: Tenant
) -> None:
    member = await make_member(web_database, platform, phone="088-621-0000")
    assert await look(staff, "kana", kana="ｶﾐのかい") == {"value": "カミノカイ", "problem": None}
    assert (await look(staff, "kana", kana="紙の会"))["problem"].startswith("フリガナはカタカナで")
    assert (await look(staff, "corporate_number", corporate_number="5000012010009"))["problem"]
    assert (await look(staff, "corporate_number", corporate_number="５０００-0120-10008"))["value"] == "5000012010008"
    assert (await look(staff, "representative_name", representative_name="髙橋 明")) == {"reading": "タカハシ アキラ"}
    assert (await look(staff, "postal_code", postal_code="7740001"))["address"] == {
        "address": "徳島県阿南市辰巳町",
        "municipality_code": "362042",
    }
    assert (await look(staff, "postal_code", postal_code="774"))["address"] is None
    found = await look(staff, "phone", phone="088 621 0000")
    assert (found["value"], f"/organisations/{member}" in found["alike"]) == ("088-621-0000", True)
    assert await look(staff, "csrf") == {}


@pytest.mark.parametrize(
    ("name", "data", "words"),
    [
        ("big.pdf", PDF + bytes(30 * 1024 * 1024), "10MB"),
        ("lie.pdf", b"<html><script>alert(1)</script>", "scan-error"),
        ("lie.png", b"MZ\x90\x00", "scan-error"),
        ("empty.pdf", b"", "scan-error"),
    ],
)
async def test_a_wrong_scan_is_refused_beside_its_field_and_costs_no_words(
    staff: httpx.AsyncClient, web_database: Database, platform: Tenant, name: str, data: bytes, words: str
) -> None:
    answer = await enter(staff, files={"scan": (name, data, "application/pdf")}, **BARE)
    assert (answer.status_code, words in answer.text, 'value="紙の会"' in answer.text) == (422, True, True)
    async with web_database.read(platform.id) as session:
        assert (await application_queries.applications(session)).total == 0


async def test_a_mistake_in_the_words_does_not_cost_the_scan(
    staff: httpx.AsyncClient, web_database: Database, platform: Tenant
) -> None:
    form = await blank(staff) | BARE
    wrong = await staff.post(NEW, data=form | {"kana": ""}, files={"scan": ("x.jpg", picture("JPEG"), "image/jpeg")})
    assert (wrong.status_code, 'id="kana-error"' in wrong.text, "スキャンは預かっています" in wrong.text) == (
        422,
        True,
        True,
    )
    kept = re.search(r'name="scan_id" value="([^"]+)"', wrong.text)
    assert kept
    view = await entered(web_database, platform, await staff.post(NEW, data=form | {"scan_id": kept[1]}))
    assert [scan.content_type for scan in view.scans] == ["image/jpeg"]


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"received_on_year": "2999"}, "received_on"),
        ({"received_on_day": ""}, "received_on"),
        ({"channel": "WEB"}, "channel"),
        ({"channel": "<script>"}, "channel"),
        ({"corporate_number": "5000012010009"}, "corporate_number"),
        ({"channel": "EMAIL"}, "email"),
    ],
)
async def test_what_cannot_be_is_refused_beside_its_field(
    staff: httpx.AsyncClient, typed: dict[str, str], field: str
) -> None:
    answer = await enter(staff, **BARE | typed)
    assert (answer.status_code, f'id="{field}-error"' in answer.text) == (422, True)


async def test_a_scan_can_be_added_later(staff: httpx.AsyncClient, web_database: Database, platform: Tenant) -> None:
    view = await entered(web_database, platform, await enter(staff, **BARE))
    path = f"/staff/applications/{view.id}"
    token = {"csrf": (await blank(staff))["csrf"]}
    files = {"scan": ("letter.png", picture("PNG"), "image/png")}
    assert (await staff.post(f"{path}/scans", data=token, files=files)).status_code == 303
    assert "スキャン1（PNG" in (await staff.get(path)).text
    assert (await staff.post(f"{path}/scans", data=token)).status_code == 422
    refused = await staff.post(f"{path}/scans", data=token, files={"scan": ("x.png", b"no", "image/png")})
    assert (refused.status_code, 'id="scan-error"' in refused.text) == (422, True)


async def test_a_scan_is_seen_by_its_own_secretariat_alone(
    staff: httpx.AsyncClient,
    client_for: ClientFor,
    web_database: Database,
    worker_database: Database,
    platform: Tenant,
    site: Site,
) -> None:
    view = await entered(
        web_database, platform, await enter(staff, files={"scan": ("fax.pdf", PDF, "application/pdf")}, **BARE)
    )
    path = f"/staff/applications/{view.id}/scans/{view.scans[0].id}"
    other = await make_platform(worker_database)
    await site._reload_hosts()
    foreign = await signed_in(client_for(other), await make_account(worker_database, other, Role.SECRETARIAT))
    caseworker = await signed_in(client_for(platform), await make_account(worker_database, platform, Role.CASEWORKER))
    visitors = (client_for(platform), foreign, caseworker)
    assert [(await each.get(path)).status_code for each in visitors] == [303, 404, 403]
    elsewhere = f"/staff/applications/{uuid4()}/scans/{view.scans[0].id}"
    assert (await staff.get(elsewhere)).status_code == 404
    assert (await client_for(platform).get(f"/media/{view.scans[0].id}/original")).status_code == 404


async def test_an_old_form_stores_nothing_and_keeps_its_words(staff: httpx.AsyncClient) -> None:
    answer = await enter(staff, **BARE, csrf="old")
    assert (answer.status_code, 'value="紙の会"' in answer.text) == (422, True)
    assert (await staff.post("/staff/applications/look", data={"csrf": "old", "field": "name"})).status_code == 422


async def test_the_desk_is_for_the_secretariat(client_for: ClientFor, platform: Tenant) -> None:
    stranger = client_for(platform)
    assert [(await stranger.get(NEW)).status_code, (await stranger.post(NEW)).status_code] == [303, 403]


async def test_the_day_of_receipt_is_kept(staff: httpx.AsyncClient, web_database: Database, platform: Tenant) -> None:
    day = clock.today().replace(day=1)
    view = await entered(web_database, platform, await enter(staff, **BARE, received_on_day="１"))
    assert view.received_at.astimezone(clock.JST).date() == day
