"""マイページ: the own entry, its people, who has looked, what it brought, the yearly word that all is right."""

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

import httpx
import pytest
import time_machine
from sqlalchemy import select, update

from services.web.site import Site
from shared.identity.models import Role
from shared.kit import clock
from shared.kit.database.session import Database
from shared.kit.settings import Settings
from shared.members import freshness, queries
from shared.members.models import Organisation
from shared.members.portal_models import OrganisationViews
from shared.tenants.models import Tenant
from tests.factories.identity import form_token, make_account, signed_in
from tests.factories.members import HIDDEN_PHONE, make_member, settle
from tests.services.web.conftest import ClientFor
from tests.services.web.pages.member.conftest import person
from tests.services.web.pages.staff.forms import open_form

MANAGERS = ["/member/profile", "/member/people", "/member/access"]
EVERYBODYS = ["/member", "/member/news", "/member/news/new", "/member/events/new", "/member/preview", "/member/gains"]


@pytest.mark.parametrize("path", MANAGERS + EVERYBODYS)
async def test_the_manager_opens_every_page(manager: httpx.AsyncClient, path: str) -> None:
    answer = await manager.get(path)
    assert (answer.status_code, answer.text.count("<h1")) == (200, 1)


async def test_a_user_opens_what_is_not_the_managers(user: httpx.AsyncClient) -> None:
    statuses = [(await user.get(path)).status_code for path in EVERYBODYS + MANAGERS]
    assert statuses == [200] * len(EVERYBODYS) + [403] * len(MANAGERS)


async def test_another_organisations_pages_look_like_none(stranger: httpx.AsyncClient, organisation: UUID) -> None:
    paths = [path for path in MANAGERS + EVERYBODYS if path != "/member"]
    assert {(await stranger.get(f"{path}?organisation={organisation}")).status_code for path in paths} == {404}


async def change(client: httpx.AsyncClient, **fields: str) -> httpx.Response:
    return await client.post("/member/profile", data=await open_form(client, "/member/profile") | fields)


async def test_a_new_telephone_number_is_a_notice_for_the_secretariat(
    manager: httpx.AsyncClient, worker_database: Database, tenant: Tenant, organisation: UUID
) -> None:
    answer = await change(manager, phone="088-621-2345")
    assert answer.headers["location"].endswith("done=sent")
    page = (await manager.get("/member/profile")).text
    assert ("事務局の確認を待っています" in page, HIDDEN_PHONE in page) == (True, True)


async def test_where_the_platform_wants_it_a_change_holds_at_once_and_the_former_is_kept(
    manager: httpx.AsyncClient, staff: httpx.AsyncClient, organisation: UUID
) -> None:
    rules = await open_form(staff, "/staff/organisations")
    await staff.post("/staff/organisations/rules", data={"csrf": rules["csrf"], "by_notice": "0"})
    assert (await change(manager, phone="088-621-2345")).headers["location"].endswith("done=changed")
    page = (await staff.get(f"/staff/organisations/{organisation}")).text
    assert ("088-621-2345" in page, "登録してから、変わっていません" in page) == (True, False)


async def test_an_old_form_that_is_sent_again_after_later_changes_does_not_say_that_it_changed(
    manager: httpx.AsyncClient, staff: httpx.AsyncClient
) -> None:
    rules = await open_form(staff, "/staff/organisations")
    await staff.post("/staff/organisations/rules", data={"csrf": rules["csrf"], "by_notice": "0"})
    old = await open_form(manager, "/member/profile") | {"phone": "088-621-2222"}
    assert [(await manager.post("/member/profile", data=old)).status_code for _ in range(2)] == [303, 303]
    assert (await change(manager, phone="088-621-3333")).status_code == 303
    again = await manager.post("/member/profile", data=old)
    assert (again.status_code, "登録の内容が変わりました" in again.text) == (409, True)


async def test_hiding_something_waits_for_nobody(
    manager: httpx.AsyncClient, client_for: ClientFor, tenant: Tenant, organisation: UUID
) -> None:
    public, path = client_for(tenant), f"/organisations/{organisation}"
    assert "髙橋 明" in (await public.get(path)).text
    answer = await change(manager, visibility_representative_name="SECRETARIAT", phone="088-621-2345")
    assert answer.headers["location"].endswith("done=both")
    assert "髙橋 明" not in (await public.get(path)).text


async def test_a_mistake_keeps_what_was_typed(manager: httpx.AsyncClient) -> None:
    answer = await change(manager, phone="でんわ", appeal="ようこそ")
    assert (answer.status_code, 'value="でんわ"' in answer.text, "ようこそ" in answer.text) == (422, True, True)


