"""Who did what: rows that services may add and read, never change."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Index
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from shared.kit import clock
from shared.kit.database.base import Base, TenantOwned


class AuditEntry(TenantOwned, Base):
    __tablename__ = "audit_entry"
    __table_args__ = (
        Index("ix_audit_entry_object", "tenant_id", "object_id"),
        {"info": {"grants": {"svc_web": "SELECT, INSERT", "svc_worker": "SELECT, INSERT"}}},
    )

    happened_at: Mapped[datetime]
    actor_id: Mapped[UUID | None]
    actor_name: Mapped[str]
    action: Mapped[str] = mapped_column(comment="noun.verb: announcement.publish")
    object_id: Mapped[UUID | None]
    summary: Mapped[str | None] = mapped_column(comment="for people; no personal data of third parties")


def note(
    session: AsyncSession,
    *,
    actor_id: UUID | None,
    actor_name: str,
    action: str,
    object_id: UUID | None = None,
    summary: str | None = None,
) -> None:
    session.add(
        AuditEntry(
            happened_at=clock.now(),
            actor_id=actor_id,
            actor_name=actor_name,
            action=action,
            object_id=object_id,
            summary=summary,
        )
    )
