"""Who works here: added, given a role, taken away."""

import re

import httpx
from sqlalchemy import func, select

from shared.identity.models import Invitation, Role
from shared.kit.database.session import Database
from shared.tenants.models import Tenant
from tests.factories.identity import MadeAccount, form_token, make_account, sign_in, signed_in
from tests.factories.tenants import make_tenant
from tests.services.web.conftest import ClientFor

PATH = "/staff/people"


async def add(client: httpx.AsyncClient, **fields: str) -> httpx.Response:
    given = {"name": "新任 次郎", "email": "jiro@people.example", "role": "SECRETARIAT"}
    return await client.post(PATH, data={"csrf": await form_token(client, PATH)} | given | fields)


async def test_somebody_new_signs_in_with_the_password_that_was_shown_once(
    staff: httpx.AsyncClient, client_for: ClientFor, tenant: Tenant
) -> None:
    answer = await add(staff, email="first@people.example")
    password = re.search(r"<code>([\w-]+)</code>", answer.text)
    assert (answer.status_code, answer.headers["cache-control"]) == (201, "no-store")
    assert password
    assert (await sign_in(client_for(tenant), "first@people.example", password.group(1))).status_code == 303
    assert password.group(1) not in (await staff.get(PATH)).text


async def test_somebody_who_has_an_account_gets_the_role_and_keeps_the_password(
    staff: httpx.AsyncClient, client_for: ClientFor, worker_database: Database, tenant: Tenant
) -> None:
    known = await make_account(worker_database, tenant, None)
    assert (await add(staff, email=known.email)).headers["location"] == f"{PATH}?done=added"
    assert (await sign_in(client_for(tenant), known.email)).status_code == 303


async def test_a_first_password_that_another_platform_handed_over_opens_nothing_here(
    staff: httpx.AsyncClient, client_for: ClientFor, worker_database: Database, tenant: Tenant
) -> None:
    elsewhere = await make_tenant(worker_database)
    known = await make_account(worker_database, elsewhere, Role.SECRETARIAT, own_password=False)
    assert (await add(staff, email=known.email)).headers["location"] == f"{PATH}?done=asked"
    assert (await sign_in(client_for(tenant), known.email)).status_code != 303
    async with worker_database.read(tenant.id) as session:
        asked = select(func.count()).select_from(Invitation).where(Invitation.email == known.email)
        assert (await session.execute(asked)).scalar_one() == 1


async def test_a_role_that_cannot_be_given_here_is_refused(staff: httpx.AsyncClient) -> None:
    answers = [await add(staff, role=role) for role in ("OPERATOR", "ORGANISATION_MANAGER", "", "GOD")]
    assert [answer.status_code for answer in answers] == [422] * 4


async def test_a_wrong_address_keeps_what_was_typed(staff: httpx.AsyncClient) -> None:
    answer = await add(staff, email="jiro")
    assert (answer.status_code, 'value="新任 次郎"' in answer.text, "email-error" in answer.text) == (422, True, True)


async def test_whoever_loses_the_role_is_out_at_once(
    staff: httpx.AsyncClient, client_for: ClientFor, worker_database: Database, tenant: Tenant
) -> None:
    colleague = await make_account(worker_database, tenant, Role.SECRETARIAT)
    client = await signed_in(client_for(tenant), colleague)
    sent = {"csrf": await form_token(staff, PATH), "role": "SECRETARIAT"}
    assert (await staff.post(f"{PATH}/{colleague.id}/remove", data=sent)).status_code == 303
    assert (await client.get("/staff")).status_code == 303


async def test_the_last_administrator_is_told_to_find_another_first(
    staff: httpx.AsyncClient, admin: MadeAccount
) -> None:
    sent = {"csrf": await form_token(staff, PATH), "role": "SECRETARIAT_ADMIN"}
    answer = await staff.post(f"{PATH}/{admin.id}/remove", data=sent)
    assert (answer.status_code, "最後の管理者" in answer.text) == (422, True)
