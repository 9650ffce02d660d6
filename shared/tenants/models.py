"""A platform and how it describes itself."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Identity, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from shared.kit.database.base import Base, TenantOwned, belongs_to

#: A tenant's row is changed by itself; rows are added and suspended under the national tenant (id 1).
OWN_OR_NATIONAL = "NULLIF(current_setting('app.tenant', true), '')::int IN (id, 1)"


class Level(StrEnum):
    NATION = "NATION"
    PREFECTURE = "PREFECTURE"
    SUBREGION = "SUBREGION"
    MUNICIPALITY = "MUNICIPALITY"


class TenantState(StrEnum):
    """準備 → 公開 → 休止 → 終了."""

    DRAFT = "DRAFT"
    LIVE = "LIVE"
    SUSPENDED = "SUSPENDED"
    CLOSED = "CLOSED"


class Tenant(Base):
    """A regional platform. A reference table: every tenant may read names and parents of the others, nothing more stands here."""

    __tablename__ = "tenant"
    __table_args__ = {
        "info": {
            "reference": True,
            "write_check": OWN_OR_NATIONAL,
            "grants": {
                "svc_web": "SELECT, INSERT, UPDATE",
                "svc_worker": "SELECT, INSERT, UPDATE",
                "svc_case": "SELECT",
            },
        }
    }

    id: Mapped[int] = mapped_column(Identity(start=2), primary_key=True, comment="1 is the nation")
    slug: Mapped[str] = mapped_column(unique=True)
    code: Mapped[str] = mapped_column(unique=True, comment="全国地方公共団体コード; 000000 for the nation")
    level: Mapped[Level]
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("tenant.id"))
    state: Mapped[TenantState] = mapped_column(default=TenantState.DRAFT)
    host: Mapped[str | None] = mapped_column(unique=True, comment="custom host, lower case, without port")
    name: Mapped[str] = mapped_column(comment="正式名")
    short_name: Mapped[str]
    region_name: Mapped[str] = mapped_column(comment="徳島県, 阿南市, …")
    aliases: Mapped[list[str]] = mapped_column(default=list)
    slogan: Mapped[str | None]
    vision: Mapped[str | None]
    lead: Mapped[str] = mapped_column(comment="one sentence: what this is")
    lead_easy: Mapped[str | None] = mapped_column(comment="the same in やさしい日本語")
    founded_on: Mapped[date | None]
    fields_open: Mapped[bool] = mapped_column(default=False, comment="the document's list of 分野 closes with …")
    theme: Mapped[dict[str, Any]] = mapped_column(comment="key, accent, motif: see manifest.Theme")
    sender_email: Mapped[str]
    help_line: Mapped[dict[str, Any] | None] = mapped_column(
        comment="相談先: title, body, phone, url; shown only if set"
    )
    digest: Mapped[str | None] = mapped_column(comment="SHA-256 of the manifest last applied")
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    revision: Mapped[int] = mapped_column(default=1, comment="rises with each edit of the profile; guards two editors")


class ContentVersion(Base):
    """Rises with every public write of a tenant, in the same transaction: the key of the cache and the ETag."""

    __tablename__ = "content_version"
    __table_args__ = {"info": {"grants": {"svc_web": "SELECT, INSERT, UPDATE", "svc_worker": "SELECT, INSERT, UPDATE"}}}

    tenant_id: Mapped[int] = mapped_column(ForeignKey("tenant.id"), primary_key=True)
    version: Mapped[int] = mapped_column(default=1)


class ProfileKind(StrEnum):
    PURPOSE = "PURPOSE"
    ACTIVITY = "ACTIVITY"
    FUNCTION = "FUNCTION"
    VIEWPOINT = "VIEWPOINT"
    PILLAR = "PILLAR"
    MERIT = "MERIT"
    INSTRUMENT = "INSTRUMENT"
    PLAN = "PLAN"


class ProfileItem(TenantOwned, Base):
    """目的, 活動内容, 機能, 視点, 柱, 参加のメリット …: ordered texts with a label (①, I) and bullet points (取組 for a pillar)."""

    __tablename__ = "profile_item"
    __table_args__ = (UniqueConstraint("tenant_id", "kind", "ordinal"),)

    kind: Mapped[ProfileKind]
    ordinal: Mapped[int]
    label: Mapped[str | None] = mapped_column(comment="I, II, ①: kept, never derived from the position")
    title: Mapped[str]
    body: Mapped[str | None]
    points: Mapped[list[str]] = mapped_column(default=list)


class Figure(TenantOwned, Base):
    """A number that a document states, with its unit and date: 90 団体 on 2023-02-20."""

    __tablename__ = "figure"
    __table_args__ = (UniqueConstraint("tenant_id", "name", "as_of"),)

    name: Mapped[str]
    value: Mapped[int]
    unit: Mapped[str]
    approximate: Mapped[bool] = mapped_column(default=False)
    as_of: Mapped[date]
    note: Mapped[str | None]
    source: Mapped[str | None]
    ordinal: Mapped[int]


class Contact(TenantOwned, Base):
    """A desk for one purpose. Departments are renamed: a contact is valid from … to …."""

    __tablename__ = "contact"

    purpose: Mapped[str] = mapped_column(comment="入会, セミナー, …")
    department: Mapped[str]
    desk: Mapped[str | None]
    phone: Mapped[str | None]
    fax: Mapped[str | None]
    email: Mapped[str | None]
    postal_code: Mapped[str | None]
    address: Mapped[str | None]
    valid_from: Mapped[date | None]
    valid_to: Mapped[date | None]
    ordinal: Mapped[int]


class Charter(TenantOwned, Base):
    """設置要綱 in one version; holds the 守秘義務 clause."""

    __tablename__ = "charter"
    __table_args__ = (UniqueConstraint("tenant_id", "version"),)

    version: Mapped[int]
    title: Mapped[str]
    adopted_on: Mapped[date | None]
    body: Mapped[str] = mapped_column(comment="Markdown")


class Field(TenantOwned, Base):
    """分野 in a tenant's own words and order. Renaming keeps the id, the slug and the old name as an alias."""

    __tablename__ = "field"
    __table_args__ = (UniqueConstraint("tenant_id", "slug"),)

    slug: Mapped[str]
    name: Mapped[str]
    ordinal: Mapped[int]
    aliases: Mapped[list[str]] = mapped_column(default=list)
    national_slug: Mapped[str | None] = mapped_column(ForeignKey("national_field.slug"))


