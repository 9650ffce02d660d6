"""入会申請 on the desk: read, decide, be overtaken; and who must not even know of it."""

import asyncio
import re
from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from sqlalchemy import func, select

from services.web.site import Site
from shared.identity.models import Role
from shared.kit import clock
from shared.kit.database.session import Database
from shared.kit.settings import Settings
from shared.members import application_queries
from shared.members.application_queries import ApplicationView
from shared.members.models import ApplicationState, Membership
from shared.tenants.models import Tenant
from tests.factories.identity import make_account, signed_in
from tests.factories.members import HIDDEN_PHONE, make_application, make_member, make_platform, settle
from tests.services.web.conftest import ClientFor

SignIn = Callable[..., Awaitable[httpx.AsyncClient]]


@pytest.fixture
async def platform(worker_database: Database, site: Site) -> Tenant:
    tenant = await make_platform(worker_database)
    await site._reload_hosts()
    return tenant


@pytest.fixture
def sign_in(client_for: ClientFor, worker_database: Database, platform: Tenant) -> SignIn:
    async def enter(
        role: Role = Role.SECRETARIAT, name: str = "阿波 緑", tenant: Tenant = platform
    ) -> httpx.AsyncClient:
        account = await make_account(worker_database, tenant, role, name=name)
        return await signed_in(client_for(tenant), account)

    return enter


@pytest.fixture
async def staff(sign_in: SignIn) -> httpx.AsyncClient:
    return await sign_in()


async def view_of(database: Database, tenant: Tenant, application_id: UUID) -> ApplicationView:
    async with database.read(tenant.id) as session:
        return await application_queries.application(session, application_id)


async def form_of(client: httpx.AsyncClient, application_id: UUID) -> dict[str, Any]:
    """Token and revision as the page at this moment carries them, and today as joining date."""
    page = await client.get(f"/staff/applications/{application_id}")
    assert page.status_code == 200
    today = clock.today()
    date = {"effective_on_year": today.year, "effective_on_month": today.month, "effective_on_day": today.day}
    fields = {}
    for name in ("csrf", "revision"):
        found = re.search(rf'name="{name}" value="([^"]*)"', page.text)
        assert found
        fields[name] = found[1]
    return fields | date


async def decide(client: httpx.AsyncClient, application_id: UUID, step: str, **fields: Any) -> httpx.Response:
    form = await form_of(client, application_id)
    return await client.post(f"/staff/applications/{application_id}/{step}", data=form | fields)


async def test_the_oldest_waits_on_top_and_decided_ones_are_elsewhere(
    staff: httpx.AsyncClient, web_database: Database, platform: Tenant
) -> None:
    first = await make_application(web_database, platform, name="先の会")
    await make_application(web_database, platform, name="後の会")
    await make_member(web_database, platform, name="もう会員の会")
    page = (await staff.get("/staff/applications")).text
    assert page.index("先の会") < page.index("後の会")
    assert ("もう会員の会" in page, f"/staff/applications/{first}" in page) == (False, True)
    assert "もう会員の会" in (await staff.get("/staff/applications?state=APPROVED")).text
    assert "先の会" in (await staff.get("/staff/applications?state=NOBODY&page=-1")).text
    assert "この状態の申請はありません" in (await staff.get("/staff/applications?state=REJECTED")).text


async def test_a_desk_without_work_says_so(staff: httpx.AsyncClient) -> None:
    assert "対応を待っている申請はありません" in (await staff.get("/staff/applications")).text


async def test_the_page_shows_everything_and_the_letters_about_it(
    staff: httpx.AsyncClient, web_database: Database, platform: Tenant, settings: Settings
) -> None:
    application_id = await make_application(web_database, platform, email="letters@npo.example")
    await settle(settings, platform)
    page = (await staff.get(f"/staff/applications/{application_id}")).text
    for words in (
        HIDDEN_PHONE,
        "髙橋 明",
        "﨑山 花",
        "事務局のみ",
        "毎週、子ども食堂を開いています。",
        "letters@npo.example",
    ):
        assert words in page
    assert ("送信済み" in page, "desk@pref.example" in page) == (True, True)


