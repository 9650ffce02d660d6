"""The first page of a platform: what it is, what happens next, who takes part. Five or six statements, then no more."""

from typing import Any

import msgspec
from litestar import get
from litestar.response import Response

from services.web.context import Context, Ctx
from services.web.rendering import page
from shared.content import queries as content
from shared.content.queries import AnnouncementView
from shared.events import queries as events
from shared.events.views import EventView
from shared.identity.policy import Permission
from shared.members import directory
from shared.members import queries as members
from shared.members.queries import MemberCount
from shared.tenants.queries import FieldView, FigureView, Profile

EVENTS, NEWS = 3, 4


class FieldOnMap(msgspec.Struct, frozen=True):
    """A 分野 and how many organisations are at work in it."""

    field: FieldView
    count: int


class Series(msgspec.Struct, frozen=True):
    """A number of the documents as it stood last, and as it stood before."""

    latest: FigureView
    earlier: list[FigureView]


class HomeView(msgspec.Struct, frozen=True):
    upcoming: list[EventView]
    past: list[EventView]
    news: list[AnnouncementView]
    members: MemberCount
    fields: list[FieldOnMap]
    series: list[Series]


@get("/", policy=Permission.PUBLIC, cached=True)
async def home(ctx: Ctx) -> Response[Any]:
    return await page(ctx, "home/home.html", home=await view(ctx))


async def view(ctx: Context) -> HomeView:
    profile = await ctx.profile()
    upcoming = await ctx.read(events.upcoming, limit=EVENTS)
    past = (await ctx.read(events.past, first=EVENTS)).items if len(upcoming) < EVENTS else []
    news = await ctx.read(content.latest, limit=NEWS)
    count = await ctx.read(members.member_count)
    by_field = await ctx.read(directory.field_counts)
    fields = [FieldOnMap(field, by_field.get(field.slug, 0)) for field in profile.fields]
    return HomeView(upcoming, past, news, count, fields, series_of(profile))


def series_of(profile: Profile) -> list[Series]:
    """The figures by name, in the order of the documents."""
    by_name: dict[str, list[FigureView]] = {}
    for figure in profile.figures:
        by_name.setdefault(figure.name, []).append(figure)
    ordered = [sorted(figures, key=lambda figure: figure.as_of, reverse=True) for figures in by_name.values()]
    return [Series(figures[0], figures[1:]) for figures in ordered]


ROUTES = [home]
