"""Signing in and out through the page."""

import re
import time
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any, cast

import httpx
import msgspec
import pytest
import time_machine
from litestar import Litestar

from services.web.app import create_app
from services.web.auth.sign_in import safe_path
from services.web.site import Site
from shared.identity import service
from shared.identity.models import Role
from shared.identity.policy import INSTALLATION
from shared.kit import clock
from shared.kit.database.session import Database
from shared.kit.settings import Settings
from shared.tenants.models import Tenant
from tests.factories.identity import PASSWORD, MadeAccount, form_token, make_account, sign_in, signed_in
from tests.factories.tenants import make_tenant
from tests.services.web.conftest import ClientFor


@pytest.fixture
async def tenant(worker_database: Database, site: Site) -> Tenant:
    tenant = await make_tenant(worker_database)
    await site._reload_hosts()
    return tenant


@pytest.fixture
async def staff(worker_database: Database, tenant: Tenant) -> MadeAccount:
    return await make_account(worker_database, tenant, Role.SECRETARIAT)


async def is_known(client: httpx.AsyncClient) -> bool:
    return (await client.get("/signin/password")).status_code == 200


async def test_staff_sign_in_and_come_to_their_desk(client_for: ClientFor, tenant: Tenant, staff: MadeAccount) -> None:
    client = client_for(tenant)
    answer = await sign_in(client, staff.email)
    assert (answer.status_code, answer.headers["location"]) == (303, "/staff")
    assert await is_known(client)


async def test_the_session_cookie_is_of_this_host_and_out_of_reach_of_scripts(
    client_for: ClientFor, tenant: Tenant, staff: MadeAccount
) -> None:
    answer = await sign_in(client_for(tenant), staff.email)
    cookie = next(line for line in answer.headers.get_list("set-cookie") if line.startswith("tsunagari="))
    attributes = {part.strip().lower() for part in cookie.split(";")[1:]}
    assert attributes == {"httponly", "samesite=lax", "path=/", "max-age=43200"}


@pytest.mark.parametrize("email", ["nobody@people.example", "no address", "", "a\r\nb@c.example", "x" * 10_000])
async def test_every_failure_is_answered_alike(
    client_for: ClientFor, tenant: Tenant, staff: MadeAccount, email: str
) -> None:
    wrong_password = await sign_in(client_for(tenant), staff.email, "wrong")
    unknown = await sign_in(client_for(tenant), email, PASSWORD)
    message = "メールアドレスまたはパスワードが違います"
    assert (wrong_password.status_code, unknown.status_code) == (422, 422)
    assert (message in wrong_password.text, message in unknown.text) == (True, True)


async def test_what_was_typed_stays_except_the_password(
    client_for: ClientFor, tenant: Tenant, staff: MadeAccount
) -> None:
    answer = await sign_in(client_for(tenant), staff.email, "wrong-password", next="/staff/news")
    assert f'value="{staff.email}"' in answer.text
    assert 'value="/staff/news"' in answer.text
    assert "wrong-password" not in answer.text


async def test_an_account_without_a_role_here_cannot_sign_in_here(
    client_for: ClientFor, worker_database: Database, tenant: Tenant, site: Site, staff: MadeAccount
) -> None:
    elsewhere = await make_tenant(worker_database)
    await site._reload_hosts()
    assert (await sign_in(client_for(elsewhere), staff.email)).status_code == 422


async def test_the_cookie_of_one_tenant_is_nobody_in_another(
    client_for: ClientFor, worker_database: Database, tenant: Tenant, site: Site, staff: MadeAccount
) -> None:
    elsewhere = await make_tenant(worker_database)
    await site._reload_hosts()
    await make_account(worker_database, elsewhere, Role.SECRETARIAT, email=staff.email)
    token = (await signed_in(client_for(tenant), staff)).cookies["tsunagari"]
    stranger = client_for(elsewhere)
    stranger.cookies.set("tsunagari", token)
    assert not await is_known(stranger)


async def test_a_session_id_chosen_by_the_client_is_not_accepted(
    client_for: ClientFor, tenant: Tenant, staff: MadeAccount
) -> None:
    planted = "A" * 43
    client = client_for(tenant)
    client.cookies.set("tsunagari", planted)
    answer = await sign_in(client, staff.email)
    assert answer.status_code == 303
    attacker = client_for(tenant)
    attacker.cookies.set("tsunagari", planted)
    assert not await is_known(attacker)


