"""傘下団体 behind the two doors, and the page on which receipt of a notice is confirmed."""

import httpx
import msgspec
import pytest
from lxml import html

from services.web import limits
from services.web.site import Site
from shared.identity import service as identity
from shared.identity.models import Role
from shared.identity.policy import INSTALLATION
from shared.kit.database.session import Database
from shared.kit.settings import Settings
from shared.members.umbrella import queries
from shared.tenants.models import Tenant
from tests.factories.identity import form_token, make_account, signed_in
from tests.factories.members import make_member, make_platform, settle
from tests.factories.screening import make_pledge
from tests.services.web.conftest import ClientFor


@pytest.fixture
async def platform(worker_database: Database, site: Site) -> Tenant:
    tenant = await make_platform(worker_database)
    await site._reload_hosts()
    return tenant


async def send(client: httpx.AsyncClient, page: str, form: str, **typed: str) -> httpx.Response:
    """Fill one form of a page and press its button."""
    document = html.fromstring((await client.get(page)).text)
    [found] = [each for each in document.forms if each.get("action", "").endswith(form)][:1]
    hidden = {field.name: field.value or "" for field in found.inputs if getattr(field, "type", "") == "hidden"}
    return await client.post(found.get("action"), data=hidden | typed)


async def test_staff_declares_registers_and_sends_and_a_receiver_confirms(
    client_for: ClientFor, worker_database: Database, web_database: Database, platform: Tenant, settings: Settings
) -> None:
    network = await make_member(web_database, platform, name="食堂ネットワーク")
    staff = await signed_in(client_for(platform), await make_account(worker_database, platform, Role.SECRETARIAT))
    page = f"/staff/organisations/{network}/umbrella"
    day = {"as_of_year": "令和5", "as_of_month": "２", "as_of_day": "20"}
    declared = await send(staff, page, "/declared", count="５５", unit="か所", **day)
    assert (declared.status_code, declared.headers["location"]) == (303, f"{page}?done=declared")
    added = await send(staff, page, "/child", name="潮の食堂", email="shio@dining.example")
    assert (added.status_code, (await send(staff, page, "/child", name="潮の 食堂")).status_code) == (303, 422)
    await settle(settings, platform)
    sent = await send(staff, page, "/relay", subject="配布のお知らせ", body="エプロンを配ります。")
    assert sent.status_code == 303
    [letter] = [each for each in await settle(settings, platform) if each.template == "members/relay_request"]
    link = "/relay/" + letter.body.rpartition("/relay/")[2].split()[0]
    receiver = client_for(platform)
    for _ in range(2):
        shown = await receiver.get(link)
        assert ("エプロンを配ります。" in shown.text, set(shown.headers.get_list("cache-control", True))) == (
            True,
            {"no-store"},
        )
    assert "1のうち0が受け取りを確認" in (await staff.get(page)).text
    assert (await send(receiver, link, link)).status_code == 303
    assert "受け取りを確認しました" in (await receiver.get(link)).text
    assert "1のうち1が受け取りを確認" in (await staff.get(page)).text
    assert (await receiver.get("/relay/guessed")).status_code == 404


async def test_tags_and_secrecy_are_kept_with_what_was_typed(
    client_for: ClientFor, worker_database: Database, web_database: Database, platform: Tenant
) -> None:
    organisation_id = await make_member(web_database, platform)
    staff = await signed_in(client_for(platform), await make_account(worker_database, platform, Role.SECRETARIAT))
    page = f"/staff/organisations/{organisation_id}/umbrella"
    refused = await send(staff, page, "/listing", audiences="women", address_confidential="1")
    document = html.fromstring(refused.text)
    assert refused.status_code == 422
    assert document.xpath("//input[@name='audiences' and @checked]/@value") == ["women"]
    saved = await send(staff, page, "/listing", audiences="women", address_confidential="1", reason="避難先のため")
    assert saved.headers["location"] == f"{page}?done=listing"
    assert (await send(staff, page, "/listing", audiences="nobody")).status_code == 422
    other = html.fromstring((await send(staff, page, "/declared", count="x", unit="社")).text)
    assert other.xpath("//input[@name='reason']/@value") == ["避難先のため"]


async def test_an_umbrella_keeps_its_own_and_no_other(
    client_for: ClientFor, worker_database: Database, web_database: Database, platform: Tenant
) -> None:
    own = await make_member(web_database, platform)
    other = await make_member(web_database, platform)
    account = await make_account(worker_database, platform, Role.ORGANISATION_MANAGER, organisation_id=own)
    manager = await signed_in(client_for(platform), account)
    page = f"/member/umbrella/{own}"
    assert (await send(manager, page, "/child", name="潮の食堂")).status_code == 303
    assert "潮の食堂" in (await manager.get(page)).text
    assert "所在地を伏せる" not in (await manager.get(page)).text
    token = html.fromstring((await manager.get(page)).text).forms[-1].fields["csrf"]
    answers = [
        await manager.get(f"/member/umbrella/{other}"),
        await manager.post(f"/member/umbrella/{other}/child", data={"csrf": token, "name": "よその食堂"}),
        await manager.post(f"/member/umbrella/{own}/listing", data={"csrf": token, "audiences": "women"}),
        await manager.get(f"/staff/organisations/{own}/umbrella"),
    ]
    assert [answer.status_code for answer in answers] == [404, 404, 404, 403]


