"""この団体に問い合わせる: one letter to an address that is not shown, counted for the organisation."""

from typing import Any
from uuid import UUID

import httpx
import pytest
from sqlalchemy import select

from services.web import limits
from services.web.site import Site
from shared.identity.models import Role
from shared.identity.policy import Actor
from shared.kit.audit import AuditEntry
from shared.kit.database.session import Database
from shared.kit.settings import Settings
from shared.members import versions
from shared.members.inquiries import Door, open_door
from shared.members.models import Organisation
from shared.tenants.models import Tenant
from tests.factories.identity import form_token, make_account, signed_in
from tests.factories.members import make_member, make_platform, settle
from tests.services.web.conftest import ClientFor
from tests.services.web.graphql.test_writing import done, mutation
from tests.services.web.pages.staff.forms import open_form

DESK = Actor(name="事務局", client_id="desk", roles=frozenset({Role.SECRETARIAT}))
ADDRESS = "hidden@npo.example"
SENT = {"name": "海辺 花", "email": "umibe@citizen.example", "text": "見学はできますか。\n土曜を希望します。"}


@pytest.fixture
async def platform(worker_database: Database, site: Site) -> Tenant:
    tenant = await make_platform(worker_database)
    await site._reload_hosts()
    return tenant


async def member(database: Database, tenant: Tenant, door: Door) -> UUID:
    made = await make_member(database, tenant, name="つなぐ食堂", email=ADDRESS)
    async with database.write(tenant.id) as session:
        await open_door(session, actor=DESK, organisation_id=made, door=door)
    return made


@pytest.fixture
async def organisation(worker_database: Database, platform: Tenant) -> UUID:
    """It lets everybody write."""
    return await member(worker_database, platform, Door.EVERYBODY)


@pytest.fixture
async def shy(worker_database: Database, platform: Tenant) -> UUID:
    return await member(worker_database, platform, Door.MEMBERS)


@pytest.fixture
async def colleague(client_for: ClientFor, worker_database: Database, platform: Tenant) -> httpx.AsyncClient:
    """A manager of another organisation."""
    other = await make_member(worker_database, platform)
    account = await make_account(worker_database, platform, Role.ORGANISATION_MANAGER, organisation_id=other)
    return await signed_in(client_for(platform), account)


def path(organisation_id: UUID) -> str:
    return f"/organisations/{organisation_id}/inquire"


async def send(client: httpx.AsyncClient, organisation_id: UUID, **changes: Any) -> httpx.Response:
    form = await open_form(client, path(organisation_id))
    return await client.post(path(organisation_id), data=form | SENT | changes)


async def inquiries(settings: Settings, tenant: Tenant) -> list[Any]:
    return [each for each in await settle(settings, tenant) if each.template == "members/inquiry"]


async def test_it_arrives_as_one_letter_and_is_counted(
    client_for: ClientFor, worker_database: Database, platform: Tenant, organisation: UUID, settings: Settings
) -> None:
    citizen = client_for(platform)
    assert path(organisation) in (await citizen.get(f"/organisations/{organisation}")).text
    form = await open_form(citizen, path(organisation)) | SENT
    for _ in range(2):
        answer = await citizen.post(path(organisation), data=form)
        assert (answer.status_code, answer.headers["location"]) == (303, f"{path(organisation)}?done=sent")
    assert "お送りしました" in (await citizen.get(answer.headers["location"])).text
    [letter] = await inquiries(settings, platform)
    assert (letter.to_email, letter.about_id) == (ADDRESS, organisation)
    assert [
        each in letter.body for each in ("見学はできますか。\n土曜を希望します。", "umibe@citizen.example", "海辺 花")
    ] == [True] * 3
    account = await make_account(worker_database, platform, Role.ORGANISATION_USER, organisation_id=organisation)
    gains = (await (await signed_in(client_for(platform), account)).get("/member/gains")).text
    assert '<p class="figure-number">1</p><p>紹介ページから届いた問い合わせ</p>' in gains
    assert "11月22日" in gains


async def test_the_record_says_neither_who_nor_what(
    client_for: ClientFor, worker_database: Database, platform: Tenant, organisation: UUID
) -> None:
    assert (await send(client_for(platform), organisation)).status_code == 303
    async with worker_database.read(platform.id) as session:
        rows = select(AuditEntry).where(AuditEntry.action == "organisation.inquire")
        [entry] = (await session.execute(rows)).scalars()
    assert (entry.object_id, entry.actor_id, entry.actor_name, entry.summary) == (organisation, None, "一般の方", None)


async def test_unless_the_organisation_says_otherwise_only_members_write(
    client_for: ClientFor, colleague: httpx.AsyncClient, platform: Tenant, shy: UUID, settings: Settings
) -> None:
    citizen = client_for(platform)
    closed = await citizen.get(path(shy))
    assert (closed.status_code, "参加団体の方だけが送れます" in closed.text, 'name="text"' in closed.text) == (
        403,
        True,
        False,
    )
    assert (await citizen.post(path(shy), data={"csrf": await form_token(citizen)} | SENT)).status_code == 403
    answer = await send(colleague, shy)
    shown = await colleague.get(answer.headers["location"])
    assert (answer.status_code, ADDRESS in shown.text) == (303, False)
    assert [letter.to_email for letter in await inquiries(settings, platform)] == [ADDRESS]


