"""A tenant's files as rows: what should stand in the tables, named by keys that stay, not yet by ids.

Slices above this one own some of these tables; their rows are written here by table name, so that nothing is imported upwards.
"""

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime, time
from itertools import chain, count
from typing import Any

import msgspec

from shared.kit import clock
from shared.kit.japanese import normalise
from shared.tenants.bootstrap_pictures import key_of, picture_of
from shared.tenants.manifest import CategoryEntry, ItemEntry, Manifest, OrganisationEntry
from shared.tenants.manifest_events import EventFile
from shared.tenants.manifest_reading import Folder
from shared.tenants.models import ProfileKind

Key = tuple[str, str]
_OPENING_HOUR = time(9)


class Row(msgspec.Struct, frozen=True):
    """`refs` name other rows of the same tenant by (table, key); they become ids when the row is written."""

    table: str
    key: str
    values: dict[str, Any]
    refs: Mapping[str, Key | None] = {}


def row(table: str, name: str, refs: Mapping[str, Key | None] = {}, /, **values: Any) -> Row:
    return Row(table, name, values, refs)


def rows_of(folder: Folder, tenant_id: int) -> list[Row]:
    """Parents before children, in the order in which they may be inserted."""
    manifest = folder.manifest
    return list(
        chain(
            _media(folder, tenant_id),
            _items(manifest),
            _figures(manifest),
            _contacts(manifest),
            _charters(folder),
            _fields(manifest),
            _categories(manifest.categories, None, count(1)),
            _criteria(manifest),
            _pages(folder),
            chain.from_iterable(_event(key, event) for key, (_, event) in folder.events.items()),
            _announcements(manifest),
            chain.from_iterable(_organisation(entry) for entry in folder.organisations),
        )
    )


def tenant_values(manifest: Manifest) -> dict[str, Any]:
    """The columns of `tenant` that a manifest fills; the parent is found by its slug."""
    names = ("slug", "code", "host", "name", "short_name", "region_name", "slogan", "vision")
    return {name: getattr(manifest, name) for name in names} | {
        "level": manifest.level.value,
        "state": manifest.state,
        "aliases": list(manifest.aliases),
        "lead": manifest.lead,
        "lead_easy": manifest.lead_easy,
        "founded_on": manifest.founded_on,
        "fields_open": manifest.fields_open,
        "theme": msgspec.to_builtins(manifest.theme),
        "sender_email": normalise.email(manifest.sender_email),
        "help_line": msgspec.to_builtins(manifest.help_line) if manifest.help_line else None,
    }


def in_japan(day: date, at: time = time()) -> datetime:
    return datetime.combine(day, at, tzinfo=clock.JST)


def _media(folder: Folder, tenant_id: int) -> Iterator[Row]:
    for entry in folder.manifest.media:
        picture = picture_of(entry.file, folder.media[entry.file])
        yield row(
            "media",
            entry.file,
            name=entry.file,
            alt=entry.alt.strip(),
            caption=entry.caption,
            credit=entry.credit,
            decorative=entry.decorative,
            width=picture.width,
            height=picture.height,
            byte_size=len(picture.sizes["original"]),
            sha256=hashlib.sha256(picture.sizes["original"]).hexdigest(),
            content_type=picture.content_type,
            sizes={size: key_of(picture, tenant_id, size) for size in picture.sizes},
        )


def _items(manifest: Manifest) -> Iterator[Row]:
    lists: list[tuple[ProfileKind, Iterable[ItemEntry]]] = [
        (ProfileKind.PURPOSE, manifest.purposes),
        (ProfileKind.ACTIVITY, manifest.activities),
        (ProfileKind.FUNCTION, manifest.functions),
        (ProfileKind.VIEWPOINT, manifest.viewpoints),
        (ProfileKind.MERIT, manifest.merits),
        (ProfileKind.INSTRUMENT, manifest.instruments),
        (ProfileKind.PLAN, manifest.plans),
    ]
    for kind, entries in lists:
        for ordinal, entry in enumerate(entries, start=1):
            yield _item(kind, ordinal, entry.label, entry.title, entry.body, entry.points)
    for ordinal, pillar in enumerate(manifest.pillars, start=1):
        yield _item(ProfileKind.PILLAR, ordinal, pillar.label, pillar.title, pillar.body, pillar.initiatives)


