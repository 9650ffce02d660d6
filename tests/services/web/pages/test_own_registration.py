"""The person's own page of a registration: changing, cancelling, and links that were opened by programs or used before."""

from collections.abc import AsyncIterator
from datetime import timedelta

import httpx
import msgspec
import pytest

from services.web.site import Site
from shared.events import service as events
from shared.events.attendance import tables
from shared.events.attendance.models import Basis
from shared.events.models import Event
from shared.events.registrations.models import Attendance, Registration
from shared.kit import clock
from shared.kit.database.session import Database
from shared.tenants.models import Tenant
from tests.factories.content import EDITOR
from tests.factories.events import make_event
from tests.factories.members import make_platform
from tests.factories.registrations import make_registration
from tests.factories.tenants import make_tenant
from tests.services.web.conftest import ClientFor
from tests.services.web.pages.staff.forms import fields_of
from tests.services.web.pages.test_registration import fill, path_of, stored


@pytest.fixture
async def platform(worker_database: Database, site: Site) -> Tenant:
    tenant = await make_platform(worker_database)
    await site._reload_hosts()
    return tenant


@pytest.fixture
async def visitor(client_for: ClientFor, platform: Tenant) -> httpx.AsyncClient:
    return client_for(platform)


@pytest.fixture
async def registered(
    visitor: httpx.AsyncClient, worker_database: Database, platform: Tenant
) -> AsyncIterator[tuple[Event, Registration, str]]:
    event = await make_event(worker_database, platform, capacity=2, party_limit=3)
    registration = await make_registration(
        worker_database, platform, event.id, name="元の 名前", needs="託児\n2歳です", remarks="事務局の覚え"
    )
    yield event, registration, f"/registrations/{registration.key}"


async def test_a_change_keeps_what_is_not_on_the_form(
    visitor: httpx.AsyncClient,
    web_database: Database,
    platform: Tenant,
    registered: tuple[Event, Registration, str],
) -> None:
    event, _, path = registered
    page = (await visitor.get(f"{path}/change")).text
    assert ('value="託児" checked' in page, "2歳です" in page) == (True, True)
    form = fields_of(page, 'name="needs_words"') | {"needs": "車いす", "party_size": "2", "companions": "連れ 一"}
    first, second = [await visitor.post(f"{path}/change", data=form) for _ in range(2)]
    assert (first.status_code, second.status_code) == (303, 303)
    [after] = await stored(web_database, platform, event)
    assert (after.needs, after.party_size, after.remarks) == ("車いす\n2歳です", 2, "事務局の覚え")
    assert after.revision == 2


async def test_more_people_than_seats_are_refused_and_the_registration_stays(
    visitor: httpx.AsyncClient,
    web_database: Database,
    platform: Tenant,
    registered: tuple[Event, Registration, str],
) -> None:
    event, _, path = registered
    form = fields_of((await visitor.get(f"{path}/change")).text, 'name="needs_words"') | {"party_size": "3"}
    answer = await visitor.post(f"{path}/change", data=form)
    assert (answer.status_code, "いまのお申し込みは、そのまま残っています" in answer.text) == (422, True)
    [after] = await stored(web_database, platform, event)
    assert (after.party_size, after.status) == (1, "CONFIRMED")


async def test_two_who_change_at_once_see_the_conflict_and_lose_nothing(
    visitor: httpx.AsyncClient,
    web_database: Database,
    platform: Tenant,
    registered: tuple[Event, Registration, str],
) -> None:
    event, _, path = registered
    form = fields_of((await visitor.get(f"{path}/change")).text, 'name="needs_words"')
    await visitor.post(f"{path}/change", data=form | {"name": "先の 変更"})
    late = await visitor.post(f"{path}/change", data=form | {"name": "後の 変更"})
    assert (late.status_code, "先の 変更" in late.text, 'value="後の 変更"' in late.text) == (409, True, True)
    again = await visitor.post(f"{path}/change", data=fields_of(late.text, 'name="needs_words"'))
    assert again.status_code == 303
    [after] = await stored(web_database, platform, event)
    assert after.name == "後の 変更"


