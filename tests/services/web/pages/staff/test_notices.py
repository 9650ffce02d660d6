"""変更届 and 退会届 on the desk: typed in, compared, decided once; and numbers that the ledger denies."""

import asyncio
import re
from collections.abc import Awaitable, Callable
from datetime import date, timedelta
from html import unescape
from typing import Any
from uuid import UUID

import httpx
import pytest

from services.web.pages.public.join_form import LISTS
from services.web.site import Site
from shared.identity.models import Role
from shared.kit import clock
from shared.kit.database.session import Database
from shared.members import versions
from shared.members.models import Channel, NoticeState
from shared.members.notices import queries as notice_queries
from shared.members.notices.queries import ChangeNoticeView
from shared.tenants.models import Tenant
from tests.factories.content import make_announcement
from tests.factories.identity import make_account, signed_in
from tests.factories.members import make_application, make_member, make_platform
from tests.services.web.conftest import ClientFor

SignIn = Callable[..., Awaitable[httpx.AsyncClient]]


@pytest.fixture
async def platform(worker_database: Database, site: Site) -> Tenant:
    tenant = await make_platform(worker_database)
    await site._reload_hosts()
    return tenant


@pytest.fixture
def sign_in(client_for: ClientFor, worker_database: Database, platform: Tenant) -> SignIn:
    async def enter(name: str = "阿波 緑", tenant: Tenant = platform) -> httpx.AsyncClient:
        account = await make_account(worker_database, tenant, Role.SECRETARIAT, name=name)
        return await signed_in(client_for(tenant), account)

    return enter


@pytest.fixture
async def staff(sign_in: SignIn) -> httpx.AsyncClient:
    return await sign_in()


def fields_of(page: str) -> dict[str, Any]:
    """What a browser would send if nothing were touched."""
    form: dict[str, Any] = {
        name: unescape(value)
        for name, value in re.findall(r'<input[^>]*? name="([^"]+)"[^>]*? value="([^"]*)"', page)
        if name not in LISTS
    }
    for name, body in re.findall(r'<select[^>]* name="([^"]+)"[^>]*>(.*?)</select>', page, re.S):
        chosen = re.search(r'value="([^"]*)" selected', body)
        form[name] = chosen[1] if chosen else ""
    for name, body in re.findall(r'<textarea[^>]* name="([^"]+)"[^>]*>\n?(.*?)</textarea>', page, re.S):
        form[name] = unescape(body)
    return form | {name: re.findall(rf'name="{name}" value="([^"]+)" checked', page) for name in LISTS}


async def type_in(staff: httpx.AsyncClient, organisation_id: UUID, **changes: Any) -> httpx.Response:
    path = f"/staff/notices/new/{organisation_id}/change"
    return await staff.post(path, data=fields_of((await staff.get(path)).text) | changes)


async def decide(client: httpx.AsyncClient, path: str, step: str, **more: str) -> httpx.Response:
    page = (await client.get(path)).text
    form = {name: re.search(rf'name="{name}" value="([^"]*)"', page) for name in ("csrf", "revision")}
    return await client.post(
        f"{path}/{step}", data={name: found[1] if found else "" for name, found in form.items()} | more
    )


async def view_of(database: Database, tenant: Tenant, path: str) -> ChangeNoticeView:
    async with database.read(tenant.id) as session:
        return await notice_queries.change_notice(session, UUID(path.rpartition("/")[2]))


