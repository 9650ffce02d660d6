"""For programs that read along: calendars, feed readers, search engines."""

from typing import Any

from litestar import get
from litestar.response import Response

from services.web.context import Context, Ctx
from services.web.feed import atom_feed
from services.web.pages.arguments import id_of
from services.web.site_map import site_map
from shared.content import queries as content_queries
from shared.events import queries as event_queries
from shared.events.calendar import calendar_file, calendar_of
from shared.identity.policy import Permission
from shared.kit.refusals import NotFound
from shared.members import directory

CALENDAR = "text/calendar"


@get("/events.ics", policy=Permission.PUBLIC, cached=True)
async def all_events(ctx: Ctx) -> Response[bytes]:
    """Cancelled events stay in, so that a calendar that has them strikes them out."""
    events = await ctx.read(event_queries.for_feed, limit=500)
    tenant = await ctx.profile()
    calendar = calendar_of(events, name=f"{tenant.short_name}の行事", base_url=ctx.tenant.base_url)
    return Response(calendar, media_type=CALENDAR)


async def event_calendar(ctx: Context, event_id: str) -> Response[bytes]:
    """/events/<id>.ics"""
    event = await ctx.read(event_queries.event, id_of(event_id))
    if event is None:
        raise NotFound
    calendar = calendar_file(event, base_url=ctx.tenant.base_url)
    headers = {"Content-Disposition": f'attachment; filename="{event.first_day:%Y%m%d}.ics"'}
    return Response(calendar, media_type=CALENDAR, headers=headers)


@get("/feed.atom", policy=Permission.PUBLIC, cached=True)
async def feed(ctx: Ctx) -> Response[bytes]:
    news = await ctx.read(content_queries.latest, limit=30)
    events = await ctx.read(event_queries.recently_changed, limit=30)
    content = atom_feed(await ctx.profile(), ctx.tenant.base_url, news, events)
    return Response(content, media_type="application/atom+xml; charset=utf-8")


@get("/sitemap.xml", policy=Permission.PUBLIC, cached=True)
async def sitemap(ctx: Ctx) -> Response[bytes]:
    news = await ctx.read(content_queries.published_dates)
    events = await ctx.read(event_queries.published_dates)
    organisations = await ctx.read(directory.listed_dates)
    content = site_map(ctx.tenant.base_url, news=news, events=events, organisations=organisations)
    return Response(content, media_type="application/xml")


@get("/robots.txt", policy=Permission.PUBLIC, cached=True)
async def robots(ctx: Ctx) -> Response[str]:
    closed = ("/staff", "/member", "/operator", "/national", "/signin", "/graphql", "/search")
    lines = ["User-agent: *", *(f"Disallow: {path}" for path in closed), ""]
    lines.append(f"Sitemap: {ctx.tenant.base_url}/sitemap.xml")
    return Response("\n".join(lines) + "\n", media_type="text/plain")


ROUTES: list[Any] = [all_events, feed, sitemap, robots]