async def test_a_link_scanner_cancels_nothing_and_a_used_link_says_so(
    visitor: httpx.AsyncClient,
    web_database: Database,
    worker_database: Database,
    platform: Tenant,
    registered: tuple[Event, Registration, str],
) -> None:
    event, _, path = registered
    waiting = await make_registration(worker_database, platform, event.id, party_size=2)
    page = await visitor.get(f"{path}/cancel")
    assert (await visitor.head(f"{path}/cancel")).status_code == 200
    assert (page.status_code, "次の申込を取り消しますか" in page.text) == (200, True)
    [before, _] = await stored(web_database, platform, event)
    assert before.status == "CONFIRMED"
    form = fields_of(page.text[page.text.index("<main") :], 'name="csrf"')
    for _ in range(2):
        assert (await visitor.post(f"{path}/cancel", data=form)).headers["location"] == f"{path}?done=cancelled"
    own = await visitor.get(path)
    assert ("取消済み" in own.text, f'href="{path_of(event)}">もう一度申し込む' in own.text) == (True, True)
    assert "すでに取り消されています" in (await visitor.get(f"{path}/cancel")).text
    assert "取り消されているため、変更できません" in (await visitor.get(f"{path}/change")).text
    promoted = await visitor.get(f"/registrations/{waiting.key}")
    assert "参加確定" in promoted.text


async def test_without_the_forms_token_nothing_is_cancelled(
    visitor: httpx.AsyncClient,
    web_database: Database,
    platform: Tenant,
    registered: tuple[Event, Registration, str],
) -> None:
    event, _, path = registered
    assert (await visitor.post(f"{path}/cancel", data={})).status_code == 422
    assert (await visitor.post(f"{path}/change", data={"name": "だれか"})).status_code == 422
    [after] = await stored(web_database, platform, event)
    assert (after.status, after.name) == ("CONFIRMED", "元の 名前")


async def test_after_the_event_there_is_nothing_to_cancel(
    visitor: httpx.AsyncClient, worker_database: Database, platform: Tenant
) -> None:
    event = await make_event(worker_database, platform)
    registration = await make_registration(worker_database, platform, event.id)
    async with worker_database.write(platform.id) as session:
        row = await session.get_one(Event, (platform.id, event.id))
        row.starts_at, row.ends_at = clock.now() - timedelta(days=2), clock.now() - timedelta(days=1)
    path = f"/registrations/{registration.key}"
    own = await visitor.get(path)
    assert ("この行事は終了しました" in own.text, "<svg" in own.text[own.text.index("<main") :]) == (True, False)
    cancel = await visitor.get(f"{path}/cancel")
    assert ("取り消しの手続きは必要ありません" in cancel.text, "button--danger" in cancel.text) == (True, False)
    form = fields_of((await visitor.get(path_of(await make_event(worker_database, platform)))).text, "needs_words")
    refused = await visitor.post(f"{path}/cancel", data={"csrf": form["csrf"]})
    assert (refused.status_code, "手続きは必要ありません" in refused.text) == (422, True)


async def test_another_address_is_refused_alike_whoever_has_it(
    visitor: httpx.AsyncClient,
    web_database: Database,
    worker_database: Database,
    platform: Tenant,
    registered: tuple[Event, Registration, str],
) -> None:
    event, registration, path = registered
    other = await make_registration(worker_database, platform, event.id)
    page = (await visitor.get(f"{path}/change")).text
    assert ('name="email"' in page, "取り消して申し込み直すか、窓口へ" in page) == (False, True)
    form = fields_of(page, 'name="needs_words"')
    answers = [
        await visitor.post(f"{path}/change", data=form | {"email": address})
        for address in (other.email, "unknown@example.jp", "nowhere")
    ]
    assert [answer.status_code for answer in answers] == [422] * 3
    assert ["ここでは変えられません" in answer.text for answer in answers] == [True] * 3
    same = await visitor.post(f"{path}/change", data=form | {"email": str(registration.email).upper()})
    assert same.status_code == 303
    assert (await stored(web_database, platform, event))[0].email == registration.email


