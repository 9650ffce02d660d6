"""開催報告 through the pages."""

from datetime import timedelta

import httpx
import pytest

from shared.kit import clock
from shared.tenants.models import Tenant
from tests.factories.content import photograph
from tests.services.web.conftest import ClientFor
from tests.services.web.pages.staff.forms import fields_of, open_form

#: What stands on the report's form, and on no other one of its page; and its button.
BODY = 'name="body"'
PUBLISH = {"then": "publish"}


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
    sent = await open_form(staff, f"{path}/report", BODY) | {"body": "12人が集まりました。"}
    for alt in ("湯のみが並ぶ机", "話し合う3人"):
        files = {"file": ("photo.jpg", photograph("JPEG"), "image/jpeg")}
        answer = await staff.post(
            f"{path}/report", data=sent | {"alt": alt, "consented": "1", "rows": "photo.add"}, files=files
        )
        assert (answer.status_code, alt in answer.text) == (200, True)
        sent = fields_of(answer.text, BODY)
    sent = fields_of((await staff.post(f"{path}/report", data=sent | {"rows": "photo.up.1"})).text, BODY)
    assert (await staff.post(f"{path}/report", data=sent | PUBLISH)).status_code == 303
    public = (await client_for(tenant).get(path.removeprefix("/staff"))).text
    assert "12人が集まりました。" in public
    assert 0 < public.index("話し合う3人") < public.index("湯のみが並ぶ机")


async def test_an_empty_report_and_a_photograph_without_words_are_refused(staff: httpx.AsyncClient, path: str) -> None:
    sent = await open_form(staff, f"{path}/report", BODY)
    assert "body-error" in (await staff.post(f"{path}/report", data=sent | PUBLISH)).text
    files = {"file": ("photo.jpg", photograph("JPEG"), "image/jpeg")}
    answer = await staff.post(f"{path}/report", data=sent | {"body": "集まりました。"}, files=files)
    assert (answer.status_code, "alt-error" in answer.text, "集まりました。" in answer.text) == (422, True, True)


async def test_two_editors_lose_nothing(staff: httpx.AsyncClient, path: str) -> None:
    sent = await open_form(staff, f"{path}/report", BODY)
    assert (await staff.post(f"{path}/report", data=sent | PUBLISH | {"body": "同僚の報告"})).status_code == 303
    answer = await staff.post(f"{path}/report", data=sent | PUBLISH | {"body": "わたしの報告"})
    assert (answer.status_code, "同僚の報告" in answer.text) == (409, True)
    assert (await staff.post(f"{path}/report", data=fields_of(answer.text, BODY) | PUBLISH)).status_code == 303


async def test_an_event_to_come_has_no_report_yet(staff: httpx.AsyncClient) -> None:
    path = await event_of(staff, 30)
    answer = await staff.get(f"{path}/report")
    assert "行事を開いた後に書けます" in answer.text
    token = (await open_form(staff, "/staff/news/new"))["csrf"]
    late = await staff.post(f"{path}/report", data={"csrf": token, "body": "まだ"})
    assert late.status_code in (409, 422)


async def add_photo(staff: httpx.AsyncClient, path: str, sent: dict[str, str], **fields: str) -> dict[str, str]:
    """The form after a photograph was added to it."""
    colour = f"#{len(sent) * 997 % 0xFFFFFF:06x}"
    files = {"file": ("photo.jpg", photograph("JPEG", colour=colour), "image/jpeg")}
    answer = await staff.post(f"{path}/report", data=sent | {"rows": "photo.add"} | fields, files=files)
    assert answer.status_code == 200, answer.text
    return fields_of(answer.text, BODY)


async def test_a_photograph_without_consent_is_not_published(
    staff: httpx.AsyncClient, client_for: ClientFor, tenant: Tenant, path: str
) -> None:
    sent = await open_form(staff, f"{path}/report", BODY) | {"body": "集まりました。"}
    sent = await add_photo(staff, path, sent, alt="笑う3人", consented="1", credit="事務局撮影")
    sent = await add_photo(staff, path, sent, alt="泣く2人")
    media_id = sent["photos.1.media_id"]
    assert (sent["photos.0.consented"], sent["photos.1.consented"]) == ("1", "0")
    assert (await staff.post(f"{path}/report", data=sent | PUBLISH)).status_code == 303
    visitor = client_for(tenant)
    public = (await visitor.get(path.removeprefix("/staff"))).text
    assert ("笑う3人" in public, "（事務局撮影）" in public, "泣く2人" in public) == (True, True, False)
    for client, status in ((visitor, 404), (staff, 200)):
        assert (await client.get(f"/media/{media_id}/original")).status_code == status
    again = await open_form(staff, f"{path}/report", BODY)
    assert again["photos.1.alt"] == "泣く2人"
    assert (await staff.post(f"{path}/report", data=again | PUBLISH | {"photos.1.consented": "1"})).status_code == 303
    assert "泣く2人" in (await visitor.get(path.removeprefix("/staff"))).text
    assert (await visitor.get(f"/media/{media_id}/original")).status_code == 200


