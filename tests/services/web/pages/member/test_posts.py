"""Members' own news and events: drafts for the secretariat, nobody else's to read, public under the organisation's name."""

import asyncio
import re
from uuid import UUID

import httpx
import pytest

from shared.kit.database.session import Database
from shared.kit.settings import Settings
from shared.tenants.models import Tenant
from tests.factories.content import photograph
from tests.factories.members import settle
from tests.services.web.conftest import ClientFor
from tests.services.web.pages.staff.forms import open_form

SECRET = "zqとどめおく"


async def write_news(client: httpx.AsyncClient, then: str = "propose", **fields: str) -> str:
    """The id of what was written."""
    form = await open_form(client, "/member/news/new")
    given = {"title": f"炊き出しのお知らせ {SECRET}", "body": "土曜日に開きます。", "then": then}
    answer = await client.post("/member/news/new", data=form | given | fields)
    assert answer.status_code == 303, answer.text
    listed = (await client.get("/member/news")).text
    return str(re.findall(r"/member/news/([0-9a-f-]{36})", listed)[0])


async def act(staff: httpx.AsyncClient, item: str, verb: str, **fields: str) -> httpx.Response:
    form = await open_form(staff, f"/staff/proposals/{item}")
    return await staff.post(f"/staff/proposals/{item}/{verb}", data=form | fields)


async def test_news_go_from_a_user_over_the_secretariat_to_the_public_page(
    user: httpx.AsyncClient, staff: httpx.AsyncClient, client_for: ClientFor, tenant: Tenant, organisation: UUID
) -> None:
    item = await write_news(user)
    assert SECRET in (await staff.get("/staff/proposals")).text
    assert (await act(staff, item, "release")).status_code == 303
    page = await client_for(tenant).get(f"/news/{item}")
    assert (page.status_code, "つなぐ食堂</a>からのお知らせ" in page.text) == (200, True)
    assert f"/organisations/{organisation}" in page.text


@pytest.mark.parametrize("then", ["save", "propose"])
async def test_a_draft_is_read_by_its_organisation_and_the_secretariat_only(
    manager: httpx.AsyncClient,
    user: httpx.AsyncClient,
    stranger: httpx.AsyncClient,
    client_for: ClientFor,
    tenant: Tenant,
    then: str,
) -> None:
    item = await write_news(user, then)
    assert SECRET in (await manager.get(f"/member/news/{item}")).text
    public = client_for(tenant)
    places = [
        "/",
        "/news",
        f"/news/{item}",
        "/feed.atom",
        f"/search?q={SECRET}",
        f"/member/news/{item}",
        "/member/news",
    ]
    for client in (public, stranger):
        for place in places:
            assert SECRET not in (await client.get(place)).text.replace(f'value="{SECRET}"', "").replace(
                f"「{SECRET}」", ""
            ), place
    query = {"query": f'{{ announcement(id: "{item}") {{ title }} announcements {{ nodes {{ title }} }} }}'}
    assert SECRET not in (await public.post("/graphql", json=query)).text
    assert (await stranger.get(f"/member/news/{item}")).status_code == 404


async def test_what_a_member_has_not_sent_is_not_the_secretariats(
    user: httpx.AsyncClient, staff: httpx.AsyncClient
) -> None:
    item = await write_news(user, "save")
    assert (await staff.get(f"/staff/proposals/{item}")).status_code == 404
    assert SECRET not in (await staff.get("/staff/proposals")).text + (await staff.get("/staff/news")).text


async def test_nobody_publishes_for_the_secretariat(user: httpx.AsyncClient, manager: httpx.AsyncClient) -> None:
    item = await write_news(user)
    for client in (user, manager):
        form = await open_form(client, f"/member/news/{item}")
        for path in (f"/staff/proposals/{item}/release", f"/staff/news/{item}/publish"):
            assert (await client.post(path, data=form)).status_code == 403


async def test_what_is_sent_back_says_why_and_comes_again(
    manager: httpx.AsyncClient, staff: httpx.AsyncClient, settings: Settings, tenant: Tenant
) -> None:
    item = await write_news(manager)
    assert (await act(staff, item, "return", message="")).status_code == 422
    assert (await act(staff, item, "return", message="場所を書き足してください。")).status_code == 303
    subjects = [letter.subject for letter in await settle(settings, tenant)]
    page = (await manager.get(f"/member/news/{item}")).text
    assert ("場所を書き足してください。" in page, "1件あります" in (await manager.get("/member")).text) == (True, True)
    form = await open_form(manager, f"/member/news/{item}")
    await manager.post(f"/member/news/{item}", data=form | {"body": "土曜日に公民館で開きます。", "then": "propose"})
    assert "公民館" in (await staff.get(f"/staff/proposals/{item}")).text
    assert len([each for each in subjects if "お願いがあります" in each]) == 1