async def test_changes_are_letters_and_so_only_some_in_an_hour(
    visitor: httpx.AsyncClient,
    registered: tuple[Event, Registration, str],
    site: Site,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(site, "settings", msgspec.structs.replace(site.settings, rate_limits=True))
    _, _, path = registered
    codes = []
    for number in range(6):
        form = fields_of((await visitor.get(f"{path}/change")).text, 'name="needs_words"')
        codes.append((await visitor.post(f"{path}/change", data=form | {"name": f"名前 {number}"})).status_code)
    assert codes == [303] * 5 + [429]


async def test_a_stranger_who_sends_the_address_uses_up_nobodys_changes(
    visitor: httpx.AsyncClient,
    registered: tuple[Event, Registration, str],
    site: Site,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(site, "settings", msgspec.structs.replace(site.settings, rate_limits=True))
    event, registration, path = registered
    for _ in range(6):
        sent = await fill(visitor, path_of(event), action="send", email=registration.email)
        stranger = await visitor.post(path_of(event), data=sent)
    assert stranger.status_code == 429
    form = fields_of((await visitor.get(f"{path}/change")).text, 'name="needs_words"') | {"name": "新しい 名前"}
    assert (await visitor.post(f"{path}/change", data=form)).status_code == 303


async def test_an_old_form_that_is_sent_again_after_later_changes_does_not_say_that_it_changed(
    visitor: httpx.AsyncClient,
    web_database: Database,
    platform: Tenant,
    registered: tuple[Event, Registration, str],
) -> None:
    event, _, path = registered
    old = fields_of((await visitor.get(f"{path}/change")).text, 'name="needs_words"') | {"phone": "088-621-2222"}
    assert (await visitor.post(f"{path}/change", data=old)).status_code == 303
    later = fields_of((await visitor.get(f"{path}/change")).text, 'name="needs_words"') | {"phone": "088-621-3333"}
    assert (await visitor.post(f"{path}/change", data=later)).status_code == 303
    again = await visitor.post(f"{path}/change", data=old)
    [after] = await stored(web_database, platform, event)
    assert (again.status_code, after.phone, "内容が変わりました" in again.text) == (409, "088-621-3333", True)


async def test_a_postponed_event_has_not_ended_and_can_be_cancelled(
    visitor: httpx.AsyncClient,
    web_database: Database,
    worker_database: Database,
    platform: Tenant,
    registered: tuple[Event, Registration, str],
) -> None:
    event, _, path = registered
    async with worker_database.write(platform.id) as session:
        await events.postpone_event(session, actor=EDITOR, event_id=event.id, reason="会場の都合で")
        row = await session.get_one(Event, (platform.id, event.id))
        row.starts_at, row.ends_at = clock.now() - timedelta(days=2), clock.now() - timedelta(days=1)
    own = (await visitor.get(path)).text
    assert ("終了しました" in own, f'href="{path}/cancel"' in own, "延期" in own) == (False, True, True)
    page = (await visitor.get(f"{path}/cancel")).text
    form = fields_of(page[page.index("<main") :], 'name="csrf"')
    assert (await visitor.post(f"{path}/cancel", data=form)).status_code == 303
    [after] = await stored(web_database, platform, event)
    assert after.status == "CANCELLED"


async def test_a_key_opens_nothing_on_another_platform(
    client_for: ClientFor, worker_database: Database, registered: tuple[Event, Registration, str], site: Site
) -> None:
    _, _, path = registered
    elsewhere = await make_tenant(worker_database)
    await site._reload_hosts()
    stranger = client_for(elsewhere)
    for address in (path, f"{path}/change", f"{path}/cancel"):
        answer = await stranger.get(address)
        assert (answer.status_code, "元の 名前" in answer.text) == (404, False)


async def test_who_has_a_table_sees_it_on_the_own_page(
    visitor: httpx.AsyncClient, worker_database: Database, platform: Tenant
) -> None:
    event = await make_event(worker_database, platform, online=True, party_limit=3)
    group, _ = [
        await make_registration(worker_database, platform, event.id, party_size=2, attendance=Attendance.HALL)
        for _ in range(2)
    ]
    remote = await make_registration(worker_database, platform, event.id, attendance=Attendance.ONLINE)
    path = f"/registrations/{group.key}"
    assert "班（テーブル）" not in (await visitor.get(path)).text
    async with worker_database.write(platform.id) as session:
        await tables.compose(session, actor=EDITOR, event_id=event.id, size=2, basis=Basis.CONFIRMED)
    shown = (await visitor.get(path)).text
    assert ("1班、2班" in shown, "分かれてお座り" in shown) == (True, True)
    assert "班（テーブル）" not in (await visitor.get(f"/registrations/{remote.key}")).text
