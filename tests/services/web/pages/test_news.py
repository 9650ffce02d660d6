"""/news and /news/<id> as readers meet them."""

from uuid import uuid4

import httpx
import pytest

from services.web.site import Site
from shared.content import service
from shared.kit.database.session import Database
from shared.tenants.models import Tenant
from tests.factories.content import EDITOR, make_announcement, make_media
from tests.factories.events import make_event
from tests.factories.tenants import make_tenant
from tests.services.web.conftest import ClientFor
from tests.statements import counted


@pytest.fixture
async def tenant(worker_database: Database, site: Site) -> Tenant:
    tenant = await make_tenant(worker_database)
    await site._reload_hosts()
    return tenant


@pytest.fixture
async def reader(client_for: ClientFor, tenant: Tenant) -> httpx.AsyncClient:
    return client_for(tenant)


async def test_without_news_the_page_says_so(reader: httpx.AsyncClient) -> None:
    answer = await reader.get("/news")
    assert (answer.status_code, "お知らせは、まだありません。" in answer.text) == (200, True)


async def test_the_list_shows_the_newest_first_and_goes_on(
    reader: httpx.AsyncClient, worker_database: Database, tenant: Tenant
) -> None:
    rows = [await make_announcement(worker_database, tenant, title=f"第{number}報") for number in range(1, 23)]
    first, second = await reader.get("/news"), await reader.get("/news?page=2")
    assert first.text.index("第22報") < first.text.index("第21報") < first.text.index("第3報")
    assert ("第2報" in first.text, 'href="/news?page=2"' in first.text) == (False, True)
    assert (f"/news/{rows[0].id}" in second.text, "第22報" in second.text) == (True, False)
    for odd in ("0", "-1", "abc", "９", "99999999999999999999"):
        assert (await reader.get(f"/news?page={odd}")).status_code == 200


async def test_one_of_them_with_its_picture_and_its_event(
    reader: httpx.AsyncClient, worker_database: Database, tenant: Tenant, site: Site
) -> None:
    picture = await make_media(worker_database, tenant, site.files, alt="海辺に集まる人たち", caption="春の集い")
    event = await make_event(worker_database, tenant, title="春の集い")
    row = await make_announcement(
        worker_database,
        tenant,
        body="**ぜひ**どうぞ。\n\n<script>alert(1)</script>",
        image_id=picture.id,
        event_id=event.id,
    )
    text = (await reader.get(f"/news/{row.id}")).text
    assert "<strong>ぜひ</strong>どうぞ。" in text and "<script>alert" not in text
    assert f'src="/media/{picture.id}/1200?v={picture.sha256[:12]}"' in text
    assert 'alt="海辺に集まる人たち"' in text
    assert "<figcaption>春の集い" in text and f'href="/events/{event.id}"' in text


async def test_easy_japanese_is_shown_to_whoever_asks_for_it(
    reader: httpx.AsyncClient, worker_database: Database, tenant: Tenant
) -> None:
    row = await make_announcement(worker_database, tenant, body="開催いたします。", body_easy="ひらきます。")
    plain = await reader.get(f"/news/{row.id}")
    easy = await reader.get(f"/news/{row.id}", headers={"cookie": "preferences=easy=1"})
    assert ("開催いたします。" in plain.text, "ひらきます。" in easy.text) == (True, True)


async def test_a_draft_and_what_is_withdrawn_are_invisible_by_every_address(
    reader: httpx.AsyncClient, worker_database: Database, tenant: Tenant
) -> None:
    draft = await make_announcement(worker_database, tenant, published=False, title="秘密の下書き")
    gone = await make_announcement(worker_database, tenant, title="取り下げた話")
    async with worker_database.write(tenant.id) as session:
        await service.withdraw_announcement(session, actor=EDITOR, announcement_id=gone.id)
    for path in ("/news", "/news?page=2", "/feed.atom", "/sitemap.xml", "/"):
        text = (await reader.get(path)).text
        for hidden in (draft, gone):
            assert (hidden.title in text, str(hidden.id) in text) == (False, False), path
    for hidden in (draft, gone):
        assert (await reader.get(f"/news/{hidden.id}")).status_code == 404


async def test_a_foreign_id_answers_like_a_missing_one(
    reader: httpx.AsyncClient, worker_database: Database, tenant: Tenant
) -> None:
    other = await make_tenant(worker_database)
    foreign = await make_announcement(worker_database, other, title="隣の町の話")
    given = (str(foreign.id), str(uuid4()), "no-id")
    answers = [await reader.get(f"/news/{each}") for each in given]
    assert [answer.status_code for answer in answers] == [404] * 3
    # The page names its own address, nothing else differs.
    assert len({answer.text.replace(each, "…") for answer, each in zip(answers, given, strict=True)}) == 1


async def test_each_page_costs_one_statement_besides_the_profile(
    reader: httpx.AsyncClient, worker_database: Database, tenant: Tenant, site: Site
) -> None:
    rows = [await make_announcement(worker_database, tenant) for _ in range(3)]
    for path in ("/news", f"/news/{rows[0].id}"):
        with counted(site.database) as statements:
            assert (await reader.get(path)).status_code == 200
        assert len([each for each in statements if "content_version" not in each]) == 1, path


async def test_a_reader_who_has_the_page_already_gets_no_second_copy(
    reader: httpx.AsyncClient, worker_database: Database, tenant: Tenant
) -> None:
    await make_announcement(worker_database, tenant)
    first = await reader.get("/news")
    again = await reader.get("/news", headers={"if-none-match": first.headers["etag"]})
    assert again.status_code == 304
