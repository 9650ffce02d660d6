"""News, pages and pictures."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from shared.kit.database.base import Base, TenantOwned, belongs_to


class Media(TenantOwned, Base):
    """A picture in three sizes. Without alt text it must say that it is decoration."""

    __tablename__ = "media"
    __table_args__ = (
        CheckConstraint("decorative OR length(btrim(alt)) > 0", name="alt_or_decorative"),
        UniqueConstraint("tenant_id", "name"),
    )

    name: Mapped[str] = mapped_column(comment="file name in the manifest, or a random one")
    content_type: Mapped[str]
    width: Mapped[int]
    height: Mapped[int]
    byte_size: Mapped[int]
    sha256: Mapped[str]
    sizes: Mapped[dict[str, Any]] = mapped_column(
        comment='{"original": path, "1200": path, "thumb": path} in the file store'
    )
    alt: Mapped[str] = mapped_column(default="")
    decorative: Mapped[bool] = mapped_column(default=False)
    caption: Mapped[str | None]
    credit: Mapped[str | None]
    withheld: Mapped[bool] = mapped_column(
        default=False, comment="for the secretariat's eyes: 撮影の同意 is not confirmed"
    )
    uploaded_by: Mapped[UUID | None] = mapped_column(comment="account; null: a manifest or a program")
    created_at: Mapped[datetime]


class MediaDocument(TenantOwned, Base):
    """The PDF that a picture is the first page of: kept as it came, offered beside the picture."""

    __tablename__ = "media_document"
    __table_args__ = (belongs_to("media", "media_id", cascade=True), UniqueConstraint("tenant_id", "media_id"))

    media_id: Mapped[UUID]
    file_name: Mapped[str] = mapped_column(comment="as it came; only its end is ours: .pdf")
    path: Mapped[str] = mapped_column(comment="in the file store")
    byte_size: Mapped[int]
    pages: Mapped[int]
    created_at: Mapped[datetime]


class AnnouncementState(StrEnum):
    DRAFT = "DRAFT"
    PUBLISHED = "PUBLISHED"
    WITHDRAWN = "WITHDRAWN"


class Announcement(TenantOwned, Base):
    """新着情報. `key` names rows that come from a manifest, so that applying it twice changes nothing."""

    __tablename__ = "announcement"
    __table_args__ = (
        UniqueConstraint("tenant_id", "key"),
        belongs_to("media", "image_id"),
        belongs_to("organisation", "member_organisation_id"),
        Index("ix_announcement_member_organisation", "tenant_id", "member_organisation_id"),
        Index("ix_announcement_published", "tenant_id", "state", "published_at"),
    )

    key: Mapped[str | None]
    title: Mapped[str]
    body: Mapped[str] = mapped_column(comment="Markdown")
    body_easy: Mapped[str | None] = mapped_column(comment="the same in やさしい日本語")
    state: Mapped[AnnouncementState] = mapped_column(default=AnnouncementState.DRAFT)
    image_id: Mapped[UUID | None]
    event_id: Mapped[UUID | None] = mapped_column(comment="the event it speaks of")
    author_id: Mapped[UUID | None] = mapped_column(comment="account")
    member_organisation_id: Mapped[UUID | None] = mapped_column(comment="the member whose news this is")
    proposed_at: Mapped[datetime | None] = mapped_column(comment="a member's draft that waits for the secretariat")
    returned_message: Mapped[str | None] = mapped_column(comment="what the member was asked to mend")
    published_at: Mapped[datetime | None]
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    revision: Mapped[int] = mapped_column(default=1)


class Page(TenantOwned, Base):
    """A standing page such as /accessibility and /privacy."""

    __tablename__ = "page"
    __table_args__ = (UniqueConstraint("tenant_id", "slug"),)

    slug: Mapped[str]
    title: Mapped[str]
    body: Mapped[str] = mapped_column(comment="Markdown")
    body_easy: Mapped[str | None]
    updated_at: Mapped[datetime]
