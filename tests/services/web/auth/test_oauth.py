"""Bearer tokens for programs: RFC 6749 as a client of it sees it."""

import base64
from typing import Any, cast

import httpx
import msgspec
import pytest

from services.web.app import create_app
from services.web.site import Site
from shared.identity import service
from shared.identity.models import Role
from shared.identity.passwords import hash_password
from shared.kit.database.session import Database
from shared.kit.settings import Settings
from shared.tenants.models import Tenant
from tests.factories.tenants import make_tenant
from tests.services.web.conftest import ClientFor

SECRET = "a secret of sufficient length"
GRANT = {"grant_type": "client_credentials"}


@pytest.fixture
async def tenant(worker_database: Database, site: Site) -> Tenant:
    tenant = await make_tenant(worker_database)
    async with worker_database.write(tenant.id) as session:
        await service.ensure_client(
            session, client_id="robot", name="連携", secret_hash=hash_password(SECRET), role=Role.SECRETARIAT
        )
    await site._reload_hosts()
    return tenant


def basic(client_id: str, secret: str) -> dict[str, str]:
    return {"authorization": "Basic " + base64.b64encode(f"{client_id}:{secret}".encode()).decode()}


async def ask(client: httpx.AsyncClient, **fields: str) -> httpx.Response:
    return await client.post("/auth/token", data=GRANT | fields)


async def test_a_token_is_given_for_the_secret_in_the_header(client_for: ClientFor, tenant: Tenant) -> None:
    answer = await client_for(tenant).post("/auth/token", data=GRANT, headers=basic("robot", SECRET))
    given = answer.json()
    assert (answer.status_code, given["token_type"], given["expires_in"]) == (200, "Bearer", 3600)
    assert len(given["access_token"]) == 43
    assert answer.headers["cache-control"] == "no-store"


async def test_a_token_is_given_for_the_secret_in_the_body_and_opens_pages(
    client_for: ClientFor, tenant: Tenant
) -> None:
    client = client_for(tenant)
    given = (await ask(client, client_id="robot", client_secret=SECRET)).json()
    bearer = {"authorization": f"Bearer {given['access_token']}"}
    assert (await client.get("/member", headers=bearer)).status_code == 200
    assert (await client.get("/member", headers={"authorization": "Bearer wrong"})).status_code == 303


async def test_a_token_of_one_tenant_is_nobody_in_another(
    client_for: ClientFor, worker_database: Database, tenant: Tenant, site: Site
) -> None:
    elsewhere = await make_tenant(worker_database)
    await site._reload_hosts()
    given = (await ask(client_for(tenant), client_id="robot", client_secret=SECRET)).json()
    bearer = {"authorization": f"Bearer {given['access_token']}"}
    assert (await client_for(elsewhere).get("/member", headers=bearer)).status_code == 303
    assert (await ask(client_for(elsewhere), client_id="robot", client_secret=SECRET)).status_code == 401


@pytest.mark.parametrize(
    ("client_id", "secret"), [("robot", "wrong"), ("nobody", SECRET), ("\x00", SECRET), ("ロボ", "秘")]
)
async def test_a_wrong_client_and_a_wrong_secret_are_answered_alike(
    client_for: ClientFor, tenant: Tenant, client_id: str, secret: str
) -> None:
    by_header = await client_for(tenant).post("/auth/token", data=GRANT, headers=basic(client_id, secret))
    by_body = await ask(client_for(tenant), client_id=client_id, client_secret=secret)
    assert (by_header.status_code, by_header.json()["error"]) == (401, "invalid_client")
    assert by_header.headers["www-authenticate"].startswith("Basic")
    assert by_header.json() == by_body.json()


@pytest.mark.parametrize("authorization", ["Basic", "Basic %%%", "Basic /////w==", "Basic cm9ib3Q=", "Digest x"])
async def test_a_header_that_cannot_be_read_is_no_client(
    client_for: ClientFor, tenant: Tenant, authorization: str
) -> None:
    answer = await client_for(tenant).post("/auth/token", data=GRANT, headers={"authorization": authorization})
    assert (answer.status_code, answer.json()["error"]) == (401, "invalid_client")


@pytest.mark.parametrize("grant_type", ["password", "authorization_code", 'パスワード"\\'])
async def test_other_grants_are_not_supported(client_for: ClientFor, tenant: Tenant, grant_type: str) -> None:
    answer = await client_for(tenant).post(
        "/auth/token", data={"grant_type": grant_type}, headers=basic("robot", SECRET)
    )
    assert (answer.status_code, answer.json()["error"]) == (400, "unsupported_grant_type")


@pytest.mark.parametrize(
    "body", [b"", b"grant_type=client_credentials&grant_type=client_credentials", b"client_id=robot", b"grant_type="]
)
async def test_a_request_that_lacks_or_repeats_a_parameter_is_invalid(
    client_for: ClientFor, tenant: Tenant, body: bytes
) -> None:
    headers = {"content-type": "application/x-www-form-urlencoded"}
    answer = await client_for(tenant).post("/auth/token", content=body, headers=headers)
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_request")


async def test_json_is_not_the_language_of_this_endpoint(client_for: ClientFor, tenant: Tenant) -> None:
    answer = await client_for(tenant).post("/auth/token", json=GRANT)
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_request")


async def test_whoever_guesses_secrets_has_to_wait(settings: Settings, tenant: Tenant) -> None:
    app = create_app(msgspec.structs.replace(settings, rate_limits=True))
    await app.state.site.open()
    transport = httpx.ASGITransport(cast(Any, app))
    async with httpx.AsyncClient(transport=transport, base_url=settings.tenant_url(tenant.slug)) as client:
        statuses = [(await ask(client, client_id="robot", client_secret="guess")).status_code for _ in range(11)]
    await app.state.site.close()
    assert statuses == [401] * 10 + [429]
