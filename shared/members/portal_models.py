"""What the members' own pages keep: how often they are read, and what the platform decides about them."""

from datetime import date
from uuid import UUID

from sqlalchemy import UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from shared.kit.database.base import Base, TenantOwned, belongs_to


class OrganisationViews(TenantOwned, Base):
    """How often the public page of an organisation was opened on one day."""

    __tablename__ = "organisation_views"
    __table_args__ = (
        UniqueConstraint("tenant_id", "organisation_id", "day"),
        belongs_to("organisation", "organisation_id", cascade=True),
    )

    organisation_id: Mapped[UUID]
    day: Mapped[date]
    views: Mapped[int]


class MemberRules(TenantOwned, Base):
    """What a platform decides about its members; without a row the defaults hold."""

    __tablename__ = "member_rules"
    __table_args__ = (UniqueConstraint("tenant_id"),)

    changes_by_notice: Mapped[bool] = mapped_column(
        default=True, comment="a member's change is a 変更届 for the secretariat; else it holds at once"
    )
    offers_name_use: Mapped[bool] = mapped_column(
        default=False, server_default="false", comment="後援名義: members may ask to use the platform's name and logo"
    )
