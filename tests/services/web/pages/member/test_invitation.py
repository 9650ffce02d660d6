"""A letter, a link, a password: how somebody of an organisation gets a way in, and gets back in."""

import re
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any, cast

import httpx
import msgspec
import pytest
import time_machine

from services.web.app import create_app
from services.web.site import Site
from shared.identity import invitations
from shared.identity.invitation_queries import people_of
from shared.identity.models import Role
from shared.kit import clock
from shared.kit.database.session import Database
from shared.kit.settings import Settings
from shared.members import portal
from shared.tenants.models import Tenant
from tests.factories.identity import PASSWORD, form_token, make_account, sign_in, signed_in
from tests.factories.members import STAFF, make_member, make_platform, settle
from tests.services.web.conftest import ClientFor

LINK = re.compile(r"/invitation/([A-Za-z0-9_-]{20,})")
SECRETARIAT = msgspec.structs.replace(STAFF, roles=frozenset({Role.SECRETARIAT}))
STRONG = "kaze no toori michi 7"


@pytest.fixture
async def tenant(worker_database: Database, site: Site) -> Tenant:
    tenant = await make_platform(worker_database)
    await site._reload_hosts()
    return tenant


async def invited(settings: Settings, tenant: Tenant, email: str | None = None) -> str:
    """The path in the last letter that the worker posts now, or in the last one to `email`."""
    for letter in reversed(await settle(settings, tenant)):
        found = LINK.search(letter.body)
        if found and email in (None, letter.to_email):
            return found.group(0)
    raise AssertionError("no letter with a link")


async def accept(client: httpx.AsyncClient, path: str, **fields: str) -> httpx.Response:
    given = {"name": "会員 代子", "password": STRONG, "again": STRONG, "csrf": await form_token(client, path)}
    return await client.post(path, data=given | fields)


async def test_an_approval_invites_the_contact_who_becomes_the_manager(
    client_for: ClientFor, worker_database: Database, settings: Settings, tenant: Tenant
) -> None:
    organisation = await make_member(worker_database, tenant, name="つなぐ食堂", email="shokudo@npo.example")
    path = await invited(settings, tenant)
    client = client_for(tenant)
    page = await client.get(path)
    assert (page.status_code, "つなぐ食堂" in page.text, "no-store" in page.headers["cache-control"]) == (
        200,
        True,
        True,
    )
    answer = await accept(client, path)
    assert (answer.status_code, answer.headers["location"]) == (303, "/member?done=welcome")
    assert "つなぐ食堂" in (await client.get("/member")).text
    async with worker_database.read(tenant.id) as session:
        people = await people_of(session, organisation)
    assert [(each.email, each.role) for each in people] == [("shokudo@npo.example", Role.ORGANISATION_MANAGER)]


async def test_a_scanner_that_opens_the_link_uses_nothing_up(
    client_for: ClientFor, worker_database: Database, settings: Settings, tenant: Tenant
) -> None:
    await make_member(worker_database, tenant)
    path = await invited(settings, tenant)
    scanner = client_for(tenant)
    assert [(await scanner.get(path)).status_code for _ in range(3)] == [200] * 3
    assert (await scanner.head(path)).status_code == 200
    assert (await accept(client_for(tenant), path)).status_code == 303


async def test_a_used_link_leads_to_the_sign_in(
    client_for: ClientFor, worker_database: Database, settings: Settings, tenant: Tenant
) -> None:
    await make_member(worker_database, tenant)
    path = await invited(settings, tenant)
    first, second = client_for(tenant), client_for(tenant)
    token = await form_token(second, path)
    await accept(first, path)
    again = await second.post(path, data={"csrf": token, "name": "別人", "password": STRONG, "again": STRONG})
    assert (again.status_code, "すでに使われています" in again.text, 'href="/signin"' in again.text) == (
        410,
        True,
        True,
    )


async def test_an_expired_link_brings_a_new_one_to_the_same_address(
    client_for: ClientFor, worker_database: Database, settings: Settings, tenant: Tenant
) -> None:
    await make_member(worker_database, tenant, email="late@npo.example")
    path = await invited(settings, tenant)
    with time_machine.travel(clock.now() + invitations.INVITATION_LIFE + timedelta(hours=1), tick=True):
        client = client_for(tenant)
        closed = await client.get(path)
        assert (closed.status_code, "期限" in closed.text) == (410, True)
        sent = {"csrf": await form_token(client, path)}
        assert (await client.post(f"{path}/again", data=sent)).status_code == 200
        fresh = await invited(settings, tenant)
        assert fresh != path
        assert (await client.post(f"{path}/again", data=sent)).status_code == 410
        assert (await accept(client, fresh)).status_code == 303


@pytest.mark.parametrize("path", ["/invitation/nothing", "/invitation/%E3%81%82", "/invitation/" + "x" * 4000])
async def test_an_unknown_link_gets_a_page_that_helps(client_for: ClientFor, tenant: Tenant, path: str) -> None:
    answer = await client_for(tenant).get(path)
    assert (answer.status_code, "/signin/forgot" in answer.text) == (404, True)


