"""受付, 班分け, 視聴 and 修了証. Who did not come is never stored: it is who has a seat and no check-in."""

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from shared.kit.database.base import Base, TenantOwned, belongs_to


class Manner(StrEnum):
    """How somebody was found at the door."""

    QR = "QR"
    LIST = "LIST"
    WALK_IN = "WALK_IN"


class CheckIn(TenantOwned, Base):
    """受付: one per registration, by its first scan. A later scan of the same is kept as the last repetition."""

    __tablename__ = "check_in"
    __table_args__ = (
        belongs_to("event", "event_id"),
        belongs_to("registration", "registration_id"),
        UniqueConstraint("tenant_id", "registration_id"),
        Index("ix_check_in_event", "tenant_id", "event_id"),
        CheckConstraint("present BETWEEN 1 AND 50", name="present_in_range"),
    )

    event_id: Mapped[UUID]
    registration_id: Mapped[UUID]
    manner: Mapped[Manner]
    present: Mapped[int] = mapped_column(comment="people of the party who came")
    counted_by: Mapped[str | None] = mapped_column(
        comment="who wrote that number by hand; null: as the first scan said"
    )
    checked_in_at: Mapped[datetime] = mapped_column(comment="when it was scanned, if the tablet was offline")
    checked_in_by: Mapped[str]
    place: Mapped[str | None] = mapped_column(comment="the desk's name, as its staff wrote it: 東口")
    scan_id: Mapped[str | None] = mapped_column(comment="the tablet's own id of the scan")
    recorded_at: Mapped[datetime] = mapped_column(comment="when it reached the server")
    again_at: Mapped[datetime | None] = mapped_column(comment="the last other scan of the same registration")
    again_by: Mapped[str | None]
    again_place: Mapped[str | None]
    checked_out_at: Mapped[datetime | None]
    checked_out_by: Mapped[str | None]


class OnlineAttendance(TenantOwned, Base):
    """Somebody took part from afar, as the secretariat has found. No check-in: it is in no number of the hall."""

    __tablename__ = "online_attendance"
    __table_args__ = (
        belongs_to("event", "event_id"),
        belongs_to("registration", "registration_id"),
        UniqueConstraint("tenant_id", "registration_id"),
        Index("ix_online_attendance_event", "tenant_id", "event_id"),
        CheckConstraint("present BETWEEN 1 AND 50", name="present_in_range"),
    )

    event_id: Mapped[UUID]
    registration_id: Mapped[UUID]
    present: Mapped[int] = mapped_column(comment="people of the party who took part")
    by_play: Mapped[bool] = mapped_column(comment="found by a press of 視聴する while it was live, not by hand")
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[str]


class Basis(StrEnum):
    """Of whom tables are composed: before the day of those who have seats, on the day of those who came."""

    CONFIRMED = "CONFIRMED"
    PRESENT = "PRESENT"


class Seating(TenantOwned, Base):
    """班分け of an event: how its tables were last composed. Its row is what makes two composers queue."""

    __tablename__ = "seating"
    __table_args__ = (
        belongs_to("event", "event_id", cascade=True),
        UniqueConstraint("tenant_id", "event_id"),
        CheckConstraint("size BETWEEN 2 AND 10", name="size_in_range"),
    )

    event_id: Mapped[UUID]
    size: Mapped[int] = mapped_column(comment="people at one table: 4人1組")
    basis: Mapped[Basis]
    tables: Mapped[int] = mapped_column(comment="how many there are; the last ones may have become empty")
    composed_at: Mapped[datetime]
    composed_by: Mapped[str]
    revision: Mapped[int] = mapped_column(default=1)


class Seat(TenantOwned, Base):
    """A person at a table. `ordinal` tells the people of one party apart: 0 is who registered."""

    __tablename__ = "seat"
    __table_args__ = (
        belongs_to("event", "event_id", cascade=True),
        belongs_to("registration", "registration_id", cascade=True),
        UniqueConstraint("tenant_id", "registration_id", "ordinal"),
        Index("ix_seat_event", "tenant_id", "event_id", "table_number"),
        CheckConstraint("table_number >= 1", name="table_number_from_one"),
    )

    event_id: Mapped[UUID]
    registration_id: Mapped[UUID]
    ordinal: Mapped[int]
    table_number: Mapped[int]


