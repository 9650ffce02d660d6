"""お知らせ: the list and one of them."""

from typing import Any

from litestar import Request, get
from litestar.params import FromPath
from litestar.response import Response

from services.web.context import Ctx
from services.web.pages.arguments import id_of, page_number
from services.web.rendering import page
from shared.content import queries
from shared.content.plain import excerpt
from shared.events import queries as event_queries
from shared.events import words
from shared.identity.policy import Permission
from shared.kit.refusals import NotFound
from shared.members import portal_queries

PER_PAGE = 20


@get("/news", policy=Permission.PUBLIC, cached=True)
async def list_news(ctx: Ctx, request: Request[Any, Any, Any]) -> Response[Any]:
    number = page_number(request)
    news = await ctx.read(queries.published, first=PER_PAGE, offset=(number - 1) * PER_PAGE)
    return await page(ctx, "news/list.html", news=news, number=number, per_page=PER_PAGE, excerpt=excerpt)


@get("/news/{announcement_id:str}", policy=Permission.PUBLIC, cached=True)
async def show_news(ctx: Ctx, announcement_id: FromPath[str]) -> Response[Any]:
    item = await ctx.read(queries.announcement, id_of(announcement_id))
    if item is None:
        raise NotFound
    event = await ctx.read(event_queries.event, item.event_id) if item.event_id else None
    member = (
        await ctx.read(portal_queries.name_of, item.member_organisation_id) if item.member_organisation_id else None
    )
    return await page(ctx, "news/item.html", item=item, event=event, member=member, excerpt=excerpt, words=words)


ROUTES = [list_news, show_news]
