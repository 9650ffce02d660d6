"""Lists as files: a page hands over columns and rows, the reader gets Excel or CSV."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Any
from urllib.parse import urlencode

import msgspec
from litestar import Request, get
from litestar.handlers.http_handlers import HTTPRouteHandler
from litestar.response import Response

from services.web.context import Context, Ctx
from services.web.documents import document
from services.web.rendering import page
from shared.identity.policy import Permission
from shared.kit import clock
from shared.kit.refusals import Refusal
from shared.kit.spreadsheets.writing import Sheet, Value, write_csv, write_xlsx

AnyRequest = Request[Any, Any, Any]
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CSV = "text/csv; charset=utf-8"
CSV_CP932 = "text/csv; charset=Shift_JIS"
#: Rows of one file; no list of a platform is longer, and none may fill the memory.
MOST_ROWS = 20_000
_SHOWN_REPLACEMENTS = 200


class Listing(msgspec.Struct, frozen=True):
    """`name` is the file's name and the sheet's title; `plain_name` the name for programs that know ASCII only."""

    name: str
    plain_name: str
    headers: Sequence[str]
    rows: Sequence[Sequence[Value]]


Load = Callable[[Context, AnyRequest], Awaitable[Listing]]
PageOf = Callable[[int, int], Awaitable[tuple[int, Sequence[Any]]]]


async def every(page_of: PageOf, *, size: int) -> list[Any]:
    """All pages of a list that is read by pages: `page_of(first, offset)` gives the total and the items.

    Refusal when they are more than one file takes: nothing is cut off silently.
    """
    found: list[Any] = []
    while True:
        total, items = await page_of(size, len(found))
        if total > MOST_ROWS:
            raise Refusal(
                "TOO_MANY",
                f"一度に書き出せるのは{MOST_ROWS:,}件までです（いまは{total:,}件）。状態などで絞り込める一覧では、絞り込んで分けて書き出してください。",
            )
        found.extend(items)
        if not items or len(found) >= total:
            return found


def export_routes(path: str, permission: Permission, load: Load) -> list[HTTPRouteHandler]:
    """`path`.xlsx and `path`.csv. `?encoding=cp932` tells first which characters it would lose, `&replace=1` goes on."""

    @get(f"{path}.xlsx", policy=permission)
    async def as_xlsx(request: AnyRequest, ctx: Ctx) -> Response[Any]:
        return await xlsx_of(ctx, await load(ctx, request))

    @get(f"{path}.csv", policy=permission)
    async def as_csv(request: AnyRequest, ctx: Ctx) -> Response[Any]:
        listing = await load(ctx, request)
        if request.query_params.get("encoding") == "cp932":
            return await _for_old_programs(request, ctx, listing)
        return await csv_of(ctx, listing)

    return [as_xlsx, as_csv]


async def xlsx_of(ctx: Context, listing: Listing) -> Response[Any]:
    await ctx.release()
    data = await asyncio.to_thread(write_xlsx, [Sheet(listing.name, listing.headers, listing.rows)])
    return _file(listing, data, "xlsx", XLSX)


async def csv_of(ctx: Context, listing: Listing) -> Response[Any]:
    await ctx.release()
    data, _ = await asyncio.to_thread(write_csv, _lines(listing))
    return _file(listing, data, "csv", CSV)


async def _for_old_programs(request: AnyRequest, ctx: Context, listing: Listing) -> Response[Any]:
    await ctx.release()
    data, replaced = await asyncio.to_thread(write_csv, _lines(listing), encoding="cp932")
    if not replaced or request.query_params.get("replace"):
        return _file(listing, data, "csv", CSV_CP932)
    query = urlencode({**request.query_params, "replace": "1"})
    shown = [
        (each, listing.headers[each.column - 1], listing.rows[each.row - 2][0] if each.row > 1 else "見出し")
        for each in replaced[:_SHOWN_REPLACEMENTS]
    ]
    return await page(
        ctx,
        "exports/replaced.html",
        headers={"Cache-Control": "no-store"},
        listing=listing,
        replaced=replaced,
        shown=shown,
        codes={each.character: f"U+{ord(each.character):04X}" for each in replaced},
        again=f"{request.url.path}?{query}",
        utf8=request.url.path,
    )


def _lines(listing: Listing) -> list[Sequence[Value]]:
    return [list(listing.headers), *listing.rows]


def _file(listing: Listing, data: bytes, suffix: str, media_type: str) -> Response[Any]:
    day = f"{clock.today():%Y%m%d}"
    return document(
        data,
        name=f"{listing.name}_{day}.{suffix}",
        plain_name=f"{listing.plain_name}-{day}.{suffix}",
        media_type=media_type,
        save=True,
        private=True,
    )