class Viewing(TenantOwned, Base):
    """Where an event is streamed, and where it can be seen later."""

    __tablename__ = "viewing"
    __table_args__ = (belongs_to("event", "event_id", cascade=True), UniqueConstraint("tenant_id", "event_id"))

    event_id: Mapped[UUID]
    stream_url: Mapped[str | None] = mapped_column(comment="https")
    archive_url: Mapped[str | None] = mapped_column(comment="https; 後日視聴")
    archive_until: Mapped[date | None] = mapped_column(comment="the last day, in Japan; null: as long as it is there")
    updated_at: Mapped[datetime]
    updated_by: Mapped[str]


class PlayKind(StrEnum):
    LIVE = "LIVE"
    ARCHIVE = "ARCHIVE"


class Play(TenantOwned, Base):
    """One press of 視聴する. Plays are counted by rows, viewers by registrations, and never one by the other."""

    __tablename__ = "play"
    __table_args__ = (
        belongs_to("event", "event_id"),
        belongs_to("registration", "registration_id"),
        Index("ix_play_event", "tenant_id", "event_id", "registration_id"),
    )

    event_id: Mapped[UUID]
    registration_id: Mapped[UUID]
    kind: Mapped[PlayKind]
    played_at: Mapped[datetime]


class CertificateRule(TenantOwned, Base):
    """Which certificate an event gives; without a row none. Its row is what makes two issuers queue."""

    __tablename__ = "certificate_rule"
    __table_args__ = (belongs_to("event", "event_id", cascade=True), UniqueConstraint("tenant_id", "event_id"))

    event_id: Mapped[UUID]
    title: Mapped[str] = mapped_column(comment="修了証, 参加証")
    body: Mapped[str] = mapped_column(comment="what it certifies, in one sentence")
    issuer: Mapped[str] = mapped_column(comment="who signs: office and name, line by line")
    updated_at: Mapped[datetime]


class Certificate(TenantOwned, Base):
    """修了証, 参加証: one per person who came. What it says is that of the first issue, but for a name written right.

    So the words of the rule and of the event are here, too: a new president does not sign old sheets.
    """

    __tablename__ = "certificate"
    __table_args__ = (
        belongs_to("event", "event_id"),
        belongs_to("registration", "registration_id"),
        UniqueConstraint("tenant_id", "registration_id", "ordinal"),
        UniqueConstraint("tenant_id", "number"),
        UniqueConstraint("tenant_id", "code"),
        Index("ix_certificate_event", "tenant_id", "event_id"),
    )

    event_id: Mapped[UUID]
    registration_id: Mapped[UUID]
    ordinal: Mapped[int] = mapped_column(comment="in the party: 0 is who registered")
    number: Mapped[str] = mapped_column(comment="tokushima-2026-0001")
    code: Mapped[str] = mapped_column(comment="random: in the address by which anybody verifies it")
    title: Mapped[str]
    body: Mapped[str]
    issuer: Mapped[str]
    event_title: Mapped[str]
    starts_at: Mapped[datetime] = mapped_column(comment="of the event, as it was said")
    ends_at: Mapped[datetime | None]
    all_day: Mapped[bool]
    name: Mapped[str]
    issued_on: Mapped[date]
    issued_by: Mapped[str]
    reissues: Mapped[int] = mapped_column(default=0)
    reissued_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]
    revoked_reason: Mapped[str | None]


class CertificateCounter(TenantOwned, Base):
    """The last number of a year; see Certificate.number."""

    __tablename__ = "certificate_counter"
    __table_args__ = (UniqueConstraint("tenant_id", "year"),)

    year: Mapped[int]
    last: Mapped[int]
