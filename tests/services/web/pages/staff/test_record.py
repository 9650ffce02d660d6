"""The record of who did what."""

import httpx

from tests.services.web.pages.staff.forms import open_form

PATH = "/staff/record"


async def test_what_was_done_is_on_record_with_its_doer(
    staff: httpx.AsyncClient, other_staff: httpx.AsyncClient
) -> None:
    sent = await open_form(staff, "/staff/news/new") | {"title": "冬のつどい", "body": "本文", "then": "publish"}
    await staff.post("/staff/news/new", data=sent)
    shown, elsewhere = (await staff.get(PATH)).text, (await other_staff.get(PATH)).text
    assert ("お知らせ: 公開" in shown, "冬のつどい" in shown, "サインイン: 開始" in shown) == (True, True, True)
    assert "冬のつどい" not in elsewhere


async def test_a_page_beyond_the_end_is_empty(staff: httpx.AsyncClient) -> None:
    assert "まだ記録はありません" in (await staff.get(f"{PATH}?page_number=999")).text
