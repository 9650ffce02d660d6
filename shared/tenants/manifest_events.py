"""The file format of `tenants/<slug>/events/*.toml`: one 行事 with its parts, its people and what came of it."""

from datetime import date, datetime, time
from typing import Literal

from shared.tenants.manifest import Strict

EventKind = Literal["CEREMONY", "SEMINAR", "INFORMATION_EXCHANGE", "WORKSHOP", "COURSE", "MEETING", "SYMPOSIUM"]
EventState = Literal["DRAFT", "ANNOUNCED", "OPEN", "FULL", "HELD", "REPORTED", "POSTPONED", "CANCELLED"]


class AppearanceEntry(Strict):
    """A person on stage: the role label is free text, the affiliation that of the day."""

    person: str
    role: str | None = None
    affiliation: str | None = None
    summary: str | None = None


class SessionEntry(Strict):
    """第1部, ①, パネルディスカッション. `starts` is the time of day in Japan."""

    title: str
    label: str | None = None
    starts: time | None = None
    minutes: int | None = None
    body: str | None = None
    appearances: tuple[AppearanceEntry, ...] = ()


class ChangeEntry(Strict):
    """Announced, moved, cancelled, and why. Without `on` the document names no day."""

    summary: str
    on: date | None = None


class MeasureEntry(Strict):
    """A typed counter: 事前登録者数 884 名."""

    name: str
    value: int
    unit: str
    as_of: date | None = None


class PhotoEntry(Strict):
    """`file` names [[media]] of tenant.toml. A caption here goes before the medium's own.

    Whoever writes the file vouches for 撮影の同意.
    """

    file: str
    caption: str | None = None
    credit: str | None = None


class ReportEntry(Strict):
    """開催報告, in Markdown."""

    body: str
    body_easy: str | None = None
    published_on: date | None = None


class OpinionEntry(Strict):
    """意見 as it was said; `gloss` is what stood in brackets. The tags are 対象, 方法 and 時期."""

    body: str
    gloss: str | None = None
    targets: tuple[str, ...] = ()
    methods: tuple[str, ...] = ()
    timings: tuple[str, ...] = ()


class TopicEntry(Strict):
    """討議の柱, its opinions, and its conclusion where there is one."""

    question: str
    theme: str | None = None
    conclusion: str | None = None
    opinions: tuple[OpinionEntry, ...] = ()


class EventFile(Strict):
    """One 行事. `held_on` alone is a whole day; `starts` and `ends` are times of day in Japan.

    Moments without an offset are meant in Japan.
    """

    kind: EventKind
    state: EventState
    title: str
    held_on: date
    held_until: date | None = None
    starts: time | None = None
    ends: time | None = None
    theme: str | None = None
    venue: str | None = None
    online: bool = False
    capacity: int | None = None
    online_capacity: int | None = None
    takes_registrations: bool = True
    members_only: bool = False
    party_limit: int = 1
    registration_opens_at: datetime | None = None
    registration_deadline: datetime | None = None
    audience: str | None = None
    how_to_apply: str | None = None
    contact_phone: str | None = None
    contact_email: str | None = None
    organiser: str | None = None
    accessibility: str | None = None
    description: str = ""
    description_easy: str | None = None
    flyer: str | None = None
    published_on: date | None = None
    sessions: tuple[SessionEntry, ...] = ()
    changes: tuple[ChangeEntry, ...] = ()
    measures: tuple[MeasureEntry, ...] = ()
    photos: tuple[PhotoEntry, ...] = ()
    topics: tuple[TopicEntry, ...] = ()
    report: ReportEntry | None = None
