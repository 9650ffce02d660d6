"""An event as everybody reads it: its parts, its people, and what came of it."""

from datetime import date, datetime
from typing import Any

import msgspec
import strawberry
from strawberry import ID, Parent

from services.web.graphql.media import Image
from services.web.graphql.policies import everyone
from services.web.graphql.types import Info
from shared.events.models import EventKind, EventState, FollowUpState
from shared.events.views import EventView, OpinionView, Phase, PhotoView, ReportView
from shared.kit import clock

strawberry.enum(EventKind, description="式典, セミナー, 情報交換会, ワークショップ, 講座, 会合, シンポジウム")
strawberry.enum(EventState, name="EventStatus", description="下書き, 予告, 受付中, 満員, 終了, 報告済, 延期, 中止")
strawberry.enum(FollowUpState, name="FollowUpStatus", description="未着手, 検討中, 実施, 見送り")
strawberry.enum(
    Phase, name="EventPhase", description="The status as readers of today see it: PAST once its day is over"
)


@strawberry.type(description="A person on stage; the affiliation is that of the day")
@everyone
class Appearance:
    id: ID
    person_name: str
    role_label: str | None = strawberry.field(description="Free text, as printed: 講師, コメンテーター")
    affiliation: str | None
    summary: str | None


@strawberry.type(description="主催")
@everyone
class Organiser:
    @strawberry.field
    def name(parent: Parent[str]) -> str:
        return parent


@strawberry.type(description="A part of an event: 第1部, ①")
@everyone
class Session:
    id: ID
    ordinal: int
    label: str | None
    title: str
    starts_at: datetime | None
    minutes: int | None
    body: str | None
    appearances: list[Appearance]


@strawberry.type(description="Announced, moved, cancelled, and why")
@everyone
class EventChange:
    changed_on: date | None
    summary: str


@strawberry.type(description="A typed counter. Different names are never added to or divided by each other.")
@everyone
class Measure:
    name: str
    value: int
    unit: str
    as_of: date | None


@strawberry.type(description="A public event or announcement, to go on to")
@everyone
class Linked:
    id: ID
    title: str


@strawberry.type(description="その後: what everybody may know of what became of an opinion")
@everyone
class FollowUp:
    id: ID
    title: str
    state: FollowUpState = strawberry.field(name="status")
    result: str | None
    updated_at: datetime
    event: Linked | None
    announcement: Linked | None


@strawberry.type(description="意見, as it was said")
@everyone
class Opinion:
    body: str
    gloss: str | None = strawberry.field(description="What stood in brackets")
    targets: list[str] = strawberry.field(description="対象: whom it speaks of, in free words")
    methods: list[str] = strawberry.field(description="方法: how")
    timings: list[str] = strawberry.field(description="時期: when")
    follow_up: FollowUp | None = strawberry.field(description="What became of it, where that is public")

    @strawberry.field(graphql_type=FollowUpState | None, description="Of its follow-up")
    def status(parent: Parent[OpinionView]) -> FollowUpState | None:
        return parent.follow_up.state if parent.follow_up else None


@strawberry.type(description="討議の柱")
@everyone
class DiscussionTopic:
    theme: str | None
    question: str
    conclusion: str | None
    opinions: list[Opinion]


@strawberry.type(description="A picture of the day")
@everyone
class Photo:
    media: Image = strawberry.field(name="image")

    @strawberry.field(description="Who took it")
    def credit(parent: Parent[PhotoView]) -> str | None:
        return parent.credit or parent.media.credit

    @strawberry.field(description="Of this place; else the picture's own")
    def caption(parent: Parent[PhotoView]) -> str | None:
        return parent.caption or parent.media.caption


class WholeReport(msgspec.Struct, frozen=True):
    report: ReportView
    photos: list[PhotoView]


@strawberry.type(description="開催報告")
@everyone
class EventReport:
    photos: list[Photo]

    @strawberry.field(description="Markdown")
    def body(parent: Parent[WholeReport]) -> str:
        return parent.report.body

    @strawberry.field(description="The same in やさしい日本語")
    def body_easy(parent: Parent[WholeReport]) -> str | None:
        return parent.report.body_easy

    @strawberry.field
    def published_at(parent: Parent[WholeReport]) -> datetime | None:
        return parent.report.published_at


@strawberry.type(description="行事")
@everyone
class Event:
    id: ID
    kind: EventKind
    state: EventState = strawberry.field(name="status")
    title: str
    theme: str | None
    starts_at: datetime
    ends_at: datetime | None
    all_day: bool
    venue: str | None
    online: bool
    capacity: int | None = strawberry.field(description="Seats in the hall; null is no limit")
    online_capacity: int | None = strawberry.field(description="Places online; null is no limit")
    takes_registrations: bool = strawberry.field(description="Whether people register here")
    registration_opens_at: datetime | None
    registration_deadline: datetime | None
    audience: str | None = strawberry.field(description="Who may attend")
    how_to_apply: str | None
    contact_phone: str | None
    contact_email: str | None
    organiser: Organiser | None
    accessibility: str | None = strawberry.field(description="手話通訳, 字幕, 託児")
    description: str = strawberry.field(description="Markdown")
    description_easy: str | None = strawberry.field(description="The same in やさしい日本語")
    published_at: datetime | None
    updated_at: datetime
    revision: int
    flyer: Image | None
    sessions: list[Session]
    changes: list[EventChange]
    measures: list[Measure]
    topics: list[DiscussionTopic]
    photos: list[Photo]

    @strawberry.field(description="Of those who were there; once it has begun")
    def questionnaire_url(parent: Parent[EventView]) -> str | None:
        return parent.questionnaire(clock.now())

    @strawberry.field
    def phase(parent: Parent[EventView]) -> Phase:
        return parent.phase(clock.now())

    @strawberry.field
    def registration_open(parent: Parent[EventView]) -> bool:
        return parent.registration_open(clock.now())

    members_only: bool = strawberry.field(description="Only people of member organisations register")
    party_limit: int = strawberry.field(description="Most people of one registration")

    @strawberry.field(description="People who have a seat, in the hall and online")
    def confirmed_count(parent: Parent[EventView], info: Info) -> int:
        info.context.live = True
        return parent.confirmed_count

    @strawberry.field(description="Registrations that wait for a seat, in the hall and online")
    def waitlist_count(parent: Parent[EventView], info: Info) -> int:
        info.context.live = True
        return parent.waitlist_count

    @strawberry.field(graphql_type=EventReport | None)
    def report(parent: Parent[EventView]) -> Any:
        return WholeReport(parent.report, parent.photos) if parent.report else None

    @strawberry.field
    def url(parent: Parent[EventView], info: Info) -> str:
        return f"{info.context.tenant.base_url}/events/{parent.id}"


@strawberry.type(description="A symposium: an event of its kind, counted by typed measures")
@everyone
class Symposium(Event):
    pass
