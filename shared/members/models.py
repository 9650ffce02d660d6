"""Organisations, how they apply, and the ledger of memberships."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, validates

from shared.kit.database.base import Base, TenantOwned, belongs_to
from shared.members.names import name_key


class Visibility(StrEnum):
    """公開 / 会員 / 事務局."""

    PUBLIC = "PUBLIC"
    MEMBERS = "MEMBERS"
    SECRETARIAT = "SECRETARIAT"


class Source(StrEnum):
    """How an organisation was won: この指とまれ, DM, フリーペーパー, 個別勧誘, 紹介, シンポジウム."""

    OPEN_CALL = "OPEN_CALL"
    DIRECT_MAIL = "DIRECT_MAIL"
    FREE_PAPER = "FREE_PAPER"
    PERSONAL = "PERSONAL"
    REFERRAL = "REFERRAL"
    SYMPOSIUM = "SYMPOSIUM"
    OTHER = "OTHER"


class Channel(StrEnum):
    WEB = "WEB"
    FAX = "FAX"
    POST = "POST"
    EMAIL = "EMAIL"
    PHONE = "PHONE"
    API = "API"


class ApplicationState(StrEnum):
    """受付 → 確認中 → 差戻し → 承認 / 不承認."""

    RECEIVED = "RECEIVED"
    IN_REVIEW = "IN_REVIEW"
    RETURNED = "RETURNED"
    APPROVED = "APPROVED"
    REJECTED = "REJECTED"


#: Each has its own 公開 / 会員 / 事務局. The postal code goes with the address; kana, title and department with the name.
CONTACT_COLUMNS = ("representative_name", "contact_name", "address", "phone", "mobile", "fax", "email")


class Organisation(TenantOwned, Base):
    """参加団体, as it shows itself.

    The columns named in `CONTACT_COLUMNS` are shown by `visibility`, a map from column name to Visibility; absent is SECRETARIAT.
    """

    __tablename__ = "organisation"
    __table_args__ = (
        UniqueConstraint("tenant_id", "key"),
        Index("ix_organisation_corporate_number", "tenant_id", "corporate_number"),
        Index("ix_organisation_kana", "tenant_id", "kana"),
        Index("ix_organisation_name_key", "tenant_id", "name_key"),
        Index("ix_organisation_without_name_key", "tenant_id", "id", postgresql_where=text("name_key IS NULL")),
        belongs_to("category", "category_id"),
    )

    key: Mapped[str | None] = mapped_column(comment="rows from a manifest")
    name: Mapped[str]
    name_key: Mapped[str | None] = mapped_column(comment="names.name_key of it; empty until an import asks for it")
    kana: Mapped[str | None]
    corporate_number: Mapped[str | None] = mapped_column(comment="法人番号")
    category_id: Mapped[UUID | None]
    municipality_code: Mapped[str | None] = mapped_column(ForeignKey("municipality.code"))
    representative_title: Mapped[str | None]
    representative_name: Mapped[str | None]
    representative_kana: Mapped[str | None]
    contact_department: Mapped[str | None]
    contact_name: Mapped[str | None]
    contact_kana: Mapped[str | None]
    postal_code: Mapped[str | None]
    address: Mapped[str | None]
    phone: Mapped[str | None]
    mobile: Mapped[str | None]
    fax: Mapped[str | None]
    email: Mapped[str | None]
    website: Mapped[str | None]
    summary: Mapped[str | None] = mapped_column(comment="主な活動")
    purpose: Mapped[str | None] = mapped_column(comment="団体の目的")
    area: Mapped[str | None] = mapped_column(comment="活動エリア")
    audience: Mapped[str | None] = mapped_column(comment="対象者")
    audiences: Mapped[list[str]] = mapped_column(
        default=list, server_default="{}", comment="tags.AUDIENCES, to be filtered by"
    )
    resources: Mapped[list[str]] = mapped_column(
        default=list, server_default="{}", comment="what it can give: tags.RESOURCES"
    )
    appeal: Mapped[str | None] = mapped_column(comment="一言PR")
    founded_year: Mapped[int | None]
    people: Mapped[int | None] = mapped_column(comment="構成員数")
    visibility: Mapped[dict[str, Any]] = mapped_column(default=dict)
    address_confidential: Mapped[bool] = mapped_column(
        default=False, server_default="false", comment="a shelter: where it is, the secretariat alone knows"
    )
    address_confidential_reason: Mapped[str | None]
    confirmed_on: Mapped[date | None] = mapped_column(comment="最終確認: the organisation said that all this is right")
    reminded_on: Mapped[date | None] = mapped_column(comment="the last letter that asked for it")
    reminders: Mapped[int] = mapped_column(default=0, server_default="0", comment="letters since the last confirmation")
    demo: Mapped[bool] = mapped_column(
        default=False, comment="invented for the demonstration, and marked as such on pages"
    )
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    revision: Mapped[int] = mapped_column(default=1)

    @validates("name")
    def _rename(self, _: str, name: str) -> str:
        self.name_key = name_key(name)
        return name


class OrganisationField(TenantOwned, Base):
    __tablename__ = "organisation_field"
    __table_args__ = (
        UniqueConstraint("tenant_id", "organisation_id", "field_id"),
        belongs_to("organisation", "organisation_id", cascade=True),
        belongs_to("field", "field_id"),
    )

    organisation_id: Mapped[UUID]
    field_id: Mapped[UUID]


class Membership(TenantOwned, Base):
    """One stay of an organisation in the ledger: member on every day d with joined_on <= d < left_on."""

    __tablename__ = "membership"
    __table_args__ = (
        CheckConstraint("left_on IS NULL OR left_on >= joined_on", name="leaves_after_joining"),
        Index(
            "uq_membership_current",
            "tenant_id",
            "organisation_id",
            unique=True,
            postgresql_where=text("left_on IS NULL"),
        ),
        Index("ix_membership_organisation", "tenant_id", "organisation_id", "joined_on"),
        belongs_to("organisation", "organisation_id"),
        belongs_to("membership_application", "application_id"),
        UniqueConstraint("tenant_id", "application_id"),
    )

    organisation_id: Mapped[UUID]
    application_id: Mapped[UUID | None]
    joined_on: Mapped[date]
    left_on: Mapped[date | None]
    source: Mapped[Source | None]
    created_at: Mapped[datetime]


class MembershipApplication(TenantOwned, Base):
    """入会申請書（様式1), whichever way it came. `details` are the form's fields as entered and cleaned: see details.ApplicationDetails."""

    __tablename__ = "membership_application"
    __table_args__ = (
        UniqueConstraint("tenant_id", "receipt_number"),
        UniqueConstraint("tenant_id", "receipt_key"),
        UniqueConstraint("tenant_id", "mend_key"),
        belongs_to("organisation", "organisation_id"),
        Index("ix_membership_application_state", "tenant_id", "state", "received_at"),
    )

    receipt_number: Mapped[str] = mapped_column(comment="R8-0001-7K")
    receipt_key: Mapped[str] = mapped_column(comment="random: opens the page that shows the receipt number")
    mend_key: Mapped[str | None] = mapped_column(
        comment="random: lets the applicant mend what was returned, until then null"
    )
    state: Mapped[ApplicationState] = mapped_column(default=ApplicationState.RECEIVED)
    channel: Mapped[Channel]
    organisation_name: Mapped[str]
    email: Mapped[str | None]
    details: Mapped[dict[str, Any]]
    charter_version: Mapped[int | None] = mapped_column(comment="設置要綱 that the applicant agreed to")
    organisation_id: Mapped[UUID | None] = mapped_column(comment="set by the approval")
    received_at: Mapped[datetime]
    decided_at: Mapped[datetime | None]
    revision: Mapped[int] = mapped_column(default=1)


