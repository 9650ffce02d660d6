"""The Atom feed (RFC 4287): news and events as they change, the latest first."""

from datetime import UTC, datetime
from uuid import NAMESPACE_URL, UUID, uuid5

from feedgen.feed import FeedGenerator
from lxml import etree

from services.web.environment import markdown
from shared.content.plain import excerpt
from shared.content.queries import AnnouncementView
from shared.events import words
from shared.events.models import EventState
from shared.events.views import EventView
from shared.tenants.queries import Profile

MOST_ENTRIES = 40
_BEFORE_ALL = datetime(1970, 1, 1, tzinfo=UTC)


def atom_feed(tenant: Profile, base_url: str, news: list[AnnouncementView], events: list[EventView]) -> bytes:
    things: list[AnnouncementView | EventView] = []
    things += news
    things += events
    things.sort(key=lambda thing: thing.updated_at, reverse=True)
    feed = FeedGenerator()
    feed.id(_id_of(tenant).urn)
    feed.generator("Tsunagari")
    feed.title(f"{tenant.name}｜お知らせと行事")
    feed.author({"name": tenant.name})
    feed.link(href=f"{base_url}/feed.atom", rel="self", type="application/atom+xml")
    feed.link(href=f"{base_url}/", rel="alternate", type="text/html")
    feed.language("ja")
    feed.updated(things[0].updated_at if things else _BEFORE_ALL)
    for thing in things[:MOST_ENTRIES]:
        _add(feed, thing, base_url)
    return _based(feed.atom_str(), f"{base_url}/")


def _id_of(tenant: Profile) -> UUID:
    """The same for ever (RFC 4287, 4.2.6), under whatever address the platform is reached."""
    return uuid5(NAMESPACE_URL, f"tsunagari/{tenant.code}/{tenant.slug}/feed.atom")


def _based(content: bytes, base_url: str) -> bytes:
    """Links in the texts, to a picture or another page, are read from the platform's address and not from the reader's."""
    feed = etree.fromstring(content)
    feed.set("{http://www.w3.org/XML/1998/namespace}base", base_url)
    written: bytes = etree.tostring(feed, xml_declaration=True, encoding="UTF-8")
    return written


def _add(feed: FeedGenerator, thing: AnnouncementView | EventView, base_url: str) -> None:
    entry = feed.add_entry(order="append")
    entry.id(f"urn:uuid:{thing.id}")
    entry.updated(thing.updated_at)
    entry.published(thing.published_at or thing.updated_at)
    if isinstance(thing, EventView):
        entry.title(f"{words.kind(thing)}：{_mark(thing)}{thing.title}")
        entry.link(href=f"{base_url}/events/{thing.id}")
        entry.summary(_about(thing))
        entry.content(str(markdown(_whole(thing))), type="html")
    else:
        entry.title(thing.title)
        entry.link(href=f"{base_url}/news/{thing.id}")
        entry.summary(excerpt(thing.body))
        entry.content(str(markdown(thing.body)), type="html")


def _about(event: EventView) -> str:
    """When, where, how it stands, and what has changed last."""
    standing = words.phase(event, event.updated_at)
    last_change = event.changes[-1].summary if event.changes else None
    return "　".join(part for part in (words.when(event), words.where(event), standing, last_change) if part)


def _whole(event: EventView) -> str:
    changes = "\n".join(f"- {change.summary}" for change in event.changes)
    report = event.report.body if event.report else ""
    return "\n\n".join(part for part in (words.when(event), changes, event.description, report) if part)


def _mark(event: EventView) -> str:
    """Many readers show the title only."""
    return {EventState.CANCELLED: "【中止】", EventState.POSTPONED: "【延期】"}.get(event.state, "")