def _item(
    kind: ProfileKind, ordinal: int, label: str | None, title: str, body: str | None, points: tuple[str, ...]
) -> Row:
    key = f"{kind.value}/{ordinal}"
    columns = {"label": label, "title": title, "body": body}
    return row("profile_item", key, kind=kind.value, ordinal=ordinal, points=list(points), **columns)


def _figures(manifest: Manifest) -> Iterator[Row]:
    for ordinal, entry in enumerate(manifest.figures, start=1):
        yield row("figure", f"{entry.name}/{entry.as_of}", ordinal=ordinal, **_columns(entry))


def _contacts(manifest: Manifest) -> Iterator[Row]:
    for ordinal, entry in enumerate(manifest.contacts, start=1):
        yield row("contact", str(ordinal), ordinal=ordinal, **_normalised(_columns(entry)))


def _charters(folder: Folder) -> Iterator[Row]:
    for document in folder.charters:
        yield row("charter", str(document.head.version), body=document.body, **_columns(document.head))


def _fields(manifest: Manifest) -> Iterator[Row]:
    for ordinal, entry in enumerate(manifest.fields, start=1):
        named = {"slug": entry.slug, "name": entry.name, "national_slug": entry.national}
        yield row("field", entry.slug, ordinal=ordinal, aliases=list(entry.aliases), **named)


def _categories(entries: Iterable[CategoryEntry], parent: str | None, ordinals: Iterator[int]) -> Iterator[Row]:
    for entry in entries:
        named = {"slug": entry.slug, "name": entry.name, "note": entry.note, "national_slug": entry.national}
        refs = {"parent_id": _ref("category", parent)}
        yield row("category", entry.slug, refs, ordinal=next(ordinals), open_ended=entry.open_ended, **named)
        yield from _categories(entry.children, entry.slug, ordinals)


def _criteria(manifest: Manifest) -> Iterator[Row]:
    for ordinal, entry in enumerate(manifest.criteria, start=1):
        yield row("criterion", entry.slug, ordinal=ordinal, **_columns(entry))


def _pages(folder: Folder) -> Iterator[Row]:
    for slug, document in folder.pages.items():
        easy = folder.easy_pages.get(slug)
        yield row("page", slug, slug=slug, title=document.head.title, body=document.body, body_easy=easy)


def _announcements(manifest: Manifest) -> Iterator[Row]:
    for entry in manifest.announcements:
        refs = {"image_id": _ref("media", entry.image), "event_id": _ref("event", entry.event)}
        text = {"key": entry.key, "title": entry.title, "body": entry.body, "body_easy": entry.body_easy}
        published_at = in_japan(entry.published_on, _OPENING_HOUR)
        yield row("announcement", entry.key, refs, state="PUBLISHED", published_at=published_at, **text)


def _organisation(entry: OrganisationEntry) -> Iterator[Row]:
    columns = _normalised(_columns(entry))
    for name in ("category", "municipality", "fields", "joined_on", "left_on", "source", "affiliates"):
        columns.pop(name)
    columns |= {name: list(columns[name]) for name in ("audiences", "resources")}
    category = _ref("category", entry.category)
    yield row("organisation", entry.key, {"category_id": category}, municipality_code=entry.municipality, **columns)
    this = ("organisation", entry.key)
    for field in entry.fields:
        refs = {"organisation_id": this, "field_id": ("field", field)}
        yield row("organisation_field", f"{entry.key}/{field}", refs)
    for said in entry.affiliates:
        key = f"{entry.key}/{said.as_of}"
        yield row("declared_affiliates", key, {"organisation_id": this}, **_columns(said))
    if entry.joined_on:
        stay = {"joined_on": entry.joined_on, "left_on": entry.left_on, "source": entry.source}
        yield row("membership", entry.key, {"organisation_id": this}, **stay)


def _event(key: str, event: EventFile) -> Iterator[Row]:
    yield row("event", key, {"flyer_id": _ref("media", event.flyer)}, **_event_columns(key, event))
    this = {"event_id": ("event", key)}
    for ordinal, change in enumerate(event.changes, start=1):
        yield row(
            "event_change", f"{key}/{ordinal}", this, ordinal=ordinal, changed_on=change.on, summary=change.summary
        )
    yield from _sessions(key, event)
    yield from _outcome(key, event)
    yield from _discussion(key, event)


