"""Hosts, errors and the cache of anonymous readers."""

from sqlalchemy import update

from services.web.site import Site
from shared.kit.content_version import bump
from shared.kit.database.session import NATIONAL, Database
from shared.tenants.models import Tenant
from tests.factories.tenants import make_tenant
from tests.services.web.conftest import ClientFor


async def live_tenant(worker_database: Database, site: Site) -> Tenant:
    tenant = await make_tenant(worker_database)
    await site._reload_hosts()
    return tenant


async def test_a_tenant_answers_at_its_own_host_and_nobody_at_an_unknown_one(
    client_for: ClientFor, worker_database: Database, site: Site
) -> None:
    tenant = await live_tenant(worker_database, site)
    answer = await client_for(tenant).get("/")
    assert (answer.status_code, tenant.name in answer.text) == (200, True)
    assert (await client_for("stranger.example").get("/")).status_code == 421


async def test_two_host_headers_are_refused(client_for: ClientFor, worker_database: Database, site: Site) -> None:
    tenant = await live_tenant(worker_database, site)
    client = client_for(tenant)
    request = client.build_request("GET", "/")
    request.headers = type(request.headers)([("host", "localhost"), ("host", f"{tenant.slug}.localhost")])
    assert (await client.send(request)).status_code == 400


async def test_an_unknown_page_is_a_404_in_the_tenants_dress(
    client_for: ClientFor, worker_database: Database, site: Site
) -> None:
    tenant = await live_tenant(worker_database, site)
    answer = await client_for(tenant).get("/no/such/page")
    assert (answer.status_code, tenant.short_name in answer.text) == (404, True)


async def test_a_second_reader_is_served_from_memory_until_something_public_changes(
    client_for: ClientFor, worker_database: Database, site: Site
) -> None:
    tenant = await live_tenant(worker_database, site)
    client = client_for(tenant)
    first = await client.get("/")
    again = await client.get("/", headers={"if-none-match": first.headers["etag"]})
    assert again.status_code == 304
    async with worker_database.write(NATIONAL) as session:
        await session.execute(update(Tenant).where(Tenant.id == tenant.id).values(name="新しい名前"))
    async with worker_database.write(tenant.id) as session:
        await bump(session)
        site.cache.learn(tenant.id, 2)
    changed = await client.get("/", headers={"if-none-match": first.headers["etag"]})
    assert (changed.status_code, "新しい名前" in changed.text) == (200, True)


async def test_answers_for_machines_are_given_at_any_host_and_carry_the_headers_too(client_for: ClientFor) -> None:
    answer = await client_for("10.0.0.7").get("/health/ready")
    assert (answer.status_code, answer.text, answer.headers["x-content-type-options"]) == (200, "ok", "nosniff")
    assert (await client_for("10.0.0.7").get("/metrics")).status_code == 404


async def test_the_proxy_learns_which_names_are_ours(
    client_for: ClientFor, worker_database: Database, site: Site
) -> None:
    tenant = await live_tenant(worker_database, site)
    client = client_for("10.0.0.7")
    ours = await client.get(f"/health/host?domain={tenant.slug}.localhost")
    stranger = await client.get("/health/host?domain=stranger.example")
    assert (ours.status_code, stranger.status_code) == (200, 404)


async def test_a_nul_in_an_address_is_a_bad_request_not_a_defect(
    client_for: ClientFor, worker_database: Database, site: Site
) -> None:
    client = client_for(await live_tenant(worker_database, site))
    answers = [
        await client.get(path) for path in ("/search?q=%00", "/media/%00/thumb", "/organisations?q=a%00b", "/%00")
    ]
    assert [answer.status_code for answer in answers if answer.status_code >= 500] == []


async def test_head_answers_like_get_without_the_body(
    client_for: ClientFor, worker_database: Database, site: Site
) -> None:
    client = client_for(await live_tenant(worker_database, site))
    page, head = await client.get("/about"), await client.head("/about")
    assert (head.status_code, head.content, head.headers["etag"]) == (200, b"", page.headers["etag"])