async def test_a_second_application_of_the_same_organisation_is_pointed_out(
    staff: httpx.AsyncClient, web_database: Database, platform: Tenant
) -> None:
    member = await make_member(web_database, platform, name="あわ会", phone="", mobile="090-1234-5678")
    again = await make_application(web_database, platform, name="あわ会", phone="", mobile="090-1234-5678")
    page = (await staff.get(f"/staff/applications/{again}")).text
    assert ("団体名、電話番号、所在地が同じです" in page, f'href="/organisations/{member}"' in page) == (True, True)


async def test_the_whole_story_on_the_desk(
    staff: httpx.AsyncClient, web_database: Database, platform: Tenant, client_for: ClientFor
) -> None:
    application_id = await make_application(web_database, platform, name="物語の会")
    assert (await decide(staff, application_id, "take-up")).status_code == 303
    assert (await view_of(web_database, platform, application_id)).state is ApplicationState.IN_REVIEW
    answer = await decide(
        staff, application_id, "approve", effective_on_year="令和８年", effective_on_month="４", effective_on_day="１"
    )
    assert answer.status_code == 303
    view = await view_of(web_database, platform, application_id)
    assert [(step.state.value, step.actor_name) for step in view.steps] == [
        ("RECEIVED", "申請者"),
        ("IN_REVIEW", "阿波 緑"),
        ("APPROVED", "阿波 緑"),
    ]
    public = client_for(platform)
    assert "物語の会" in (await public.get("/organisations")).text
    page = await public.get(f"/organisations/{view.organisation_id}")
    assert "令和8年（2026年）4月1日（水）" in page.text


async def test_a_new_member_is_seen_by_readers_whose_list_was_kept_in_memory(
    staff: httpx.AsyncClient, web_database: Database, platform: Tenant, client_for: ClientFor
) -> None:
    public = client_for(platform)
    await public.get("/organisations")
    application_id = await make_application(web_database, platform, name="すぐ見える会")
    await decide(staff, application_id, "approve")
    assert "すぐ見える会" in (await public.get("/organisations")).text


@pytest.mark.parametrize(
    ("step", "field", "state"), [("return", "question", "RETURNED"), ("reject", "reason", "REJECTED")]
)
async def test_what_the_applicant_is_told_is_required_and_kept(
    staff: httpx.AsyncClient, web_database: Database, platform: Tenant, step: str, field: str, state: str
) -> None:
    application_id = await make_application(web_database, platform)
    empty = await decide(staff, application_id, step, **{field: " "})
    assert (empty.status_code, f'id="{field}-error"' in empty.text) == (422, True)
    long = await decide(staff, application_id, step, **{field: "長い" * 2000})
    assert (long.status_code, "長い長い" in long.text) == (422, True)
    assert (await decide(staff, application_id, step, **{field: "<b>お願い</b>\n二行目"})).status_code == 303
    view = await view_of(web_database, platform, application_id)
    assert (view.state, view.steps[-1].message) == (ApplicationState(state), "<b>お願い</b>\n二行目")
    page = (await staff.get(f"/staff/applications/{application_id}")).text
    assert ("&lt;b&gt;お願い&lt;/b&gt;" in page, f'{step}"' in page.replace(f"/{step}", f"{step}")) == (True, False)


@pytest.mark.parametrize(
    "date",
    [
        {"effective_on_year": "", "effective_on_month": "", "effective_on_day": ""},
        {"effective_on_month": "13"},
        {"effective_on_month": "2", "effective_on_day": "30"},
        {"effective_on_year": "きのう"},
        {"effective_on_year": "9999"},
        {"effective_on_year": "9" * 5000},
    ],
)
async def test_a_date_that_is_none_is_refused_beside_its_field(
    staff: httpx.AsyncClient, web_database: Database, platform: Tenant, date: dict[str, str]
) -> None:
    application_id = await make_application(web_database, platform)
    answer = await decide(staff, application_id, "approve", **date)
    assert (answer.status_code, 'id="effective_on-error"' in answer.text) == (422, True)
    assert (await view_of(web_database, platform, application_id)).state is ApplicationState.RECEIVED


