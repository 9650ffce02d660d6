"""通知の受け取り方: the desk's, and the own one of somebody who posts for an organisation."""

from datetime import timedelta

import httpx
import pytest

from services.web.site import Site
from shared.identity.models import Role
from shared.identity.notifications import queries
from shared.identity.notifications.models import NotificationManner
from shared.kit import clock
from shared.kit.database.session import Database
from shared.kit.settings import Settings
from shared.tenants.models import Tenant
from tests.factories.identity import MadeAccount, make_account, signed_in
from tests.factories.letters import queue_letter
from tests.factories.members import make_application, make_member, make_platform, settle
from tests.factories.notifications import desk_wants
from tests.services.web.conftest import ClientFor
from tests.services.web.pages.staff.forms import fields_of, open_form

DESK, OWN = "/staff/notifications", "/member/notifications"
FORM = 'action="/staff/notifications"'
OWN_FORM = 'action="/member/notifications"'


@pytest.fixture
async def poster(
    client_for: ClientFor, worker_database: Database, site: Site
) -> tuple[httpx.AsyncClient, MadeAccount, Tenant]:
    tenant = await make_platform(worker_database)
    await site._reload_hosts()
    member = await make_member(worker_database, tenant)
    account = await make_account(worker_database, tenant, Role.ORGANISATION_USER, organisation_id=member)
    return await signed_in(client_for(tenant), account), account, tenant


async def test_the_administrator_chooses_for_the_desk_and_it_is_on_record(
    staff: httpx.AsyncClient, other_staff: httpx.AsyncClient
) -> None:
    shown = await open_form(staff, DESK, FORM)
    kinds = ("APPLICATION", "NOTICE", "POST", "NAME_USE")
    assert {kind: shown[kind] for kind in kinds} == dict.fromkeys(kinds, "GATHERED")
    assert shown["by_night"] == "0"
    wanted = shown | {"NOTICE": "NEVER", "POST": "DAILY", "by_night": "1"}
    answer = await staff.post(DESK, data=wanted)
    assert (answer.status_code, answer.headers["location"]) == (303, f"{DESK}?done=1")
    assert await open_form(staff, DESK, FORM) | {"csrf": ""} == wanted | {"csrf": ""}
    record = (await staff.get("/staff/record")).text
    assert "通知の受け取り方: 変更" in record
    assert "変更届・退会届：受け取らない、団体からの投稿：翌朝にまとめて、夜間も送る" in record
    assert (await open_form(other_staff, DESK, FORM))["NOTICE"] == "GATHERED"
    # Nothing was changed, so nothing is noted.
    await staff.post(DESK, data=wanted)
    assert (await staff.get("/staff/record")).text.count("通知の受け取り方: 変更") == 1


async def test_other_staff_see_the_desks_choice_and_cannot_change_it(
    client_for: ClientFor, worker_database: Database, tenant: Tenant
) -> None:
    client = await signed_in(client_for(tenant), await make_account(worker_database, tenant, Role.SECRETARIAT))
    page = await client.get(DESK)
    assert (page.status_code, FORM in page.text, "変更は、管理者が行います" in page.text) == (200, False, True)
    assert (await client.post(DESK, data=fields_of(page.text) | {"POST": "NEVER"})).status_code == 403


@pytest.mark.parametrize("typed", [{"POST": "SOMETIMES"}, {"POST": ""}, {"POST_RESULT": "NEVER"}])
async def test_what_is_no_choice_is_refused_and_the_rest_is_kept_on_the_page(
    staff: httpx.AsyncClient, typed: dict[str, str]
) -> None:
    sent = await open_form(staff, DESK, FORM) | {"NOTICE": "NEVER"} | typed
    answer = await staff.post(DESK, data=sent)
    assert (answer.status_code, "受け取り方を一つ選んでください" in answer.text) == (422, True)
    assert fields_of(answer.text, FORM)["NOTICE"] == "NEVER"
    assert (await open_form(staff, DESK, FORM))["NOTICE"] == "GATHERED"


async def test_the_page_says_what_cannot_be_switched_off(
    staff: httpx.AsyncClient, poster: tuple[httpx.AsyncClient, MadeAccount, Tenant]
) -> None:
    for text in ((await staff.get(DESK)).text, (await poster[0].get(OWN)).text):
        assert "手続きの控えや返事なので、止められません" in text


async def test_a_person_chooses_for_oneself_alone(
    poster: tuple[httpx.AsyncClient, MadeAccount, Tenant], worker_database: Database, staff: httpx.AsyncClient
) -> None:
    client, account, tenant = poster
    shown = await open_form(client, OWN, OWN_FORM)
    assert {name for name in shown if name != "csrf"} == {"POST_RESULT"}
    assert (await client.post(OWN, data=shown | {"POST_RESULT": "AT_ONCE", "by_night": "1"})).status_code == 303
    assert "POST_RESULT" in (await client.get(OWN)).text
    async with worker_database.read(tenant.id) as session:
        own, desk = await queries.choices(session, account.id), await queries.choices(session, None)
    assert (list(own.manners.values()), own.by_night, desk.by_night) == ([NotificationManner.AT_ONCE], False, False)
    assert (await staff.get(OWN)).status_code == 403
    assert (await client.get(DESK)).status_code == 403
    answer = await client.post(OWN, data=shown | {"APPLICATION": "NEVER"})
    assert answer.status_code == 422


async def test_what_waits_for_the_morning_stands_on_the_page(
    client_for: ClientFor, settings: Settings, worker_database: Database, site: Site
) -> None:
    tenant = await make_platform(worker_database)
    await site._reload_hosts()
    await desk_wants(worker_database, tenant, NotificationManner.DAILY)
    application = await make_application(worker_database, tenant, name="朝をまつ会")
    await settle(settings, tenant)
    client = await signed_in(client_for(tenant), await make_account(worker_database, tenant, Role.SECRETARIAT))
    text = (await client.get(DESK)).text
    assert ("朝をまつ会" in text, f'href="/staff/applications/{application}"' in text) == (True, True)


async def test_a_letter_of_the_night_is_listed_with_the_hour_at_which_it_goes(
    staff: httpx.AsyncClient, settings: Settings, worker_database: Database, tenant: Tenant
) -> None:
    morning = clock.now() + timedelta(hours=8)
    letter = await queue_letter(worker_database, settings, tenant.id, not_before=morning)
    assert "に送る予定" in (await staff.get("/staff/letters")).text
    assert "送る予定" in (await staff.get(f"/staff/letters/{letter.id}")).text
