"""What can be found: one document per published thing, written by the slice that owns the thing, in its transaction."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Index, UniqueConstraint
from sqlalchemy.dialects.postgresql import TSVECTOR
from sqlalchemy.orm import Mapped, mapped_column

from shared.kit.database.base import Base, TenantOwned


class SearchDocument(TenantOwned, Base):
    """Public text only: whatever must not be found by strangers is never written here."""

    __tablename__ = "search_document"
    __table_args__ = (
        UniqueConstraint("tenant_id", "kind", "object_id"),
        Index("ix_search_document_vector", "vector", postgresql_using="gin"),
    )

    kind: Mapped[str] = mapped_column(comment="announcement | event | organisation | page")
    object_id: Mapped[UUID]
    path: Mapped[str] = mapped_column(comment="on the tenant's site: /news/<id>")
    title: Mapped[str]
    body: Mapped[str] = mapped_column(comment="plain text")
    shown_at: Mapped[datetime | None] = mapped_column(comment="date to show and to order by")
    vector: Mapped[Any] = mapped_column(TSVECTOR)
