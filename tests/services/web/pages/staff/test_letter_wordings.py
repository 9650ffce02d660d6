"""The secretariat writes the letters to registrants in its own words."""

import httpx
import pytest

from tests.services.web.pages.staff.forms import fields_of, open_form

LIST = "/staff/letter-wordings"
PAGE = f"{LIST}/CONFIRMED"
#: By the field that only the wording's own form has.
FORM = 'name="body"'
OWN = {"subject": "お待ちしています（【行事名】）", "body": "【お名前】さん\n【確認ページ】"}


async def _open(staff: httpx.AsyncClient) -> dict[str, str]:
    return await open_form(staff, PAGE, FORM)


async def test_own_words_are_previewed_kept_and_given_up_again(staff: httpx.AsyncClient) -> None:
    sent = await _open(staff) | OWN
    preview = await staff.post(PAGE, data=sent | {"action": "preview"})
    assert (preview.status_code, "試し 花子さん" in preview.text) == (200, True)
    assert "お待ちしています（つながりを考える講座）" in preview.text
    assert "独自" not in (await staff.get(LIST)).text
    assert (await staff.post(PAGE, data=sent | {"action": "save"})).status_code == 303
    assert "独自" in (await staff.get(LIST)).text
    assert (await _open(staff))["body"] == OWN["body"]
    assert (await staff.post(f"{PAGE}/standard", data={"csrf": sent["csrf"]})).status_code == 303
    assert "独自" not in (await staff.get(LIST)).text


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"subject": "　"}, "subject"),
        ({"body": ""}, "body"),
        ({"body": "アドレスのない本文"}, "body"),
        ({"subject": "あ" * 201}, "subject"),
        ({"body": "あ" * 5_001 + "【確認ページ】"}, "body"),
    ],
)
async def test_a_letter_that_would_be_useless_is_not_kept(
    staff: httpx.AsyncClient, typed: dict[str, str], field: str
) -> None:
    sent = await _open(staff) | OWN | typed
    answer = await staff.post(PAGE, data=sent | {"action": "save"})
    assert (answer.status_code, f'id="{field}-error"' in answer.text) == (422, True)
    assert fields_of(answer.text, FORM)["body"] == sent["body"].strip()


async def test_misspelt_brackets_are_pointed_out(staff: httpx.AsyncClient) -> None:
    sent = await _open(staff) | OWN | {"body": "【氏名】様\n【確認ページ】"}
    assert "【氏名】は置き換えられず" in (await staff.post(PAGE, data=sent | {"action": "preview"})).text


async def test_two_editors_lose_nothing(staff: httpx.AsyncClient) -> None:
    sent = await _open(staff) | OWN
    assert (await staff.post(PAGE, data=sent | {"action": "save"})).status_code == 303
    mine = sent | {"body": "わたしの文面\n【確認ページ】", "action": "save"}
    conflict = await staff.post(PAGE, data=mine)
    assert (conflict.status_code, "わたしの文面" in conflict.text, "試し 花子さん" in conflict.text) == (
        409,
        True,
        True,
    )
    again = fields_of(conflict.text, FORM) | {"action": "save"}
    assert (await staff.post(PAGE, data=again)).status_code == 303
    assert (await _open(staff))["body"] == mine["body"]


async def test_another_platform_keeps_its_own(staff: httpx.AsyncClient, other_staff: httpx.AsyncClient) -> None:
    assert (await staff.post(PAGE, data=await _open(staff) | OWN | {"action": "save"})).status_code == 303
    assert "独自" not in (await other_staff.get(LIST)).text
    assert (await other_staff.get(f"{LIST}/NOTHING")).status_code == 404


async def test_a_revision_that_nobody_can_have_read_is_a_conflict(staff: httpx.AsyncClient) -> None:
    sent = await _open(staff) | OWN | {"action": "save"}
    assert (await staff.post(PAGE, data=sent)).status_code == 303
    assert (await staff.post(PAGE, data=sent | {"revision": "9" * 5_000})).status_code == 409
