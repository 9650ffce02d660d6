"""参加申込 as a citizen meets it: typing, confirming, sending; and all that can go wrong."""

import asyncio
import re
from datetime import timedelta
from typing import Any
from uuid import uuid4

import httpx
import msgspec
import pytest

from services.web.site import Site
from shared.events import service as events
from shared.events.models import Event
from shared.events.registrations import queries, service
from shared.events.registrations.queries import RegistrationView
from shared.identity.models import Role
from shared.identity.policy import ANONYMOUS
from shared.kit import clock
from shared.kit.database.session import Database
from shared.tenants.models import Tenant
from tests.factories.content import EDITOR
from tests.factories.events import make_event
from tests.factories.identity import make_account, signed_in
from tests.factories.members import make_member, make_platform
from tests.factories.registrations import make_registration
from tests.factories.tenants import make_tenant
from tests.services.web.conftest import ClientFor
from tests.services.web.pages.staff.forms import fields_of
from tests.services.web.pages.test_join import hidden_fields

Fields = dict[str, Any]
TYPED = {
    "name": "灯台 もと子",
    "kana": "とうだい もとこ",
    "email": "Motoko@example.jp",
    "phone": "０８８ー６２１ー２１７９",
    "organisation_name": "灯りの会",
    "needs": ["手話通訳", "託児"],
    "needs_words": "子ども（2歳）を預けたいです。",
}


@pytest.fixture
async def platform(worker_database: Database, site: Site) -> Tenant:
    tenant = await make_platform(worker_database)
    await site._reload_hosts()
    return tenant


@pytest.fixture
async def visitor(client_for: ClientFor, platform: Tenant) -> httpx.AsyncClient:
    return client_for(platform)


def path_of(event: Event) -> str:
    return f"/events/{event.id}/register"


async def fill(visitor: httpx.AsyncClient, path: str, **changes: Any) -> Fields:
    answer = await visitor.get(path)
    assert answer.status_code == 200
    form = fields_of(answer.text, 'name="needs_words"')
    return {**form, **TYPED, "action": "confirm", **changes}


async def register(visitor: httpx.AsyncClient, event: Event, **changes: Any) -> str:
    """The address of the own page, by way of the confirmation page."""
    confirm = await visitor.post(path_of(event), data=await fill(visitor, path_of(event), **changes))
    assert confirm.status_code == 200, confirm.text
    sent = await visitor.post(path_of(event), data={**hidden_fields(confirm.text), "action": "send"})
    assert sent.status_code == 303, sent.text
    return sent.headers["location"].partition("?")[0]


async def stored(database: Database, tenant: Tenant, event: Event) -> list[RegistrationView]:
    async with database.read(tenant.id) as session:
        return (await queries.registrations(session, event.id)).items


def said(page: str) -> str:
    main = page[page.index('<main id="main"') :]
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", main))


async def test_from_the_form_to_the_own_page_with_a_ticket(
    visitor: httpx.AsyncClient, web_database: Database, worker_database: Database, platform: Tenant
) -> None:
    event = await make_event(worker_database, platform, capacity=1)
    form = await fill(visitor, path_of(event))
    confirm = await visitor.post(path_of(event), data=form)
    assert "いま申し込むと：参加確定" in confirm.text
    assert "トウダイ モトコ" in confirm.text
    assert await stored(web_database, platform, event) == []

    sent = await visitor.post(path_of(event), data={**hidden_fields(confirm.text), "action": "send"})
    assert sent.status_code == 303
    [registration] = await stored(web_database, platform, event)
    assert sent.headers["location"] == f"/registrations/{registration.key}?done=registered"
    own = await visitor.get(sent.headers["location"])
    assert (own.headers["cache-control"], own.headers["x-robots-tag"]) == ("no-store", "noindex, nofollow")
    assert ("参加確定" in own.text, "<svg" in own.text, registration.called in own.text) == (True, True, True)
    assert f"{registration.code[:5]} {registration.code[5:]}" in own.text
    assert (registration.email, registration.phone) == ("Motoko@example.jp", "088-621-2179")
    assert registration.needs == "手話通訳、託児\n子ども（2歳）を預けたいです。"