async def test_two_who_edit_at_once_do_not_overwrite_each_other(
    manager: httpx.AsyncClient, staff: httpx.AsyncClient
) -> None:
    early = await open_form(manager, "/member/profile")
    await change(manager, visibility_phone="PUBLIC")
    late = await manager.post("/member/profile", data=early | {"visibility_fax": "PUBLIC"})
    assert late.status_code == 409


async def test_the_preview_shows_what_others_see(manager: httpx.AsyncClient) -> None:
    await change(manager, visibility_phone="MEMBERS")
    public = (await manager.get("/member/preview")).text
    members = (await manager.get("/member/preview?as=MEMBERS")).text
    assert (HIDDEN_PHONE in public, HIDDEN_PHONE in members) == (False, True)


async def test_the_manager_invites_and_removes_users_and_nobody_else(
    manager: httpx.AsyncClient,
    user: httpx.AsyncClient,
    stranger: httpx.AsyncClient,
    settings: Settings,
    tenant: Tenant,
    organisation: UUID,
) -> None:
    form = await open_form(manager, "/member/people")
    sent = {"csrf": form["csrf"], "organisation": str(organisation), "name": "新人", "email": "new@people.example"}
    assert (await manager.post("/member/people", data=sent)).status_code == 303
    assert "new@people.example" in [letter.to_email for letter in await settle(settings, tenant)]
    foreign = sent | {"csrf": await form_token(stranger, "/member/people"), "email": "evil@people.example"}
    assert (await stranger.post("/member/people", data=foreign)).status_code == 404
    page = (await manager.get("/member/people")).text
    account = page.split('name="account" value="')[1][:36]
    gone = {"csrf": form["csrf"], "organisation": str(organisation), "account": account}
    assert (await manager.post("/member/people/remove", data=gone)).status_code == 303
    assert (await user.get("/member/news")).status_code == 303


async def test_a_manager_of_one_only_writes_for_another(
    client_for: ClientFor, worker_database: Database, tenant: Tenant, organisation: UUID
) -> None:
    other = await make_member(worker_database, tenant)
    account = await make_account(worker_database, tenant, Role.ORGANISATION_MANAGER, organisation_id=organisation)
    await make_account(
        worker_database, tenant, Role.ORGANISATION_USER, organisation_id=other, email=account.email, name=account.name
    )
    client = await signed_in(client_for(tenant), account)
    paths = [f"{path}?organisation={other}" for path in ("/member/news", "/member/profile", "/member/people")]
    assert [(await client.get(path)).status_code for path in paths] == [200, 404, 404]


async def test_whoever_looks_at_hidden_data_is_seen_once_an_hour(
    manager: httpx.AsyncClient,
    staff: httpx.AsyncClient,
    client_for: ClientFor,
    worker_database: Database,
    tenant: Tenant,
    organisation: UUID,
) -> None:
    assert "まだ、だれも開いていません" in (await manager.get("/member/access")).text
    for _ in range(3):
        await staff.get(f"/staff/organisations/{organisation}")
    await staff.get(f"/organisations/{organisation}")
    page = (await manager.get("/member/access")).text
    assert ("全1件" in page, "事務局（管理者）" in page) == (True, True)
    with time_machine.travel(clock.now() + timedelta(hours=1), tick=True):
        again = await person(client_for, worker_database, tenant, Role.SECRETARIAT)
        for _ in range(2):
            await again.get(f"/staff/organisations/{organisation}")
    assert "全2件" in (await manager.get("/member/access")).text


async def test_looking_at_the_application_is_noted_too_and_members_looks_are_not(
    manager: httpx.AsyncClient, stranger: httpx.AsyncClient, staff: httpx.AsyncClient, organisation: UUID
) -> None:
    listed = (await staff.get(f"/staff/organisations/{organisation}")).text
    application = listed.split("/staff/applications/")[-1][:36] if "/staff/applications/" in listed else ""
    assert (await staff.get(f"/staff/applications/{application}")).status_code == 200
    await stranger.get(f"/organisations/{organisation}")
    page = (await manager.get("/member/access")).text
    assert ("全2件" in page, "入会申請書" in page) == (True, True)


async def views(database: Database, tenant: Tenant, organisation: UUID) -> Sequence[int]:
    async with database.read(tenant.id) as session:
        statement = select(OrganisationViews.views).where(OrganisationViews.organisation_id == organisation)
        return (await session.execute(statement)).scalars().all()