async def test_a_fax_becomes_a_difference_and_then_the_record(
    staff: httpx.AsyncClient, web_database: Database, platform: Tenant, client_for: ClientFor
) -> None:
    organisation_id = await make_member(web_database, platform, name="もとの会", appeal="<b>一言</b>")
    chosen = (await staff.get("/staff/notices/new?q=もと")).text
    assert f"/staff/notices/new/{organisation_id}/change" in chosen
    answer = await type_in(
        staff,
        organisation_id,
        name="新しい会",
        phone="０８８ー６２１ー２９１３",
        visibility_phone="PUBLIC",
        channel="FAX",
    )
    assert answer.status_code == 303, answer.text
    path = answer.headers["location"]
    notice = await view_of(web_database, platform, path)
    assert (notice.channel, sorted(notice.after)) == (Channel.FAX, ["name", "phone", "visibility"])
    page = (await staff.get(path)).text
    for words in ("もとの会", "新しい会", "088-621-2179", "088-621-2913", "電話番号の公開の範囲", "事務局のみ", "公開"):
        assert words in page
    assert "もとの会" in (await client_for(platform).get("/organisations")).text
    assert (await decide(staff, path, "accept")).status_code == 303
    shown = (await client_for(platform).get(f"/organisations/{organisation_id}")).text
    assert ("新しい会" in shown, "088-621-2913" in shown) == (True, True)
    history = (await staff.get(path)).text
    assert ("登録の履歴" in history, "もとの会" in history, "受理する" in history) == (True, True, False)


async def test_what_cannot_be_comes_back_with_everything_typed(
    staff: httpx.AsyncClient, web_database: Database, platform: Tenant
) -> None:
    organisation_id = await make_member(web_database, platform)
    wrong = await type_in(staff, organisation_id, email="まちがい", appeal="残る一言", channel="FAX")
    assert (wrong.status_code, 'id="email-error"' in wrong.text, "残る一言" in wrong.text) == (422, True, True)
    assert (await type_in(staff, organisation_id, channel="FAX")).status_code == 422
    assert 'id="channel-error"' in (await type_in(staff, organisation_id, appeal="一言", channel="WEB")).text
    stale = await type_in(staff, organisation_id, appeal="残る一言", channel="FAX", csrf="old")
    assert (stale.status_code, "残る一言" in stale.text) == (422, True)


async def test_two_colleagues_decide_at_once_and_the_later_is_told_of_the_first(
    sign_in: SignIn, web_database: Database, platform: Tenant
) -> None:
    organisation_id = await make_member(web_database, platform)
    desks = [await sign_in("一番 早希"), await sign_in("二番 遅子")]
    path = (await type_in(desks[0], organisation_id, appeal="新しい一言", channel="FAX")).headers["location"]
    answers = await asyncio.gather(
        decide(desks[0], path, "accept"), decide(desks[1], path, "refuse", message="読めませんでした")
    )
    assert sorted(answer.status_code for answer in answers) == [303, 409]
    notice = await view_of(web_database, platform, path)
    told = next(answer.text for answer in answers if answer.status_code == 409)
    assert (str(notice.decided_by) in told, "重なりました" in told) == (True, True)


async def test_a_refusal_needs_a_reason(staff: httpx.AsyncClient, web_database: Database, platform: Tenant) -> None:
    organisation_id = await make_member(web_database, platform)
    path = (await type_in(staff, organisation_id, appeal="新しい一言", channel="PHONE")).headers["location"]
    empty = await decide(staff, path, "refuse", message=" ")
    assert (empty.status_code, 'id="message-error"' in empty.text) == (422, True)
    assert (await decide(staff, path, "refuse", message="お電話で取消し")).status_code == 303
    assert (await view_of(web_database, platform, path)).state is NoticeState.REFUSED
    assert "お電話で取消し" in (await staff.get(path)).text


async def test_a_withdrawal_takes_the_listing_away_on_its_day(
    staff: httpx.AsyncClient, web_database: Database, platform: Tenant, client_for: ClientFor
) -> None:
    today, public = clock.today(), client_for(platform)
    organisation_id = await make_member(web_database, platform, name="去る会", joined_on=today - timedelta(days=9))
    entry = f"/staff/notices/new/{organisation_id}/withdraw"
    form = fields_of((await staff.get(entry)).text) | {"reason": "解散のため"}
    early = await staff.post(entry, data=form | {"effective_on_year": "平成10年"})
    assert (early.status_code, 'id="effective_on-error"' in early.text) == (422, True)
    path = (await staff.post(entry, data=form)).headers["location"]
    assert "解散のため" in (await staff.get(path)).text
    assert "去る会" in (await public.get("/organisations")).text
    assert (await decide(staff, path, "accept")).status_code == 303
    assert "去る会" not in (await public.get("/organisations")).text
    assert (await public.get(f"/organisations/{organisation_id}")).status_code == 404
    again = await staff.post(entry, data=form)
    assert (again.status_code, "すでに記録されています" in again.text) == (422, True)


