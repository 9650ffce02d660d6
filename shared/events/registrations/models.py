"""参加申込: one row per person and event, confirmed, waiting or cancelled. The waiting list is a state, not a table."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from shared.kit.database.base import Base, TenantOwned, belongs_to


class Attendance(StrEnum):
    """Where somebody takes part. Each has seats and a waiting list of its own."""

    HALL = "HALL"
    ONLINE = "ONLINE"


class RegistrationStatus(StrEnum):
    CONFIRMED = "CONFIRMED"
    WAITLISTED = "WAITLISTED"
    CANCELLED = "CANCELLED"


class RegistrationChannel(StrEnum):
    """How it came. WALK_IN is somebody who stands at the door on the day."""

    WEB = "WEB"
    PHONE = "PHONE"
    FAX = "FAX"
    POST = "POST"
    EMAIL = "EMAIL"
    DESK = "DESK"
    WALK_IN = "WALK_IN"
    API = "API"


_WAITING = text("status = 'WAITLISTED'")
_ALIVE = text("status <> 'CANCELLED'")


class Registration(TenantOwned, Base):
    """A cancelled person never returns by himself: registering again is a new row with a new number."""

    __tablename__ = "registration"
    __table_args__ = (
        belongs_to("event", "event_id"),
        belongs_to("organisation", "organisation_id"),
        UniqueConstraint("tenant_id", "event_id", "number"),
        UniqueConstraint("tenant_id", "key"),
        UniqueConstraint("tenant_id", "code"),
        UniqueConstraint("tenant_id", "viewing_key"),
        Index(
            "uq_registration_person",
            "tenant_id",
            "event_id",
            "person_key",
            unique=True,
            postgresql_where=_ALIVE,
        ),
        Index("ix_registration_waiting", "tenant_id", "event_id", "attendance", "turn", postgresql_where=_WAITING),
        CheckConstraint("party_size BETWEEN 1 AND 50", name="party_size_in_range"),
    )

    event_id: Mapped[UUID]
    number: Mapped[int] = mapped_column(comment="受付番号 in the event, from 1")
    turn: Mapped[int] = mapped_column(
        comment="order on the waiting list: its number, or that of a later change of place"
    )
    key: Mapped[str] = mapped_column(comment="random: opens the person's own page, where it is changed and cancelled")
    code: Mapped[str] = mapped_column(comment="random, short: on the ticket, read at the door; opens nothing")
    viewing_key: Mapped[str] = mapped_column(
        server_default=text("replace(gen_random_uuid()::text, '-', '')"),
        comment="random: opens the stream for this person, /watch/…",
    )
    person_key: Mapped[str] = mapped_column(comment="folded address, else telephone and name: the same person twice")
    status: Mapped[RegistrationStatus]
    attendance: Mapped[Attendance]
    channel: Mapped[RegistrationChannel]
    name: Mapped[str]
    kana: Mapped[str | None]
    email: Mapped[str | None]
    phone: Mapped[str | None]
    organisation_name: Mapped[str | None] = mapped_column(comment="as written; that of the day")
    organisation_id: Mapped[UUID | None] = mapped_column(comment="the member organisation, where it is known")
    home_tenant_id: Mapped[int | None] = mapped_column(
        ForeignKey("tenant.id"), comment="the platform that a guest of a symposium comes from"
    )
    party_size: Mapped[int] = mapped_column(default=1, comment="people, the person included")
    companions: Mapped[str | None] = mapped_column(comment="names of the others, one per line")
    needs: Mapped[str | None] = mapped_column(comment="参加への配慮: 手話通訳, 車いす …")
    remarks: Mapped[str | None] = mapped_column(comment="the secretariat's own note")
    entered_by: Mapped[str | None] = mapped_column(comment="of the secretariat, for telephone and FAX")
    registered_at: Mapped[datetime]
    confirmed_at: Mapped[datetime | None]
    passed_over_at: Mapped[datetime | None] = mapped_column(comment="a group for which the free seats did not suffice")
    cancelled_at: Mapped[datetime | None]
    cancelled_by: Mapped[str | None] = mapped_column(comment="null: the person")
    revision: Mapped[int] = mapped_column(default=1)


class LetterWording(TenantOwned, Base):
    """What a platform writes instead of the standard."""

    __tablename__ = "letter_wording"
    __table_args__ = (UniqueConstraint("tenant_id", "kind"),)

    kind: Mapped[str] = mapped_column(comment="LetterKind")
    subject: Mapped[str]
    body: Mapped[str]
    changed_by: Mapped[str]
    changed_at: Mapped[datetime]
    revision: Mapped[int] = mapped_column(default=1)