async def test_without_an_address_the_secretariat_passes_on(
    client_for: ClientFor, worker_database: Database, platform: Tenant, organisation: UUID
) -> None:
    async with worker_database.write(platform.id) as session:
        (await session.get_one(Organisation, (platform.id, organisation))).email = None
    page = await client_for(platform).get(path(organisation))
    assert ("事務局がお取り次ぎします" in page.text, 'name="text"' in page.text) == (True, False)
    assert path(organisation) not in (await client_for(platform).get(f"/organisations/{organisation}")).text


@pytest.mark.parametrize("wrong", [{"name": ""}, {"email": "だれか"}, {"text": "　"}, {"text": "長" * 2_001}])
async def test_a_mistake_is_said_beside_its_field_and_what_was_typed_stays(
    client_for: ClientFor, platform: Tenant, organisation: UUID, wrong: dict[str, str]
) -> None:
    answer = await send(client_for(platform), organisation, **wrong)
    assert (answer.status_code, f'id="{next(iter(wrong))}-error"' in answer.text) == (422, True)
    kept = SENT | wrong
    assert [value in answer.text for value in (kept["name"], kept["email"])] == [True, True]


async def test_what_a_program_fills_in_goes_nowhere(
    client_for: ClientFor, platform: Tenant, organisation: UUID, settings: Settings
) -> None:
    assert (await send(client_for(platform), organisation, homepage="https://spam.example")).status_code == 303
    assert await inquiries(settings, platform) == []


async def test_nobody_writes_without_end(
    client_for: ClientFor, platform: Tenant, organisation: UUID, monkeypatch: pytest.MonkeyPatch, site: Site
) -> None:
    monkeypatch.setattr(limits, "FROM_ADDRESS", 1)
    citizen = client_for(platform)
    codes = [(await send(citizen, organisation, text=f"{number}回目")).status_code for number in range(2)]
    assert codes == ([303, 429] if site.settings.rate_limits else [303, 303])


async def test_one_that_has_left_and_one_of_another_platform_are_not_there(
    client_for: ClientFor, worker_database: Database, organisation: UUID, site: Site
) -> None:
    elsewhere = await make_platform(worker_database)
    await site._reload_hosts()
    assert (await client_for(elsewhere).get(path(organisation))).status_code == 404


async def test_a_manager_opens_and_closes_and_an_edit_of_the_entry_keeps_it(
    client_for: ClientFor, worker_database: Database, platform: Tenant, organisation: UUID, colleague: httpx.AsyncClient
) -> None:
    account = await make_account(worker_database, platform, Role.ORGANISATION_MANAGER, organisation_id=organisation)
    manager, citizen = await signed_in(client_for(platform), account), client_for(platform)
    form = await open_form(manager, "/member/gains", marker='action="/member/inquiries"')
    assert form["door"] == "EVERYBODY"
    async with worker_database.write(platform.id) as session:
        changes = {"phone": "088-621-2913", "visibility": {"phone": "PUBLIC"}}
        await versions.change(session, organisation, changes, actor=DESK)
    assert (await citizen.get(path(organisation))).status_code == 200
    answer = await manager.post("/member/inquiries", data=form | {"door": "CLOSED"})
    assert (answer.status_code, "受け付けを変えました" in (await manager.get(answer.headers["location"])).text) == (
        303,
        True,
    )
    closed = await colleague.get(path(organisation))
    assert ("事務局がお取り次ぎします" in closed.text, 'name="text"' in closed.text) == (True, False)
    other = await colleague.post(
        "/member/inquiries", data=form | {"csrf": await form_token(colleague, "/member/gains")}
    )
    assert other.status_code == 404
    document = mutation("openInquiries", "door", "InquiryDoor")
    given = {"organisationId": str(organisation), "door": "MEMBERS"}
    assert await done(manager, document, given) == {"door": "MEMBERS"}
    assert (await done(colleague, document, given))["code"] == "FORBIDDEN"


async def test_a_program_sends_one_too(
    client_for: ClientFor, platform: Tenant, organisation: UUID, shy: UUID, settings: Settings
) -> None:
    document = mutation("sendInquiry", "id organisationId", "Inquiry")
    given = SENT | {"organisationId": str(organisation), "idempotencyKey": "inquiry-1"}
    first, again = [await done(client_for(platform), document, given) for _ in range(2)]
    assert (first["organisationId"], first["id"]) == (str(organisation), again["id"])
    assert (await done(client_for(platform), document, SENT | {"organisationId": str(shy)}))["code"] == "MEMBERS_ONLY"
    assert (await done(client_for(platform), document, given | {"email": "x"}))["field"] == "email"
    assert len(await inquiries(settings, platform)) == 1
