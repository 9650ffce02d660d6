"""後援名義 for an event of the own organisation: ask, wait, take the permission and the logo, tell how it went."""

from typing import Any
from uuid import UUID

from litestar import Request, get, post
from litestar.params import FromPath, FromQuery
from litestar.response import Redirect, Response

from services.web.context import Context, Ctx
from services.web.forms import FormExpired, FormView, read_form
from services.web.pages import name_use_form
from services.web.pages.member.own import listed, named_in, others, own_organisation
from services.web.rendering import page
from shared.identity.policy import Permission
from shared.kit.refusals import Forbidden, NotFound, Refusal
from shared.members import portal_queries
from shared.members.models import Channel
from shared.members.name_use import queries, service

AnyRequest = Request[Any, Any, Any]
_PRIVATE = {"Cache-Control": "no-store"}
DONE = {
    "sent": "申請を受け付けました。決まりましたらメールでお知らせします。",
    "reported": "結果をお預かりしました。ありがとうございました。",
}


@get("/member/name-use", policy=Permission.ORGANISATION_DRAFT)
async def list_own(request: AnyRequest, ctx: Ctx) -> Response[Any]:
    organisation_id = own_organisation(request, ctx)
    found = await ctx.read(queries.name_uses, organisations=[organisation_id], first=100)
    offered = await ctx.read(queries.offered)
    if not offered and not found.items:
        raise NotFound
    return await page(
        ctx,
        "name_use/own_list.html",
        headers=_PRIVATE,
        organisation_id=organisation_id,
        name=await ctx.read(portal_queries.name_of, organisation_id),
        others=await others(ctx, organisation_id),
        manages=organisation_id in ctx.actor.managed_ids,
        offered=offered,
        found=found,
    )


@get("/member/name-use/new", policy=Permission.ORGANISATION_EDIT_OWN)
async def write_request(request: AnyRequest, ctx: Ctx) -> Response[Any]:
    organisation_id = await listed(ctx, own_organisation(request, ctx, managed=True))
    return await _form(ctx, organisation_id, FormView(name_use_form.first_values()))


@post("/member/name-use/new", policy=Permission.ORGANISATION_EDIT_OWN)
async def send_request(request: AnyRequest, ctx: Ctx) -> Response[Any]:
    form = await read_form(request, ctx)
    organisation_id = named_in(form, ctx, managed=True)
    try:
        if not form.genuine:
            raise FormExpired
        sent = await ctx.write(
            service.request_name_use,
            organisation_id,
            name_use_form.asked_of(form),
            channel=Channel.WEB,
            actor=ctx.actor,
            idempotency_key=name_use_form.key_of(form),
        )
    except (NotFound, Forbidden):
        raise
    except Refusal as refusal:
        return await _form(ctx, organisation_id, FormView(form.values(), refusal), status=422)
    return Redirect(f"/member/name-use/{sent.id}?done=sent", status_code=303)


@get("/member/name-use/{request_id:uuid}", policy=Permission.ORGANISATION_DRAFT)
async def show_own(ctx: Ctx, request_id: FromPath[UUID], done: FromQuery[str] = "") -> Response[Any]:
    return await _item(ctx, request_id, FormView(), done=DONE.get(done))


@post("/member/name-use/{request_id:uuid}/report", policy=Permission.ORGANISATION_EDIT_OWN)
async def report(request: AnyRequest, ctx: Ctx, request_id: FromPath[UUID]) -> Response[Any]:
    form = await read_form(request, ctx)
    try:
        if not form.genuine:
            raise FormExpired
        await ctx.write(
            service.report,
            request_id,
            result=form.text("result"),
            participants=form.text("result_participants"),
            actor=ctx.actor,
        )
    except (NotFound, Forbidden):
        raise
    except Refusal as refusal:
        return await _item(ctx, request_id, FormView(form.values(), refusal), status=422)
    return Redirect(f"/member/name-use/{request_id}?done=reported", status_code=303)


@get("/member/name-use/{request_id:uuid}/logo", policy=Permission.ORGANISATION_DRAFT)
async def take_logo(ctx: Ctx, request_id: FromPath[UUID]) -> Response[bytes]:
    """Only while the name may be used, and by members."""
    await listed(ctx, (await _own(ctx, request_id)).organisation_id)
    return await name_use_form.logo_of(ctx, await ctx.read(queries.logo_of, request_id, actor=ctx.actor))


@get("/member/name-use/{request_id:uuid}/permission.pdf", policy=Permission.ORGANISATION_DRAFT)
async def take_permission(ctx: Ctx, request_id: FromPath[UUID]) -> Response[bytes]:
    return await name_use_form.permission_of(ctx, await _own(ctx, request_id))


async def _own(ctx: Context, request_id: UUID) -> queries.NameUseView:
    """Also the secretariat comes by its own door."""
    found = await ctx.read(queries.name_use, request_id)
    if found.organisation_id not in ctx.actor.organisation_ids:
        raise NotFound
    return found


async def _form(ctx: Context, organisation_id: UUID, view: FormView, *, status: int = 200) -> Response[Any]:
    if not await ctx.read(queries.offered):
        raise NotFound
    return await page(
        ctx,
        "name_use/ask.html",
        status=status,
        headers=_PRIVATE,
        organisation_id=organisation_id,
        name=await ctx.read(portal_queries.name_of, organisation_id),
        view=view,
    )


async def _item(
    ctx: Context, request_id: UUID, view: FormView, *, status: int = 200, done: str | None = None
) -> Response[Any]:
    asked = await _own(ctx, request_id)
    return await page(
        ctx,
        "name_use/own_item.html",
        status=status,
        headers=_PRIVATE,
        asked=asked,
        manages=asked.organisation_id in ctx.actor.managed_ids,
        view=view,
        done=done,
    )


ROUTES = [list_own, write_request, send_request, show_own, report, take_logo, take_permission]
