"""Figures that a tenant has published to all: counts, never people."""

from datetime import date, datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from shared.kit.database.base import Base


class PublishedCount(Base):
    """One number of one tenant on one day. Written by the tenant itself, readable by every tenant and the national office."""

    __tablename__ = "published_count"
    __table_args__ = {
        "info": {
            "reference": True,
            "write_check": "tenant_id = NULLIF(current_setting('app.tenant', true), '')::int",
            "grants": {"svc_web": "SELECT", "svc_worker": "SELECT, INSERT, UPDATE", "svc_statistics": "SELECT"},
        }
    }

    tenant_id: Mapped[int] = mapped_column(ForeignKey("tenant.id"), primary_key=True)
    name: Mapped[str] = mapped_column(primary_key=True, comment="member_organisations, events_held, …")
    as_of: Mapped[date] = mapped_column(primary_key=True)
    value: Mapped[int]
    unit: Mapped[str]
    computed_at: Mapped[datetime]
