"""開催報告 through the pages."""

from datetime import timedelta

import httpx
import pytest

from shared.kit import clock
from shared.tenants.models import Tenant
from tests.services.web.conftest import ClientFor
from tests.services.web.pages.staff.forms import fields_of, open_form
from tests.services.web.pages.staff.test_news import photograph


@pytest.fixture
async def path(staff: httpx.AsyncClient) -> str:
    """Of an event of yesterday."""
    return await event_of(staff, -1)


async def event_of(staff: httpx.AsyncClient, days: int) -> str:
    day = (clock.now() + timedelta(days=days)).astimezone(clock.JST)
    sent = await open_form(staff, "/staff/events/new") | {
        "title": "お茶の会",
        "kind": "MEETING",
        "starts_at_year": str(day.year),
        "starts_at_month": str(day.month),
        "starts_at_day": str(day.day),
        "then": "publish",
    }
    answer = await staff.post("/staff/events/new", data=sent)
    return str(answer.headers["location"].split("?")[0])


async def test_a_report_with_two_photographs_is_public(
    staff: httpx.AsyncClient, client_for: ClientFor, tenant: Tenant, path: str
) -> None:
    sent = await open_form(staff, f"{path}/report") | {"body": "12人が集まりました。"}
    for alt in ("湯のみが並ぶ机", "話し合う3人"):
        files = {"file": ("photo.jpg", photograph("JPEG"), "image/jpeg")}
        answer = await staff.post(f"{path}/report", data=sent | {"alt": alt, "rows": "photo.add"}, files=files)
        assert (answer.status_code, alt in answer.text) == (200, True)
        sent = fields_of(answer.text)
    sent = fields_of((await staff.post(f"{path}/report", data=sent | {"rows": "photo.up.1"})).text)
    assert (await staff.post(f"{path}/report", data=sent)).status_code == 303
    public = (await client_for(tenant).get(path.removeprefix("/staff"))).text
    assert "12人が集まりました。" in public
    assert 0 < public.index("話し合う3人") < public.index("湯のみが並ぶ机")


async def test_an_empty_report_and_a_photograph_without_words_are_refused(staff: httpx.AsyncClient, path: str) -> None:
    sent = await open_form(staff, f"{path}/report")
    assert "body-error" in (await staff.post(f"{path}/report", data=sent)).text
    files = {"file": ("photo.jpg", photograph("JPEG"), "image/jpeg")}
    answer = await staff.post(f"{path}/report", data=sent | {"body": "集まりました。"}, files=files)
    assert (answer.status_code, "alt-error" in answer.text, "集まりました。" in answer.text) == (422, True, True)


async def test_two_editors_lose_nothing(staff: httpx.AsyncClient, path: str) -> None:
    sent = await open_form(staff, f"{path}/report")
    assert (await staff.post(f"{path}/report", data=sent | {"body": "同僚の報告"})).status_code == 303
    answer = await staff.post(f"{path}/report", data=sent | {"body": "わたしの報告"})
    assert (answer.status_code, "同僚の報告" in answer.text) == (409, True)
    assert (await staff.post(f"{path}/report", data=fields_of(answer.text))).status_code == 303


async def test_an_event_to_come_has_no_report_yet(staff: httpx.AsyncClient) -> None:
    path = await event_of(staff, 30)
    answer = await staff.get(f"{path}/report")
    assert "行事を開いた後に書けます" in answer.text
    token = (await open_form(staff, "/staff/news/new"))["csrf"]
    late = await staff.post(f"{path}/report", data={"csrf": token, "body": "まだ"})
    assert late.status_code in (409, 422)
