"""/search: news, events, organisations and pages, in whatever spelling is typed."""

from typing import Any
from urllib.parse import quote

from litestar import Request, get
from litestar.response import Response

from services.web.context import Ctx
from services.web.rendering import page
from shared.identity.policy import Permission
from shared.kit import search as index
from shared.kit.did_you_mean import did_you_mean

PER_PAGE = 20
LONGEST = 100
MOST_PAGES = 50
KINDS = {
    "announcement": "お知らせ",
    "event": "行事",
    "organisation": "参加団体",
    "page": "ページ",
    "charter": "設置要綱",
}


@get("/search", policy=Permission.PUBLIC, cached=True)
async def search(request: Request[Any, Any, Any], ctx: Ctx) -> Response[Any]:
    text = " ".join(request.query_params.get("q", "").split())[:LONGEST]
    number = page_number(request.query_params.get("page", ""))
    results = await ctx.read(index.find, text, first=PER_PAGE, skip=(number - 1) * PER_PAGE)
    meant = await ctx.read(did_you_mean, text, results.total) if text else []
    return await page(
        ctx,
        "search/search.html",
        q=text,
        meant=meant,
        results=results,
        kinds=KINDS,
        number=number,
        total=min(results.total, MOST_PAGES * PER_PAGE),
        per_page=PER_PAGE,
        address=f"/search?q={quote(text)}&",
    )


def page_number(given: str) -> int:
    """From 1; whatever is no number is the first page."""
    return min(max(int(given), 1), MOST_PAGES) if given.isdecimal() and len(given) <= 6 else 1


ROUTES = [search]