async def test_letters_go_both_ways(
    manager: httpx.AsyncClient, staff: httpx.AsyncClient, settings: Settings, tenant: Tenant
) -> None:
    await settle(settings, tenant)
    item = await write_news(manager)
    asked = await settle(settings, tenant)
    await act(staff, item, "release")
    told = await settle(settings, tenant)
    assert "desk@pref.example" in [letter.to_email for letter in asked]
    assert [letter.subject for letter in told] == ["投稿されたお知らせを公開しました"]


async def test_what_was_changed_after_reading_is_not_released_unread(
    manager: httpx.AsyncClient, staff: httpx.AsyncClient
) -> None:
    item = await write_news(manager)
    read = await open_form(staff, f"/staff/proposals/{item}")
    form = await open_form(manager, f"/member/news/{item}")
    await manager.post(f"/member/news/{item}", data=form | {"body": "ちがう内容", "then": "propose"})
    late = await staff.post(f"/staff/proposals/{item}/release", data=read)
    assert (late.status_code, "ちがう内容" in late.text) == (409, True)


async def test_the_eleventh_open_post_waits_as_a_draft_even_when_all_come_at_once(
    manager: httpx.AsyncClient, worker_database: Database
) -> None:
    forms = [await open_form(manager, "/member/news/new") for _ in range(12)]
    given = {"title": "題", "body": "文", "then": "propose"}
    answers = await asyncio.gather(*(manager.post("/member/news/new", data=form | given) for form in forms))
    assert sorted(answer.status_code for answer in answers) == [303] * 10 + [422] * 2


async def test_a_member_holds_an_event(
    user: httpx.AsyncClient, staff: httpx.AsyncClient, client_for: ClientFor, tenant: Tenant
) -> None:
    form = await open_form(user, "/member/events/new")
    moment = {"starts_at_year": "2027", "starts_at_month": "4", "starts_at_day": "3", "starts_at_time": "10:00"}
    given = {"title": "春の食堂", "kind": "WORKSHOP", "description": "だれでもどうぞ。", "then": "propose"}
    assert (await user.post("/member/events/new", data=form | given)).status_code == 422
    assert (await user.post("/member/events/new", data=form | given | moment)).status_code == 303
    item = re.findall(r"/member/events/([0-9a-f-]{36})", (await user.get("/member/news")).text)[0]
    assert (await client_for(tenant).get(f"/events/{item}")).status_code == 404
    assert "春の食堂" in (await user.get(f"/member/events/{item}")).text
    assert (await act(staff, item, "release")).status_code == 303
    page = (await client_for(tenant).get(f"/events/{item}")).text
    assert ("春の食堂" in page, "つなぐ食堂</a>（参加団体）" in page) == (True, True)
    public = await user.get(f"/member/events/{item}")
    assert "すでに公開されています" in public.text


async def test_the_same_form_sent_twice_is_one_post(user: httpx.AsyncClient) -> None:
    form = await open_form(user, "/member/news/new")
    sent = form | {"title": "一度だけ", "body": "文", "then": "save"}
    await asyncio.gather(user.post("/member/news/new", data=sent), user.post("/member/news/new", data=sent))
    assert (await user.get("/member/news")).text.count("一度だけ") == 1


async def discard(client: httpx.AsyncClient, path: str) -> httpx.Response:
    form = await open_form(client, f"{path}/discard")
    return await client.post(f"{path}/discard", data={"csrf": form["csrf"]})


@pytest.mark.parametrize("then", ["save", "propose"])
async def test_a_member_throws_its_own_draft_away(
    user: httpx.AsyncClient, manager: httpx.AsyncClient, staff: httpx.AsyncClient, then: str
) -> None:
    item = await write_news(user, then)
    assert "この投稿を捨てる" in (await manager.get(f"/member/news/{item}")).text
    assert (await discard(manager, f"/member/news/{item}")).headers["location"].endswith("done=discarded")
    assert (await user.get(f"/member/news/{item}")).status_code == 404
    assert SECRET not in (await staff.get("/staff/proposals")).text


