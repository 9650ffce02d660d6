"""No form of another site, and no form without its token, has any effect: on every route that takes a POST."""

import re
from typing import Any
from uuid import uuid4

import httpx
import pytest
from litestar import Litestar
from litestar.routes import HTTPRoute

from services.web.site import Site
from shared.identity.models import Role
from shared.kit.database.session import Database
from shared.tenants.models import Tenant
from tests.factories.identity import form_token, make_account, signed_in
from tests.factories.tenants import make_tenant
from tests.services.web.conftest import ClientFor

#: Where no cookie counts, or where a forged answer would change nothing but the size of letters. Each has tests of its own.
NO_FORMS = {"/auth/token", "/preferences", "/graphql"}
EXPECTED = {403, 404, 422}


def post_routes(app: Litestar) -> list[str]:
    routes = [route for route in app.routes if isinstance(route, HTTPRoute) and "POST" in route.methods]
    return sorted({route.path for route in routes} - NO_FORMS)


def filled(path: str) -> str:
    """An address of this shape; a thing of that id does not exist."""
    path = re.sub(r"\{\w+:uuid\}", str(uuid4()), path)
    return re.sub(r"\{\w+:str\}", "pillars", path)


@pytest.fixture
async def everybody(client_for: ClientFor, worker_database: Database, site: Site) -> httpx.AsyncClient:
    """Somebody who may do everything, so that only the form's token stands between a forged POST and its effect."""
    nation = await make_tenant(worker_database, slug="national")
    await site._reload_hosts()
    account = await make_account(worker_database, nation, Role.OPERATOR)
    for role in (Role.SECRETARIAT_ADMIN, Role.NATIONAL_VIEWER):
        await make_account(worker_database, nation, role, email=account.email)
    return await signed_in(client_for(nation), account)


async def refused(client: httpx.AsyncClient, path: str, token: str, headers: dict[str, str]) -> Any:
    answer = await client.post(filled(path), data={"csrf": token, "email": "x"}, headers=headers)
    assert answer.status_code in EXPECTED, (path, answer.status_code)
    return answer


async def test_there_are_routes_to_look_at(app: Litestar) -> None:
    assert {"/signin", "/signout", "/staff/news/new", "/operator/new"} <= set(post_routes(app))


async def test_a_post_without_the_forms_token_is_refused(app: Litestar, everybody: httpx.AsyncClient) -> None:
    for path in post_routes(app):
        await refused(everybody, path, "", {})
        await refused(everybody, path, "0" * 64, {})
    assert (await everybody.get("/staff")).status_code == 200


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "https://evil.example"},
        {"origin": "null"},
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site", "origin": "http://other.localhost:8000"},
    ],
)
async def test_a_post_from_another_site_is_refused_even_with_the_token(
    app: Litestar, everybody: httpx.AsyncClient, headers: dict[str, str]
) -> None:
    token = await form_token(everybody, "/staff/news/new")
    for path in post_routes(app):
        await refused(everybody, path, token, headers)
    assert (await everybody.get("/staff")).status_code == 200


async def test_the_token_of_one_tenant_is_worthless_in_another(
    client_for: ClientFor, worker_database: Database, site: Site
) -> None:
    here, there = await make_tenant(worker_database), await make_tenant(worker_database)
    await site._reload_hosts()
    attacker = client_for(here)
    token = await form_token(attacker)
    victim = client_for(there)
    # A neighbouring host can set cookies for the whole domain.
    victim.cookies.set("form", attacker.cookies["form"])
    answer = await victim.post("/signin", data={"csrf": token, "email": "x", "password": "y"})
    assert (answer.status_code, "もう一度送信してください" in answer.text) == (422, True)


async def test_the_token_of_one_person_is_worthless_in_the_hands_of_another(
    client_for: ClientFor, worker_database: Database, site: Site
) -> None:
    tenant = await make_tenant(worker_database)
    await site._reload_hosts()
    attacker = await signed_in(
        client_for(tenant), await make_account(worker_database, tenant, Role.SECRETARIAT, name="攻撃者")
    )
    victim = await signed_in(client_for(tenant), await make_account(worker_database, tenant, Role.SECRETARIAT_ADMIN))
    token = await form_token(attacker, "/staff/news/new")
    victim.cookies.delete("form")
    victim.cookies.set("form", attacker.cookies["form"])
    answer = await victim.post("/staff/news/new", data={"csrf": token, "title": "題", "body": "本文"})
    assert answer.status_code == 422


async def test_signing_in_makes_older_forms_worthless(
    client_for: ClientFor, worker_database: Database, site: Site
) -> None:
    tenant: Tenant = await make_tenant(worker_database)
    await site._reload_hosts()
    client = client_for(tenant)
    before = await form_token(client)
    await signed_in(client, await make_account(worker_database, tenant, Role.SECRETARIAT_ADMIN))
    answer = await client.post(
        "/staff/news/new", data={"csrf": before, "title": "題", "body": "本文", "then": "publish"}
    )
    assert answer.status_code == 422
