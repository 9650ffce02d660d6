"""行事: what is held, its parts, the people on stage, and what came of it."""

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from shared.kit import clock
from shared.kit.database.base import Base, TenantOwned, belongs_to


class EventKind(StrEnum):
    CEREMONY = "CEREMONY"
    SEMINAR = "SEMINAR"
    INFORMATION_EXCHANGE = "INFORMATION_EXCHANGE"
    WORKSHOP = "WORKSHOP"
    COURSE = "COURSE"
    MEETING = "MEETING"
    SYMPOSIUM = "SYMPOSIUM"


class EventState(StrEnum):
    """下書き → 予告 → 受付中 → 満員 → 終了 → 報告済, or 延期 / 中止."""

    DRAFT = "DRAFT"
    ANNOUNCED = "ANNOUNCED"
    OPEN = "OPEN"
    FULL = "FULL"
    HELD = "HELD"
    REPORTED = "REPORTED"
    POSTPONED = "POSTPONED"
    CANCELLED = "CANCELLED"


class Event(TenantOwned, Base):
    __tablename__ = "event"
    __table_args__ = (
        UniqueConstraint("tenant_id", "key"),
        CheckConstraint("ends_at IS NULL OR ends_at >= starts_at", name="ends_after_start"),
        CheckConstraint("capacity >= 0", name="capacity_not_negative"),
        CheckConstraint("online_capacity >= 0", name="online_capacity_not_negative"),
        # What holds when all code fails: never one seat too many (see shared/events/registrations/seats.py).
        CheckConstraint("hall_taken BETWEEN 0 AND coalesce(capacity, hall_taken)", name="hall_not_oversold"),
        CheckConstraint(
            "online_taken BETWEEN 0 AND coalesce(online_capacity, online_taken)", name="online_not_oversold"
        ),
        CheckConstraint("hall_waiting >= 0 AND online_waiting >= 0", name="waiting_not_negative"),
        CheckConstraint("party_limit BETWEEN 1 AND 50", name="party_limit_in_range"),
        belongs_to("media", "flyer_id"),
        belongs_to("organisation", "member_organisation_id"),
        Index("ix_event_member_organisation", "tenant_id", "member_organisation_id"),
        Index("ix_event_starts_at", "tenant_id", "starts_at"),
    )

    key: Mapped[str | None]
    kind: Mapped[EventKind]
    state: Mapped[EventState] = mapped_column(default=EventState.DRAFT)
    title: Mapped[str]
    theme: Mapped[str | None]
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime | None]
    all_day: Mapped[bool] = mapped_column(default=False, comment="the document names a day, no hour")
    venue: Mapped[str | None]
    online: Mapped[bool] = mapped_column(default=False)
    capacity: Mapped[int | None] = mapped_column(comment="seats in the hall; null is no limit")
    online_capacity: Mapped[int | None]
    takes_registrations: Mapped[bool] = mapped_column(
        default=True, comment="false: come as you are, or not for the public"
    )
    registration_opens_at: Mapped[datetime | None] = mapped_column(comment="null: when the event is published")
    registration_deadline: Mapped[datetime | None]
    members_only: Mapped[bool] = mapped_column(default=False, comment="only people of member organisations register")
    party_limit: Mapped[int] = mapped_column(
        default=1, comment="most people of one registration: 1 is nobody but oneself"
    )
    #: Seats that are confirmed, registrations that wait, and the last registration's number: the row that decides and is shown.
    hall_taken: Mapped[int] = mapped_column(default=0, comment="people")
    online_taken: Mapped[int] = mapped_column(default=0, comment="people")
    hall_waiting: Mapped[int] = mapped_column(default=0, comment="registrations")
    online_waiting: Mapped[int] = mapped_column(default=0, comment="registrations")
    last_number: Mapped[int] = mapped_column(
        default=0, comment="of registrations; also their order on the waiting lists"
    )
    audience: Mapped[str | None] = mapped_column(comment="who may attend")
    how_to_apply: Mapped[str | None]
    contact_phone: Mapped[str | None]
    contact_email: Mapped[str | None]
    organiser: Mapped[str | None]
    accessibility: Mapped[str | None] = mapped_column(comment="手話通訳, 字幕, 託児")
    description: Mapped[str] = mapped_column(comment="Markdown", default="")
    description_easy: Mapped[str | None]
    flyer_id: Mapped[UUID | None]
    questionnaire_url: Mapped[str | None] = mapped_column(comment="https; shown once the event has begun")
    member_organisation_id: Mapped[UUID | None] = mapped_column(comment="the member who holds it")
    proposed_at: Mapped[datetime | None] = mapped_column(comment="a member's draft that waits for the secretariat")
    returned_message: Mapped[str | None] = mapped_column(comment="what the member was asked to mend")
    sequence: Mapped[int] = mapped_column(default=0, comment="iCalendar SEQUENCE: rises with each public change")
    published_at: Mapped[datetime | None]
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    revision: Mapped[int] = mapped_column(default=1)

    def over(self, now: datetime) -> bool:
        """See `is_over`."""
        return is_over(self.starts_at, self.ends_at, all_day=self.all_day, now=now)


