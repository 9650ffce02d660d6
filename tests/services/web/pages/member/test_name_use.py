"""後援名義 at the keyboard: asked for at マイページ, decided at the desk, taken while the period lasts."""

import re
from datetime import timedelta
from uuid import UUID

import httpx
import pytest
from sqlalchemy import select

from shared.kit import clock
from shared.kit.database.session import Database
from shared.members.umbrella import service as umbrellas
from shared.members.umbrella.models import RelayReceipt
from shared.tenants.models import Tenant
from tests.factories.identity import form_token
from tests.factories.name_use import DRAWING, make_name_use, manager_of, offer_name_use
from tests.factories.screening import PDF, picture
from tests.services.web.pages.staff.forms import open_form

DAY = timedelta(days=1)
SVG = ("logo.svg", DRAWING, "image/svg+xml")


@pytest.fixture
async def offered(worker_database: Database, tenant: Tenant) -> None:
    await offer_name_use(worker_database, tenant)


def day(name: str, ahead: int) -> dict[str, str]:
    when = clock.today() + ahead * DAY
    return {f"{name}_year": str(when.year), f"{name}_month": str(when.month), f"{name}_day": str(when.day)}


async def ask(manager: httpx.AsyncClient, **changes: str) -> httpx.Response:
    form = await open_form(manager, "/member/name-use/new")
    typed = {"title": "居場所フェスタ", "place": "市役所", "purpose": "知ってもらう", **day("starts_on", 14)}
    return await manager.post("/member/name-use/new", data=form | typed | changes)


async def asked(database: Database, tenant: Tenant, organisation: UUID) -> str:
    return str((await make_name_use(database, tenant, organisation, starts_on=clock.today())).id)


async def decide(
    staff: httpx.AsyncClient, request_id: str, step: str, files: object = None, **fields: str
) -> httpx.Response:
    page = (await staff.get(f"/staff/name-use/{request_id}")).text
    given = {name: re.search(f'name="{name}" value="([^"]*)"', page) for name in ("csrf", "revision", "form_key")}
    form = {name: found[1] for name, found in given.items() if found} | fields
    more = {"files": files} if files else {}
    return await staff.post(f"/staff/name-use/{request_id}/{step}", data=form, **more)  # type: ignore[arg-type]


async def test_where_it_is_not_offered_there_is_no_way_to_it(
    manager: httpx.AsyncClient, staff: httpx.AsyncClient
) -> None:
    assert "/member/name-use" not in (await manager.get("/member")).text
    for path in ("/member/name-use", "/member/name-use/new"):
        assert (await manager.get(path)).status_code == 404
    assert (await staff.get("/staff/name-use/new")).status_code == 404
    assert 'href="/staff/name-use"' not in (await staff.get("/staff/notices")).text


async def test_an_administrator_opens_it_for_members(manager: httpx.AsyncClient, staff: httpx.AsyncClient) -> None:
    settings = "/staff/name-use/settings"
    answer = await staff.post(settings, data={"csrf": await form_token(staff, settings), "offered": "1"})
    assert answer.headers["location"] == f"{settings}?done=saved"
    assert "/member/name-use" in (await manager.get("/member")).text
    assert 'href="/staff/name-use"' in (await staff.get("/staff/notices")).text


@pytest.mark.usefixtures("offered")
async def test_a_request_goes_from_the_member_to_the_desk(manager: httpx.AsyncClient, staff: httpx.AsyncClient) -> None:
    answer = await ask(
        manager, participants="８０", answer_by_year=str(clock.today().year + 1), answer_by_month="1", answer_by_day="9"
    )
    assert answer.status_code == 303
    item = (await manager.get(answer.headers["location"])).text
    assert ("受付" in item, "80人" in item, "申請を受け付けました" in item) == (True, True, True)
    desk = (await staff.get("/staff")).text
    assert "後援名義の申請（決定待ち）" in desk
    assert "居場所フェスタ" in (await staff.get("/staff/name-use?state=RECEIVED")).text
    assert "申請はありません" in (await staff.get("/staff/name-use?state=APPROVED")).text


@pytest.mark.usefixtures("offered")
async def test_two_clicks_are_one_request(manager: httpx.AsyncClient) -> None:
    form = await open_form(manager, "/member/name-use/new")
    form |= {"title": "居場所フェスタ", "place": "市役所", "purpose": "知ってもらう", **day("starts_on", 14)}
    answers = [await manager.post("/member/name-use/new", data=form) for _ in range(2)]
    assert answers[0].headers["location"] == answers[1].headers["location"]
    assert "全1件" in (await manager.get("/member/name-use")).text


