"""Calendars, the feed, and what search engines read."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest
from icalendar import Calendar
from lxml import etree

from services.web.feed import atom_feed
from services.web.site import Site
from shared.events import service
from shared.kit import clock
from shared.kit.database.session import Database
from shared.tenants.models import Tenant
from tests.factories.content import EDITOR, make_announcement
from tests.factories.events import make_event
from tests.factories.members import make_organisation
from tests.factories.tenants import make_tenant
from tests.services.web.conftest import ClientFor
from tests.statements import counted

ATOM = {"a": "http://www.w3.org/2005/Atom"}
JST = clock.JST


@pytest.fixture
async def tenant(worker_database: Database, site: Site) -> Tenant:
    tenant = await make_tenant(worker_database)
    await site._reload_hosts()
    return tenant


@pytest.fixture
async def reader(client_for: ClientFor, tenant: Tenant) -> httpx.AsyncClient:
    return client_for(tenant)


def calendar_in(answer: httpx.Response) -> Any:
    return Calendar.from_ical(answer.text)


async def test_the_calendar_has_hours_of_japan_and_whole_days(
    reader: httpx.AsyncClient, worker_database: Database, tenant: Tenant
) -> None:
    starts_at = datetime(2099, 1, 12, 13, 30, tzinfo=JST)
    event = await make_event(
        worker_database, tenant, title="会；その1", starts_at=starts_at, ends_at=starts_at + timedelta(hours=2)
    )
    whole = await make_event(
        worker_database, tenant, starts_at=datetime(2023, 4, 21, tzinfo=JST), ends_at=None, all_day=True
    )
    answer = await reader.get("/events.ics")
    assert answer.headers["content-type"] == "text/calendar; charset=utf-8"
    calendar = calendar_in(answer)
    entries = {str(entry["uid"]): entry for entry in calendar.walk("VEVENT")}
    entry, day = entries[f"{event.id}@tsunagari"], entries[f"{whole.id}@tsunagari"]
    assert (str(entry["summary"]), entry["dtstart"].dt, entry["dtstart"].params["TZID"]) == (
        "会；その1",
        starts_at,
        "Asia/Tokyo",
    )
    assert (day["dtstart"].dt, day["dtend"].dt) == (date(2023, 4, 21), date(2023, 4, 22))
    assert [str(zone["tzid"]) for zone in calendar.walk("VTIMEZONE")] == ["Asia/Tokyo"]
    assert str(entry["url"]).endswith(f"/events/{event.id}")


async def test_a_cancelled_event_stays_in_the_calendar_with_a_higher_sequence(
    reader: httpx.AsyncClient, worker_database: Database, tenant: Tenant
) -> None:
    event = await make_event(worker_database, tenant, title="会")
    [before] = calendar_in(await reader.get("/events.ics")).walk("VEVENT")
    async with worker_database.write(tenant.id) as session:
        await service.cancel_event(session, actor=EDITOR, event_id=event.id, reason="大雪のため")
    answer = await reader.get(f"/events/{event.id}.ics")
    [after] = calendar_in(answer).walk("VEVENT")
    assert (before["uid"], before["sequence"], before["status"]) == (after["uid"], 0, "CONFIRMED")
    assert (after["sequence"], after["status"], after["summary"]) == (1, "CANCELLED", "【中止】会")
    assert answer.headers["content-disposition"].startswith("attachment; filename=")


async def test_the_feed_brings_news_and_events_the_latest_first(
    reader: httpx.AsyncClient, worker_database: Database, tenant: Tenant
) -> None:
    event = await make_event(worker_database, tenant, title="集い <1>")
    news = await make_announcement(worker_database, tenant, title="お知らせ & お願い", body="**大切**なこと")
    answer = await reader.get("/feed.atom")
    assert answer.headers["content-type"].startswith("application/atom+xml")
    feed = etree.fromstring(answer.content)
    assert feed.tag == f"{{{ATOM['a']}}}feed"
    assert [str(entry) for entry in feed.xpath("a:entry/a:id/text()", namespaces=ATOM)] == [
        f"urn:uuid:{news.id}",
        f"urn:uuid:{event.id}",
    ]
    assert feed.xpath("a:entry/a:title/text()", namespaces=ATOM) == ["お知らせ & お願い", "セミナー：集い <1>"]
    assert feed.xpath("a:entry[1]/a:content/text()", namespaces=ATOM) == ["<p><strong>大切</strong>なこと</p>\n"]
    for required in ("a:id", "a:title", "a:updated", "a:author/a:name", "a:link[@rel='self']"):
        assert len(feed.xpath(required, namespaces=ATOM)) == 1, required
    assert datetime.fromisoformat(feed.xpath("string(a:updated)", namespaces=ATOM)) == news.updated_at


async def test_the_feed_tells_when_an_event_was_moved_or_called_off(
    reader: httpx.AsyncClient, worker_database: Database, tenant: Tenant
) -> None:
    event = await make_event(worker_database, tenant, title="集い")
    news = await make_announcement(worker_database, tenant)
    async with worker_database.write(tenant.id) as session:
        await service.cancel_event(session, actor=EDITOR, event_id=event.id, reason="大雪のため")
    feed = etree.fromstring((await reader.get("/feed.atom")).content)
    ids = [str(each) for each in feed.xpath("a:entry/a:id/text()", namespaces=ATOM)]
    assert ids == [f"urn:uuid:{event.id}", f"urn:uuid:{news.id}"]
    [title, summary] = [feed.xpath(f"string(a:entry[1]/a:{name})", namespaces=ATOM) for name in ("title", "summary")]
    assert (title, summary.endswith("中止　中止になりました。理由：大雪のため")) == ("セミナー：【中止】集い", True)


async def test_the_feed_stays_the_same_one_under_another_address_and_its_links_lead_home(
    reader: httpx.AsyncClient, worker_database: Database, tenant: Tenant, site: Site
) -> None:
    await make_announcement(worker_database, tenant, body="[行事](/events)へどうぞ。")
    profile = await site.profile(tenant.id)
    feeds = [
        etree.fromstring(atom_feed(profile, base, [], []))
        for base in ("http://x.localhost:8000", "https://kodoku.example.jp")
    ]
    feeds.append(etree.fromstring((await reader.get("/feed.atom")).content))
    [feed_id] = {str(feed.xpath("string(a:id)", namespaces=ATOM)) for feed in feeds}
    assert UUID(feed_id.removeprefix("urn:uuid:")).version == 5
    base = "{http://www.w3.org/XML/1998/namespace}base"
    assert [feed.get(base) for feed in feeds] == [
        "http://x.localhost:8000/",
        "https://kodoku.example.jp/",
        f"http://{tenant.slug}.localhost:8000/",
    ]
    assert 'href="/events"' in feeds[2].xpath("string(a:entry/a:content)", namespaces=ATOM)


async def test_an_empty_feed_is_a_feed(reader: httpx.AsyncClient) -> None:
    feed = etree.fromstring((await reader.get("/feed.atom")).content)
    assert feed.xpath("a:entry", namespaces=ATOM) == []
    assert datetime.fromisoformat(feed.xpath("string(a:updated)", namespaces=ATOM)).tzinfo is not None


async def test_an_empty_calendar_is_a_calendar(reader: httpx.AsyncClient) -> None:
    assert calendar_in(await reader.get("/events.ics")).walk("VEVENT") == []


async def test_search_engines_find_every_public_page(
    reader: httpx.AsyncClient, worker_database: Database, tenant: Tenant
) -> None:
    event, news = await make_event(worker_database, tenant), await make_announcement(worker_database, tenant)
    base = f"http://{tenant.slug}.localhost:8000"
    tree = etree.fromstring((await reader.get("/sitemap.xml")).content)
    addresses = [str(each) for each in tree.xpath("//*[local-name()='loc']/text()")]
    assert {f"{base}/", f"{base}/join", f"{base}/events/{event.id}", f"{base}/news/{news.id}"} <= set(addresses)
    changed = [datetime.fromisoformat(each) for each in tree.xpath("//*[local-name()='lastmod']/text()")]
    assert len(changed) == 2 and all(each.astimezone(UTC) <= clock.now() for each in changed)


async def test_search_engines_find_the_organisations_that_the_directory_lists(
    reader: httpx.AsyncClient, worker_database: Database, tenant: Tenant
) -> None:
    today = clock.today()
    days = {
        "いまの会": (today, None),
        "去った会": (date(2023, 2, 20), today),
        "来月の会": (today + timedelta(days=30), None),
    }
    ids = {
        name: await make_organisation(worker_database, tenant, name=name, joined_on=joined_on, left_on=left_on)
        for name, (joined_on, left_on) in days.items()
    }
    tree = etree.fromstring((await reader.get("/sitemap.xml")).content)
    addresses = [str(each) for each in tree.xpath("//*[local-name()='loc']/text()")]
    found = [each.rpartition("/")[2] for each in addresses if "/organisations/" in each]
    assert found == [str(ids["いまの会"])]


async def test_robots_learn_where_to_look_and_where_not(reader: httpx.AsyncClient, tenant: Tenant) -> None:
    lines = (await reader.get("/robots.txt")).text.splitlines()
    assert lines[0] == "User-agent: *" and "Disallow: /staff" in lines
    assert lines[-1] == f"Sitemap: http://{tenant.slug}.localhost:8000/sitemap.xml"


@pytest.mark.parametrize(("path", "most"), [("/events.ics", 1), ("/feed.atom", 2), ("/sitemap.xml", 3)])
async def test_they_are_cheap_and_not_sent_twice(
    reader: httpx.AsyncClient, worker_database: Database, tenant: Tenant, site: Site, path: str, most: int
) -> None:
    await make_event(worker_database, tenant)
    await make_announcement(worker_database, tenant)
    with counted(site.database) as statements:
        first = await reader.get(path)
    assert len([each for each in statements if "content_version" not in each]) == most
    again = await reader.get(path, headers={"if-none-match": first.headers["etag"]})
    assert again.status_code == 304
