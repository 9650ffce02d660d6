"""What every page has: landmarks, one h1, ways on, furigana on demand; no inline script or style."""

from typing import Any, cast

import httpx
import pytest
from lxml import html

from services.web.app import create_app
from services.web.site import Site
from shared.kit.database.session import Database
from shared.kit.settings import Settings
from shared.tenants.models import Contact
from tests.factories.tenants import make_tenant
from tests.services.web.conftest import ClientFor

PAGES = ["/", "/about", "/charter", "/accessibility", "/privacy", "/search?q=町", "/no-such-page"]


async def document_of(
    client_for: ClientFor, worker_database: Database, site: Site, path: str, preferences: str = ""
) -> Any:
    tenant = await make_tenant(worker_database)
    async with worker_database.write(tenant.id) as session:
        session.add(Contact(purpose="入会", department="福祉課", phone="088-000-0000", ordinal=1))
    await site._reload_hosts()
    answer = await client_for(tenant).get(path, headers={"cookie": f"preferences={preferences}"})
    return html.fromstring(answer.text)


@pytest.mark.parametrize("path", PAGES)
async def test_landmarks_and_one_heading(
    client_for: ClientFor, worker_database: Database, site: Site, path: str
) -> None:
    document = await document_of(client_for, worker_database, site, path)
    assert [len(document.xpath(f"//{name}")) for name in ("body/header", "main[@id='main']", "body/footer", "h1")] == [
        1
    ] * 4
    assert document.xpath("//body/a[1]/@href") == ["#main"]
    assert document.get("lang") == "ja"
    assert document.xpath("//@style | //style | //script[not(@src)]") == []
    labels = document.xpath("//nav/@aria-label | //nav/@aria-labelledby")
    assert len(labels) == len(set(labels)) == len(document.xpath("//nav"))


async def test_the_menu_marks_where_one_is(client_for: ClientFor, worker_database: Database, site: Site) -> None:
    document = await document_of(client_for, worker_database, site, "/about")
    assert document.xpath("//nav[@id='menu']//a[@aria-current='page']/@href") == ["/about"]


async def test_the_buttons_lead_back_to_the_very_page(
    client_for: ClientFor, worker_database: Database, site: Site
) -> None:
    document = await document_of(client_for, worker_database, site, "/search?q=%E7%94%BA&page=1")
    assert document.xpath("//form[@action='/preferences']/input[@name='back']/@value") == ["/search?q=%E7%94%BA&page=1"]


async def test_a_missing_page_offers_ways_on(client_for: ClientFor, worker_database: Database, site: Site) -> None:
    document = await document_of(client_for, worker_database, site, "/no-such-page")
    ways = document.xpath("//main//a/@href")
    assert ways == ["/", "/news", "/events", "/organisations", "/about#contacts"]
    assert document.xpath("//main//form/@action") == ["/search"]


async def test_furigana_stands_over_running_text(client_for: ClientFor, worker_database: Database, site: Site) -> None:
    document = await document_of(client_for, worker_database, site, "/privacy", "ruby=1")
    readings = [rt.text for rt in document.xpath("//main//rt")]
    assert "じょうほう" in readings
    assert document.xpath("//title//rt") == []


async def test_without_a_database_a_page_still_says_what_to_do(
    worker_database: Database, site: Site, settings: Settings
) -> None:
    tenant = await make_tenant(worker_database)
    await site._reload_hosts()
    given = {name: getattr(settings, name) for name in settings.__struct_fields__}
    alone = create_app(Settings(**given | {"database_url": "postgresql://nobody@127.0.0.1:1/nothing"}))
    alone.state.site.hosts = site.hosts
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(cast(Any, alone)), base_url=settings.tenant_url(tenant.slug)
    ) as client:
        answer = await client.get("/about")
    document = html.fromstring(answer.text)
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "5")
    assert document.xpath("string(//h1)") == "ただいま混み合っています"
    assert "もう一度お試しください" in document.xpath("string(//main/p)")