async def test_who_comes_after_the_last_seat_is_told_before_and_waits_in_order(
    visitor: httpx.AsyncClient, worker_database: Database, platform: Tenant
) -> None:
    event = await make_event(worker_database, platform, capacity=1)
    for _ in range(3):
        await make_registration(worker_database, platform, event.id)
    form = await visitor.get(path_of(event))
    assert "いまは満席のため、キャンセル待ちでのお申し込みになります" in form.text
    confirm = await visitor.post(path_of(event), data=await fill(visitor, path_of(event)))
    assert "いま申し込むと：キャンセル待ち（現在 2組待ち）" in confirm.text
    own = await visitor.get(await register(visitor, event))
    assert "キャンセル待ち 3番目" in said(own.text)
    assert "<svg" not in own.text[own.text.index("<main") : own.text.index("</main>")]


@pytest.mark.parametrize(
    ("changes", "anchor"),
    [
        ({"name": ""}, "name"),
        ({"email": ""}, "email"),
        ({"email": "motoko@"}, "email"),
        ({"phone": "１２"}, "phone"),
        ({"kana": "漢字"}, "kana"),
        ({"name": "あ" * 101}, "name"),
        ({"needs_words": "あ" * 1001}, "needs"),
        ({"party_size": "2"}, "party_size"),
        ({"party_size": "たくさん"}, "party_size"),
        ({"attendance": "ONLINE"}, "attendance"),
    ],
)
@pytest.mark.parametrize("action", ["confirm", "send"])
async def test_mistakes_are_named_and_nothing_typed_is_lost(
    visitor: httpx.AsyncClient,
    web_database: Database,
    worker_database: Database,
    platform: Tenant,
    changes: Fields,
    anchor: str,
    action: str,
) -> None:
    event = await make_event(worker_database, platform)
    answer = await visitor.post(path_of(event), data=await fill(visitor, path_of(event), action=action, **changes))
    assert (answer.status_code, f'href="#{anchor}"' in answer.text) == (422, True)
    assert ('value="灯りの会"' in answer.text, 'value="手話通訳" checked' in answer.text) == (True, True)
    assert await stored(web_database, platform, event) == []


async def test_the_way_back_from_the_confirmation_keeps_everything(
    visitor: httpx.AsyncClient, worker_database: Database, platform: Tenant
) -> None:
    event = await make_event(worker_database, platform, party_limit=4)
    form = await fill(visitor, path_of(event), party_size="３人", companions="山田 一\r\n<b>川田</b> 二")
    confirm = await visitor.post(path_of(event), data=form)
    assert "3人" in said(confirm.text)
    again = await visitor.post(path_of(event), data={**hidden_fields(confirm.text), "action": "edit"})
    assert "山田 一\n&lt;b&gt;川田&lt;/b&gt; 二</textarea>" in again.text
    assert ('value="託児" checked' in again.text, 'value="車いす" checked' in again.text) == (True, False)


async def test_two_clicks_back_and_reload_are_one_registration(
    visitor: httpx.AsyncClient, web_database: Database, worker_database: Database, platform: Tenant
) -> None:
    event = await make_event(worker_database, platform)
    form = await fill(visitor, path_of(event), action="send")
    answers = await asyncio.gather(*(visitor.post(path_of(event), data=form) for _ in range(4)))
    assert len({answer.headers["location"] for answer in answers}) == 1
    changed = await visitor.post(path_of(event), data={**form, "name": "あとから 変えた名"})
    assert (changed.status_code, "すでに受け付けています" in changed.text) == (422, True)
    assert len(await stored(web_database, platform, event)) == 1


async def test_the_same_person_twice_learns_nothing_on_the_page_and_is_written_to(
    visitor: httpx.AsyncClient, web_database: Database, worker_database: Database, platform: Tenant
) -> None:
    event = await make_event(worker_database, platform, capacity=1)
    first = await make_registration(
        worker_database, platform, event.id, name="先に 申し込んだ人", email="motoko@EXAMPLE.jp"
    )
    answer = await visitor.post(path_of(event), data=await fill(visitor, path_of(event), action="send"))
    assert answer.status_code == 200
    assert "ご記入のメールアドレスあてに、お申し込みの状況をお送りしました。" in answer.text
    for secret in ("先に 申し込んだ人", first.key, first.code, "0001", "キャンセル待ち"):
        assert secret not in answer.text
    [only] = await stored(web_database, platform, event)
    assert only.id == first.id
    async with worker_database.read(platform.id) as session:
        found = await session.get_one(Event, (platform.id, event.id))
    assert (found.hall_taken, found.hall_waiting) == (1, 0)


