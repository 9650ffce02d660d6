"""What belongs to the organisation to know: who has looked at its hidden data, and what its membership has brought."""

from typing import Any

from litestar import Request, get, post
from litestar.params import FromQuery
from litestar.response import Redirect, Response

from services.web.context import Ctx
from services.web.forms import FormView, read_genuine_form
from services.web.pages.arguments import page_number
from services.web.pages.member.own import FIELD, named_in, others, own_organisation
from services.web.rendering import page
from shared.identity.policy import Permission
from shared.members import access_log, inquiries, portal_queries
from shared.members.inquiries import Door
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
async def show_gains(request: AnyRequest, ctx: Ctx, done: FromQuery[str] = "") -> Response[Any]:
    organisation_id = own_organisation(request, ctx)
    own = await ctx.read(portal_queries.own_columns, organisation_id)
    return await page(
        ctx,
        "member/gains.html",
        organisation_id=organisation_id,
        name=await ctx.read(portal_queries.name_of, organisation_id),
        others=await others(ctx, organisation_id),
        gains=await ctx.read(portal_queries.gains, organisation_id),
        name_use=await ctx.read(name_use.offered),
        counted_since=inquiries.COUNTED_SINCE,
        view=FormView({"door": inquiries.wanted_door(own.visibility)}),
        doors=list(inquiries.DOORS.items()),
        reachable=own.email is not None,
        done=done == "inquiries",
    )


@post("/member/inquiries", policy=Permission.ORGANISATION_EDIT_OWN)
async def open_inquiries(request: AnyRequest, ctx: Ctx) -> Response[Any]:
    """Who may write to the organisation; whatever is no door is the one that lets least in."""
    form = await read_genuine_form(request, ctx)
    organisation_id, given = named_in(form, ctx, managed=True), form.text("door")
    door = Door(given) if given in list(Door) else Door.CLOSED
    await ctx.write(inquiries.open_door, actor=ctx.actor, organisation_id=organisation_id, door=door)
    return Redirect(f"/member/gains?{FIELD}={organisation_id}&done=inquiries", status_code=303)


ROUTES = [show_access, show_gains, open_inquiries]