def _event_columns(key: str, event: EventFile) -> dict[str, Any]:
    columns = _normalised(_columns(event))
    for name in ("held_on", "held_until", "starts", "ends", "flyer", "published_on"):
        columns.pop(name)
    for name in ("sessions", "changes", "measures", "photos", "topics", "report"):
        columns.pop(name)
    last_day = event.held_until or event.held_on
    ends = in_japan(last_day, event.ends or time()) if event.ends or event.held_until else None
    shown = None if event.state == "DRAFT" else in_japan(event.published_on or event.held_on, _OPENING_HOUR)
    return columns | {
        "key": key,
        "starts_at": in_japan(event.held_on, event.starts or time()),
        "ends_at": ends,
        "all_day": event.starts is None,
        "published_at": shown,
        "registration_opens_at": _moment(event.registration_opens_at),
        "registration_deadline": _moment(event.registration_deadline),
    }


def _moment(given: datetime | None) -> datetime | None:
    return given.replace(tzinfo=given.tzinfo or clock.JST) if given else None


def _sessions(key: str, event: EventFile) -> Iterator[Row]:
    for ordinal, entry in enumerate(event.sessions, start=1):
        name = f"{key}/{ordinal}"
        starts_at = in_japan(event.held_on, entry.starts) if entry.starts else None
        text = {"label": entry.label, "title": entry.title, "body": entry.body}
        refs = {"event_id": ("event", key)}
        yield row("session", name, refs, ordinal=ordinal, starts_at=starts_at, minutes=entry.minutes, **text)
        for place, person in enumerate(entry.appearances, start=1):
            shown = {"person_name": person.person, "role_label": person.role}
            shown |= {"affiliation": person.affiliation, "summary": person.summary}
            yield row("appearance", f"{name}/{place}", {"session_id": ("session", name)}, ordinal=place, **shown)


def _outcome(key: str, event: EventFile) -> Iterator[Row]:
    this = {"event_id": ("event", key)}
    if event.report:
        published_at = in_japan(event.report.published_on or event.held_on, _OPENING_HOUR)
        text = {"body": event.report.body, "body_easy": event.report.body_easy}
        yield row("event_report", key, this, published_at=published_at, **text)
    for ordinal, photo in enumerate(event.photos, start=1):
        refs = this | {"media_id": ("media", photo.file)}
        shown = {"caption": photo.caption, "credit": photo.credit, "consented": True}
        yield row("report_photo", f"{key}/{ordinal}", refs, ordinal=ordinal, **shown)
    for ordinal, measure in enumerate(event.measures, start=1):
        yield row("measure", f"{key}/{measure.name}", this, ordinal=ordinal, **_columns(measure))


def _discussion(key: str, event: EventFile) -> Iterator[Row]:
    for ordinal, topic in enumerate(event.topics, start=1):
        name = f"{key}/{ordinal}"
        text = {"theme": topic.theme, "question": topic.question, "conclusion": topic.conclusion}
        yield row("discussion_topic", name, {"event_id": ("event", key)}, ordinal=ordinal, **text)
        for place, opinion in enumerate(topic.opinions, start=1):
            refs = {"topic_id": ("discussion_topic", name)}
            tags = {field: list(getattr(opinion, field)) for field in ("targets", "methods", "timings")}
            said = {"body": opinion.body, "gloss": opinion.gloss}
            yield row("opinion", f"{name}/{place}", refs, ordinal=place, **said, **tags)


def _columns(entry: msgspec.Struct) -> dict[str, Any]:
    return {name: getattr(entry, name) for name in entry.__struct_fields__}


_NORMALISERS = {
    "phone": normalise.phone,
    "mobile": normalise.phone,
    "fax": normalise.phone,
    "email": normalise.email,
    "contact_phone": normalise.phone,
    "contact_email": normalise.email,
    "postal_code": normalise.postal_code,
    "kana": normalise.katakana,
    "corporate_number": normalise.corporate_number,
}


def _normalised(columns: dict[str, Any]) -> dict[str, Any]:
    return {
        name: _NORMALISERS[name](value) if name in _NORMALISERS and value is not None else value
        for name, value in columns.items()
    }


def _ref(table: str, key: str | None) -> Key | None:
    return (table, key) if key is not None else None