async def test_signing_in_again_gives_a_new_token_and_ends_the_old(
    client_for: ClientFor, tenant: Tenant, staff: MadeAccount
) -> None:
    client = await signed_in(client_for(tenant), staff)
    first = client.cookies["tsunagari"]
    await signed_in(client, staff)
    old = client_for(tenant)
    old.cookies.set("tsunagari", first)
    assert (await is_known(old), await is_known(client)) == (False, True)


async def test_a_role_withdrawn_in_mid_session_ends_at_once(
    client_for: ClientFor, worker_database: Database, tenant: Tenant, staff: MadeAccount
) -> None:
    client = await signed_in(client_for(tenant), staff)
    async with worker_database.write(tenant.id) as session:
        await service.remove_role(session, actor=INSTALLATION, account_id=staff.id, role=Role.SECRETARIAT)
    assert not await is_known(client)


async def test_signing_out_ends_the_session_for_good(client_for: ClientFor, tenant: Tenant, staff: MadeAccount) -> None:
    client = await signed_in(client_for(tenant), staff)
    token = client.cookies["tsunagari"]
    answer = await client.post("/signout", data={"csrf": await form_token(client)})
    assert (answer.status_code, "tsunagari" in client.cookies) == (303, False)
    client.cookies.set("tsunagari", token)
    assert not await is_known(client)


async def test_signing_out_everywhere_ends_every_session(
    client_for: ClientFor, tenant: Tenant, staff: MadeAccount
) -> None:
    here, there = await signed_in(client_for(tenant), staff), await signed_in(client_for(tenant), staff)
    await here.post("/signout", data={"csrf": await form_token(here), "everywhere": "1"})
    assert not await is_known(there)


async def test_an_hour_without_anybody_ends_it_and_a_click_on_extend_does_not(
    client_for: ClientFor, tenant: Tenant, staff: MadeAccount
) -> None:
    client = await signed_in(client_for(tenant), staff)
    start = clock.now()
    with time_machine.travel(start + timedelta(minutes=50)):
        token = await form_token(client)
    with time_machine.travel(start + timedelta(minutes=55)):
        answer = await client.post("/session/extend", data={"csrf": token})
        assert answer.status_code == 200
    with time_machine.travel(start + timedelta(minutes=110)):
        assert await is_known(client)
    with time_machine.travel(start + timedelta(minutes=175)):
        assert not await is_known(client)


async def test_what_was_typed_survives_the_end_of_the_session(
    client_for: ClientFor, tenant: Tenant, staff: MadeAccount
) -> None:
    client = await signed_in(client_for(tenant), staff)
    typed = {"csrf": await form_token(client, "/staff/news/new"), "title": "冬のつどい", "body": "お茶を飲みます。"}
    await client.post("/signout", data={"csrf": typed["csrf"]})
    ended = await client.post("/staff/news/new", data=typed)
    assert (ended.status_code, "サインインが終了しています" in ended.text) == (403, True)
    await signed_in(client, staff)
    expired = await client.post("/staff/news/new", data=typed)
    assert (expired.status_code, 'value="冬のつどい"' in expired.text) == (422, True)
    shown_again = expired.text.split("/staff/news/new")[-1]
    renewed = dict(re.findall(r'name="(csrf|form_key)"[^>]*value="([^"]+)"', shown_again))
    assert set(renewed) == {"csrf", "form_key"}
    assert (await client.post("/staff/news/new", data=typed | renewed)).status_code == 303


async def test_pages_of_somebody_who_is_signed_in_stay_out_of_shared_caches(
    client_for: ClientFor, tenant: Tenant, staff: MadeAccount
) -> None:
    client = await signed_in(client_for(tenant), staff)
    kept = {(await client.get(path)).headers["cache-control"] for path in ("/", "/staff", "/staff/news", "/member")}
    assert kept == {"private, no-cache"}


async def test_who_is_not_signed_in_is_led_to_the_form_and_back(client_for: ClientFor, tenant: Tenant) -> None:
    answer = await client_for(tenant).get("/signin/password")
    assert (answer.status_code, answer.headers["location"]) == (303, "/signin?next=%2Fsignin%2Fpassword")


@pytest.mark.parametrize(
    ("given", "followed"),
    [
        ("/staff/news?page=2", True),
        ("https://evil.example/", False),
        ("//evil.example/", False),
        ("/\\evil.example", False),
        ("/\tstaff", False),
        ("/a\\b", False),
        ("staff", False),
        ("", False),
        ("javascript:alert(1)", False),
    ],
)
def test_only_paths_of_this_site_are_followed(given: str, followed: bool) -> None:
    assert (safe_path(given) is not None) == followed