def is_over(starts_at: datetime, ends_at: datetime | None, *, all_day: bool, now: datetime) -> bool:
    """Its time has passed; an event of a whole day, or without an end, lasts until midnight in Japan."""
    if all_day or ends_at is None:
        return (ends_at or starts_at).astimezone(clock.JST).date() < now.astimezone(clock.JST).date()
    return ends_at <= now


class EventChange(TenantOwned, Base):
    """The public history of an event: announced, moved, cancelled, and why. (第2回 slipped from 今秋10月頃 to 2024-01-12.)"""

    __tablename__ = "event_change"
    __table_args__ = (
        belongs_to("event", "event_id", cascade=True),
        Index("ix_event_change_event", "tenant_id", "event_id"),
    )

    event_id: Mapped[UUID]
    ordinal: Mapped[int]
    changed_on: Mapped[date | None]
    summary: Mapped[str]


class Session(TenantOwned, Base):
    """A part of an event: 第1部, a practice report ①, the panel."""

    __tablename__ = "session"
    __table_args__ = (
        belongs_to("event", "event_id", cascade=True),
        UniqueConstraint("tenant_id", "event_id", "ordinal"),
    )

    event_id: Mapped[UUID]
    ordinal: Mapped[int]
    label: Mapped[str | None] = mapped_column(comment="第1部, ①")
    title: Mapped[str]
    starts_at: Mapped[datetime | None]
    minutes: Mapped[int | None]
    body: Mapped[str | None]


class Appearance(TenantOwned, Base):
    """A person on stage. The role is free text, the affiliation that of the day: old pages keep the old title."""

    __tablename__ = "appearance"
    __table_args__ = (
        belongs_to("session", "session_id", cascade=True),
        UniqueConstraint("tenant_id", "session_id", "ordinal"),
        Index("ix_appearance_person_name", "tenant_id", "person_name"),
    )

    session_id: Mapped[UUID]
    ordinal: Mapped[int]
    person_name: Mapped[str]
    role_label: Mapped[str | None]
    affiliation: Mapped[str | None]
    summary: Mapped[str | None] = mapped_column(comment="what they spoke of")


class EventReport(TenantOwned, Base):
    """開催報告: one per event."""

    __tablename__ = "event_report"
    __table_args__ = (belongs_to("event", "event_id", cascade=True), UniqueConstraint("tenant_id", "event_id"))

    event_id: Mapped[UUID]
    body: Mapped[str] = mapped_column(comment="Markdown")
    body_easy: Mapped[str | None]
    published_at: Mapped[datetime | None]