@pytest.mark.parametrize(
    ("password", "code"),
    [
        ("short-one-7", "12文字以上"),
        ("password1234", "推測されやすい"),
        ("ｐａｓｓｗｏｒｄ１２３４", "推測されやすい"),
        ("aaaaaaaaaaaaaa", "推測されやすい"),
        ("123456789012", "推測されやすい"),
        ("qwertyuiopas", "推測されやすい"),
        ("easyone202611", "推測されやすい"),
    ],
)
async def test_a_password_that_others_would_try_is_refused_and_the_name_stays(
    client_for: ClientFor, worker_database: Database, settings: Settings, tenant: Tenant, password: str, code: str
) -> None:
    await make_member(worker_database, tenant, email="easyone@npo.example")
    path = await invited(settings, tenant)
    answer = await accept(client_for(tenant), path, password=password, again=password)
    assert (answer.status_code, code in answer.text, 'value="会員 代子"' in answer.text) == (422, True, True)


async def test_somebody_with_a_password_keeps_it_and_signs_in_with_it(
    client_for: ClientFor, worker_database: Database, settings: Settings, tenant: Tenant
) -> None:
    known = await make_account(worker_database, tenant, None)
    organisation = await make_member(worker_database, tenant)
    async with worker_database.write(tenant.id) as session:
        await portal.invite_person(
            session,
            actor=SECRETARIAT,
            organisation_id=organisation,
            email=known.email,
            name=known.name,
            role=Role.ORGANISATION_USER,
        )
    path = await invited(settings, tenant, known.email)
    client = client_for(tenant)
    answer = await client.post(path, data={"csrf": await form_token(client, path), "password": STRONG})
    assert answer.headers["location"] == "/signin?next=/member"
    assert (await sign_in(client_for(tenant), known.email, PASSWORD)).status_code == 303


async def test_a_forgotten_password_is_renewed_and_ends_the_other_sessions(
    client_for: ClientFor, worker_database: Database, settings: Settings, tenant: Tenant
) -> None:
    account = await make_account(worker_database, tenant, Role.SECRETARIAT)
    old = await signed_in(client_for(tenant), account)
    client = client_for(tenant)
    asked = await client.post(
        "/signin/forgot", data={"email": account.email.upper(), "csrf": await form_token(client, "/signin/forgot")}
    )
    path = await invited(settings, tenant)
    assert (asked.status_code, (await accept(client, path)).status_code) == (200, 303)
    assert (await old.get("/staff")).status_code == 303
    assert (await sign_in(client_for(tenant), account.email, PASSWORD)).status_code == 422
    assert (await sign_in(client_for(tenant), account.email, STRONG)).status_code == 303


async def test_the_answer_to_a_forgotten_password_tells_nothing_and_strangers_get_no_letter(
    client_for: ClientFor, worker_database: Database, settings: Settings, tenant: Tenant
) -> None:
    known = await make_account(worker_database, tenant, Role.SECRETARIAT)
    elsewhere = await make_account(worker_database, tenant, None)
    answers = []
    for email in (known.email, elsewhere.email, "nobody@nowhere.example"):
        client = client_for(tenant)
        token = await form_token(client, "/signin/forgot")
        answers.append((await client.post("/signin/forgot", data={"email": email, "csrf": token})).text)
    assert len(set(answers)) == 1
    letters = await settle(settings, tenant)
    assert [letter.to_email for letter in letters] == [known.email]


@pytest.fixture
async def limited(settings: Settings, tenant: Tenant) -> AsyncIterator[httpx.AsyncClient]:
    """A browser before the program as it runs for real: with rate limits."""
    app = create_app(msgspec.structs.replace(settings, rate_limits=True))
    await app.state.site.open()
    transport = httpx.ASGITransport(cast(Any, app))
    async with httpx.AsyncClient(transport=transport, base_url=settings.tenant_url(tenant.slug)) as client:
        yield client
    await app.state.site.close()


async def test_the_sixth_letter_of_a_day_is_not_sent_and_nobody_is_told(
    limited: httpx.AsyncClient, worker_database: Database, settings: Settings, tenant: Tenant
) -> None:
    account = await make_account(worker_database, tenant, Role.SECRETARIAT)
    sent = {"email": account.email, "csrf": await form_token(limited, "/signin/forgot")}
    statuses = [(await limited.post("/signin/forgot", data=sent)).status_code for _ in range(7)]
    assert (statuses, len(await settle(settings, tenant))) == ([200] * 7, 5)


async def test_staff_who_read_the_letter_cannot_enter_with_it(
    client_for: ClientFor, worker_database: Database, settings: Settings, tenant: Tenant
) -> None:
    admin = await signed_in(client_for(tenant), await make_account(worker_database, tenant, Role.SECRETARIAT_ADMIN))
    await make_member(worker_database, tenant, email="door@npo.example")
    path = await invited(settings, tenant)
    listed = (await admin.get("/staff/letters")).text
    for letter in set(re.findall(r"/staff/letters/[0-9a-f-]{36}", listed)):
        assert path not in (await admin.get(letter)).text