async def test_who_only_writes_for_an_umbrella_does_not_run_it(
    client_for: ClientFor, worker_database: Database, web_database: Database, platform: Tenant
) -> None:
    """A manager of one organisation may be a mere user of another."""
    managed, written_for = await make_member(web_database, platform), await make_member(web_database, platform)
    account = await make_account(worker_database, platform, Role.ORGANISATION_MANAGER, organisation_id=managed)
    async with worker_database.write(platform.id) as session:
        await identity.assign_role(
            session,
            actor=INSTALLATION,
            account_id=account.id,
            role=Role.ORGANISATION_USER,
            organisation_id=written_for,
        )
    client = await signed_in(client_for(platform), account)
    token = await form_token(client, f"/member/umbrella/{managed}")
    form = {"csrf": token, "name": "食堂", "email": "x@dining.example", "subject": "件名", "body": "本文"}
    answers = [await client.get(f"/member/umbrella/{written_for}")]
    answers += [
        await client.post(f"/member/umbrella/{written_for}/{what}", data=form)
        for what in ("child", "relay", "declared")
    ]
    assert [answer.status_code for answer in answers] == [404] * 4
    async with web_database.read(platform.id) as session:
        assert (await queries.umbrella(session, written_for)).entries == []


async def test_a_members_umbrella_sends_so_many_notices_a_day_and_the_secretariats_as_it_needs(
    client_for: ClientFor,
    worker_database: Database,
    web_database: Database,
    platform: Tenant,
    site: Site,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(site, "settings", msgspec.structs.replace(site.settings, rate_limits=True))
    monkeypatch.setattr(limits, "CHILDREN", 3)
    own = await make_member(web_database, platform)
    account = await make_account(worker_database, platform, Role.ORGANISATION_MANAGER, organisation_id=own)
    manager = await signed_in(client_for(platform), account)
    staff = await signed_in(client_for(platform), await make_account(worker_database, platform, Role.SECRETARIAT))
    page, desk = f"/member/umbrella/{own}", f"/staff/organisations/{own}/umbrella"

    async def relay(client: httpx.AsyncClient, at: str) -> httpx.Response:
        return await send(client, at, "/relay", subject="件名", body="本文")

    added = [await send(manager, page, "/child", name=f"食堂{number}", email="x@npo.example") for number in range(4)]
    assert [each.status_code for each in added] == [303, 303, 303, 422]
    sent = [await relay(manager, page) for _ in range(limits.RELAYS + 1)]
    assert [each.status_code for each in sent] == [303] * limits.RELAYS + [422]
    assert f"一日に{limits.RELAYS}回まで" in sent[-1].text
    assert (await relay(staff, desk)).status_code == 303
    assert "件名" in (await staff.get(desk)).text


async def test_a_secret_place_is_shown_again_by_who_has_promised_secrecy_alone(
    client_for: ClientFor, worker_database: Database, web_database: Database, platform: Tenant
) -> None:
    shelter = await make_member(web_database, platform, address="影町9丁目1番地")
    account = await make_account(worker_database, platform, Role.SECRETARIAT)
    staff = await signed_in(client_for(platform), account)
    page = f"/staff/organisations/{shelter}/umbrella"
    assert (await send(staff, page, "/listing", address_confidential="1", reason="避難先")).status_code == 303
    assert (await send(staff, page, "/listing")).status_code == 403
    assert "影町9丁目1番地" not in (await staff.get(f"/staff/organisations/{shelter}")).text
    await make_pledge(worker_database, platform, account)
    assert (await send(staff, page, "/listing")).status_code == 303
    assert "影町9丁目1番地" in (await staff.get(f"/staff/organisations/{shelter}")).text


async def test_two_who_describe_one_organisation_hear_of_each_other(
    client_for: ClientFor, worker_database: Database, web_database: Database, platform: Tenant
) -> None:
    organisation = await make_member(web_database, platform)
    staff = await signed_in(client_for(platform), await make_account(worker_database, platform, Role.SECRETARIAT))
    page = f"/staff/organisations/{organisation}/umbrella"
    document = html.fromstring((await staff.get(page)).text)
    [form] = [each for each in document.forms if each.get("action", "").endswith("/listing")]
    stale = {field.name: field.value or "" for field in form.inputs if getattr(field, "type", "") == "hidden"}
    assert (await send(staff, page, "/listing", audiences="women")).status_code == 303
    late = await staff.post(f"{page}/listing", data=stale | {"audiences": "youth"})
    assert (late.status_code, "内容を変更しました" in late.text) == (409, True)