async def test_the_list_and_the_desk_say_what_waits(
    staff: httpx.AsyncClient, web_database: Database, platform: Tenant
) -> None:
    assert "届はまだありません" in (await staff.get("/staff/notices")).text
    organisation_id = await make_member(web_database, platform, name="待つ会")
    path = (await type_in(staff, organisation_id, appeal="新しい一言", channel="FAX")).headers["location"]
    page = (await staff.get("/staff/notices")).text
    assert (f'href="{path}"' in page, "団体からの一言" in page, "待つ会" in page) == (True, True, True)
    assert "変更届（受付）" in (await staff.get("/staff")).text
    assert "この状態の届はありません" in (await staff.get("/staff/notices?state=ACCEPTED")).text


async def test_a_number_that_the_ledger_denies_is_flagged_with_its_place(
    staff: httpx.AsyncClient, web_database: Database, worker_database: Database, platform: Tenant
) -> None:
    assert "台帳と違う数" not in (await staff.get("/staff")).text.split("<main")[1]
    await make_member(web_database, platform, joined_on=date(2023, 2, 20))
    news = await make_announcement(
        worker_database, platform, title="仲間が増えました", body="令和5年7月14日現在、95団体が参加しています。"
    )
    assert '<a href="/staff/ledger">台帳と違う数</a>' in (await staff.get("/staff")).text
    page = (await staff.get("/staff/ledger")).text
    for words in (f"/staff/news/{news.id}", "仲間が増えました", "95団体", "1団体", "令和5年（2023年）7月14日（金）"):
        assert words in page


async def test_another_platform_meets_nothing(
    sign_in: SignIn, worker_database: Database, web_database: Database, platform: Tenant, site: Site
) -> None:
    staff, organisation_id = await sign_in(), await make_member(web_database, platform)
    path = (await type_in(staff, organisation_id, appeal="新しい一言", channel="FAX")).headers["location"]
    foreign = await make_platform(worker_database)
    await site._reload_hosts()
    stranger = await sign_in("よその人", foreign)
    for address in (
        path,
        f"/staff/notices/new/{organisation_id}/change",
        f"/staff/notices/new/{organisation_id}/withdraw",
    ):
        assert (await stranger.get(address)).status_code == 404
    assert (await stranger.post(f"{path}/accept", data={})).status_code == 404
    async with web_database.read(platform.id) as session:
        assert (await versions.details_of(session, organisation_id)).appeal != "新しい一言"


async def test_who_comes_back_without_a_number_is_chosen_on_the_application(
    staff: httpx.AsyncClient, web_database: Database, platform: Tenant, client_for: ClientFor
) -> None:
    today = clock.today()
    organisation_id = await make_member(web_database, platform, name="帰る会", joined_on=today - timedelta(days=9))
    entry = f"/staff/notices/new/{organisation_id}/withdraw"
    path = (await staff.post(entry, data=fields_of((await staff.get(entry)).text))).headers["location"]
    assert (await decide(staff, path, "accept")).status_code == 303
    again = f"/staff/applications/{await make_application(web_database, platform, name='帰る会')}"
    page = (await staff.get(again)).text
    assert ("退会した団体" in page, "帰る会の再入会として" in page) == (True, True)
    form = fields_of(page) | {"rejoins": str(organisation_id)}
    assert (await staff.post(f"{again}/approve", data=form)).status_code == 303
    assert "帰る会" in (await client_for(platform).get(f"/organisations/{organisation_id}")).text
