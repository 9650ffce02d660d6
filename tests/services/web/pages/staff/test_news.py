"""News from the first word to the public page."""

import io
import re
from typing import Any

import httpx
import pytest
from PIL import Image

from shared.tenants.models import Tenant
from tests.factories.identity import form_token
from tests.services.web.conftest import ClientFor

NEW = "/staff/news/new"


def photograph(kind: str = "PNG") -> bytes:
    data = io.BytesIO()
    Image.new("RGB", (64, 48), "#336699").save(data, kind)
    return data.getvalue()


async def fields(client: httpx.AsyncClient, path: str = NEW, **more: str) -> dict[str, str]:
    """What the form holds, with what is typed."""
    html = (await client.get(path)).text
    hidden = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', html))
    return hidden | {"title": "冬のつどい", "body": "お茶を飲みながら話します。", "then": "save"} | more


async def write(client: httpx.AsyncClient, **more: Any) -> httpx.Response:
    files = more.pop("files", None)
    return await client.post(NEW, data=await fields(client, **more), files=files)


async def test_news_with_a_picture_goes_from_the_desk_to_the_public(
    staff: httpx.AsyncClient, client_for: ClientFor, tenant: Tenant
) -> None:
    files = {"file": ("flower.png", photograph(), "image/png")}
    answer = await write(staff, files=files, alt="花瓶の花", caption="会場の花", then="publish")
    assert answer.status_code == 303
    path = answer.headers["location"].split("?")[0].removeprefix("/staff")
    public = await client_for(tenant).get(path)
    assert (public.status_code, "冬のつどい" in public.text, "花瓶の花" in public.text) == (200, True, True)


async def test_a_draft_is_not_public_until_it_is_published_and_not_after_it_is_withdrawn(
    staff: httpx.AsyncClient, client_for: ClientFor, tenant: Tenant
) -> None:
    saved = (await write(staff)).headers["location"].split("?")[0]
    reader, token = client_for(tenant), {"csrf": await form_token(staff, saved)}
    statuses = [(await reader.get(saved.removeprefix("/staff"))).status_code]
    for step in ("publish", "withdraw"):
        assert (await staff.post(f"{saved}/{step}", data=token)).status_code == 303
        statuses.append((await reader.get(saved.removeprefix("/staff"))).status_code)
    assert statuses == [404, 200, 404]


@pytest.mark.parametrize(
    ("name", "data", "alt", "message"),
    [
        ("big.png", photograph() + b"\0" * 30 * 1024 * 1024, "花", "10MB"),
        ("lie.png", b"<html><script>alert(1)</script>", "花", "file-error"),
        ("lie.png", b"", "花", "file-error"),
        ("flower.png", photograph(), "", "alt-error"),
    ],
)
async def test_a_picture_that_cannot_be_used_is_refused_beside_its_field(
    staff: httpx.AsyncClient, name: str, data: bytes, alt: str, message: str
) -> None:
    answer = await write(staff, files={"file": (name, data, "image/png")}, alt=alt)
    assert (answer.status_code, message in answer.text) == (422, True)
    assert 'value="冬のつどい"' in answer.text
    assert "お茶を飲みながら話します。" in answer.text


async def test_a_mistake_in_the_words_does_not_cost_the_picture(staff: httpx.AsyncClient) -> None:
    files = {"file": ("flower.png", photograph(), "image/png")}
    answer = await write(staff, files=files, alt="窓辺の花", title="")
    assert (answer.status_code, "title-error" in answer.text) == (422, True)
    assert re.search(r'<option value="[0-9a-f-]{36}" selected>窓辺の花', answer.text)


async def test_what_is_previewed_is_not_stored(staff: httpx.AsyncClient) -> None:
    answer = await write(staff, body="## 見出し\n\n<script>alert(1)</script>", then="preview")
    assert (answer.status_code, "<h2>見出し</h2>" in answer.text, "<script>alert" in answer.text) == (200, True, False)
    assert "冬のつどい" not in (await staff.get("/staff/news")).text


async def test_two_clicks_write_one_announcement(staff: httpx.AsyncClient) -> None:
    sent = await fields(staff)
    first, second = await staff.post(NEW, data=sent), await staff.post(NEW, data=sent)
    assert first.headers["location"] == second.headers["location"]
    assert (await staff.get("/staff/news")).text.count("冬のつどい") == 1


async def test_two_editors_lose_nothing(staff: httpx.AsyncClient) -> None:
    path = (await write(staff)).headers["location"].split("?")[0]
    mine, theirs = await fields(staff, path, title="わたしの題名"), await fields(staff, path, title="同僚の題名")
    assert (await staff.post(path, data=theirs)).status_code == 303
    answer = await staff.post(path, data=mine)
    assert (answer.status_code, "同僚の題名" in answer.text, 'value="わたしの題名"' in answer.text) == (409, True, True)
    revision = re.search(r'name="revision" value="(\d+)"', answer.text)
    assert revision
    assert (await staff.post(path, data=mine | {"revision": revision.group(1)})).status_code == 303
    assert "わたしの題名" in (await staff.get(path)).text


async def test_a_form_that_has_expired_keeps_what_was_typed(staff: httpx.AsyncClient) -> None:
    answer = await write(staff, csrf="old")
    assert (answer.status_code, 'value="冬のつどい"' in answer.text) == (422, True)


async def test_script_and_endless_words_are_words(staff: httpx.AsyncClient) -> None:
    long = await write(staff, title="あ" * 10_000)
    script = await write(staff, title='<script>alert("x")</script>')
    assert (long.status_code, "title-error" in long.text, script.status_code) == (422, True, 303)
    assert "<script>alert" not in (await staff.get("/staff/news")).text


async def test_news_of_another_tenant_is_not_there(staff: httpx.AsyncClient, other_staff: httpx.AsyncClient) -> None:
    path = (await write(other_staff)).headers["location"].split("?")[0]
    token = {"csrf": await form_token(staff, NEW)}
    answers = [
        await staff.get(path),
        await staff.post(path, data=token),
        await staff.post(f"{path}/publish", data=token),
    ]
    assert [answer.status_code for answer in answers] == [404, 404, 404]