async def test_readers_are_counted_also_when_the_page_comes_from_memory(
    client_for: ClientFor,
    manager: httpx.AsyncClient,
    site: Site,
    worker_database: Database,
    tenant: Tenant,
    organisation: UUID,
) -> None:
    reader = client_for(tenant)
    reader.headers["user-agent"] = "Mozilla/5.0"
    for _ in range(3):
        assert (await reader.get(f"/organisations/{organisation}")).status_code == 200
    await client_for(tenant).get(f"/organisations/{organisation}", headers={"user-agent": "SomeBot/1.0"})
    await manager.get(f"/organisations/{organisation}", headers={"user-agent": "Mozilla/5.0"})
    await site.views.write()
    assert await views(worker_database, tenant, organisation) == [3]
    await reader.get(f"/organisations/{organisation}")
    await site.views.write()
    assert await views(worker_database, tenant, organisation) == [4]
    assert '<p class="figure-number">4</p>' in (await manager.get("/member/gains")).text


async def test_the_minute_is_written_in_one_statement_and_cached_pages_ask_nothing(
    client_for: ClientFor, site: Site, tenant: Tenant, organisation: UUID, statements: list[str]
) -> None:
    reader = client_for(tenant)
    reader.headers["user-agent"] = "Mozilla/5.0"
    await reader.get(f"/organisations/{organisation}")
    statements.clear()
    await reader.get(f"/organisations/{organisation}")
    assert statements == []
    await site.views.write()
    assert len(statements) == 1


async def age(database: Database, tenant: Tenant, organisation: UUID, days: int) -> None:
    values = {"created_at": clock.now() - timedelta(days=days)}
    async with database.write(tenant.id) as session:
        await session.execute(update(Organisation).where(Organisation.id == organisation).values(**values))


async def asked(database: Database, tenant: Tenant, days_later: int = 0) -> int:
    with time_machine.travel(clock.now() + timedelta(days=days_later), tick=True):
        async with database.write(tenant.id) as session:
            return await freshness.ask_for_confirmation(session)


async def test_after_a_year_one_letter_and_one_more_after_thirty_days(
    worker_database: Database, settings: Settings, tenant: Tenant, organisation: UUID
) -> None:
    await age(worker_database, tenant, organisation, 364)
    days = [0, 0, 1, 1, 2, 30, 31, 32, 60, 364, 366, 367, 396]
    sent = [await asked(worker_database, tenant, day) for day in days]
    assert sent == [0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1, 0, 1]
    await settle(settings, tenant)


async def test_the_letter_reaches_the_manager_and_the_button_ends_it(
    manager: httpx.AsyncClient, worker_database: Database, settings: Settings, tenant: Tenant, organisation: UUID
) -> None:
    await settle(settings, tenant)
    await settle(settings, tenant)
    await age(worker_database, tenant, organisation, 401)
    assert await asked(worker_database, tenant) == 1
    letters = await settle(settings, tenant)
    assert ["登録内容の確認をお願いします" in letter.subject for letter in letters] == [True]
    assert "確認が古い" in (await manager.get("/member")).text
    sent = {"csrf": await form_token(manager, "/member"), "organisation": str(organisation)}
    assert (await manager.post("/member/confirm", data=sent)).status_code == 303
    assert "確認が古い" not in (await manager.get("/member")).text
    assert await asked(worker_database, tenant, 40) == 0


async def test_what_nobody_has_confirmed_for_long_says_so_on_its_page_and_on_the_staffs_list(
    client_for: ClientFor, staff: httpx.AsyncClient, worker_database: Database, tenant: Tenant, organisation: UUID
) -> None:
    await make_member(worker_database, tenant, name="あたらしい会")
    await age(worker_database, tenant, organisation, 401)
    page = (await client_for(tenant).get(f"/organisations/{organisation}")).text
    listed = (await staff.get("/staff/organisations?confirmed=STALE")).text
    assert "確認から時間がたっています" in page
    assert ("つなぐ食堂" in listed, "あたらしい会" in listed) == (True, False)
    async with worker_database.read(tenant.id) as session:
        assert (await queries.organisation(session, organisation)).stale


async def test_looks_through_graphql_are_seen_too(
    manager: httpx.AsyncClient, staff: httpx.AsyncClient, client_for: ClientFor, tenant: Tenant, organisation: UUID
) -> None:
    query = {"query": f'{{ organisation(id: "{organisation}") {{ phone }} organisations {{ nodes {{ phone }} }} }}'}
    public = await client_for(tenant).post("/graphql", json=query)
    assert (HIDDEN_PHONE in public.text, "全" in (await manager.get("/member/access")).text) == (False, False)
    headers = {"x-tsunagari-csrf": await form_token(staff, "/member")}
    assert HIDDEN_PHONE in (await staff.post("/graphql", json=query, headers=headers)).text
    assert "全1件" in (await manager.get("/member/access")).text