@pytest.mark.usefixtures("offered")
async def test_what_was_typed_stays_beside_every_problem(manager: httpx.AsyncClient) -> None:
    answer = await ask(manager, title="", starts_on_month="13", purpose="ここに書いたこと")
    assert answer.status_code == 422
    for words in ('id="title-error"', 'id="starts_on-error"', "ここに書いたこと"):
        assert words in answer.text


@pytest.mark.usefixtures("offered")
async def test_users_read_and_strangers_see_nothing(
    user: httpx.AsyncClient,
    stranger: httpx.AsyncClient,
    worker_database: Database,
    tenant: Tenant,
    organisation: UUID,
) -> None:
    path = f"/member/name-use/{await asked(worker_database, tenant, organisation)}"
    assert (await user.get(path)).status_code == 200
    assert (await user.get("/member/name-use/new")).status_code == 403
    assert {(await stranger.get(f"{path}{rest}")).status_code for rest in ("", "/logo", "/permission.pdf")} == {404}


@pytest.mark.usefixtures("offered")
async def test_permission_and_logo_are_handed_out_to_that_organisation_alone(
    manager: httpx.AsyncClient,
    stranger: httpx.AsyncClient,
    staff: httpx.AsyncClient,
    worker_database: Database,
    tenant: Tenant,
    organisation: UUID,
) -> None:
    request_id = await asked(worker_database, tenant, organisation)
    path = f"/member/name-use/{request_id}"
    assert [(await manager.get(f"{path}{rest}")).status_code for rest in ("/logo", "/permission.pdf")] == [404, 404]
    period = {**day("allowed_from", 0), **day("allowed_until", 1), "conditions": "校正を見せること"}
    assert (await decide(staff, request_id, "approve", {"file": SVG}, **period)).status_code == 303
    logo = await manager.get(f"{path}/logo")
    assert (logo.content, logo.headers["content-type"], logo.headers["cache-control"]) == (
        DRAWING,
        "image/svg+xml",
        "no-store",
    )
    assert logo.headers["content-disposition"].startswith("attachment;")
    assert "sandbox" in logo.headers["content-security-policy"]
    slip = await manager.get(f"{path}/permission.pdf")
    assert (slip.status_code, slip.content[:5]) == (200, b"%PDF-")
    assert "校正を見せること" in (await manager.get(path)).text
    assert (await stranger.get(f"{path}/logo")).status_code == 404
    assert (await staff.get(f"/staff/name-use/{request_id}/logo")).status_code == 200


@pytest.mark.usefixtures("offered")
async def test_the_second_decision_is_told_of_the_first(
    staff: httpx.AsyncClient, worker_database: Database, tenant: Tenant, organisation: UUID
) -> None:
    request_id = await asked(worker_database, tenant, organisation)
    page = (await staff.get(f"/staff/name-use/{request_id}")).text
    found = re.search(r'name="revision" value="(\d+)"', page)
    assert found
    form = {
        "csrf": await form_token(staff, f"/staff/name-use/{request_id}"),
        "revision": found[1],
        "message": "対象外です",
    }
    first, second = [await staff.post(f"/staff/name-use/{request_id}/refuse", data=form) for _ in range(2)]
    assert (first.status_code, second.status_code) == (303, 409)
    assert "ほかの方の操作と重なりました" in second.text


@pytest.mark.usefixtures("offered")
async def test_the_desk_types_in_a_fax_with_its_scan_once(staff: httpx.AsyncClient, organisation: UUID) -> None:
    listed = (await staff.get("/staff/name-use/new?q=つなぐ食堂")).text
    path = f"/staff/name-use/new/{organisation}"
    assert path in listed
    form = await open_form(staff, path)
    form |= {"channel": "FAX", "title": "紙の催し", "place": "公民館", "purpose": "交流", **day("starts_on", 3)}
    scan = {"scan": ("fax.pdf", PDF, "application/pdf")}
    first, second = [await staff.post(path, data=form, files=scan) for _ in range(2)]
    assert (first.status_code, first.headers["location"]) == (303, second.headers["location"])
    page = (await staff.get(first.headers["location"])).text
    assert ("FAX" in page, "スキャンが1個あります" in page) == (True, True)
    wrong = await staff.post(path, data=form | {"form_key": "x"}, files={"scan": ("x.pdf", b"no", "application/pdf")})
    assert (wrong.status_code, 'id="scan-error"' in wrong.text) == (422, True)


