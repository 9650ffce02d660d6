"""入会の申込み: 入力 → 確認 → 完了, and mending what the secretariat has sent back."""

from typing import Any

from litestar import Request, get, post
from litestar.params import FromPath
from litestar.response import Redirect, Response

from services.web.context import Context, Ctx
from services.web.forms import FormExpired, FormView, read_form
from services.web.limits import TooMany, limit_applications
from services.web.pages.public import join_form
from services.web.pages.public.join_form import Values
from services.web.pages.signin import client_address
from services.web.rendering import page
from shared.identity.policy import Permission
from shared.kit.refusals import NotFound, Refusal
from shared.members import application_queries, service
from shared.members.application_queries import ToMend
from shared.members.details import ApplicationDetails
from shared.members.letters import DESK
from shared.members.models import Channel

AnyRequest = Request[Any, Any, Any]

#: For this browser only; not no-store, with which the back button would end in an error instead of the typed form.
_PRIVATE = {"Cache-Control": "private, no-cache"}


@get("/join", policy=Permission.PUBLIC)
async def join(ctx: Ctx) -> Response[Any]:
    values = join_form.first_values(await ctx.profile())
    return await _form(ctx, FormView(values), values, first=True)


@post("/join", policy=Permission.PUBLIC, carried=True)
async def apply(request: AnyRequest, ctx: Ctx) -> Response[Any]:
    form = await read_form(request, ctx)
    values = join_form.typed_values(form, await ctx.profile())
    action = form.text("action")
    if not form.genuine:
        return await _form(ctx, FormView(values, FormExpired()), values, status=422)
    if action == "edit":
        return await _form(ctx, FormView(values), values)
    details = join_form.details_of(values)
    try:
        cleaned = await ctx.read(service.checked, details, channel=Channel.WEB)
        if action != "send":
            return await _confirm(ctx, cleaned, values)
        await limit_applications(ctx, email=cleaned.email, client_address=client_address(request))
        return await _send(ctx, details, values["key"])
    except Refusal as refusal:
        return await _refused(ctx, values, refusal)


async def _send(ctx: Context, details: ApplicationDetails, key: str) -> Response[Any]:
    view = await ctx.write(
        service.submit_application, details, channel=Channel.WEB, actor=ctx.actor, idempotency_key=key
    )
    return Redirect(f"/join/received/{view.receipt_key}", status_code=303, headers=_PRIVATE)


@get("/join/received/{receipt_key:str}", policy=Permission.PUBLIC)
async def received(ctx: Ctx, receipt_key: FromPath[str]) -> Response[Any]:
    receipt = await ctx.read(application_queries.receipt, receipt_key)
    desks = (await ctx.profile()).contacts_for(DESK)
    return await page(ctx, "join/received.html", headers=_PRIVATE, receipt=receipt, desks=desks)


@get("/join/mend/{mend_key:str}", policy=Permission.PUBLIC)
async def mend(ctx: Ctx, mend_key: FromPath[str]) -> Response[Any]:
    known = await ctx.read(application_queries.application_to_mend, mend_key)
    values = join_form.stored_values(known.details, await ctx.profile())
    return await _form(ctx, FormView(values), values, mending=known)


@post("/join/mend/{mend_key:str}", policy=Permission.PUBLIC, carried=True)
async def send_mended(request: AnyRequest, ctx: Ctx, mend_key: FromPath[str]) -> Response[Any]:
    form = await read_form(request, ctx)
    values = join_form.typed_values(form, await ctx.profile())
    action, details = form.text("action"), join_form.details_of(values)
    refusal: Refusal | None = None if form.genuine else FormExpired()
    try:
        if form.genuine and action == "send":
            view = await ctx.write(service.resubmit, mend_key, details=details, idempotency_key=values["key"])
            return Redirect(f"/join/received/{view.receipt_key}", status_code=303, headers=_PRIVATE)
    except NotFound:
        raise
    except Refusal as problem:
        refusal = problem
    return await _mending_again(ctx, mend_key, values, refusal, edit=action == "edit")


async def _mending_again(
    ctx: Context, mend_key: str, values: Values, refusal: Refusal | None, *, edit: bool
) -> Response[Any]:
    known = await ctx.read(application_queries.application_to_mend, mend_key)
    if refusal is not None:
        return await _refused(ctx, values, refusal, mending=known)
    if edit:
        return await _form(ctx, FormView(values), values, mending=known)
    try:
        cleaned = await ctx.read(service.checked, join_form.details_of(values), channel=known.channel)
    except Refusal as problem:
        return await _refused(ctx, values, problem, mending=known)
    return await _confirm(ctx, cleaned, values, mending=known)


async def _refused(ctx: Context, values: Values, refusal: Refusal, mending: ToMend | None = None) -> Response[Any]:
    if refusal.code == "IDEMPOTENCY_KEY_REUSED":
        refusal = Refusal(
            refusal.code,
            "この画面からのお申込みは、すでに受け付けています。内容を直したいときは、事務局へご連絡ください。"
            "別の団体として申し込むときは、入会の画面を開き直してください。",
        )
    status = 429 if isinstance(refusal, TooMany) else 422
    return await _form(ctx, FormView(values, refusal), values, status=status, mending=mending)


async def _form(
    ctx: Context,
    view: FormView,
    values: Values,
    *,
    status: int = 200,
    first: bool = False,
    mending: ToMend | None = None,
) -> Response[Any]:
    """`first`: before anything was typed, so what joining means stands above the form."""
    return await page(
        ctx,
        "join/form.html",
        status=status,
        headers=_PRIVATE,
        view=view,
        key=values["key"],
        charter_seen=values["charter_seen"],
        choices=await join_form.choices(ctx),
        desks=(await ctx.profile()).contacts_for(DESK),
        first=first,
        mending=mending,
    )


async def _confirm(
    ctx: Context, cleaned: ApplicationDetails, values: Values, mending: ToMend | None = None
) -> Response[Any]:
    return await page(
        ctx,
        "join/confirm.html",
        headers=_PRIVATE,
        details=cleaned,
        carried=join_form.carried(values),
        choices=await join_form.choices(ctx),
        mending=mending,
    )


ROUTES = [join, apply, received, mend, send_mended]
