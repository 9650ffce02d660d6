"""/events and /events/<id> as readers meet them."""

import html
import json
import re
from datetime import date, datetime, timedelta
from typing import Any
from uuid import uuid4

import httpx
import pytest

from services.web.site import Site
from shared.events import reporting, service
from shared.events.models import DiscussionTopic, Event, EventChange, EventKind, Measure, Opinion
from shared.events.report_drafts import PhotoDraft, ReportDraft
from shared.kit import clock
from shared.kit.database.session import Database
from shared.tenants.models import Tenant
from tests.factories.content import EDITOR, make_media
from tests.factories.events import make_event
from tests.factories.tenants import make_tenant
from tests.services.web.conftest import ClientFor
from tests.statements import counted

JST = clock.JST


@pytest.fixture
async def tenant(worker_database: Database, site: Site) -> Tenant:
    tenant = await make_tenant(worker_database)
    await site._reload_hosts()
    return tenant


@pytest.fixture
async def reader(client_for: ClientFor, tenant: Tenant) -> httpx.AsyncClient:
    return client_for(tenant)


async def add(database: Database, tenant: Tenant, *rows: Any) -> None:
    async with database.write(tenant.id) as session:
        for row in rows:
            session.add(row)
            await session.flush()


async def shown(reader: httpx.AsyncClient, event: Event) -> str:
    answer = await reader.get(f"/events/{event.id}")
    assert answer.status_code == 200
    return answer.text


def words(page: str) -> str:
    """What a reader reads, without tags and line breaks."""
    main = page[page.index('<main id="main"') : page.index("</main>")]
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", "", main)))


async def test_without_events_the_page_says_so(reader: httpx.AsyncClient) -> None:
    answer = await reader.get("/events")
    assert (answer.status_code, "予定はありません" in answer.text) == (200, True)


async def test_what_is_to_come_stands_before_the_years_that_were(
    reader: httpx.AsyncClient, worker_database: Database, tenant: Tenant
) -> None:
    now = clock.now()
    for title, starts_at in (
        ("遠い行事", now + timedelta(days=60)),
        ("近い行事", now + timedelta(days=6)),
        ("古い行事", datetime(2023, 2, 20, 10, tzinfo=JST)),
        ("新しめの行事", datetime(2023, 4, 21, 10, tzinfo=JST)),
    ):
        await make_event(worker_database, tenant, title=title, starts_at=starts_at)
    text = words((await reader.get("/events")).text)
    order = [
        "これからの行事",
        "近い行事",
        "遠い行事",
        "これまでの行事",
        "令和5年度",
        "新しめの行事",
        "令和4年度",
        "古い行事",
    ]
    assert [text.index(each) for each in order] == sorted(text.index(each) for each in order)
    assert "予定日を過ぎました" in text


async def test_the_kind_can_be_chosen(reader: httpx.AsyncClient, worker_database: Database, tenant: Tenant) -> None:
    await make_event(worker_database, tenant, title="学ぶ会", kind=EventKind.COURSE)
    await make_event(worker_database, tenant, title="話す会", kind=EventKind.MEETING)
    text = (await reader.get("/events?kind=COURSE")).text
    assert ("学ぶ会" in text, "話す会" in text, 'value="COURSE" selected' in text) == (True, False, True)
    assert "話す会" in (await reader.get("/events?kind=NO_SUCH_KIND")).text


async def test_everything_that_a_visitor_needs_is_on_the_page(
    reader: httpx.AsyncClient, worker_database: Database, tenant: Tenant, site: Site
) -> None:
    flyer = await make_media(worker_database, tenant, site.files, alt="日時と会場を書いたチラシ", caption="会のチラシ")
    event = await make_event(
        worker_database,
        tenant,
        theme="手を取り合う",
        starts_at=datetime(2099, 1, 12, 13, 30, tzinfo=JST),
        ends_at=datetime(2099, 1, 12, 16, tzinfo=JST),
        online=True,
        capacity=80,
        online_capacity=1_200,
        registration_deadline=datetime(2099, 1, 10, 17, tzinfo=JST),
        audience="どなたでも",
        how_to_apply="電話でどうぞ",
        contact_phone="088-621-2179",
        accessibility="手話通訳があります",
        flyer_id=flyer.id,
    )
    page = await shown(reader, event)
    text = words(page)
    for expected in (
        "セミナー受付中",
        "手を取り合う",
        "令和81年（2099年）1月12日（月）13時30分〜16時",
        "試験会館 大ホール・オンライン",
        "会場 80人、オンライン 1,200人",
        "令和81年1月10日（土）17時まで",
        "どなたでも",
        "電話でどうぞ",
        "手話通訳があります",
        "会のチラシ",
        "第1部 話を聞く 90分 講師試験大学 試験 太郎",
    ):
        assert expected in text, expected
    assert 'href="tel:088-621-2179"' in page and 'alt="日時と会場を書いたチラシ"' in page
    assert f'href="/events/{event.id}.ics"' in page