async def test_hall_and_online_are_apart(
    visitor: httpx.AsyncClient, web_database: Database, worker_database: Database, platform: Tenant
) -> None:
    event = await make_event(worker_database, platform, capacity=1, online=True, online_capacity=5)
    await make_registration(worker_database, platform, event.id)
    page = said((await visitor.get(f"/events/{event.id}")).text)
    assert "会場満席 オンライン残り 5席" in page
    form = await visitor.get(path_of(event))
    assert ('value="ONLINE" checked' in form.text, "キャンセル待ちに申し込む" in form.text) == (True, False)
    own = await visitor.get(await register(visitor, event, attendance="ONLINE"))
    assert "参加確定" in own.text
    waiting = await visitor.get(await register(visitor, event, attendance="HALL", email="other@example.jp"))
    assert "キャンセル待ち 1番目" in said(waiting.text)
    assert "会場満席キャンセル待ち 1組 オンライン残り 4席" in said((await visitor.get(f"/events/{event.id}")).text)


async def _closed(database: Database, tenant: Tenant) -> dict[str, Event]:
    now = clock.now()
    made = {
        "まだ": await make_event(database, tenant, registration_opens_at=now + timedelta(days=3)),
        "締め切りました": await make_event(database, tenant, registration_deadline=now - timedelta(minutes=1)),
        "終了した": await make_event(database, tenant, starts_at=now - timedelta(days=3)),
        "ここからの申込を受け付けていません": await make_event(database, tenant, takes_registrations=False),
        "中止": await make_event(database, tenant),
        "延期": await make_event(database, tenant),
    }
    async with database.write(tenant.id) as session:
        await events.cancel_event(session, actor=EDITOR, event_id=made["中止"].id, reason="台風のため")
        await events.postpone_event(session, actor=EDITOR, event_id=made["延期"].id, reason="会場の都合で")
    return made


async def test_when_nobody_can_register_the_page_says_why_and_whom_to_ask(
    visitor: httpx.AsyncClient, web_database: Database, worker_database: Database, platform: Tenant
) -> None:
    open_event = await make_event(worker_database, platform)
    form = await fill(visitor, path_of(open_event), action="send")
    for words, event in (await _closed(worker_database, platform)).items():
        answer = await visitor.get(path_of(event))
        assert (answer.status_code, words in said(answer.text)) == (200, True), words
        assert 'name="needs_words"' not in answer.text
        sent = await visitor.post(path_of(event), data=form)
        assert (sent.status_code, words in said(sent.text)) == (422, True), words
        assert await stored(web_database, platform, event) == []
        public = await visitor.get(f"/events/{event.id}")
        assert f'href="{path_of(event)}"' not in public.text


async def test_drafts_and_events_of_other_platforms_are_not_found(
    visitor: httpx.AsyncClient, worker_database: Database, platform: Tenant
) -> None:
    draft = await make_event(worker_database, platform, published=False)
    elsewhere = await make_tenant(worker_database)
    foreign = await make_event(worker_database, elsewhere)
    form = await fill(visitor, path_of(await make_event(worker_database, platform)), action="send")
    for path in (path_of(draft), path_of(foreign), f"/events/{uuid4()}/register", "/events/nothing/register"):
        assert (await visitor.get(path)).status_code == 404
        assert (await visitor.post(path, data=form)).status_code == 404


