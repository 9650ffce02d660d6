"""Events for people's calendars (RFC 5545): the same UID for ever, SEQUENCE rising, cancelled ones kept as cancelled."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from icalendar import Calendar, Event, vDuration

from shared.content.plain import plain_text
from shared.events.models import EventState
from shared.events.views import EventView
from shared.events.words import where
from shared.kit import clock

_STATUS = {EventState.CANCELLED: "CANCELLED", EventState.POSTPONED: "TENTATIVE"}
_REFRESH = timedelta(hours=6)


def calendar_of(events: Iterable[EventView], *, name: str, base_url: str) -> bytes:
    """A whole .ics file. `name` is what the calendar is called, `base_url` that of the tenant."""
    calendar = Calendar()
    calendar.add("prodid", "-//Tsunagari//tsunagari//JA")
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", name)
    calendar.add("x-wr-timezone", "Asia/Tokyo")
    calendar.add("refresh-interval", vDuration(_REFRESH), parameters={"VALUE": "DURATION"})
    calendar.add("x-published-ttl", vDuration(_REFRESH))
    for event in events:
        calendar.add_component(_component(event, base_url))
    calendar.add_missing_timezones()
    content: bytes = calendar.to_ical()
    return content


def _component(view: EventView, base_url: str) -> Event:
    event = Event()
    event.add("uid", f"{view.id}@tsunagari")
    event.add("dtstamp", view.updated_at)
    event.add("last-modified", view.updated_at)
    event.add("created", view.created_at)
    event.add("sequence", view.sequence)
    event.add("status", _STATUS.get(view.state, "CONFIRMED"))
    event.add("summary", _title(view))
    event.add("dtstart", _start(view))
    if end := _end(view):
        event.add("dtend", end)
    if place := where(view):
        event.add("location", place)
    event.add("description", _description(view))
    event.add("url", f"{base_url}/events/{view.id}")
    return event


def _title(view: EventView) -> str:
    """Many calendars do not show STATUS, so the title says it too."""
    prefix = {EventState.CANCELLED: "【中止】", EventState.POSTPONED: "【延期】"}.get(view.state, "")
    return prefix + view.title


def _start(view: EventView) -> date | datetime:
    return view.first_day if view.all_day else view.starts_at.astimezone(clock.JST)


def _end(view: EventView) -> date | datetime | None:
    """Of whole days the day after the last one, as the standard has it."""
    if view.all_day:
        return view.last_day + timedelta(days=1)
    return view.ends_at.astimezone(clock.JST) if view.ends_at else None


def _description(view: EventView) -> str:
    parts = [view.theme, plain_text(view.description), view.how_to_apply]
    parts += [f"電話 {view.contact_phone}" if view.contact_phone else None]
    parts += [change.summary for change in view.changes[-1:]]
    return "\n\n".join(part for part in parts if part)
