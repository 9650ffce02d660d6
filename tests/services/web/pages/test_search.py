"""/search as a page: nothing typed, nothing found, something found."""

from typing import Any
from uuid import uuid4

import httpx
from lxml import html

from services.web.site import Site
from shared.kit import search
from shared.kit.database.session import Database
from tests.factories.tenants import make_tenant
from tests.services.web.conftest import ClientFor


async def browser(client_for: ClientFor, database: Database, site: Site, *, documents: int = 1) -> httpx.AsyncClient:
    tenant = await make_tenant(database)
    await site._reload_hosts()
    async with database.write(tenant.id) as session:
        for number in range(documents):
            await search.put(
                session,
                kind="organisation",
                object_id=uuid4(),
                path=f"/organisations/{number}",
                title=f"こども食堂{number}",
                body="<b>居場所</b>をつくる、ＮＰＯです。",
            )
    return client_for(tenant)


async def results(client: httpx.AsyncClient, **query: str) -> Any:
    answer = await client.get("/search", params=query)
    assert answer.status_code == 200
    return html.fromstring(answer.text)


async def test_nothing_typed_shows_the_form_alone(client_for: ClientFor, worker_database: Database, site: Site) -> None:
    document = await results(await browser(client_for, worker_database, site))
    assert (len(document.xpath("//input[@name='q']")), document.xpath("//ol[@class='hits']")) == (1, [])


async def test_a_hit_is_marked_tagged_linked_and_escaped(
    client_for: ClientFor, worker_database: Database, site: Site
) -> None:
    document = await results(await browser(client_for, worker_database, site), q="　居場所　ｎｐｏ ")
    assert document.xpath("string(//input[@name='q']/@value)") == "居場所 ｎｐｏ"
    assert document.xpath("//ol[@class='hits']//a/@href") == ["/organisations/0"]
    assert [mark.text for mark in document.xpath("//mark")] == ["居場所", "ＮＰＯ"]
    assert document.xpath("//ol[@class='hits']//b") == []
    assert document.xpath("string(//span[@class='tag'])") == "参加団体"


async def test_a_single_character_is_enough(client_for: ClientFor, worker_database: Database, site: Site) -> None:
    document = await results(await browser(client_for, worker_database, site), q="居")
    assert document.xpath("string(//main//h2)") == "「居」は1件見つかりました"


async def test_no_hit_gives_advice(client_for: ClientFor, worker_database: Database, site: Site) -> None:
    document = await results(await browser(client_for, worker_database, site), q="<防災>")
    assert document.xpath("string(//main//h2)") == "「<防災>」は見つかりませんでした"
    assert "ほかの言い方" in document.text_content()


async def test_many_hits_come_in_pages(client_for: ClientFor, worker_database: Database, site: Site) -> None:
    client = await browser(client_for, worker_database, site, documents=21)
    first, second = await results(client, q="食堂"), await results(client, q="食堂", page="2")
    assert (len(first.xpath("//li[@class='hit']")), len(second.xpath("//li[@class='hit']"))) == (20, 1)
    assert first.xpath("//a[@rel='next']/@href") == ["/search?q=%E9%A3%9F%E5%A0%82&page=2"]


async def test_strange_pages_are_the_first_one(client_for: ClientFor, worker_database: Database, site: Site) -> None:
    client = await browser(client_for, worker_database, site)
    for page in ("0", "-1", "x", "\x00", "９９９９９９９９９９９９", "²"):
        assert (await client.get("/search", params={"q": "食堂\x00", "page": page})).status_code == 200
    assert (await client.get("/search", params={"q": "長" * 5_000})).status_code == 200