async def test_an_event_that_comes_to_nothing_is_thrown_away(user: httpx.AsyncClient) -> None:
    form = await open_form(user, "/member/events/new")
    moment = {"starts_at_year": "2027", "starts_at_month": "4", "starts_at_day": "3", "starts_at_time": "10:00"}
    given = {"title": "春の食堂", "kind": "WORKSHOP", "description": "だれでもどうぞ。", "then": "save"}
    assert (await user.post("/member/events/new", data=form | given | moment)).status_code == 303
    item = re.findall(r"/member/events/([0-9a-f-]{36})", (await user.get("/member/news")).text)[0]
    assert (await discard(user, f"/member/events/{item}")).status_code == 303
    assert (await user.get(f"/member/events/{item}")).status_code == 404


async def test_nobody_throws_away_what_is_anothers_or_public(
    user: httpx.AsyncClient, stranger: httpx.AsyncClient, staff: httpx.AsyncClient
) -> None:
    item = await write_news(user)
    own = await open_form(stranger, "/member/news/new")
    sent = {"csrf": own["csrf"]}
    assert (await stranger.post(f"/member/news/{item}/discard", data=sent)).status_code == 404
    assert (await stranger.get(f"/member/news/{item}/discard")).status_code == 404
    csrf = (await open_form(user, f"/member/news/{item}/discard"))["csrf"]
    await act(staff, item, "release")
    assert (await user.post(f"/member/news/{item}/discard", data={"csrf": csrf})).status_code == 409
    assert (await user.get(f"/news/{item}")).status_code == 200


async def with_picture(client: httpx.AsyncClient, path: str = "/member/news/new", **fields: str) -> httpx.Response:
    form = await open_form(client, path)
    given = {"title": "写真のあるお知らせ", "body": "文", "then": "propose"}
    return await client.post(
        path, data=form | given | fields, files={"file": ("a.png", photograph("PNG"), "image/png")}
    )


async def test_a_picture_comes_with_words_or_as_decoration(
    user: httpx.AsyncClient, staff: httpx.AsyncClient, client_for: ClientFor, tenant: Tenant
) -> None:
    wordless = await with_picture(user)
    assert (wordless.status_code, 'id="alt-error"' in wordless.text) == (422, True)
    assert (await with_picture(user, alt="鍋を囲む人たち", caption="炊き出し")).status_code == 303
    item = re.findall(r"/member/news/([0-9a-f-]{36})", (await user.get("/member/news")).text)[0]
    assert "画像の説明：鍋を囲む人たち" in (await staff.get(f"/staff/proposals/{item}")).text
    await act(staff, item, "release")
    page = (await client_for(tenant).get(f"/news/{item}")).text
    assert ('alt="鍋を囲む人たち"' in page, "炊き出し" in page) == (True, True)
    assert (await with_picture(user, decorative="1")).status_code == 303


async def test_a_picture_goes_with_its_draft_and_nobody_elses_can_be_named(
    user: httpx.AsyncClient, stranger: httpx.AsyncClient, staff: httpx.AsyncClient
) -> None:
    assert (await with_picture(user, alt="鍋を囲む人たち", then="save")).status_code == 303
    item = re.findall(r"/member/news/([0-9a-f-]{36})", (await user.get("/member/news")).text)[0]
    picture = (await open_form(user, f"/member/news/{item}"))["image_id"]
    assert (await user.get(f"/media/{picture}/thumb")).status_code == 200
    assert picture not in (await staff.get("/staff/news/new")).text
    form = await open_form(stranger, "/member/news/new")
    stolen = form | {"title": "題", "body": "文", "then": "preview", "image_id": picture}
    assert picture not in (await stranger.post("/member/news/new", data=stolen)).text
    kept = await open_form(user, f"/member/news/{item}") | {"then": "save", "without_picture": "1"}
    assert (await user.post(f"/member/news/{item}", data=kept)).status_code == 303
    assert "image_id" not in await open_form(user, f"/member/news/{item}")
    assert (await user.get(f"/media/{picture}/thumb")).status_code == 404
    assert (await with_picture(user, f"/member/news/{item}", alt="鍋", then="save")).status_code == 303
    again = (await open_form(user, f"/member/news/{item}"))["image_id"]
    await discard(user, f"/member/news/{item}")
    assert (await user.get(f"/media/{again}/thumb")).status_code == 404
