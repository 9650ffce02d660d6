"""入会の申込み as a citizen meets it: typing, confirming, sending, mending; and everything that can be typed wrong."""

import asyncio
import html
import re
from collections.abc import AsyncIterator
from typing import Any

import httpx
import msgspec
import pytest

from services.web.pages.public import join_form
from services.web.site import Site
from shared.kit.database.session import Database
from shared.members import application_queries, service
from shared.members.application_queries import ApplicationView
from shared.members.models import ApplicationState
from shared.tenants.models import Tenant
from tests.factories.members import HIDDEN_PHONE, STAFF, filled, make_application, make_platform
from tests.services.web.conftest import ClientFor

Fields = dict[str, Any]


@pytest.fixture
async def platform(worker_database: Database, site: Site) -> Tenant:
    tenant = await make_platform(worker_database)
    await site._reload_hosts()
    return tenant


@pytest.fixture
async def visitor(client_for: ClientFor, platform: Tenant) -> httpx.AsyncClient:
    return client_for(platform)


def hidden_fields(page: str) -> Fields:
    """The hidden fields of the page's form, as a browser would send them."""
    main = page[page.index('<main id="main"') :]
    found: dict[str, list[str]] = {}
    for tag in re.findall(r'<input type="hidden"[^>]*>', main):
        name, value = re.search(r'name="([^"]*)"', tag), re.search(r'value="([^"]*)"', tag)
        assert name and value
        found.setdefault(name[1], []).append(html.unescape(value[1]))
    return {name: values if len(values) > 1 else values[0] for name, values in found.items()}


async def fill(visitor: httpx.AsyncClient, path: str = "/join", **changes: Any) -> Fields:
    """The form at `path` as it is sent, with 様式1 filled in."""
    answer = await visitor.get(path)
    assert answer.status_code == 200
    details = msgspec.to_builtins(filled())
    visibility = {f"visibility_{column}": value for column, value in details.pop("visibility").items()}
    typed = {**details, **visibility, "charter_version": "1", "consent": "1"}
    return {**typed, **hidden_fields(answer.text), "action": "confirm", **changes}


async def stored(database: Database, tenant: Tenant) -> list[ApplicationView]:
    async with database.read(tenant.id) as session:
        lines = (await application_queries.applications(session)).items
        return [await application_queries.application(session, line.id) for line in lines]


async def test_from_the_empty_form_to_the_receipt_number(
    visitor: httpx.AsyncClient, web_database: Database, platform: Tenant
) -> None:
    form = await fill(visitor, name="㈱髙﨑こども食堂", phone="088ー621ー2179", postal_code="〒７７０８５７０")
    confirm = await visitor.post("/join", data=form)
    assert confirm.status_code == 200
    for value in (
        "㈱髙﨑こども食堂",
        "088-621-2179",
        "〒770-8570",
        "NPO法人",
        "子育て",
        "公募（この指とまれ）",
    ):
        assert value in confirm.text
    assert await stored(web_database, platform) == []

    carried = hidden_fields(confirm.text)
    sent = await visitor.post("/join", data={**carried, "action": "send"})
    assert sent.status_code == 303
    received = await visitor.get(sent.headers["location"])
    [application] = await stored(web_database, platform)
    assert application.receipt_number in received.text
    assert (application.organisation_name, application.charter_version) == ("㈱髙﨑こども食堂", 2)
    assert (await visitor.get(sent.headers["location"])).text == received.text


async def test_the_way_back_from_the_confirmation_keeps_everything(visitor: httpx.AsyncClient) -> None:
    form = await fill(visitor, activities="一行目\r\n<b>二行目</b>", fields=["childcare", "disaster"])
    confirm = await visitor.post("/join", data=form)
    again = await visitor.post("/join", data={**hidden_fields(confirm.text), "action": "edit"})
    assert again.status_code == 200
    assert "一行目\n&lt;b&gt;二行目&lt;/b&gt;</textarea>" in again.text
    assert [f'value="{slug}" checked' in again.text for slug in ("childcare", "disaster")] == [True, True]
    assert f'value="{form["name"]}"' in again.text


async def test_all_mistakes_are_shown_at_once_with_what_was_typed(
    visitor: httpx.AsyncClient, web_database: Database, platform: Tenant
) -> None:
    form = await fill(visitor, kana="", email="tsunagu@", corporate_number="5000012010009", address="残る所在地")
    answer = await visitor.post("/join", data=form)
    assert answer.status_code == 422
    for anchor in ("kana", "email", "corporate_number"):
        assert (f'href="#{anchor}"' in answer.text, f'id="{anchor}-error"' in answer.text) == (True, True)
    assert ('value="残る所在地"' in answer.text, 'value="tsunagu@"' in answer.text) == (True, True)
    assert await stored(web_database, platform) == []


