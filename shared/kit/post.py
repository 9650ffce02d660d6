"""Letters: mail as rows with a life of their own.

queued -> claimed (lease) -> handing over -> sent | uncertain | failed. A crash before the final SMTP dot may be repeated
without harm; after it nobody can know: what must arrive is sent once more under the same Message-ID, the rest waits for a human.
"""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from shared.kit.database.base import Base, TenantOwned


class LetterState(StrEnum):
    QUEUED = "QUEUED"
    CLAIMED = "CLAIMED"
    HANDING_OVER = "HANDING_OVER"
    SENT = "SENT"
    UNCERTAIN = "UNCERTAIN"
    FAILED = "FAILED"


class LetterClass(StrEnum):
    MUST_ARRIVE = "MUST_ARRIVE"
    AT_MOST_ONCE = "AT_MOST_ONCE"


class Letter(TenantOwned, Base):
    """One mail to one address. `dedupe_key` is what makes it one: (reason, object, address)."""

    __tablename__ = "letter"
    __table_args__ = (
        UniqueConstraint("tenant_id", "dedupe_key"),
        Index("ix_letter_due", "run_at", postgresql_where=text("state IN ('QUEUED', 'CLAIMED', 'HANDING_OVER')")),
        Index("ix_letter_about", "tenant_id", "about_id"),
        {"info": {"grants": {"svc_web": "SELECT, UPDATE", "svc_worker": "SELECT, INSERT, UPDATE, DELETE"}}},
    )

    template: Mapped[str] = mapped_column(comment="slice/name of the text file")
    letter_class: Mapped[LetterClass]
    dedupe_key: Mapped[str]
    about_id: Mapped[UUID | None] = mapped_column(comment="the application, registration … it speaks of")
    to_email: Mapped[str]
    to_name: Mapped[str | None]
    subject: Mapped[str]
    body: Mapped[str]
    headers: Mapped[dict[str, Any]] = mapped_column(default=dict)
    message_id: Mapped[str]
    state: Mapped[LetterState] = mapped_column(default=LetterState.QUEUED)
    attempts: Mapped[int] = mapped_column(default=0)
    resent: Mapped[bool] = mapped_column(default=False, comment="handed over twice, the second time marked as such")
    run_at: Mapped[datetime]
    lease_until: Mapped[datetime | None]
    queued_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]
    error: Mapped[str | None]