class ReceiptCounter(TenantOwned, Base):
    """The last receipt number of a fiscal year; its row is what makes two applicants queue."""

    __tablename__ = "receipt_counter"
    __table_args__ = (UniqueConstraint("tenant_id", "fiscal_year"),)

    fiscal_year: Mapped[int]
    last: Mapped[int]


class ApplicationStep(TenantOwned, Base):
    """What was done with an application, by whom and when. Never changed."""

    __tablename__ = "application_step"
    __table_args__ = (
        belongs_to("membership_application", "application_id"),
        Index("ix_application_step_application", "tenant_id", "application_id"),
        {"info": {"grants": {"svc_web": "SELECT, INSERT", "svc_worker": "SELECT, INSERT"}}},
    )

    application_id: Mapped[UUID]
    state: Mapped[ApplicationState]
    message: Mapped[str | None] = mapped_column(comment="what the applicant is told")
    actor_id: Mapped[UUID | None] = mapped_column(comment="account; null is the applicant")
    actor_name: Mapped[str]
    happened_at: Mapped[datetime]


class NoticeState(StrEnum):
    """受付 → 受理 / 不受理. A 届 is no application: accepting it says that it has been entered."""

    RECEIVED = "RECEIVED"
    ACCEPTED = "ACCEPTED"
    REFUSED = "REFUSED"


