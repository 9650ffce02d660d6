"""/search: news, events, organisations and pages, in whatever spelling is typed."""

from typing import Any
from urllib.parse import quote

from litestar import get
from litestar.params import FromQuery
from litestar.response import Response

from services.web.context import Ctx
from services.web.rendering import page
from shared.identity.policy import Permission
from shared.kit import search as index

PER_PAGE = 20
LONGEST = 100
KINDS = {
    "announcement": "お知らせ",
    "event": "行事",
    "organisation": "参加団体",
    "page": "ページ",
    "charter": "設置要綱",
}


@get("/search", policy=Permission.PUBLIC, cached=True)
async def search(ctx: Ctx, q: FromQuery[str] = "", page_number: FromQuery[str] = "1") -> Response[Any]:
    text = " ".join(q.split())[:LONGEST]
    number = min(int(page_number), 50) if page_number.isdecimal() and int(page_number) else 1
    results = await ctx.read(index.find, text, first=PER_PAGE, skip=(number - 1) * PER_PAGE)
    pages = -(-results.total // PER_PAGE)
    return await page(
        ctx,
        "search/search.html",
        q=text,
        results=results,
        kinds=KINDS,
        number=number,
        pages=pages,
        address=lambda wanted: f"/search?q={quote(text)}&page_number={wanted}",
    )


ROUTES = [search]