@pytest.mark.usefixtures("offered")
async def test_logos_are_registered_offered_and_withdrawn(
    staff: httpx.AsyncClient, worker_database: Database, tenant: Tenant, organisation: UUID
) -> None:
    settings = "/staff/name-use/settings"
    form = await open_form(staff, settings)
    kept = [
        await staff.post(
            "/staff/name-use/logos", data=form | {"name": "横組み"}, files={"file": ("a.png", picture("PNG"))}
        )
        for _ in range(2)
    ]
    assert [each.status_code for each in kept] == [303, 303]
    page = (await staff.get(settings)).text
    logos = re.findall(r'/staff/name-use/logos/([0-9a-f-]{36})"', page)
    assert len(logos) == 1
    request_id = await asked(worker_database, tenant, organisation)
    assert f'<option value="{logos[0]}" selected>横組み' in (await staff.get(f"/staff/name-use/{request_id}")).text
    assert (await staff.get(f"/staff/name-use/logos/{logos[0]}")).content == picture("PNG")
    bad = await staff.post(
        "/staff/name-use/logos", data=form | {"name": "x"}, files={"file": ("a.svg", b"<svg onload='x'/>")}
    )
    assert (bad.status_code, 'id="file-error"' in bad.text) == (422, True)
    await staff.post(f"/staff/name-use/logos/{logos[0]}/withdraw", data={"csrf": form["csrf"]})
    assert "まだ登録されていません" in (await staff.get(settings)).text


@pytest.mark.usefixtures("offered")
async def test_the_result_comes_back_to_the_desk(
    manager: httpx.AsyncClient, staff: httpx.AsyncClient, worker_database: Database, tenant: Tenant, organisation: UUID
) -> None:
    request = await make_name_use(
        worker_database, tenant, organisation, actor=manager_of(organisation), starts_on=clock.today()
    )
    await decide(staff, str(request.id), "approve", **day("allowed_from", 0), **day("allowed_until", 9))
    path = f"/member/name-use/{request.id}"
    token = {"csrf": await form_token(manager, path)}
    assert (await manager.post(f"{path}/report", data=token)).status_code == 422
    told = token | {"result": "盛況でした", "result_participants": "95"}
    assert (await manager.post(f"{path}/report", data=told)).headers["location"] == f"{path}?done=reported"
    page = (await staff.get(f"/staff/name-use/{request.id}")).text
    assert ("盛況でした" in page, "95人" in page) == (True, True)


async def test_what_the_membership_has_brought_counts_relays_receipts_and_permissions(
    manager: httpx.AsyncClient, staff: httpx.AsyncClient, worker_database: Database, tenant: Tenant, organisation: UUID
) -> None:
    assert "後援名義" not in (await manager.get("/member/gains")).text
    await offer_name_use(worker_database, tenant)
    request_id = await asked(worker_database, tenant, organisation)
    await decide(staff, request_id, "approve", **day("allowed_from", 0), **day("allowed_until", 9))
    async with worker_database.write(tenant.id) as session:
        for number in range(2):
            await umbrellas.register_child(
                session,
                actor=manager_of(organisation),
                parent_id=organisation,
                name=f"食堂{number}",
                email=f"child{number}@npo.example",
            )
        await umbrellas.request_relay(
            session, actor=manager_of(organisation), organisation_id=organisation, subject="お知らせ", body="本文"
        )
    async with worker_database.read(tenant.id) as session:
        keys = list((await session.execute(select(RelayReceipt.receipt_key))).scalars())
    async with worker_database.write(tenant.id) as session:
        await umbrellas.confirm_receipt(session, receipt_key=keys[0])
    page = (await manager.get("/member/gains")).text
    words = {label: number for number, label in re.findall(r'<p class="figure-number">(\d+)</p><p>([^<]+)</p>', page)}
    assert (
        words["傘下の団体へ取り次いだお知らせ"],
        words["取り次いだ先（のべ2通）からの受け取りの返事"],
        words["承認された後援名義"],
    ) == ("1", "1", "1")