class _Notice(TenantOwned):
    """What both kinds of 届 share. Once decided, a notice is never changed."""

    receipt_number: Mapped[str] = mapped_column(comment="R8-0001-7K")
    organisation_id: Mapped[UUID]
    state: Mapped[NoticeState] = mapped_column(default=NoticeState.RECEIVED)
    channel: Mapped[Channel]
    email: Mapped[str | None] = mapped_column(comment="who sent it, or the organisation's, as of that day")
    submitted_by: Mapped[str] = mapped_column(comment="the member, or the member of staff who typed it in")
    received_at: Mapped[datetime]
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[str | None]
    message: Mapped[str | None] = mapped_column(comment="what the organisation is told with a refusal")
    revision: Mapped[int] = mapped_column(default=1)


class ChangeNotice(_Notice, Base):
    """変更届（様式1). `before` and `after` hold the fields that differ, as named in ApplicationDetails."""

    __tablename__ = "change_notice"
    __table_args__ = (
        UniqueConstraint("tenant_id", "receipt_number"),
        belongs_to("organisation", "organisation_id"),
        Index("ix_change_notice_state", "tenant_id", "state", "received_at"),
    )

    before: Mapped[dict[str, Any]]
    after: Mapped[dict[str, Any]]


class WithdrawalNotice(_Notice, Base):
    """退会届（様式2). Accepted, it ends the membership on `effective_on`, which may lie ahead."""

    __tablename__ = "withdrawal_notice"
    __table_args__ = (
        UniqueConstraint("tenant_id", "receipt_number"),
        belongs_to("organisation", "organisation_id"),
        Index("ix_withdrawal_notice_state", "tenant_id", "state", "received_at"),
    )

    effective_on: Mapped[date]
    reason: Mapped[str | None]


class OrganisationVersion(TenantOwned, Base):
    """How an organisation was until it changed: valid on every day before `valid_until`. Never changed."""

    __tablename__ = "organisation_version"
    __table_args__ = (
        belongs_to("organisation", "organisation_id"),
        Index("ix_organisation_version_organisation", "tenant_id", "organisation_id", "valid_until"),
        {"info": {"grants": {"svc_web": "SELECT, INSERT", "svc_worker": "SELECT, INSERT"}}},
    )

    organisation_id: Mapped[UUID]
    valid_until: Mapped[date]
    details: Mapped[dict[str, Any]] = mapped_column(comment="ApplicationDetails")
    replaced_by: Mapped[str] = mapped_column(comment="who made the change")
    replaced_at: Mapped[datetime]