class ReportPhoto(TenantOwned, Base):
    """A picture of the day, in its order. Alt and caption stand with the medium; without 撮影の同意 it is not published."""

    __tablename__ = "report_photo"
    __table_args__ = (
        belongs_to("event", "event_id", cascade=True),
        belongs_to("media", "media_id"),
        UniqueConstraint("tenant_id", "event_id", "ordinal"),
    )

    event_id: Mapped[UUID]
    media_id: Mapped[UUID]
    ordinal: Mapped[int]
    caption: Mapped[str | None]
    credit: Mapped[str | None]
    consented: Mapped[bool] = mapped_column(default=False)


class Measure(TenantOwned, Base):
    """A typed counter: 事前登録者数 884 名, 当日視聴回数 845 回. Different names are never added or divided."""

    __tablename__ = "measure"
    __table_args__ = (belongs_to("event", "event_id", cascade=True), UniqueConstraint("tenant_id", "event_id", "name"))

    event_id: Mapped[UUID]
    ordinal: Mapped[int]
    name: Mapped[str]
    value: Mapped[int]
    unit: Mapped[str]
    as_of: Mapped[date | None]


class DiscussionTopic(TenantOwned, Base):
    """討議の柱, with its conclusion where the document states one."""

    __tablename__ = "discussion_topic"
    __table_args__ = (
        belongs_to("event", "event_id", cascade=True),
        UniqueConstraint("tenant_id", "event_id", "ordinal"),
    )

    event_id: Mapped[UUID]
    ordinal: Mapped[int]
    theme: Mapped[str | None]
    question: Mapped[str]
    conclusion: Mapped[str | None]


class Opinion(TenantOwned, Base):
    """意見, as it was said; `gloss` is what stood in brackets. Its tags are 対象, 方法 and 時期, in free words."""

    __tablename__ = "opinion"
    __table_args__ = (
        belongs_to("discussion_topic", "topic_id", cascade=True),
        belongs_to("follow_up", "follow_up_id"),
        UniqueConstraint("tenant_id", "topic_id", "ordinal"),
        Index("ix_opinion_follow_up", "tenant_id", "follow_up_id"),
    )

    topic_id: Mapped[UUID]
    ordinal: Mapped[int]
    body: Mapped[str]
    gloss: Mapped[str | None]
    targets: Mapped[list[str]] = mapped_column(default=list, server_default="{}", comment="whom it speaks of")
    methods: Mapped[list[str]] = mapped_column(default=list, server_default="{}", comment="how")
    timings: Mapped[list[str]] = mapped_column(default=list, server_default="{}", comment="when")
    follow_up_id: Mapped[UUID | None] = mapped_column(comment="what became of it")


class FollowUpState(StrEnum):
    """未着手 → 検討中 → 実施, or 見送り."""

    NOT_STARTED = "NOT_STARTED"
    CONSIDERING = "CONSIDERING"
    DONE = "DONE"
    DECLINED = "DECLINED"


class FollowUp(TenantOwned, Base):
    """What is to become of an opinion, or of several that ask for the same (`Opinion.follow_up_id`)."""

    __tablename__ = "follow_up"
    __table_args__ = (
        belongs_to("event", "event_id", cascade=True),
        belongs_to("event", "linked_event_id"),
        belongs_to("announcement", "announcement_id"),
        Index("ix_follow_up_event", "tenant_id", "event_id"),
    )

    event_id: Mapped[UUID]
    title: Mapped[str]
    state: Mapped[FollowUpState] = mapped_column(default=FollowUpState.NOT_STARTED)
    responsible: Mapped[str | None] = mapped_column(comment="who sees to it; for the secretariat")
    due_on: Mapped[date | None]
    result: Mapped[str | None] = mapped_column(comment="what came of it, for everybody")
    note: Mapped[str | None] = mapped_column(comment="for the secretariat")
    published: Mapped[bool] = mapped_column(default=False, comment="shown on the event's page")
    linked_event_id: Mapped[UUID | None]
    announcement_id: Mapped[UUID | None]
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    revision: Mapped[int] = mapped_column(default=1)