async def test_an_open_redirect_leads_to_the_desk_instead(
    client_for: ClientFor, tenant: Tenant, staff: MadeAccount
) -> None:
    answer = await sign_in(client_for(tenant), staff.email, next="https://evil.example/")
    assert answer.headers["location"] == "/staff"


async def test_a_password_is_changed_by_whoever_knows_it(
    client_for: ClientFor, tenant: Tenant, staff: MadeAccount
) -> None:
    client = await signed_in(client_for(tenant), staff)
    fields = {"csrf": await form_token(client), "password": "a new pass phrase", "again": "a new pass phrase"}
    wrong = await client.post("/signin/password", data=fields | {"current": "wrong"})
    right = await client.post("/signin/password", data=fields | {"current": PASSWORD})
    assert (wrong.status_code, right.status_code) == (422, 200)
    assert (await sign_in(client_for(tenant), staff.email)).status_code == 422
    assert (await sign_in(client_for(tenant), staff.email, "a new pass phrase")).status_code == 303


@pytest.mark.parametrize(
    ("password", "again"), [("short", "short"), ("long enough 1", "long enough 2"), ("x" * 201,) * 2]
)
async def test_a_new_password_is_long_enough_and_typed_twice(
    client_for: ClientFor, tenant: Tenant, staff: MadeAccount, password: str, again: str
) -> None:
    client = await signed_in(client_for(tenant), staff)
    fields = {"csrf": await form_token(client), "current": PASSWORD, "password": password, "again": again}
    assert (await client.post("/signin/password", data=fields)).status_code == 422


async def test_over_tls_the_cookie_is_secure_and_bound_to_its_host(
    settings: Settings, tenant: Tenant, staff: MadeAccount
) -> None:
    secure = msgspec.structs.replace(settings, base_url="https://tsunagari.example")
    app = create_app(secure)
    await app.state.site.open()
    base = secure.tenant_url(tenant.slug)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(cast(Any, app)), base_url=base) as client:
        answer = await sign_in(client, staff.email)
        known = await is_known(client)
        await client.post("/signout", data={"csrf": await form_token(client)})
        left = await is_known(client)
    await app.state.site.close()
    cookie = next(line for line in answer.headers.get_list("set-cookie") if line.startswith("__Host-tsunagari="))
    attributes = {part.strip().lower() for part in cookie.split(";")[1:]}
    assert attributes == {"httponly", "samesite=lax", "path=/", "max-age=43200", "secure"}
    assert (known, left) == (True, False)


@pytest.fixture
async def limited(settings: Settings, tenant: Tenant) -> AsyncIterator[Litestar]:
    """The program as it runs for real: with rate limits. It opens when the tenant is there."""
    app = create_app(msgspec.structs.replace(settings, rate_limits=True))
    await app.state.site.open()
    yield app
    await app.state.site.close()


async def test_the_eleventh_attempt_within_five_minutes_waits(
    limited: Litestar, settings: Settings, tenant: Tenant, staff: MadeAccount, worker_database: Database
) -> None:
    colleague = await make_account(worker_database, tenant, Role.SECRETARIAT)
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(cast(Any, limited)), base_url=settings.tenant_url(tenant.slug)
    ) as client:
        statuses = [(await sign_in(client, staff.email, "wrong")).status_code for _ in range(10)]
        late = await sign_in(client, staff.email)
        of_a_colleague = await sign_in(client, colleague.email)
    assert (set(statuses), late.status_code, of_a_colleague.status_code) == ({422}, 429, 303)
    assert late.headers["retry-after"] == "300"


async def test_whoever_knows_the_password_signs_in_as_often_as_needed(
    limited: Litestar, settings: Settings, tenant: Tenant, staff: MadeAccount
) -> None:
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(cast(Any, limited)), base_url=settings.tenant_url(tenant.slug)
    ) as client:
        signed_in = [(await sign_in(client, staff.email)).status_code for _ in range(12)]
        mistaken = [(await sign_in(client, staff.email, "wrong")).status_code for _ in range(11)]
    assert (signed_in, mistaken) == ([303] * 12, [422] * 10 + [429])


async def test_an_unknown_address_costs_as_much_time_as_a_known_one(
    client_for: ClientFor, tenant: Tenant, staff: MadeAccount
) -> None:
    client = client_for(tenant)
    await sign_in(client, "warm@up.example", "wrong")

    async def shortest(email: str) -> float:
        times = []
        for _ in range(5):
            start = time.perf_counter()
            await sign_in(client, email, "wrong")
            times.append(time.perf_counter() - start)
        return min(times)

    known, unknown = await shortest(staff.email), await shortest("nobody@people.example")
    assert 0.5 < known / unknown < 2
