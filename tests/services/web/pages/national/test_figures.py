"""The national viewer compares what the platforms have published; nobody else does."""

import httpx
import pytest

from services.web.site import Site
from shared.identity.models import Role
from shared.kit import clock
from shared.kit.database.session import Database
from shared.statistics.service import publish_counts
from shared.tenants.models import Tenant
from tests.factories.identity import make_account, signed_in
from tests.factories.tenants import make_tenant
from tests.services.web.conftest import ClientFor


@pytest.fixture
async def nation(worker_database: Database, site: Site) -> Tenant:
    nation = await make_tenant(worker_database, slug="national")
    await site._reload_hosts()
    return nation


@pytest.fixture
async def viewer(client_for: ClientFor, worker_database: Database, nation: Tenant) -> httpx.AsyncClient:
    return await signed_in(client_for(nation), await make_account(worker_database, nation, Role.NATIONAL_VIEWER))


async def publishing(database: Database, site: Site) -> Tenant:
    tenant = await make_tenant(database)
    async with database.write(tenant.id) as session:
        await publish_counts(session)
    await site._reload_hosts()
    return tenant


async def test_the_table_has_every_platform_with_its_day_and_unit(
    viewer: httpx.AsyncClient, worker_database: Database, site: Site
) -> None:
    tenant = await publishing(worker_database, site)
    answer = await viewer.get("/national")
    assert (answer.status_code, tenant.name in answer.text, "参加団体<br><small>（団体）" in answer.text) == (
        200,
        True,
        True,
    )
    sheet = await viewer.get(f"/national/figures.csv?as_of={clock.today().isoformat()}")
    assert sheet.content.startswith(b"\xef\xbb\xbf")
    assert f"{tenant.name},{clock.today().isoformat()},0,0,0,0" in sheet.text


@pytest.mark.parametrize("day", ["yesterday", "2001-01-01", "'; DROP TABLE"])
async def test_a_day_without_figures_shows_the_newest(viewer: httpx.AsyncClient, day: str) -> None:
    assert (await viewer.get("/national", params={"as_of": day})).status_code == 200


@pytest.mark.parametrize("path", ["/national", "/national/figures.csv"])
async def test_it_exists_on_the_national_host_only(
    client_for: ClientFor, worker_database: Database, site: Site, path: str
) -> None:
    tenant = await publishing(worker_database, site)
    staff = await signed_in(client_for(tenant), await make_account(worker_database, tenant, Role.SECRETARIAT_ADMIN))
    answers = [await staff.get(path), await client_for(tenant).get(path)]
    assert [answer.status_code for answer in answers] == [404, 404]


@pytest.mark.parametrize("role", [Role.SECRETARIAT_ADMIN, Role.OPERATOR])
async def test_only_viewers_compare(
    client_for: ClientFor, worker_database: Database, nation: Tenant, role: Role
) -> None:
    client = await signed_in(client_for(nation), await make_account(worker_database, nation, role))
    assert (await client.get("/national")).status_code == 403
