"""The record of who did what."""

import httpx

from services.web.pages.staff.record import NOUNS, OWN_VERBS, VERBS
from tests.services.web.pages.staff.forms import open_form
from tests.services.web.pages.staff.spelled_actions import spelled_actions

PATH = "/staff/record"


async def test_what_was_done_is_on_record_with_its_doer(
    staff: httpx.AsyncClient, other_staff: httpx.AsyncClient
) -> None:
    sent = await open_form(staff, "/staff/news/new") | {"title": "冬のつどい", "body": "本文", "then": "publish"}
    await staff.post("/staff/news/new", data=sent)
    shown, elsewhere = (await staff.get(PATH)).text, (await other_staff.get(PATH)).text
    assert ("お知らせ: 公開" in shown, "冬のつどい" in shown, "サインイン: 開始" in shown) == (True, True, True)
    assert "冬のつどい" not in elsewhere


def test_everything_that_can_be_done_has_japanese_words() -> None:
    actions = spelled_actions()
    assert {"change-notice.submit", "umbrella.relay", "session.open", "name-use.take-up"} <= actions
    told = [(action, *action.partition(".")) for action in sorted(actions)]
    assert [action for action, noun, _, _ in told if noun not in NOUNS] == []
    assert [action for action, _, _, verb in told if not (action in OWN_VERBS or verb in VERBS)] == []


async def test_a_page_beyond_the_end_is_empty(staff: httpx.AsyncClient) -> None:
    assert "まだ記録はありません" in (await staff.get(f"{PATH}?page_number=999")).text
