"""What events are called on pages, in feeds and in letters."""

from datetime import datetime

from shared.events.models import EventKind
from shared.events.views import EventView, Phase
from shared.kit.japanese.eras import both_calendars, in_japan, japanese_moment, moment_span

KINDS = {
    EventKind.CEREMONY: "式典",
    EventKind.SEMINAR: "セミナー",
    EventKind.INFORMATION_EXCHANGE: "情報交換会",
    EventKind.WORKSHOP: "ワークショップ",
    EventKind.COURSE: "講座",
    EventKind.MEETING: "会合",
    EventKind.SYMPOSIUM: "シンポジウム",
}

PHASES = {
    Phase.DRAFT: "下書き",
    Phase.ANNOUNCED: "開催予定",
    Phase.OPEN: "受付中",
    Phase.CLOSED: "受付終了",
    Phase.FULL: "満員",
    Phase.PAST: "予定日を過ぎました",
    Phase.HELD: "終了",
    Phase.REPORTED: "開催報告あり",
    Phase.POSTPONED: "延期",
    Phase.CANCELLED: "中止",
}


def kind(event: EventView) -> str:
    return KINDS[event.kind]


def phase(event: EventView, now: datetime) -> str:
    return PHASES[event.phase(now)]


def when(event: EventView) -> str:
    """`令和6年（2024年）1月12日（金）13時30分〜16時`."""
    return span(event.starts_at, event.ends_at, event.all_day)


def span(starts_at: datetime, ends_at: datetime | None, all_day: bool) -> str:
    if not all_day:
        return moment_span(starts_at, ends_at)
    first, last = in_japan(starts_at).date(), in_japan(ends_at or starts_at).date()
    return both_calendars(first) if last == first else f"{both_calendars(first)}〜{both_calendars(last)}"


def where(event: EventView) -> str | None:
    """The hall, and whether one may join from afar, unless the hall's name says so itself (Web会議)."""
    venue = event.venue or ""
    said = "オンライン" in venue or "Web" in venue
    places = [venue, "オンライン" if event.online and not said else None]
    return "・".join(place for place in places if place) or None


def moment(moment: datetime) -> str:
    """`令和6年1月10日（水）17時`."""
    return japanese_moment(moment)
