"""オープンデータ: members and events for programs and researchers, under a free licence. Public fields only, whoever asks."""

import asyncio
from collections.abc import Iterable, Sequence
from itertools import chain
from typing import Any

import msgspec
from litestar import get
from litestar.response import Response

from services.web.context import Context, Ctx
from services.web.documents import document
from services.web.exporting import CSV, XLSX, every
from services.web.rendering import page
from shared.events import open_data as events_data
from shared.events import queries as events
from shared.events.views import EventView
from shared.identity.policy import Permission
from shared.kit.spreadsheets.writing import Sheet, Value, write_csv, write_xlsx
from shared.members import export_lists, filters
from shared.members import open_data as members_data
from shared.members.models import Visibility
from shared.members.queries import OrganisationView
from shared.taxonomy import queries as taxonomy
from shared.tenants.models import Level

LICENCE = "https://creativecommons.org/licenses/by/4.0/deed.ja"
JSON = "application/json"


@get("/open-data", policy=Permission.PUBLIC, cached=True)
async def about_open_data(ctx: Ctx) -> Response[Any]:
    return await page(ctx, "open_data/about.html", licence=LICENCE)


@get("/open-data/organisations.csv", policy=Permission.PUBLIC, cached=True)
async def organisations_as_csv(ctx: Ctx) -> Response[bytes]:
    members, base = await _members(ctx), ctx.tenant.base_url
    rows = (members_data.row_of(each, base) for each in members)
    return await _csv(ctx, members_data.HEADERS, rows, "参加団体.csv", "organisations.csv")


@get("/open-data/organisations.json", policy=Permission.PUBLIC, cached=True)
async def organisations_as_json(ctx: Ctx) -> Response[bytes]:
    """HSDS 3: a list of organisations, each with its services and locations."""
    members = await _members(ctx)
    profile = await ctx.profile()
    await ctx.release()
    data = await asyncio.to_thread(_hsds, members, profile.name, ctx.tenant.base_url)
    return _licensed(document(data, name="参加団体.json", plain_name="organisations.json", media_type=JSON))


def _hsds(members: Sequence[OrganisationView], publisher: str, base_url: str) -> bytes:
    """One after the other: only their texts are held all at once."""
    head = {"version": "3.0", "publisher": publisher, "license": LICENCE, "total_items": len(members)}
    contents = b",".join(msgspec.json.encode(members_data.hsds_of(each, base_url)) for each in members)
    return msgspec.json.encode(head)[:-1] + b',"contents":[' + contents + b"]}"


@get("/open-data/events.csv", policy=Permission.PUBLIC, cached=True)
async def events_as_csv(ctx: Ctx) -> Response[bytes]:
    return await _csv(ctx, events_data.HEADERS, await _event_rows(ctx), "イベント一覧.csv", "events.csv")


@get("/open-data/events.xlsx", policy=Permission.PUBLIC, cached=True)
async def events_as_xlsx(ctx: Ctx) -> Response[bytes]:
    sheet = Sheet("イベント一覧", events_data.HEADERS, await _event_rows(ctx))
    await ctx.release()
    data = await asyncio.to_thread(write_xlsx, [sheet])
    return _licensed(document(data, name="イベント一覧.xlsx", plain_name="events.xlsx", media_type=XLSX, save=True))


async def _event_rows(ctx: Context) -> list[list[Value]]:
    """The latest days first, cancelled ones included."""

    async def part(first: int, offset: int) -> tuple[int, list[EventView]]:
        found = await ctx.read(events.listed, first=first, offset=offset, newest_first=True)
        return found.total, found.items

    listed = await every(part, size=events.MOST_ROWS)
    profile = await ctx.profile()
    own = await ctx.read(taxonomy.municipality, profile.code)
    prefecture = own.prefecture if own else ""
    town = own.name if own and profile.level is Level.MUNICIPALITY else ""
    base = ctx.tenant.base_url
    return [events_data.row_of(each, profile, prefecture, town, base) for each in listed]


async def _members(ctx: Context) -> list[OrganisationView]:
    return await ctx.read(export_lists.all_members, filters.Wanted(), audience=Visibility.PUBLIC)


async def _csv(
    ctx: Context, headers: Sequence[str], rows: Iterable[Sequence[Value]], name: str, plain_name: str
) -> Response[bytes]:
    await ctx.release()
    data, _ = await asyncio.to_thread(write_csv, chain([headers], rows))
    return _licensed(document(data, name=name, plain_name=plain_name, media_type=CSV, save=True))


def _licensed(answer: Response[bytes]) -> Response[bytes]:
    answer.headers["Link"] = f'<{LICENCE}>; rel="license"'
    return answer


ROUTES = [about_open_data, organisations_as_csv, organisations_as_json, events_as_csv, events_as_xlsx]