async def test_what_came_of_it_is_on_the_page_too(
    reader: httpx.AsyncClient, worker_database: Database, tenant: Tenant, site: Site
) -> None:
    event = await make_event(worker_database, tenant, starts_at=datetime(2023, 4, 21, 10, tzinfo=JST))
    photo = await make_media(worker_database, tenant, site.files, alt="輪になって話す人たち", caption="もとの説明")
    topic = DiscussionTopic(
        event_id=event.id, ordinal=1, theme="啓発", question="主な対象を誰にするか", conclusion=None
    )
    await add(
        worker_database,
        tenant,
        Measure(event_id=event.id, ordinal=1, name="事前登録者数", value=1_884, unit="名", as_of=date(2023, 4, 20)),
        Measure(event_id=event.id, ordinal=2, name="視聴回数", value=845, unit="回", as_of=None),
        topic,
        Opinion(topic_id=topic.id, ordinal=1, body="頑固な人", gloss="支援を受け入れにくい人"),
        EventChange(
            event_id=event.id, ordinal=1, changed_on=None, summary="当初は秋の予定でしたが、春に変わりました。"
        ),
    )
    async with worker_database.write(tenant.id) as session:
        draft = ReportDraft(
            body="**30人**が集まりました。",
            photos=(PhotoDraft(media_id=photo.id, caption="討議の様子", consented=True),),
        )
        await reporting.publish_report(session, actor=EDITOR, event_id=event.id, draft=draft)
    page = await shown(reader, event)
    text = words(page)
    for expected in (
        "開催報告あり",
        "事前登録者数 1,884名",
        "令和5年（2023年）4月20日（木）",
        "視聴回数 845回",
        "30人が集まりました。",
        "討議の様子",
        "主な対象を誰にするか",
        "「頑固な人」（支援を受け入れにくい人）",
        "当初は秋の予定でしたが、春に変わりました。",
    ):
        assert expected in text, expected
    assert 'alt="輪になって話す人たち"' in page and "<blockquote" in page
    assert "%" not in text


async def test_a_cancelled_event_says_so_in_words(
    reader: httpx.AsyncClient, worker_database: Database, tenant: Tenant
) -> None:
    event = await make_event(worker_database, tenant)
    async with worker_database.write(tenant.id) as session:
        await service.cancel_event(session, actor=EDITOR, event_id=event.id, reason="大雪のため")
    text = words(await shown(reader, event))
    assert "中止のお知らせ 中止になりました。理由：大雪のため" in text
    assert "中止" in words((await reader.get("/events")).text)


async def test_search_engines_get_the_event_as_data(
    reader: httpx.AsyncClient, worker_database: Database, tenant: Tenant
) -> None:
    event = await make_event(
        worker_database,
        tenant,
        title="</script><b>題",
        starts_at=datetime(2099, 1, 12, 13, 30, tzinfo=JST),
        ends_at=None,
    )
    page = await shown(reader, event)
    [block] = re.findall(r'<script type="application/ld\+json">(.*?)</script>', page)
    data = json.loads(block)
    assert (data["@type"], data["name"], data["startDate"]) == ("Event", "</script><b>題", "2099-01-12T13:30:00+09:00")
    assert data["location"] == [{"@type": "Place", "name": "試験会館 大ホール"}]


async def test_a_draft_is_invisible_by_every_address(
    reader: httpx.AsyncClient, worker_database: Database, tenant: Tenant
) -> None:
    draft = await make_event(worker_database, tenant, published=False, title="秘密の会")
    paths = ("/events", "/events?kind=SEMINAR", "/events?page=2", "/events.ics", "/feed.atom", "/sitemap.xml", "/")
    for path in paths:
        text = (await reader.get(path)).text
        assert (draft.title in text, str(draft.id) in text) == (False, False), path
    for path in (f"/events/{draft.id}", f"/events/{draft.id}.ics"):
        assert (await reader.get(path)).status_code == 404


async def test_a_foreign_id_answers_like_a_missing_one(
    reader: httpx.AsyncClient, worker_database: Database, tenant: Tenant
) -> None:
    foreign = await make_event(worker_database, await make_tenant(worker_database), title="隣の町の会")
    for suffix in ("", ".ics"):
        given = (str(foreign.id), str(uuid4()), "no-id")
        answers = [await reader.get(f"/events/{each}{suffix}") for each in given]
        assert [answer.status_code for answer in answers] == [404] * 3
        # The page names its own address, nothing else differs.
        assert len({answer.text.replace(each, "…") for answer, each in zip(answers, given, strict=True)}) == 1


async def test_each_page_costs_one_statement_besides_the_profile(
    reader: httpx.AsyncClient, worker_database: Database, tenant: Tenant, site: Site
) -> None:
    events = [await make_event(worker_database, tenant) for _ in range(5)]
    for path in ("/events", f"/events/{events[0].id}"):
        with counted(site.database) as statements:
            assert (await reader.get(path)).status_code == 200
        assert len([each for each in statements if "content_version" not in each]) == 1, path
