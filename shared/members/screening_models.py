"""What the secretariat looks at before it decides, and what came with an application: checks, scans, pledges."""

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from shared.kit.database.base import Base, TenantOwned, belongs_to
from shared.members.models import Channel

_NEVER_CHANGED = {"info": {"grants": {"svc_web": "SELECT, INSERT", "svc_worker": "SELECT, INSERT"}}}


class CriterionKind(StrEnum):
    """確かめること, 推薦 (by a member), 誓約書 (received), 会議 (that agreed)."""

    STATEMENT = "STATEMENT"
    RECOMMENDATION = "RECOMMENDATION"
    PLEDGE = "PLEDGE"
    MEETING = "MEETING"


class CheckResult(StrEnum):
    """OPEN takes an earlier result back."""

    MET = "MET"
    NOT_MET = "NOT_MET"
    OPEN = "OPEN"


#: Places in a checklist begin with 1.
RETIRED = 0


class Criterion(TenantOwned, Base):
    """One line of a tenant's checklist: 活動地域, 反社会的勢力でない, 推薦 … An application is approved when all required ones are met.

    The `ordinal` RETIRED says that it is asked no more; applications that were checked against it keep what was found.
    """

    __tablename__ = "criterion"
    __table_args__ = (UniqueConstraint("tenant_id", "slug"),)

    slug: Mapped[str]
    name: Mapped[str]
    kind: Mapped[CriterionKind] = mapped_column(default=CriterionKind.STATEMENT)
    required: Mapped[bool] = mapped_column(default=True)
    hint: Mapped[str | None]
    ordinal: Mapped[int]


class CriterionCheck(TenantOwned, Base):
    """Who found what, and when. Never changed: of several checks of one criterion the last one counts."""

    __tablename__ = "criterion_check"
    __table_args__ = (
        belongs_to("membership_application", "application_id"),
        belongs_to("criterion", "criterion_id"),
        belongs_to("organisation", "recommender_id"),
        Index("ix_criterion_check_application", "tenant_id", "application_id", "criterion_id", "id"),
        _NEVER_CHANGED,
    )

    application_id: Mapped[UUID]
    criterion_id: Mapped[UUID]
    result: Mapped[CheckResult]
    note: Mapped[str | None]
    recommender_id: Mapped[UUID | None] = mapped_column(comment="RECOMMENDATION: the member that recommends")
    happened_on: Mapped[date | None] = mapped_column(comment="PLEDGE: received on; MEETING: held on")
    actor_id: Mapped[UUID | None]
    actor_name: Mapped[str]
    checked_at: Mapped[datetime]


class ApplicationScan(TenantOwned, Base):
    """A paper as it came, in the file store. Without `application_id` it waits for a form that had to be mended first."""

    __tablename__ = "application_scan"
    __table_args__ = (
        belongs_to("membership_application", "application_id"),
        Index("ix_application_scan_application", "tenant_id", "application_id"),
    )

    application_id: Mapped[UUID | None]
    file_key: Mapped[str]
    content_type: Mapped[str]
    byte_size: Mapped[int]
    sha256: Mapped[str]
    actor_id: Mapped[UUID | None]
    actor_name: Mapped[str]
    kept_at: Mapped[datetime]


class ConfidentialityPledge(TenantOwned, Base):
    """守秘義務の誓約 to one version of the 設置要綱: by an applicant with the application, or by a person before confidential data are seen."""

    __tablename__ = "confidentiality_pledge"
    __table_args__ = (
        belongs_to("membership_application", "application_id"),
        UniqueConstraint("tenant_id", "application_id", "charter_version"),
        UniqueConstraint("tenant_id", "account_id", "charter_version"),
        _NEVER_CHANGED,
    )

    application_id: Mapped[UUID | None]
    account_id: Mapped[UUID | None]
    charter_version: Mapped[int]
    signed_by: Mapped[str] = mapped_column(comment="name as of that day")
    channel: Mapped[Channel]
    signed_at: Mapped[datetime]
