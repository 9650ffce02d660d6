"""傘下団体: how many an organisation says it has, which of them are known, and what was passed on to them."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from shared.kit.database.base import Base, TenantOwned, belongs_to


class DeclaredAffiliates(TenantOwned, Base):
    """約700社 on a day, as the organisation said it. A later day is another row, so that the course can be told."""

    __tablename__ = "declared_affiliates"
    __table_args__ = (
        UniqueConstraint("tenant_id", "organisation_id", "as_of"),
        CheckConstraint("count > 0", name="counts_something"),
        belongs_to("organisation", "organisation_id", cascade=True),
    )

    organisation_id: Mapped[UUID]
    count: Mapped[int]
    unit: Mapped[str] = mapped_column(comment="社, か所, 団体")
    approximate: Mapped[bool] = mapped_column(default=False, comment="約")
    as_of: Mapped[date]
    source: Mapped[str | None]


class Affiliation(TenantOwned, Base):
    """One registered child: an organisation of the tenant, or a name that stands in no ledger."""

    __tablename__ = "affiliation"
    __table_args__ = (
        UniqueConstraint("tenant_id", "parent_id", "child_id"),
        UniqueConstraint("tenant_id", "parent_id", "folded_name"),
        CheckConstraint("(child_id IS NULL) = (name IS NOT NULL)", name="organisation_or_name"),
        CheckConstraint("(name IS NULL) = (folded_name IS NULL)", name="name_is_folded"),
        CheckConstraint("child_id <> parent_id", name="not_itself"),
        belongs_to("organisation", "parent_id", cascade=True),
        belongs_to("organisation", "child_id", cascade=True),
    )

    parent_id: Mapped[UUID]
    child_id: Mapped[UUID | None]
    name: Mapped[str | None]
    folded_name: Mapped[str | None] = mapped_column(comment="tells that two spellings are one")
    email: Mapped[str | None] = mapped_column(comment="of a name; an organisation has its own")
    created_at: Mapped[datetime]


class RelayRequest(TenantOwned, Base):
    """A notice that is passed on to the registered children of one organisation. Never changed."""

    __tablename__ = "relay_request"
    __table_args__ = (
        belongs_to("organisation", "organisation_id", cascade=True),
        Index("ix_relay_request_organisation", "tenant_id", "organisation_id", "requested_at"),
    )

    organisation_id: Mapped[UUID]
    subject: Mapped[str]
    body: Mapped[str]
    requested_by: Mapped[str]
    requested_at: Mapped[datetime]


class RelayReceipt(TenantOwned, Base):
    """One addressee of a relay request; `confirmed_at` is set by a person who opened the link and pressed the button."""

    __tablename__ = "relay_receipt"
    __table_args__ = (
        UniqueConstraint("tenant_id", "receipt_key"),
        UniqueConstraint("tenant_id", "relay_request_id", "email"),
        belongs_to("relay_request", "relay_request_id", cascade=True),
    )

    relay_request_id: Mapped[UUID]
    name: Mapped[str]
    email: Mapped[str]
    receipt_key: Mapped[str] = mapped_column(comment="random: opens the page on which receipt is confirmed")
    confirmed_at: Mapped[datetime | None]
