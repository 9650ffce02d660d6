"""The operator starts and rests platforms, and sees nothing of what is in them."""

import re

import httpx
import pytest

from services.web.site import Site
from shared.identity.models import Role
from shared.kit.database.session import NATIONAL, Database
from shared.kit.settings import Settings
from shared.taxonomy.vocabulary import read_vocabulary, store_vocabulary
from shared.tenants.models import Tenant
from tests.factories.identity import form_token, make_account, sign_in, signed_in
from tests.factories.tenants import make_tenant
from tests.services.web.conftest import ClientFor

NEW = {
    "slug": "kochi",
    "code": "390003",
    "name": "高知つながりプラットフォーム",
    "slogan": "となりに、だれかがいる",
    "key": "#1f4e79",
    "admin_name": "高知 一郎",
    "admin_email": "ichiro@kochi.example",
}


@pytest.fixture
async def nation(worker_database: Database, site: Site) -> Tenant:
    nation = await make_tenant(worker_database, slug="national")
    await site._reload_hosts()
    return nation


@pytest.fixture
async def operator(client_for: ClientFor, worker_database: Database, nation: Tenant) -> httpx.AsyncClient:
    return await signed_in(client_for(nation), await make_account(worker_database, nation, Role.OPERATOR))


@pytest.fixture
async def vocabulary(worker_database: Database, settings: Settings) -> None:
    """What `tenant apply` brings first: municipalities, fields, categories."""
    async with worker_database.write(NATIONAL) as session:
        await store_vocabulary(session, read_vocabulary(settings.tenants / "vocabulary"))


async def create(client: httpx.AsyncClient, **fields: str) -> httpx.Response:
    return await client.post("/operator/new", data={"csrf": await form_token(client, "/operator/new")} | NEW | fields)


@pytest.mark.usefixtures("vocabulary")
async def test_a_platform_is_live_with_its_first_administrator(
    operator: httpx.AsyncClient, client_for: ClientFor, site: Site
) -> None:
    answer = await create(operator)
    password = re.search(r"<code>([\w-]+)</code>", answer.text)
    assert (answer.status_code, answer.headers["cache-control"]) == (201, "no-store"), answer.text
    assert password
    await site._reload_hosts()
    client = client_for("kochi.localhost:8000")
    home = await client.get("/")
    assert (home.status_code, "となりに、だれかがいる" in home.text) == (200, True)
    assert (await sign_in(client, "ichiro@kochi.example", password.group(1))).headers["location"] == "/staff"
    assert (await create(operator, code="380008")).status_code == 409


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"code": "390004"}, "code"),
        ({"code": "999999"}, "code"),
        ({"slug": "X"}, "slug"),
        ({"slug": "national"}, "slug"),
        ({"key": "#ffff00"}, "key"),
        ({"name": ""}, "name"),
        ({"admin_email": "nobody"}, "admin_email"),
    ],
)
async def test_a_mistake_is_said_beside_its_field_and_nothing_is_made(
    operator: httpx.AsyncClient, typed: dict[str, str], field: str
) -> None:
    given = {"slug": "ehime", "code": "380008"} | typed
    answer = await create(operator, **given)
    assert (answer.status_code, f'id="{field}-error"' in answer.text) == (422, True)
    assert "となりに、だれかがいる" in answer.text
    assert "/operator/ehime" not in (await operator.get("/operator")).text


async def test_a_platform_rests_and_wakes(
    operator: httpx.AsyncClient, client_for: ClientFor, worker_database: Database, site: Site
) -> None:
    tenant = await make_tenant(worker_database)
    await site._reload_hosts()
    reader = client_for(tenant)
    staff = await signed_in(client_for(tenant), await make_account(worker_database, tenant, Role.SECRETARIAT_ADMIN))
    assert (await reader.get("/")).status_code == 200
    path, token = f"/operator/{tenant.slug}", await form_token(operator, "/operator/new")
    assert (await operator.post(f"{path}/suspend", data={"csrf": token})).status_code == 422
    assert (await operator.post(f"{path}/suspend", data={"csrf": token, "reason": "更新の停止"})).status_code == 303
    await site._reload_hosts()
    resting = [await reader.get("/"), await staff.get("/staff"), await reader.get("/signin")]
    assert [answer.status_code for answer in resting] == [503, 503, 503]
    assert ("休止しています" in resting[0].text, "更新の停止" in resting[0].text) == (True, False)
    assert (await reader.get("/theme.css")).status_code == 200
    assert (await operator.post(f"{path}/resume", data={"csrf": token})).status_code == 303
    await site._reload_hosts()
    assert (await reader.get("/")).status_code == 200


async def test_the_nation_does_not_rest(operator: httpx.AsyncClient) -> None:
    token = await form_token(operator, "/operator/new")
    answer = await operator.post("/operator/national/suspend", data={"csrf": token, "reason": "x"})
    assert answer.status_code == 422


@pytest.mark.parametrize("path", ["/operator", "/operator/new", "/operator/national"])
async def test_it_exists_on_the_national_host_only(
    client_for: ClientFor, worker_database: Database, site: Site, path: str
) -> None:
    tenant = await make_tenant(worker_database)
    await site._reload_hosts()
    staff = await signed_in(client_for(tenant), await make_account(worker_database, tenant, Role.SECRETARIAT_ADMIN))
    answers = [await staff.get(path), await client_for(tenant).get(path), await staff.post(f"{path}/suspend")]
    assert [answer.status_code for answer in answers][:2] == [404, 404]


@pytest.mark.parametrize("path", ["/staff", "/staff/news", "/staff/events", "/staff/letters", "/staff/people"])
async def test_the_operator_sees_no_desk_not_even_the_nations(operator: httpx.AsyncClient, path: str) -> None:
    assert (await operator.get(path)).status_code == 403


async def test_a_platform_that_is_not_there_is_not_found(operator: httpx.AsyncClient) -> None:
    token = await form_token(operator, "/operator/new")
    answers = [await operator.get("/operator/nowhere")]
    answers += [
        await operator.post(f"/operator/nowhere/{verb}", data={"csrf": token, "reason": "x"})
        for verb in ("suspend", "resume")
    ]
    assert [answer.status_code for answer in answers] == [404, 404, 404]
