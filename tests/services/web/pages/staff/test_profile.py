"""The platform's own words, edited by its staff and read by everybody."""

import httpx
import pytest

from shared.tenants.models import Tenant
from tests.services.web.conftest import ClientFor
from tests.services.web.pages.staff.forms import fields_of, open_form

PATH = "/staff/profile"


async def test_new_words_are_on_the_site_at_once(
    staff: httpx.AsyncClient, client_for: ClientFor, tenant: Tenant
) -> None:
    sent = await open_form(staff, PATH) | {"name": "あたらしい名前", "aliases": "つながりPF\nつなPF", "key": "#123456"}
    assert (await staff.post(PATH, data=sent)).status_code == 303
    reader = client_for(tenant)
    assert "あたらしい名前" in (await reader.get("/")).text
    assert "#123456" in (await reader.get("/theme.css")).text
    assert (await open_form(staff, PATH))["aliases"] == "つながりPF\nつなPF"


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"name": ""}, "name"),
        ({"key": "#ffee00"}, "key"),
        ({"key": "blue"}, "key"),
        ({"lead": ""}, "lead"),
        ({"founded_on_year": "令和99"}, "founded_on"),
        ({"help_line_title": "相談", "help_line_url": "javascript:alert(1)"}, "help_line_url"),
        ({"slogan": "あ" * 10_000}, "slogan"),
    ],
)
async def test_a_mistake_is_said_beside_its_field_and_everything_typed_stays(
    staff: httpx.AsyncClient, typed: dict[str, str], field: str
) -> None:
    sent = await open_form(staff, PATH) | {"vision": "だれも、ひとりにしない。"} | typed
    answer = await staff.post(PATH, data=sent)
    assert (answer.status_code, f'id="{field}-error"' in answer.text) == (422, True)
    assert fields_of(answer.text) == sent


async def test_two_editors_see_both_versions_and_lose_nothing(staff: httpx.AsyncClient) -> None:
    sent = await open_form(staff, PATH)
    assert (await staff.post(PATH, data=sent | {"slogan": "同僚の言葉"})).status_code == 303
    answer = await staff.post(PATH, data=sent | {"slogan": "わたしの言葉"})
    assert (answer.status_code, "同僚の言葉" in answer.text) == (409, True)
    again = fields_of(answer.text)
    assert again["slogan"] == "わたしの言葉"
    assert (await staff.post(PATH, data=again)).status_code == 303
    assert (await open_form(staff, PATH))["slogan"] == "わたしの言葉"


async def press(client: httpx.AsyncClient, path: str, sent: dict[str, str], button: str) -> dict[str, str]:
    answer = await client.post(path, data=sent | {"rows": button})
    assert answer.status_code == 200
    return fields_of(answer.text)


async def test_pillars_are_written_in_order_and_found_on_the_about_page(
    staff: httpx.AsyncClient, client_for: ClientFor, tenant: Tenant
) -> None:
    path = f"{PATH}/pillars"
    sent = await press(staff, path, await open_form(staff, path), "row.add")
    sent = await press(staff, path, sent | {"items.0.title": "みつける", "items.0.label": "I"}, "row.add")
    sent |= {"items.1.title": "つなげる", "items.1.label": "II", "items.1.points": "居場所の地図\n\n月の集い"}
    assert (await staff.post(path, data=await press(staff, path, sent, "row.up.1"))).status_code == 303
    kept = await open_form(staff, path)
    assert (kept["items.0.title"], kept["items.0.points"]) == ("つなげる", "居場所の地図\n月の集い")
    assert kept["items.1.label"] == "I"
    reader = client_for(tenant)
    about, found = (await reader.get("/about")).text, (await reader.get("/search", params={"q": "月の集い"})).text
    assert ("みつける" in about, "月の集い" in about, 'href="/about"' in found.split("<main")[1]) == (True, True, True)


async def test_a_list_can_be_emptied(staff: httpx.AsyncClient) -> None:
    path = f"{PATH}/merits"
    sent = await press(staff, path, await open_form(staff, path), "row.add") | {"items.0.title": "仲間ができる"}
    assert (await staff.post(path, data=sent)).status_code == 303
    sent = await press(staff, path, await open_form(staff, path), "row.remove.0")
    assert (await staff.post(path, data=sent)).status_code == 303
    assert "items.0.title" not in await open_form(staff, path)


async def test_contacts_are_normalised_and_dated(staff: httpx.AsyncClient) -> None:
    path = f"{PATH}/contacts"
    sent = await press(staff, path, await open_form(staff, path), "row.add") | {
        "contacts.0.purpose": "入会",
        "contacts.0.department": "地域福祉課",
        "contacts.0.phone": "０８８ー６２１ー２１７９",
        "contacts.0.valid_from_year": "令和6",
        "contacts.0.valid_from_month": "4",
        "contacts.0.valid_from_day": "1",
    }
    assert (await staff.post(path, data=sent)).status_code == 303
    kept = await open_form(staff, path)
    assert (kept["contacts.0.phone"], kept["contacts.0.valid_from_year"]) == ("088-621-2179", "2024")
    wrong = await staff.post(path, data=kept | {"contacts.0.phone": "電話なし", "contacts.0.valid_to_year": "いつか"})
    assert wrong.status_code == 422


async def test_a_list_that_somebody_else_changed_is_shown_beside_ones_own(staff: httpx.AsyncClient) -> None:
    path = f"{PATH}/purposes"
    sent = await press(staff, path, await open_form(staff, path), "row.add")
    assert (await staff.post(path, data=sent | {"items.0.title": "同僚の目的"})).status_code == 303
    answer = await staff.post(path, data=sent | {"items.0.title": "わたしの目的"})
    assert (answer.status_code, "同僚の目的" in answer.text) == (409, True)
    assert fields_of(answer.text)["items.0.title"] == "わたしの目的"


async def test_there_is_no_list_of_another_name(staff: httpx.AsyncClient) -> None:
    assert (await staff.get(f"{PATH}/secrets")).status_code == 404