async def test_two_colleagues_approve_at_once_and_the_later_is_told_of_the_first(
    sign_in: SignIn, web_database: Database, platform: Tenant
) -> None:
    application_id = await make_application(web_database, platform)
    desks = [await sign_in(name="一番 早希"), await sign_in(name="二番 遅子")]
    forms = [await form_of(desk, application_id) for desk in desks]
    path = f"/staff/applications/{application_id}/approve"
    answers = await asyncio.gather(*(desk.post(path, data=form) for desk, form in zip(desks, forms, strict=True)))
    assert sorted(answer.status_code for answer in answers) == [303, 409]
    winner = (await view_of(web_database, platform, application_id)).steps[-1].actor_name
    [refused] = [answer for answer in answers if answer.status_code == 409]
    assert f"{winner}さんが「承認」にしました" in refused.text
    async with web_database.read(platform.id) as session:
        assert await session.scalar(select(func.count()).select_from(Membership)) == 1


async def test_a_second_application_of_a_member_is_refused_with_the_members_name(
    staff: httpx.AsyncClient, worker_database: Database, platform: Tenant
) -> None:
    number = "5050005005266"
    await make_member(worker_database, platform, name="つなぐ会", corporate_number=number)
    again = await make_application(worker_database, platform, name="つなぐ会 支部", corporate_number=number)
    answer = await decide(staff, again, "approve")
    assert (answer.status_code, "「つなぐ会」として、すでに台帳にあります" in answer.text) == (409, True)
    assert "ほかの方の操作と重なりました" not in answer.text
    assert (await view_of(worker_database, platform, again)).is_open


async def test_a_text_written_on_an_old_page_is_not_lost(
    sign_in: SignIn, web_database: Database, platform: Tenant
) -> None:
    application_id = await make_application(web_database, platform)
    slow, fast = await sign_in(name="遅い 人"), await sign_in(name="早い 人")
    form = await form_of(slow, application_id)
    await decide(fast, application_id, "take-up")
    path = f"/staff/applications/{application_id}/return"
    answer = await slow.post(path, data=form | {"question": "三十分かけて書いた文"})
    assert answer.status_code == 409
    assert ("早い 人" in answer.text, "三十分かけて書いた文</textarea>" in answer.text) == (True, True)
    await decide(fast, application_id, "reject", reason="対象外")
    answer = await slow.post(path, data=form | {"question": "三十分かけて書いた文"})
    assert (answer.status_code, "三十分かけて書いた文" in answer.text) == (409, True)


@pytest.mark.parametrize("fields", [{"csrf": "old"}, {"revision": "x"}, {"revision": ""}])
async def test_a_doubtful_form_decides_nothing_and_keeps_its_text(
    staff: httpx.AsyncClient, web_database: Database, platform: Tenant, fields: dict[str, str]
) -> None:
    application_id = await make_application(web_database, platform)
    answer = await decide(staff, application_id, "return", question="残る文", **fields)
    assert (answer.status_code in (409, 422), "残る文" in answer.text) == (True, True)
    assert (await view_of(web_database, platform, application_id)).state is ApplicationState.RECEIVED


async def test_strangers_members_and_other_secretariats_see_and_decide_nothing(
    client_for: ClientFor,
    sign_in: SignIn,
    web_database: Database,
    worker_database: Database,
    platform: Tenant,
    site: Site,
) -> None:
    application_id = await make_application(web_database, platform)
    path = f"/staff/applications/{application_id}"
    assert (await client_for(platform).get(path)).status_code == 303
    member = await sign_in(role=Role.CASEWORKER)
    assert [(await member.get(each)).status_code for each in (path, "/staff/applications")] == [403, 403]
    other = await make_platform(worker_database)
    await site._reload_hosts()
    foreign = await sign_in(tenant=other)
    missing = uuid4()
    pages = [await foreign.get(f"/staff/applications/{each}") for each in (application_id, missing)]
    assert [page.status_code for page in pages] == [404, 404]
    assert pages[0].text.replace(str(application_id), str(missing)) == pages[1].text
    own = await make_application(web_database, other)
    form = await form_of(foreign, own)
    for step in ("take-up", "approve", "return", "reject"):
        answer = await foreign.post(f"{path}/{step}", data=form | {"question": "?", "reason": "?"})
        assert answer.status_code == 404
    assert (await view_of(web_database, platform, application_id)).state is ApplicationState.RECEIVED
