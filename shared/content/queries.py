"""What is read of news, pages and pictures. Lists come whole, in one statement."""

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import ColumnElement, Text, cast, exists, func, literal_column, or_, select, tuple_
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from shared.content.models import Announcement, AnnouncementState, Media, MediaDocument, Page

SIZES = ("original", "1200", "thumb")

#: Rows of one answer, whatever is asked for.
MOST_ROWS = 500


class DocumentView(msgspec.Struct, frozen=True):
    """The PDF that a picture is the first page of."""

    file_name: str
    byte_size: int
    pages: int

    @property
    def size(self) -> str:
        """As people say it: 480KB, 1.2MB."""
        if self.byte_size < 1_000_000:
            return f"{max(1, round(self.byte_size / 1_000))}KB"
        return f"{self.byte_size / 1_000_000:.1f}MB"


#: The longest side of each size; no picture is made larger than it was.
LONGEST_SIDE = {"thumb": 400, "1200": 1200, "original": 3000}


class MediaView(msgspec.Struct, frozen=True):
    """A picture as pages show it. `version` is the beginning of the bytes' SHA-256."""

    id: UUID
    name: str
    alt: str
    decorative: bool
    caption: str | None
    credit: str | None
    width: int
    height: int
    content_type: str
    version: str
    document: DocumentView | None = None
    #: For the secretariat only.
    withheld: bool = False
    uploaded_by: UUID | None = None

    @property
    def document_url(self) -> str:
        return f"/media/{self.id}/document.pdf"

    @property
    def srcset(self) -> str:
        """For browsers to choose from; a drawing has one size for all."""
        if self.content_type == "image/svg+xml":
            return ""
        widths = {self._width(side): size for size, side in reversed(LONGEST_SIDE.items())}
        return ", ".join(f"{self.url(size)} {width}w" for width, size in sorted(widths.items()))

    def _width(self, side: int) -> int:
        return max(1, round(self.width * min(1.0, side / max(self.width, self.height))))

    def url(self, size: str = "1200") -> str:
        """On the tenant's site; it may be kept for ever, because it names the bytes."""
        return f"/media/{self.id}/{size}?v={self.version}"


class MediaFile(msgspec.Struct, frozen=True):
    """What is needed to send the bytes. `sizes` are keys of the file store."""

    id: UUID
    name: str
    content_type: str
    sha256: str
    sizes: dict[str, str]
    #: For the secretariat only.
    withheld: bool


class DocumentFile(msgspec.Struct, frozen=True):
    """What is needed to send a PDF. `path` is its key in the file store."""

    file_name: str
    path: str


class AnnouncementView(msgspec.Struct, frozen=True):
    id: UUID
    title: str
    body: str
    body_easy: str | None
    state: AnnouncementState
    published_at: datetime | None
    updated_at: datetime
    image: MediaView | None
    event_id: UUID | None
    revision: int
    #: The member whose news this is.
    member_organisation_id: UUID | None = None


class AnnouncementPage(msgspec.Struct, frozen=True):
    """A piece of a list. `total` counts the whole list, `more` says whether something follows this piece."""

    items: list[AnnouncementView]
    total: int
    more: bool


class PageView(msgspec.Struct, frozen=True):
    slug: str
    title: str
    body: str
    body_easy: str | None
    updated_at: datetime


#: For statements of this slice and of those above: a MediaView of the row that is called `media`.
MEDIA_JSON = """jsonb_build_object('id', media.id, 'name', media.name, 'alt', media.alt, 'decorative', media.decorative,
  'caption', media.caption, 'credit', media.credit, 'width', media.width, 'height', media.height,
  'content_type', media.content_type, 'version', left(media.sha256, 12),
  'withheld', media.withheld, 'uploaded_by', media.uploaded_by,
  'document', (SELECT jsonb_build_object('file_name', d.file_name, 'byte_size', d.byte_size, 'pages', d.pages)
    FROM media_document d WHERE d.tenant_id = media.tenant_id AND d.media_id = media.id))"""

_MEDIA: ColumnElement[Any] = literal_column(MEDIA_JSON)
_ANNOUNCEMENT: ColumnElement[Any] = literal_column(
    f"""to_jsonb(announcement) || jsonb_build_object('image', (SELECT {MEDIA_JSON} FROM media
      WHERE media.tenant_id = announcement.tenant_id AND media.id = announcement.image_id))"""
)
_PUBLISHED = Announcement.state == AnnouncementState.PUBLISHED


def _shown_at(row: type[Announcement]) -> ColumnElement[datetime]:
    """What is not published has no date yet and comes first on the staff's list."""
    return func.coalesce(row.published_at, literal_column("'infinity'::timestamptz"))


async def latest(session: AsyncSession, *, limit: int = 5) -> list[AnnouncementView]:
    """Published news, newest first."""
    return (await published(session, first=limit)).items


async def published(
    session: AsyncSession, *, first: int = 20, after: UUID | None = None, offset: int = 0
) -> AnnouncementPage:
    """Newest first, from the one that follows `after`, or from the `offset`-th."""
    return await _listed(session, [_PUBLISHED], first, after, offset)


async def published_dates(session: AsyncSession, *, limit: int = 5_000) -> list[tuple[UUID, datetime]]:
    """Ids with their last change, for search engines."""
    statement = select(Announcement.id, Announcement.updated_at).where(_PUBLISHED)
    rows = await session.execute(statement.order_by(Announcement.published_at.desc()).limit(limit))
    return [(row.id, row.updated_at) for row in rows]


