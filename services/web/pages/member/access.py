"""What belongs to the organisation to know: who has looked at its hidden data, and what its membership has brought."""

from typing import Any

from litestar import Request, get
from litestar.response import Response

from services.web.context import Ctx
from services.web.pages.arguments import page_number
from services.web.pages.member.own import others, own_organisation
from services.web.rendering import page
from shared.identity.policy import Permission
from shared.members import access_log, inquiries, portal_queries
from shared.members.name_use import queries as name_use

AnyRequest = Request[Any, Any, Any]
PER_PAGE = 50


@get("/member/access", policy=Permission.ORGANISATION_EDIT_OWN)
async def show_access(request: AnyRequest, ctx: Ctx) -> Response[Any]:
    organisation_id, number = own_organisation(request, ctx, managed=True), page_number(request)
    looks = await ctx.read(
        access_log.looks, organisation_id, actor=ctx.actor, first=PER_PAGE, offset=(number - 1) * PER_PAGE
    )
    return await page(
        ctx,
        "member/access.html",
        organisation_id=organisation_id,
        name=await ctx.read(portal_queries.name_of, organisation_id),
        others=await others(ctx, organisation_id, managed=True),
        looks=looks,
        number=number,
        per_page=PER_PAGE,
    )


@get("/member/gains", policy=Permission.ORGANISATION_DRAFT)
async def show_gains(request: AnyRequest, ctx: Ctx) -> Response[Any]:
    organisation_id = own_organisation(request, ctx)
    return await page(
        ctx,
        "member/gains.html",
        organisation_id=organisation_id,
        name=await ctx.read(portal_queries.name_of, organisation_id),
        others=await others(ctx, organisation_id),
        gains=await ctx.read(portal_queries.gains, organisation_id),
        name_use=await ctx.read(name_use.offered),
        counted_since=inquiries.COUNTED_SINCE,
    )


ROUTES = [show_access, show_gains]