class Category(TenantOwned, Base):
    """構成団体の区分: a tree. `open_ended` says that the document's list closes with 等."""

    __tablename__ = "category"
    __table_args__ = (
        UniqueConstraint("tenant_id", "slug"),
        belongs_to("category", "parent_id"),
    )

    slug: Mapped[str]
    parent_id: Mapped[UUID | None]
    name: Mapped[str]
    note: Mapped[str | None]
    open_ended: Mapped[bool] = mapped_column(default=False)
    ordinal: Mapped[int]
    national_slug: Mapped[str | None] = mapped_column(ForeignKey("national_category.slug"))


class ManifestRow(TenantOwned, Base):
    """What the manifest last said of one row: the base of comparison, so that a later edit by the staff survives."""

    __tablename__ = "manifest_row"
    __table_args__ = (
        UniqueConstraint("tenant_id", "table_name", "key"),
        {"info": {"grants": {"svc_web": "SELECT, INSERT", "svc_worker": "SELECT, INSERT, UPDATE, DELETE"}}},
    )

    table_name: Mapped[str]
    key: Mapped[str]
    object_id: Mapped[UUID]
    applied: Mapped[dict[str, Any]] = mapped_column(comment="the columns and values that were written")


Index("ix_tenant_parent_id", Tenant.parent_id)