async def test_a_draft_and_its_preview_are_the_secretariats_own(
    staff: httpx.AsyncClient, client_for: ClientFor, tenant: Tenant, path: str
) -> None:
    sent = await open_form(staff, f"{path}/report", BODY) | {"body": "zq下書きの**報告**"}
    sent = await add_photo(staff, path, sent, alt="zq湯のみ", consented="1")
    sent = await add_photo(staff, path, sent, alt="zq急須")
    preview = await staff.post(f"{path}/report", data=sent | {"then": "preview"})
    shown = preview.text.partition('class="preview"')[2].partition("<form")[0]
    assert ("<strong>報告</strong>" in shown, "zq湯のみ" in shown, "zq急須" in shown) == (True, True, False)
    assert (await staff.post(f"{path}/report", data=sent | {"then": "draft"})).status_code == 303
    public = (await client_for(tenant).get(path.removeprefix("/staff"))).text
    assert "zq" not in public
    kept = await open_form(staff, f"{path}/report", BODY)
    assert (kept["body"], kept["photos.0.alt"]) == ("zq下書きの**報告**", "zq湯のみ")
    assert (await staff.post(f"{path}/report", data=kept | PUBLISH)).status_code == 303
    published = await staff.post(
        f"{path}/report", data=await open_form(staff, f"{path}/report", BODY) | {"then": "draft"}
    )
    assert (published.status_code, "すでに公開されています" in published.text) == (409, True)


async def test_four_photographs_with_one_description_are_pointed_out_on_the_form_and_on_the_desk(
    staff: httpx.AsyncClient, path: str
) -> None:
    sent = await open_form(staff, f"{path}/report", BODY) | {"body": "集まりました。"}
    for _ in range(4):
        sent = await add_photo(staff, path, sent, alt="第1回情報交換会の様子", consented="1")
    form = (await staff.post(f"{path}/report", data=sent | {"then": "preview"})).text
    assert form.count("ほかの画像と、同じ説明になっています") == 4
    assert (await staff.post(f"{path}/report", data=sent | PUBLISH)).status_code == 303
    desk = (await staff.get("/staff")).text
    assert "同じ説明（代替テキスト）の画像" in desk
    page = (await staff.get("/staff/pictures")).text
    assert page.count("「第1回情報交換会の様子」") == 1
    mended = await open_form(staff, f"{path}/report", BODY)
    words = {f"photos.{place}.alt": f"{place + 1}番目の卓で話し合う4人" for place in range(4)}
    assert (await staff.post(f"{path}/report", data=mended | words | PUBLISH)).status_code == 303
    assert "同じ説明（代替テキスト）の画像" not in (await staff.get("/staff")).text


async def test_counters_are_typed_and_stand_on_the_page_with_their_day(
    staff: httpx.AsyncClient, client_for: ClientFor, tenant: Tenant, path: str
) -> None:
    marker = 'name="measures.0.name"'
    sent = await open_form(staff, f"{path}/report", marker)
    rows = {value: name.removesuffix(".name") for name, value in sent.items() if name.endswith(".name")}
    plays, registered = rows["視聴回数"], rows["事前登録者数"]
    sent |= {f"{plays}.value": "８４５", f"{plays}.as_of": "令和6年11月6日", f"{registered}.value": "884"}
    wrong = await staff.post(f"{path}/measures", data=sent | {f"{plays}.unit": "人"})
    assert (wrong.status_code, "単位は「回」です" in wrong.text, 'value="884"' in wrong.text) == (422, True, True)
    assert (await staff.post(f"{path}/measures", data=sent)).status_code == 303
    public = (await client_for(tenant).get(path.removeprefix("/staff"))).text
    measures = public.partition('class="measures"')[2].partition("</section>")[0]
    assert ("845<small>回" in measures, "884<small>名" in measures, "2024年" in measures) == (True, True, True)
    assert "%" not in measures
