"""Events as faces see them: frozen, whole, without a way back to the database."""

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

import msgspec

from shared.content.queries import MediaView
from shared.events.models import EventKind, EventState, FollowUpState, is_over
from shared.kit import clock


class AppearanceView(msgspec.Struct, frozen=True):
    """`affiliation` is that of the day."""

    id: UUID
    person_name: str
    role_label: str | None
    affiliation: str | None
    summary: str | None


class SessionView(msgspec.Struct, frozen=True):
    id: UUID
    ordinal: int
    label: str | None
    title: str
    starts_at: datetime | None
    minutes: int | None
    body: str | None
    appearances: list[AppearanceView]


class ChangeView(msgspec.Struct, frozen=True):
    changed_on: date | None
    summary: str
    ordinal: int = 0


class MeasureView(msgspec.Struct, frozen=True):
    name: str
    value: int
    unit: str
    as_of: date | None


class Linked(msgspec.Struct, frozen=True):
    """A public event or announcement, to go on to."""

    id: UUID
    title: str


class FollowUpView(msgspec.Struct, frozen=True):
    """その後: what everybody may know of what became of an opinion."""

    id: UUID
    title: str
    state: FollowUpState
    result: str | None
    updated_at: datetime
    event: Linked | None
    announcement: Linked | None


def quoted(words: str) -> str:
    """As somebody's words; what begins with a quotation itself needs no second bracket before it."""
    return words if words.startswith("「") else f"「{words}」"


class OpinionView(msgspec.Struct, frozen=True):
    """As it was said; `gloss` stood in brackets. The tags are 対象, 方法 and 時期."""

    body: str
    gloss: str | None
    targets: list[str] = []
    methods: list[str] = []
    timings: list[str] = []
    follow_up: FollowUpView | None = None

    @property
    def said(self) -> str:
        return quoted(self.body)


class TopicView(msgspec.Struct, frozen=True):
    theme: str | None
    question: str
    conclusion: str | None
    opinions: list[OpinionView]


class ReportView(msgspec.Struct, frozen=True):
    body: str
    body_easy: str | None
    published_at: datetime | None


class PhotoView(msgspec.Struct, frozen=True):
    """`caption` of this place; without one the medium's own holds."""

    caption: str | None
    media: MediaView
    credit: str | None = None


class Phase(StrEnum):
    """Where an event stands for its readers: its state, and whether its day has passed."""

    DRAFT = "DRAFT"
    ANNOUNCED = "ANNOUNCED"
    OPEN = "OPEN"
    CLOSED = "CLOSED"
    FULL = "FULL"
    PAST = "PAST"
    HELD = "HELD"
    REPORTED = "REPORTED"
    POSTPONED = "POSTPONED"
    CANCELLED = "CANCELLED"


class EventView(msgspec.Struct, frozen=True):
    id: UUID
    kind: EventKind
    state: EventState
    title: str
    theme: str | None
    starts_at: datetime
    ends_at: datetime | None
    all_day: bool
    venue: str | None
    online: bool
    capacity: int | None
    online_capacity: int | None
    takes_registrations: bool
    registration_opens_at: datetime | None
    registration_deadline: datetime | None
    audience: str | None
    how_to_apply: str | None
    contact_phone: str | None
    contact_email: str | None
    organiser: str | None
    accessibility: str | None
    description: str
    description_easy: str | None
    sequence: int
    published_at: datetime | None
    created_at: datetime
    updated_at: datetime
    revision: int
    flyer: MediaView | None
    sessions: list[SessionView]
    changes: list[ChangeView]
    measures: list[MeasureView]
    topics: list[TopicView]
    report: ReportView | None
    photos: list[PhotoView]
    #: The member who holds it.
    member_organisation_id: UUID | None = None
    questionnaire_url: str | None = None
    members_only: bool = False
    party_limit: int = 1
    #: People who have a seat, registrations that wait: from the row that decides.
    hall_taken: int = 0
    online_taken: int = 0
    hall_waiting: int = 0
    online_waiting: int = 0

    @property
    def follow_ups(self) -> list[tuple[FollowUpView, list[OpinionView]]]:
        """What became of people's opinions, each with those that it answers."""
        found: dict[UUID, tuple[FollowUpView, list[OpinionView]]] = {}
        for topic in self.topics:
            for opinion in topic.opinions:
                if opinion.follow_up is not None:
                    found.setdefault(opinion.follow_up.id, (opinion.follow_up, []))[1].append(opinion)
        return list(found.values())

    @property
    def first_day(self) -> date:
        """In Japan."""
        return self.starts_at.astimezone(clock.JST).date()

    @property
    def last_day(self) -> date:
        return (self.ends_at or self.starts_at).astimezone(clock.JST).date()

    def to_come(self, now: datetime) -> bool:
        """A postponed event has no day any more; it stays with what is to come until it gets one. What ended early is over."""
        ended = self.state in (EventState.HELD, EventState.REPORTED)
        return self.state is EventState.POSTPONED or not (ended or self.over(now))

    def questionnaire(self, now: datetime) -> str | None:
        """For people once it has begun: who has seen nothing yet has nothing to say."""
        held = self.state not in (EventState.DRAFT, EventState.POSTPONED, EventState.CANCELLED)
        return self.questionnaire_url if held and self.starts_at <= now else None

    def over(self, now: datetime) -> bool:
        """See `shared.events.models.is_over`."""
        return is_over(self.starts_at, self.ends_at, all_day=self.all_day, now=now)

    def phase(self, now: datetime) -> Phase:
        """For readers: nothing is "announced" or "open" any more once its day or its deadline has passed."""
        if self.state not in (EventState.ANNOUNCED, EventState.OPEN, EventState.FULL):
            return Phase(self.state)
        if self.over(now):
            return Phase.PAST
        if self.takes_registrations and self.registration_deadline is not None and self.registration_deadline < now:
            return Phase.CLOSED
        if not self._opened(now):
            return Phase(self.state)
        return Phase.FULL if self.state is EventState.FULL else Phase.OPEN

    def _opened(self, now: datetime) -> bool:
        if self.state is EventState.ANNOUNCED and self.takes_registrations:
            return self.registration_opens_at is not None and self.registration_opens_at <= now
        return self.state in (EventState.OPEN, EventState.FULL)

    def registration_open(self, now: datetime) -> bool:
        """Also when it is full: then one registers for the waiting list."""
        return self.takes_registrations and self.phase(now) in (Phase.OPEN, Phase.FULL)

    @property
    def confirmed_count(self) -> int:
        """People, in the hall and online."""
        return self.hall_taken + self.online_taken

    @property
    def waitlist_count(self) -> int:
        """Registrations, for the hall and online."""
        return self.hall_waiting + self.online_waiting


class EventPage(msgspec.Struct, frozen=True):
    """A piece of a list. `total` counts the whole list, `more` says whether something follows this piece."""

    items: list[EventView]
    total: int
    more: bool