async def all_for_staff(
    session: AsyncSession,
    *,
    state: AnnouncementState | None = None,
    first: int = 50,
    after: UUID | None = None,
    offset: int = 0,
) -> AnnouncementPage:
    """Drafts before everything else, then newest first. Members' drafts are not the secretariat's to list here."""
    conditions = [or_(Announcement.state != AnnouncementState.DRAFT, Announcement.member_organisation_id.is_(None))]
    conditions += [] if state is None else [Announcement.state == state]
    return await _listed(session, conditions, first, after, offset)


async def announcement(
    session: AsyncSession, announcement_id: UUID, *, drafts: bool = False
) -> AnnouncementView | None:
    """With `drafts`, withdrawn ones too."""
    statement = select(cast(_ANNOUNCEMENT, Text)).select_from(Announcement).where(Announcement.id == announcement_id)
    if not drafts:
        statement = statement.where(_PUBLISHED)
    row = (await session.execute(statement)).scalar_one_or_none()
    return msgspec.json.decode(row, type=AnnouncementView) if row else None


async def page_by_slug(session: AsyncSession, slug: str) -> PageView | None:
    statement = select(Page.slug, Page.title, Page.body, Page.body_easy, Page.updated_at).where(Page.slug == slug)
    row = (await session.execute(statement)).one_or_none()
    return PageView(*row) if row else None


async def media_by_name_or_id(session: AsyncSession, name_or_id: str) -> MediaView | None:
    statement = select(cast(_MEDIA, Text)).select_from(Media).where(_named(name_or_id)).limit(1)
    row = (await session.execute(statement)).scalar_one_or_none()
    return msgspec.json.decode(row, type=MediaView) if row else None


async def media_file(session: AsyncSession, name_or_id: str) -> MediaFile | None:
    columns = (Media.id, Media.name, Media.content_type, Media.sha256, Media.sizes, Media.withheld)
    row = (await session.execute(select(*columns).where(_named(name_or_id)).limit(1))).one_or_none()
    return MediaFile(*row) if row else None


async def document_file(session: AsyncSession, name_or_id: str) -> DocumentFile | None:
    """Nothing of a withheld picture."""
    here = (MediaDocument.tenant_id == Media.tenant_id) & (MediaDocument.media_id == Media.id)
    statement = select(MediaDocument.file_name, MediaDocument.path).join(Media, here)
    row = (await session.execute(statement.where(_named(name_or_id), ~Media.withheld).limit(1))).one_or_none()
    return DocumentFile(*row) if row else None


async def media_list(session: AsyncSession, *, first: int = 60, offset: int = 0) -> list[MediaView]:
    """Newest first: to choose from, without the withheld ones. What a member has not sent yet is its own business."""
    unsent = exists().where(
        Announcement.image_id == Media.id,
        Announcement.member_organisation_id.is_not(None),
        Announcement.state == AnnouncementState.DRAFT,
        Announcement.proposed_at.is_(None),
    )
    statement = select(cast(_MEDIA, Text)).select_from(Media).where(~Media.withheld, ~unsent)
    statement = statement.order_by(Media.created_at.desc(), Media.id.desc())
    rows = await session.execute(statement.limit(first).offset(offset))
    return [msgspec.json.decode(row, type=MediaView) for row in rows.scalars()]


async def media_with_same_alt(session: AsyncSession, *, alt: str, besides: UUID | None = None) -> list[MediaView]:
    """Four pictures that all read alike help nobody: to be shown to whoever writes the text.

    The very same picture under another name may well have the same words.
    """
    statement = select(cast(_MEDIA, Text)).select_from(Media).where(Media.alt == alt, Media.alt != "")
    if besides is not None:
        same = select(Media.sha256).where(Media.id == besides).scalar_subquery()
        statement = statement.where(Media.id != besides, Media.sha256 != same)
    rows = await session.execute(statement.order_by(Media.created_at).limit(10))
    return [msgspec.json.decode(row, type=MediaView) for row in rows.scalars()]


async def _listed(
    session: AsyncSession, conditions: list[ColumnElement[bool]], first: int, after: UUID | None, offset: int
) -> AnnouncementPage:
    unseen = [*conditions, _follows(after)] if after else conditions
    shown_at = _shown_at(Announcement)
    part = (
        select(_ANNOUNCEMENT.label("document"), shown_at.label("shown_at"), Announcement.id)
        .select_from(Announcement)
        .where(*unseen)
        .order_by(shown_at.desc(), Announcement.id.desc())
        .limit(min(max(first, 0), MOST_ROWS) + 1)
        .offset(offset)
        .subquery("part")
    )
    documents = func.jsonb_agg(aggregate_order_by(part.c.document, part.c.shown_at.desc(), part.c.id.desc()))
    total = select(func.count()).select_from(Announcement).where(*conditions).scalar_subquery()
    row = (await session.execute(select(cast(documents, Text), total).select_from(part))).one()
    items = msgspec.json.decode(row[0] or "[]", type=list[AnnouncementView])
    return AnnouncementPage(items[:first], row[1], len(items) > first)


def _follows(after: UUID) -> ColumnElement[bool]:
    last = aliased(Announcement)
    place = tuple_(_shown_at(Announcement), Announcement.id)
    return exists().where(last.id == after, place < tuple_(_shown_at(last), last.id))


def _named(name_or_id: str) -> ColumnElement[bool]:
    """A name is unique in its tenant; something that reads as an id may still be a name."""
    try:
        return or_(Media.id == UUID(name_or_id), Media.name == name_or_id)
    except ValueError:
        return Media.name == name_or_id