async def test_an_event_for_members_asks_to_sign_in_and_knows_the_organisation(
    visitor: httpx.AsyncClient, client_for: ClientFor, worker_database: Database, platform: Tenant
) -> None:
    event = await make_event(worker_database, platform, members_only=True)
    stranger = await visitor.get(path_of(event))
    assert stranger.status_code == 403
    assert f'href="/signin?next={path_of(event)}"' in stranger.text
    organisation = await make_member(worker_database, platform, name="ひだまりの会")
    account = await make_account(worker_database, platform, Role.ORGANISATION_USER, organisation_id=organisation)
    member = await signed_in(client_for(platform), account)
    form = (await member.get(path_of(event))).text
    assert ('value="ひだまりの会"' in form, f'value="{account.email}"' in form) == (True, True)
    own = await register(member, event)
    assert "参加確定" in (await member.get(own)).text
    staff = await signed_in(client_for(platform), await make_account(worker_database, platform, Role.SECRETARIAT))
    assert (await staff.get(path_of(event))).status_code == 403


async def test_the_secretariat_registers_like_everybody_on_the_public_page(
    client_for: ClientFor, web_database: Database, worker_database: Database, platform: Tenant
) -> None:
    event = await make_event(worker_database, platform)
    staff = await signed_in(client_for(platform), await make_account(worker_database, platform, Role.SECRETARIAT))
    await register(staff, event)
    [registration] = await stored(web_database, platform, event)
    assert (registration.channel, registration.entered_by) == ("WEB", None)


async def test_the_event_page_shows_the_seats_of_the_moment_in_few_statements(
    visitor: httpx.AsyncClient, worker_database: Database, platform: Tenant, statements: list[str]
) -> None:
    event = await make_event(worker_database, platform, capacity=2)
    assert "残り 2席" in (await visitor.get(f"/events/{event.id}")).text
    first = await make_registration(worker_database, platform, event.id)
    assert "残り 1席" in (await visitor.get(f"/events/{event.id}")).text
    await make_registration(worker_database, platform, event.id)
    await make_registration(worker_database, platform, event.id)
    full = await visitor.get(f"/events/{event.id}")
    assert ("満席" in full.text, "キャンセル待ちに申し込む" in full.text) == (True, True)
    assert "キャンセル待ちに申し込む" in (await visitor.get("/events")).text
    async with worker_database.write(platform.id) as session:
        await service.cancel(session, actor=ANONYMOUS, registration_id=first.id)
    assert "満席" in (await visitor.get(f"/events/{event.id}")).text
    statements.clear()
    await visitor.get(f"/events/{event.id}")
    assert len(statements) == 1


async def test_a_form_that_is_sent_again_after_its_registration_was_cancelled_says_so_and_then_makes_another(
    visitor: httpx.AsyncClient, worker_database: Database, platform: Tenant
) -> None:
    event = await make_event(worker_database, platform)
    confirm = await visitor.post(path_of(event), data=await fill(visitor, path_of(event)))
    sent = {**hidden_fields(confirm.text), "action": "send"}
    first = (await visitor.post(path_of(event), data=sent)).headers["location"].partition("?")[0]
    page = (await visitor.get(f"{first}/cancel")).text
    form = fields_of(page[page.index("<main") :], 'name="csrf"')
    assert (await visitor.post(f"{first}/cancel", data=form)).status_code == 303
    assert "お申し込みを受け付けました" not in (await visitor.get(f"{first}?done=registered")).text
    again = await visitor.post(path_of(event), data=sent)
    assert (again.status_code, "そのあとに取り消されています" in again.text) == (422, True)
    anew = {**fields_of(again.text, 'name="needs_words"'), "action": "send"}
    second = await visitor.post(path_of(event), data=anew)
    assert second.status_code == 303
    assert second.headers["location"].partition("?")[0] != first


async def test_an_address_and_a_network_register_only_so_often(
    visitor: httpx.AsyncClient,
    worker_database: Database,
    platform: Tenant,
    site: Site,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(site, "settings", msgspec.structs.replace(site.settings, rate_limits=True))
    event, other = await make_event(worker_database, platform), await make_event(worker_database, platform)

    async def send(to: Event, email: str) -> int:
        form = await fill(visitor, path_of(to), action="send", email=email)
        answer = await visitor.post(path_of(to), data=form)
        assert answer.status_code != 429 or 'value="灯台 もと子"' in answer.text
        return answer.status_code

    tries = [await send(event, "often@example.jp") for _ in range(6)]
    assert tries == [303, *[200] * 4, 429]
    assert [await send(event, "other@example.jp"), await send(other, "often@example.jp")] == [303, 303]
