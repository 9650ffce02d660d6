"""Events for people's calendars (RFC 5545): the same UID for ever, SEQUENCE rising, cancelled ones kept as cancelled."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from icalendar import Calendar, Event, Timezone, TimezoneStandard, vCalAddress, vDuration, vText

from shared.content.plain import plain_text
from shared.events import words
from shared.events.models import EventState
from shared.events.views import EventView, SessionView
from shared.kit import clock
from shared.kit.japanese.eras import japanese_time

__all__ = ["FILE_NAME", "MEDIA_TYPE", "calendar_file", "calendar_of"]

#: Of a file that goes with a letter.
FILE_NAME, MEDIA_TYPE = "event.ics", "text/calendar"
#: RFC 5545 knows no "postponed" for events; what has no day any more is tentative, and its title says so.
_STATUS = {EventState.CANCELLED: "CANCELLED", EventState.POSTPONED: "TENTATIVE"}
_TITLE_MARKS = {EventState.CANCELLED: "【中止】", EventState.POSTPONED: "【延期】"}
_REFRESH = timedelta(hours=6)
_NINE_HOURS = timedelta(hours=9)
#: A time of the clock there: the standard wants it without offset.
_JAPAN_SINCE = datetime(1952, 1, 1)  # noqa: DTZ001


def calendar_of(events: Iterable[EventView], *, name: str, base_url: str) -> bytes:
    """A whole calendar to subscribe to. `name` is what it is called, `base_url` that of the tenant."""
    calendar = _empty()
    calendar.add("name", name)
    calendar.add("x-wr-calname", name)
    calendar.add("x-wr-timezone", "Asia/Tokyo")
    calendar.add("url", f"{base_url}/events")
    calendar.add("source", f"{base_url}/events.ics", parameters={"VALUE": "URI"})
    calendar.add("refresh-interval", vDuration(_REFRESH), parameters={"VALUE": "DURATION"})
    calendar.add("x-published-ttl", vDuration(_REFRESH))
    for event in events:
        calendar.add_component(_component(event, base_url, stamped=event.updated_at))
    return _written(calendar)


def calendar_file(event: EventView, *, base_url: str, withdrawn: bool = False, withdrawals: int = 0) -> bytes:
    """One event, to save or to send with a letter (`FILE_NAME`, `MEDIA_TYPE`).

    With `withdrawn` it takes the entry out of the calendar of somebody who does not come any more. `withdrawals` is how often
    this person has given up a place at the event, this time included: each raises SEQUENCE (RFC 5546, 2.1.4), and who comes
    back has the number of the last one with a later DTSTAMP, by which calendars see what is newer.
    """
    calendar = _empty("CANCEL" if withdrawn else "PUBLISH")
    component = _component(event, base_url, stamped=clock.now(), withdrawals=withdrawals)
    if withdrawn:
        component["status"] = vText("CANCELLED")
    calendar.add_component(component)
    return _written(calendar)


def _empty(method: str | None = None) -> Calendar:
    """What is subscribed to is no message, so it has no method."""
    calendar = Calendar()
    calendar.add("prodid", "-//Tsunagari//tsunagari//JA")
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    if method:
        calendar.add("method", method)
    calendar.add_component(_japan())
    return calendar


def _japan() -> Timezone:
    """Nine hours ahead all the year round, without an end."""
    hours = TimezoneStandard()
    hours.add("tzname", "JST")
    hours.add("dtstart", _JAPAN_SINCE)
    hours.add("tzoffsetfrom", _NINE_HOURS)
    hours.add("tzoffsetto", _NINE_HOURS)
    zone = Timezone()
    zone.add("tzid", "Asia/Tokyo")
    zone.add_component(hours)
    return zone


def _written(calendar: Calendar) -> bytes:
    content: bytes = calendar.to_ical()
    return content


def _component(view: EventView, base_url: str, *, stamped: datetime, withdrawals: int = 0) -> Event:
    """`stamped`: with a method when the file was made, without one when the event was changed last (RFC 5545, 3.8.7.2)."""
    event = Event()
    event.add("uid", f"{view.id}@tsunagari")
    event.add("dtstamp", stamped)
    event.add("last-modified", view.updated_at)
    event.add("created", view.created_at)
    event.add("sequence", view.sequence + withdrawals)
    event.add("status", _STATUS.get(view.state, "CONFIRMED"))
    event.add("transp", "TRANSPARENT" if view.all_day or view.state in _STATUS else "OPAQUE")
    event.add("summary", _TITLE_MARKS.get(view.state, "") + view.title)
    event.add("dtstart", _start(view))
    if end := _end(view):
        event.add("dtend", end)
    if place := words.where(view):
        event.add("location", place)
    event.add("categories", [words.kind(view)])
    event.add("organizer", _organiser(view, base_url), encode=False)
    event.add("description", _description(view))
    event.add("url", f"{base_url}/events/{view.id}")
    return event


def _organiser(view: EventView, base_url: str) -> vCalAddress:
    """A published event has to name one (RFC 5546, 3.2.1); without an address of mail it is the platform's own."""
    address = vCalAddress(f"mailto:{view.contact_email}" if view.contact_email else base_url)
    if view.organiser:
        # A parameter's value may hold no quotation mark (RFC 5545, 3.2).
        address.params["CN"] = vText(view.organiser.replace('"', "”"))
    return address


def _start(view: EventView) -> date | datetime:
    return view.first_day if view.all_day else view.starts_at.astimezone(clock.JST)


def _end(view: EventView) -> date | datetime | None:
    """Of whole days the day after the last one, as the standard has it; an end has to be later than the start."""
    if view.all_day:
        return view.last_day + timedelta(days=1)
    if view.ends_at is None or view.ends_at <= view.starts_at:
        return None
    return view.ends_at.astimezone(clock.JST)


def _description(view: EventView) -> str:
    parts = [change.summary for change in view.changes[-1:]]
    parts += [view.theme or "", plain_text(view.description), _programme(view.sessions), _application(view)]
    parts += [f"問い合わせ　電話 {view.contact_phone}" if view.contact_phone else ""]
    return "\n\n".join(part for part in parts if part)


def _programme(sessions: list[SessionView]) -> str:
    return "\n".join(["プログラム", *map(_part, sessions)]) if sessions else ""


def _part(session: SessionView) -> str:
    """`13時40分 第1部 基調講演（講師 山田 花子）`."""
    begins = japanese_time(session.starts_at.astimezone(clock.JST)) if session.starts_at else None
    people = "、".join(" ".join(filter(None, (who.role_label, who.person_name))) for who in session.appearances)
    title = f"{session.title}（{people}）" if people else session.title
    return " ".join(filter(None, (begins, session.label, title)))


def _application(view: EventView) -> str:
    if view.state in _STATUS or not view.takes_registrations:
        return ""
    lines = [view.how_to_apply or ""]
    lines += [f"申込の締切　{words.moment(view.registration_deadline)}" if view.registration_deadline else ""]
    return "\n".join(line for line in lines if line)
