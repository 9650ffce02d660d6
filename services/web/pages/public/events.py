"""行事: what is to come, what was, and one of them with all that is known of it."""

from collections.abc import Iterable
from datetime import datetime
from itertools import groupby
from typing import Any

from litestar import Request, get
from litestar.params import FromPath
from litestar.response import Response

from services.web.context import Context, Ctx
from services.web.pages.arguments import id_of, page_number
from services.web.pages.public.feeds import event_calendar
from services.web.rendering import page
from shared.content.plain import excerpt
from shared.events import queries, words
from shared.events.measures import shares
from shared.events.models import EventKind
from shared.events.registrations import words as registration_words
from shared.events.registrations.availability import availability
from shared.events.views import EventView, Phase
from shared.identity.policy import Permission
from shared.kit import clock
from shared.kit.japanese.eras import both_fiscal_years, fiscal_year
from shared.kit.refusals import NotFound

PER_PAGE = 30

_SCHEMA_STATUS = {Phase.CANCELLED: "EventCancelled", Phase.POSTPONED: "EventPostponed"}


@get("/events", policy=Permission.PUBLIC, cached=True)
async def list_events(ctx: Ctx, request: Request[Any, Any, Any]) -> Response[Any]:
    number, kind = page_number(request), _kind(request.query_params.get("kind"))
    found = await ctx.read(queries.agenda, kind=kind, first=PER_PAGE, offset=(number - 1) * PER_PAGE)
    now = clock.now()
    return await page(
        ctx,
        "events/list.html",
        to_come=[event for event in found.items if event.to_come(now)],
        over=_by_year(event for event in found.items if not event.to_come(now)),
        kind=kind,
        number=number,
        total=found.total,
        per_page=PER_PAGE,
        words=words,
        now=now,
    )


@get("/events/{event_id:str}", policy=Permission.PUBLIC, cached=True)
async def show_event(ctx: Ctx, event_id: FromPath[str]) -> Response[Any]:
    # Litestar knows no suffix after a part of a path.
    if event_id.endswith(".ics"):
        return await event_calendar(ctx, event_id.removesuffix(".ics"))
    event = await ctx.read(queries.event, id_of(event_id))
    if event is None:
        raise NotFound
    now = clock.now()
    ctx.live = event.registration_open(now)
    seats = availability(event) if ctx.live else ()
    return await page(
        ctx,
        "events/item.html",
        event=event,
        shares=shares(event.measures),
        over=event.over(now),
        words=words,
        now=now,
        seats=seats,
        full=all(each.full for each in seats),
        registration_words=registration_words,
        excerpt=excerpt,
        linked_data=linked_data(ctx, event, now),
    )


def linked_data(ctx: Context, event: EventView, now: datetime) -> dict[str, Any]:
    """schema.org/Event, for search engines. A data block: the browser does not run it, so the CSP has no say in it."""
    url = f"{ctx.tenant.base_url}/events/{event.id}"
    data: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "Event",
        "@id": url,
        "url": url,
        "name": event.title,
        "startDate": _moment(event, event.starts_at),
        "eventStatus": f"https://schema.org/{_SCHEMA_STATUS.get(event.phase(now), 'EventScheduled')}",
        "eventAttendanceMode": f"https://schema.org/{_attendance(event)}",
        "description": excerpt(event.description, 300) or event.title,
    }
    if event.ends_at:
        data["endDate"] = _moment(event, event.ends_at)
    places: list[dict[str, Any]] = []
    if event.venue:
        places.append({"@type": "Place", "name": event.venue})
    if event.online:
        places.append({"@type": "VirtualLocation", "url": url})
    if places:
        data["location"] = places
    if event.organiser:
        data["organizer"] = {"@type": "Organization", "name": event.organiser}
    if event.flyer:
        data["image"] = ctx.tenant.base_url + event.flyer.url("1200")
    return data


def _kind(given: str | None) -> EventKind | None:
    return EventKind(given) if given and given in EventKind.__members__ else None


def _by_year(events: Iterable[EventView]) -> list[tuple[str, list[EventView]]]:
    """By 年度, in the order in which they come."""
    groups = groupby(events, key=lambda event: fiscal_year(event.first_day))
    return [(both_fiscal_years(year), list(of_year)) for year, of_year in groups]


def _moment(event: EventView, moment: datetime) -> str:
    local = moment.astimezone(clock.JST)
    return local.date().isoformat() if event.all_day else local.isoformat()


def _attendance(event: EventView) -> str:
    if event.online:
        return "MixedEventAttendanceMode" if event.venue else "OnlineEventAttendanceMode"
    return "OfflineEventAttendanceMode"


ROUTES = [list_events, show_event]
