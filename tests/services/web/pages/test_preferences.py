"""Text size, ふりがな, やさしい日本語 and 高コントラスト without a script."""

import pytest

from services.web.pages.public.preferences import way_back
from services.web.site import Site
from shared.kit.database.session import Database
from tests.factories.tenants import make_tenant
from tests.services.web.conftest import ClientFor


async def test_a_button_sets_one_preference_keeps_the_others_and_leads_back(
    client_for: ClientFor, worker_database: Database, site: Site
) -> None:
    tenant = await make_tenant(worker_database)
    await site._reload_hosts()
    client = client_for(tenant)
    sized = await client.post("/preferences", data={"size": "largest", "back": "/news?page=2"})
    assert (sized.status_code, sized.headers["location"]) == (303, "/news?page=2")
    await client.post("/preferences", data={"ruby": "1", "back": "/"})
    await client.post("/preferences", data={"contrast": "1", "back": "/"})
    page = (await client.get("/")).text
    assert '<html lang="ja" data-size="largest" data-ruby="on" data-contrast="high">' in page
    await client.post("/preferences", data={"ruby": "0", "back": "/"})
    assert '<html lang="ja" data-size="largest" data-contrast="high">' in (await client.get("/")).text


async def test_a_foreign_page_cannot_change_how_pages_look(
    client_for: ClientFor, worker_database: Database, site: Site
) -> None:
    tenant = await make_tenant(worker_database)
    await site._reload_hosts()
    client = client_for(tenant)
    answer = await client.post("/preferences", data={"size": "large"}, headers={"origin": "https://evil.example"})
    assert (answer.status_code, answer.headers.get("set-cookie")) == (403, None)


async def test_nonsense_is_the_default(client_for: ClientFor, worker_database: Database, site: Site) -> None:
    tenant = await make_tenant(worker_database)
    await site._reload_hosts()
    client = client_for(tenant)
    answer = await client.post("/preferences", data={"size": "huge&ruby=1", "contrast": "maybe"})
    assert answer.status_code == 303
    assert '<html lang="ja" data-size="standard">' in (await client.get("/")).text


@pytest.mark.parametrize(
    ("given", "back"),
    [
        ("/news?page=2", "/news?page=2"),
        ("//evil.example/", "/"),
        ("/\\evil.example", "/"),
        ("https://evil.example/", "/"),
        ("javascript:alert(1)", "/"),
        ("/a\r\nset-cookie: x=1", "/"),
        ("", "/"),
        (None, "/"),
    ],
)
def test_the_way_back_never_leaves_the_site(given: str | None, back: str) -> None:
    assert way_back(given) == back
