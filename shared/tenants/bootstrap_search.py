"""What of a tenant's files can be found: one document per published thing, written when its words have changed."""

import re
from collections.abc import Iterator
from datetime import datetime
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

import msgspec
from sqlalchemy.ext.asyncio import AsyncSession

from shared.kit import clock, search
from shared.tenants.bootstrap_rows import Key, in_japan
from shared.tenants.manifest import ItemEntry, Manifest, PillarEntry
from shared.tenants.manifest_events import EventFile
from shared.tenants.manifest_reading import Folder

#: The about page has no row of its own.
ABOUT = uuid5(NAMESPACE_URL, "tsunagari:/about")


class Document(msgspec.Struct, frozen=True):
    """`id` is that of the thing itself; `about` is its key in the files."""

    about: Key
    kind: str
    path: str
    title: str
    body: str
    shown_at: datetime | None = None
    names: tuple[str, ...] = ()


def documents_of(folder: Folder, ids: dict[Key, UUID]) -> list[tuple[UUID, Document]]:
    found = [
        *_about(folder.manifest),
        *_pages(folder),
        *_announcements(folder.manifest, ids),
        *_events(folder, ids),
        *_organisations(folder, ids),
    ]
    return [(ids.get(document.about, ABOUT), document) for document in found]


async def put(session: AsyncSession, object_id: UUID, document: Document) -> None:
    await search.put(
        session,
        kind=document.kind,
        object_id=object_id,
        path=document.path,
        title=document.title,
        body=document.body,
        shown_at=document.shown_at,
        names=document.names,
    )


async def remove(session: AsyncSession, object_id: UUID, kind: str) -> None:
    await search.remove(session, kind=kind, object_id=object_id)


def _about(manifest: Manifest) -> Iterator[Document]:
    items: list[ItemEntry | PillarEntry] = [
        *manifest.purposes,
        *manifest.activities,
        *manifest.functions,
        *manifest.viewpoints,
        *manifest.pillars,
        *manifest.merits,
        *manifest.instruments,
        *manifest.plans,
    ]
    words = [manifest.name, *manifest.aliases, manifest.slogan, manifest.vision, manifest.lead]
    words += [part for item in items for part in (item.title, item.body, *_points(item))]
    words += [field.name for field in manifest.fields]
    yield Document(("about", manifest.slug), "page", "/about", f"{manifest.short_name}について", _text(words))


def _points(item: ItemEntry | PillarEntry) -> tuple[str, ...]:
    return item.initiatives if isinstance(item, PillarEntry) else item.points


def _pages(folder: Folder) -> Iterator[Document]:
    for slug, page in folder.pages.items():
        yield Document(("page", slug), "page", f"/{slug}", page.head.title, _text([page.body]))
    if folder.charters:
        latest = max(folder.charters, key=lambda charter: int(charter.head.version))
        key = ("charter", str(latest.head.version))
        yield Document(key, "page", "/charter", latest.head.title, _text([latest.body]))


def _announcements(manifest: Manifest, ids: dict[Key, UUID]) -> Iterator[Document]:
    for entry in manifest.announcements:
        key = ("announcement", entry.key)
        path, shown_at = f"/news/{ids[key]}", in_japan(entry.published_on)
        yield Document(key, "announcement", path, entry.title, _text([entry.body]), shown_at)


def _events(folder: Folder, ids: dict[Key, UUID]) -> Iterator[Document]:
    aliases = {person.name: person.aliases for person in folder.manifest.people}
    for name, (_, event) in folder.events.items():
        if event.state != "DRAFT":
            key = ("event", name)
            path, shown_at = f"/events/{ids[key]}", in_japan(event.held_on)
            names = tuple(shown.person for session in event.sessions for shown in session.appearances)
            yield Document(key, "event", path, event.title, _text(_words_of(event, aliases)), shown_at, names)


def _words_of(event: EventFile, aliases: dict[str, tuple[str, ...]]) -> list[str | None]:
    words: list[str | None] = [event.theme, event.venue, event.organiser, event.audience, event.description]
    for session in event.sessions:
        words += [session.title, session.body]
        for shown in session.appearances:
            words += [shown.person, *aliases.get(shown.person, ()), shown.role, shown.affiliation, shown.summary]
    words += [change.summary for change in event.changes]
    words += [event.report.body if event.report else None]
    for topic in event.topics:
        words += [topic.theme, topic.question, topic.conclusion]
        words += [part for opinion in topic.opinions for part in (opinion.body, opinion.gloss)]
    return words


def _organisations(folder: Folder, ids: dict[Key, UUID]) -> Iterator[Document]:
    """Who has left is in the ledger, but is not found any more."""
    fields = {field.slug: field.name for field in folder.manifest.fields}
    for entry in folder.organisations:
        if entry.left_on and entry.left_on <= clock.today():
            continue
        key = ("organisation", entry.key)
        shown = [entry.representative_name] if entry.visibility.get("representative_name") == "PUBLIC" else []
        words = [entry.kana, entry.summary, *(fields[field] for field in entry.fields), *shown]
        path, names = f"/organisations/{ids[key]}", (entry.name, *filter(None, shown))
        yield Document(key, "organisation", path, entry.name, _text(words), names=names)


def _text(parts: list[Any]) -> str:
    """Plain text: Markdown's marks are not words."""
    joined = "\n".join(part for part in parts if part)
    return re.sub(r"(?m)^[#>*\-\d.|\s]+|\*\*|`|\]\([^)]*\)|\[", " ", joined).strip()
