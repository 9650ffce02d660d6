"""Standing pages: what the tenant wrote for /accessibility and /privacy, or else the text that holds for every platform."""

from datetime import date
from typing import Any

import msgspec
from litestar import get
from litestar.response import Response

from services.web.context import Context, Ctx
from services.web.rendering import page
from shared.content import queries as content
from shared.identity.policy import Permission


class StandingView(msgspec.Struct, frozen=True):
    """`body` is the tenant's Markdown, or None where the platform's own text is shown."""

    slug: str
    title: str
    body: str | None
    easy: bool
    updated_on: date | None


@get("/accessibility", policy=Permission.PUBLIC, cached=True)
async def accessibility(ctx: Ctx) -> Response[Any]:
    return await _standing(ctx, "accessibility", "アクセシビリティ")


@get("/privacy", policy=Permission.PUBLIC, cached=True)
async def privacy(ctx: Ctx) -> Response[Any]:
    return await _standing(ctx, "privacy", "個人情報の取り扱い")


async def _standing(ctx: Context, slug: str, title: str) -> Response[Any]:
    written = await ctx.read(content.page_by_slug, slug)
    wants_easy = ctx.preferences.easy
    if written is None:
        view = StandingView(slug, title, None, wants_easy, None)
    else:
        easy = written.body_easy if wants_easy else None
        view = StandingView(slug, written.title, easy or written.body, easy is not None, written.updated_at.date())
    return await page(ctx, "pages/standing.html", standing=view)


ROUTES = [accessibility, privacy]