@pytest.mark.parametrize(
    "changes",
    [
        {"name": "あ" * 10_000},
        {"name": ["一つ目", "二つ目"], "email": ["", "x"]},
        {"email": "a@b.example\r\nBcc: c@d.example"},
        {"activities": "\x00\x07\u200b\ufffe" * 50},
        {"fields": ["nobody"] * 500},
        {"category": "' OR 1=1 --"},
        {"visibility_phone": "EVERYBODY"},
        {"municipality_code": "１２３"},
        {"charter_seen": "9" * 30},
        {"consent": "yes"},
        {f"extra_{number}": "x" for number in range(1500)} | {"name": ""},
        dict.fromkeys(msgspec.to_builtins(filled()), ""),
    ],
)
async def test_no_input_is_more_than_a_wrong_input(
    visitor: httpx.AsyncClient, web_database: Database, platform: Tenant, changes: Fields
) -> None:
    answer = await visitor.post("/join", data=await fill(visitor, action="send", **changes))
    assert answer.status_code == 422
    assert await stored(web_database, platform) == []


@pytest.mark.parametrize(
    "name",
    ["<script>alert('会')</script>", "🎈の会", "﨑\u200bと神︀の会", "A" * 200, "{{ 7 * 7 }}", "%s ' \" \\ ; --"],
)
async def test_unusual_names_are_kept_and_shown_as_text(
    visitor: httpx.AsyncClient, web_database: Database, platform: Tenant, name: str
) -> None:
    confirm = await visitor.post("/join", data=await fill(visitor, name=name))
    sent = await visitor.post("/join", data={**hidden_fields(confirm.text), "action": "send"})
    received = await visitor.get(sent.headers["location"])
    [application] = await stored(web_database, platform)
    assert application.organisation_name == name.replace("\u200b", "")
    assert html.escape(application.organisation_name, quote=False) in html.unescape(received.text).replace(
        application.organisation_name, html.escape(application.organisation_name, quote=False)
    )
    assert "<script>alert" not in confirm.text + received.text


async def test_two_clicks_at_once_are_one_application(
    visitor: httpx.AsyncClient, web_database: Database, platform: Tenant
) -> None:
    form = await fill(visitor, action="send")
    answers = await asyncio.gather(*(visitor.post("/join", data=form) for _ in range(4)))
    assert len({answer.headers["location"] for answer in answers}) == 1
    assert len(await stored(web_database, platform)) == 1


async def test_the_same_form_with_other_content_is_not_a_second_application(
    visitor: httpx.AsyncClient, web_database: Database, platform: Tenant
) -> None:
    form = await fill(visitor, action="send")
    await visitor.post("/join", data=form)
    again = await visitor.post("/join", data={**form, "name": "あとから変えた名前"})
    assert (again.status_code, "すでに受け付けています" in again.text) == (422, True)
    assert "あとから変えた名前" in again.text
    assert len(await stored(web_database, platform)) == 1


@pytest.mark.parametrize("action", ["confirm", "send"])
async def test_an_expired_form_shows_everything_again_and_goes_through_the_second_time(
    visitor: httpx.AsyncClient, web_database: Database, platform: Tenant, action: str
) -> None:
    form = await fill(visitor, csrf="from another day")
    expired = await visitor.post("/join", data={**form, "action": action})
    assert (expired.status_code, "入力内容は残っています" in expired.text) == (422, True)
    assert f'value="{form["name"]}"' in expired.text
    assert await stored(web_database, platform) == []
    sent = await visitor.post("/join", data={**form, **hidden_fields(expired.text), "action": "send"})
    assert sent.status_code == 303


async def test_a_form_from_another_site_is_not_accepted(
    visitor: httpx.AsyncClient, web_database: Database, platform: Tenant
) -> None:
    form = await fill(visitor, action="send")
    answer = await visitor.post("/join", data=form, headers={"origin": "https://evil.example"})
    assert answer.status_code == 422
    assert await stored(web_database, platform) == []


async def test_a_charter_that_changed_meanwhile_has_to_be_read_again(visitor: httpx.AsyncClient) -> None:
    form = await fill(visitor, charter_seen="1")
    answer = await visitor.post("/join", data=form)
    assert (answer.status_code, 'id="charter_version-error"' in answer.text) == (422, True)


