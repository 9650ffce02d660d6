"""後援名義: a member asks to use the platform's name and logo, the secretariat allows it for some time."""

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from shared.kit.database.base import Base, TenantOwned, belongs_to
from shared.members.models import Channel


class NameUseState(StrEnum):
    """受付 → 確認中 → 承認 / 不承認. That an allowed period is over is computed, never stored."""

    RECEIVED = "RECEIVED"
    IN_REVIEW = "IN_REVIEW"
    APPROVED = "APPROVED"
    REJECTED = "REJECTED"


class NameUseLogo(TenantOwned, Base):
    """A file that is handed out with a permission. Its bytes never change; another picture is another row."""

    __tablename__ = "name_use_logo"
    __table_args__ = (Index("ix_name_use_logo_offered", "tenant_id", "offered"),)

    name: Mapped[str] = mapped_column(comment="what the secretariat calls it: 横組み, 一色")
    file_key: Mapped[str]
    content_type: Mapped[str]
    byte_size: Mapped[int]
    sha256: Mapped[str]
    offered: Mapped[bool] = mapped_column(comment="may be chosen for later decisions, too")
    actor_id: Mapped[UUID | None]
    actor_name: Mapped[str]
    kept_at: Mapped[datetime]


class NameUseRequest(TenantOwned, Base):
    """One event or activity for which a member asks. Once decided, only the result is added."""

    __tablename__ = "name_use_request"
    __table_args__ = (
        UniqueConstraint("tenant_id", "receipt_number"),
        CheckConstraint("ends_on >= starts_on", name="ends_after_it_starts"),
        CheckConstraint("allowed_until >= allowed_from", name="allowed_for_a_while"),
        CheckConstraint("(state = 'APPROVED') = (allowed_from IS NOT NULL)", name="allowed_when_approved"),
        CheckConstraint("(allowed_from IS NULL) = (allowed_until IS NULL)", name="allowed_from_and_until"),
        belongs_to("organisation", "organisation_id"),
        belongs_to("name_use_logo", "logo_id"),
        Index("ix_name_use_request_state", "tenant_id", "state", "received_at"),
        Index("ix_name_use_request_organisation", "tenant_id", "organisation_id", "received_at"),
    )

    receipt_number: Mapped[str] = mapped_column(comment="R8-0001-7K")
    organisation_id: Mapped[UUID]
    state: Mapped[NameUseState] = mapped_column(default=NameUseState.RECEIVED)
    channel: Mapped[Channel]
    email: Mapped[str | None] = mapped_column(comment="who asked, or the organisation's, as of that day")
    submitted_by: Mapped[str] = mapped_column(comment="the member, or the member of staff who typed it in")
    title: Mapped[str]
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    place: Mapped[str]
    purpose: Mapped[str]
    participants: Mapped[int | None] = mapped_column(comment="expected")
    fee: Mapped[str | None] = mapped_column(comment="null: free of charge")
    materials: Mapped[str | None] = mapped_column(comment="where the name will stand: flyers, site, pamphlet")
    answer_by: Mapped[date | None] = mapped_column(comment="the day by which the answer is needed")
    received_at: Mapped[datetime]
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[str | None]
    message: Mapped[str | None] = mapped_column(comment="why it was refused, as the organisation is told")
    allowed_from: Mapped[date | None]
    allowed_until: Mapped[date | None]
    conditions: Mapped[str | None]
    logo_id: Mapped[UUID | None]
    result: Mapped[str | None] = mapped_column(comment="結果報告")
    result_participants: Mapped[int | None]
    reported_at: Mapped[datetime | None]
    revision: Mapped[int] = mapped_column(default=1)


class NameUseScan(TenantOwned, Base):
    """A request as it came on paper, in the file store."""

    __tablename__ = "name_use_scan"
    __table_args__ = (
        belongs_to("name_use_request", "request_id"),
        Index("ix_name_use_scan_request", "tenant_id", "request_id"),
    )

    request_id: Mapped[UUID]
    file_key: Mapped[str]
    content_type: Mapped[str]
    byte_size: Mapped[int]
    sha256: Mapped[str]
    actor_id: Mapped[UUID | None]
    actor_name: Mapped[str]
    kept_at: Mapped[datetime]
