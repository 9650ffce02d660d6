"""The file format of `tenants/<slug>/`: what a platform says of itself, as files that people edit.

    tenant.toml       the platform: class Manifest below
    charter.md        設置要綱: front matter (class CharterHead) between lines of `+++`, then Markdown
    charter-1.md      an older version of it, if there is one
    pages/*.md        standing pages (privacy, accessibility): front matter (class PageHead), then Markdown
    pages/*.easy.md   the same page in やさしい日本語, without front matter
    events/*.toml     one 行事 each: class EventFile in manifest_events.py; the file's name is the event's key
    media/*           pictures, each declared under [[media]] in tenant.toml

Keys that are not named here are refused. `tenants/_template/` is a written example.
"""

from datetime import date
from typing import Literal

import msgspec

from shared.tenants.models import Level

Source = Literal["OPEN_CALL", "DIRECT_MAIL", "FREE_PAPER", "PERSONAL", "REFERRAL", "SYMPOSIUM", "OTHER"]
Visibility = Literal["PUBLIC", "MEMBERS", "SECRETARIAT"]


class Strict(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """Base of everything in a manifest: a misspelt key is an error, not a silence."""


class Theme(Strict):
    """Colours are `#rrggbb`; white on `key` needs a contrast of 4.5:1. The pictures name [[media]].

    `ground` is the colour of the hero's left edge, on which the slogan stands beside it; without one it is `key`.
    """

    key: str
    accent: str
    motif: str
    ground: str | None = None
    mark: str | None = None
    hero: str | None = None
    pattern: str | None = None


class HelpLine(Strict):
    """相談先: shown only where a tenant sets it."""

    title: str
    body: str | None = None
    phone: str | None = None
    url: str | None = None


class ContactEntry(Strict):
    """Telephone numbers as printed; they are normalised when applied. Validity includes both days."""

    purpose: str
    department: str
    desk: str | None = None
    phone: str | None = None
    fax: str | None = None
    email: str | None = None
    postal_code: str | None = None
    address: str | None = None
    valid_from: date | None = None
    valid_to: date | None = None


class ItemEntry(Strict):
    """目的, 活動内容, 機能, 視点, メリット, 手段, 今後の予定. `label` (①, I) is kept as it is printed."""

    title: str
    label: str | None = None
    body: str | None = None
    points: tuple[str, ...] = ()


class PillarEntry(Strict):
    """柱, with its 取組."""

    title: str
    label: str | None = None
    body: str | None = None
    initiatives: tuple[str, ...] = ()


class FieldEntry(Strict):
    """分野; `national` is a slug of tenants/vocabulary/fields.toml."""

    slug: str
    name: str
    aliases: tuple[str, ...] = ()
    national: str | None = None


class CategoryEntry(Strict):
    """構成団体の区分; `national` is a slug of vocabulary/categories.toml. `open_ended`: the list closes with 等."""

    slug: str
    name: str
    note: str | None = None
    open_ended: bool = False
    national: str | None = None
    children: tuple["CategoryEntry", ...] = ()


class FigureEntry(Strict):
    """A number with unit and date. The same name with several dates is a series."""

    name: str
    value: int
    unit: str
    as_of: date
    approximate: bool = False
    note: str | None = None
    source: str | None = None


class MediaEntry(Strict):
    """A picture in media/. Without `alt` it must say `decorative = true`."""

    file: str
    alt: str = ""
    caption: str | None = None
    credit: str | None = None
    decorative: bool = False


class AnnouncementEntry(Strict):
    """新着情報. `image` names [[media]], `event` a file in events/ (without .toml)."""

    key: str
    title: str
    body: str
    published_on: date
    body_easy: str | None = None
    image: str | None = None
    event: str | None = None


class AffiliatesEntry(Strict):
    """傘下の数, as the organisation or a document stated it on a day: 約700社."""

    count: int
    unit: str
    as_of: date
    approximate: bool = False
    source: str | None = None


class OrganisationEntry(Strict):
    """参加団体. `category`, `fields` name slugs of this file, `municipality` is a six-digit code.

    Contact columns are shown as `visibility` says ({ phone = "PUBLIC" }); those not named are for the secretariat. There `inquiries`
    says from whom inquiries are taken: PUBLIC everybody, MEMBERS (unless named) members, SECRETARIAT nobody.
    `joined_on` absent: listed, but not in the ledger (the documents name no date).
    """

    key: str
    name: str
    kana: str | None = None
    corporate_number: str | None = None
    category: str | None = None
    municipality: str | None = None
    fields: tuple[str, ...] = ()
    representative_title: str | None = None
    representative_name: str | None = None
    contact_department: str | None = None
    contact_name: str | None = None
    postal_code: str | None = None
    address: str | None = None
    phone: str | None = None
    mobile: str | None = None
    fax: str | None = None
    email: str | None = None
    website: str | None = None
    summary: str | None = None
    purpose: str | None = None
    area: str | None = None
    audience: str | None = None
    appeal: str | None = None
    founded_year: int | None = None
    people: int | None = None
    audiences: tuple[str, ...] = ()
    resources: tuple[str, ...] = ()
    affiliates: tuple[AffiliatesEntry, ...] = ()
    visibility: dict[str, Visibility] = {}
    joined_on: date | None = None
    left_on: date | None = None
    source: Source | None = None
    demo: bool = False


class MembersFile(Strict):
    """members/*.toml: a longer ledger, beside the organisations of tenant.toml itself."""

    organisations: tuple[OrganisationEntry, ...]


class CriterionEntry(Strict):
    """One line of the checklist for applications: what the secretariat makes sure of, or a step that it takes before it admits.

    RECOMMENDATION names a member that recommends, PLEDGE the day on which a 誓約書 came, MEETING the day of the meeting that agreed.
    """

    slug: str
    name: str
    kind: Literal["STATEMENT", "RECOMMENDATION", "PLEDGE", "MEETING"] = "STATEMENT"
    required: bool = True
    hint: str | None = None


class PersonEntry(Strict):
    """Other spellings of a person's name, so that a search for the misprint finds the person."""

    name: str
    aliases: tuple[str, ...] = ()


class Manifest(Strict):
    """tenant.toml."""

    slug: str
    code: str
    level: Level
    name: str
    short_name: str
    region_name: str
    lead: str
    sender_email: str
    theme: Theme
    parent: str | None = None
    state: Literal["DRAFT", "LIVE"] = "LIVE"
    host: str | None = None
    aliases: tuple[str, ...] = ()
    slogan: str | None = None
    vision: str | None = None
    lead_easy: str | None = None
    founded_on: date | None = None
    help_line: HelpLine | None = None
    contacts: tuple[ContactEntry, ...] = ()
    purposes: tuple[ItemEntry, ...] = ()
    activities: tuple[ItemEntry, ...] = ()
    functions: tuple[ItemEntry, ...] = ()
    viewpoints: tuple[ItemEntry, ...] = ()
    pillars: tuple[PillarEntry, ...] = ()
    merits: tuple[ItemEntry, ...] = ()
    instruments: tuple[ItemEntry, ...] = ()
    plans: tuple[ItemEntry, ...] = ()
    fields: tuple[FieldEntry, ...] = ()
    fields_open: bool = False
    categories: tuple[CategoryEntry, ...] = ()
    figures: tuple[FigureEntry, ...] = ()
    media: tuple[MediaEntry, ...] = ()
    announcements: tuple[AnnouncementEntry, ...] = ()
    organisations: tuple[OrganisationEntry, ...] = ()
    criteria: tuple[CriterionEntry, ...] = ()
    people: tuple[PersonEntry, ...] = ()


class CharterHead(Strict):
    """Front matter of charter.md. The body says plainly where it is an example and not the office's own wording."""

    title: str
    version: int = 1
    adopted_on: date | None = None


class PageHead(Strict):
    """Front matter of pages/*.md; the file's name is the page's address."""

    title: str