async def test_an_unknown_receipt_is_not_found_and_another_platforms_looks_the_same(
    visitor: httpx.AsyncClient,
    web_database: Database,
    worker_database: Database,
    client_for: ClientFor,
    platform: Tenant,
    site: Site,
) -> None:
    other = await make_platform(worker_database)
    await site._reload_hosts()
    await make_application(web_database, other)
    [foreign] = await stored(web_database, other)
    answers = [
        await visitor.get(f"/join/received/{key}") for key in (foreign.receipt_key, "nobody", "%00", "あ" * 3000)
    ]
    assert [answer.status_code for answer in answers] == [404] * 4
    assert answers[0].text == answers[1].text.replace("nobody", foreign.receipt_key)


@pytest.fixture
async def returned(web_database: Database, platform: Tenant) -> str:
    """The path of a page on which the applicant mends what was returned."""
    application_id = await make_application(web_database, platform, name="直す前の会")
    async with web_database.write(platform.id) as session:
        await service.return_application(
            session, application_id, message="活動のようすを\n<もう少し>教えてください", actor=STAFF
        )
        key = (await session.connection()).exec_driver_sql
        row = await key("SELECT mend_key FROM membership_application")
        return f"/join/mend/{row.scalar_one()}"


async def test_a_returned_application_opens_filled_and_comes_back(
    visitor: httpx.AsyncClient, web_database: Database, platform: Tenant, returned: str
) -> None:
    opened = await visitor.get(returned)
    assert ("&lt;もう少し&gt;教えてください" in opened.text, 'value="直す前の会"' in opened.text) == (True, True)
    form = await fill(visitor, returned, name="直した会")
    confirm = await visitor.post(returned, data=form)
    back = await visitor.post(returned, data={**hidden_fields(confirm.text), "action": "edit"})
    assert (confirm.status_code, back.status_code, 'value="直した会"' in back.text) == (200, 200, True)
    send = {**hidden_fields(confirm.text), "action": "send"}
    answers = await asyncio.gather(*(visitor.post(returned, data=send) for _ in range(3)))
    assert [answer.status_code for answer in answers] == [303] * 3
    [application] = await stored(web_database, platform)
    assert (application.organisation_name, application.state) == ("直した会", ApplicationState.RECEIVED)
    assert (await visitor.get(returned)).status_code == 404


async def test_mending_refuses_as_the_first_form_does(
    visitor: httpx.AsyncClient, web_database: Database, platform: Tenant, returned: str
) -> None:
    for action in ("confirm", "send"):
        answer = await visitor.post(returned, data=await fill(visitor, returned, action=action, kana="漢字"))
        assert (answer.status_code, 'id="kana-error"' in answer.text) == (422, True)
    expired = await visitor.post(returned, data=await fill(visitor, returned, action="send", csrf="old"))
    assert (expired.status_code, "入力内容は残っています" in expired.text) == (422, True)
    [application] = await stored(web_database, platform)
    assert application.state is ApplicationState.RETURNED


async def test_what_is_returned_opens_on_its_own_platform_only(
    client_for: ClientFor, worker_database: Database, site: Site, returned: str
) -> None:
    other = client_for(await make_platform(worker_database))
    await site._reload_hosts()
    assert (await other.get(returned)).status_code == 404


@pytest.fixture
async def limited(site: Site, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[None]:
    monkeypatch.setattr(site, "settings", msgspec.structs.replace(site.settings, rate_limits=True))
    yield


@pytest.mark.usefixtures("limited")
async def test_one_address_can_apply_five_times_an_hour(
    visitor: httpx.AsyncClient, web_database: Database, platform: Tenant
) -> None:
    statuses = []
    for number in range(6):
        form = await fill(visitor, action="send", name=f"会{number}", email="Same@npo.example")
        statuses.append((await visitor.post("/join", data=form)).status_code)
    other = await visitor.post("/join", data=await fill(visitor, action="send", email="other@npo.example"))
    assert (statuses, other.status_code) == ([303] * 5 + [429], 303)


def test_every_field_of_the_details_is_carried_by_the_form() -> None:
    """A field that the form forgot would be lost between two of its pages."""
    carried = {*join_form._TEXTS, *join_form.LISTS, "visibility", "charter_version", "consent", "pledge"}
    assert carried == set(filled().__struct_fields__)


async def test_what_joining_means_stands_above_the_empty_form(visitor: httpx.AsyncClient) -> None:
    page = (await visitor.get("/join")).text
    for words in ("FAX・郵送・メールでのお申込み", "desk@pref.example", "088-621-2913", "入会申請書（様式1）"):
        assert words in page
    assert HIDDEN_PHONE not in page
