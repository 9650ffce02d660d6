"""通知の受け取り方 of a person of an organisation: the own choice on this platform."""

from typing import Any

from litestar import Request, get, post
from litestar.params import FromQuery
from litestar.response import Redirect, Response

from services.web.context import Ctx
from services.web.forms import Form, read_genuine_form
from services.web.pages.notification_form import DONE, WORDS, manners_in, view_of
from services.web.rendering import page
from shared.identity.notifications import queries, service
from shared.identity.policy import Permission
from shared.kit.refusals import NotFound, Refusal


@get("/member/notifications", policy=Permission.ORGANISATION_DRAFT)
async def show_own_choice(ctx: Ctx, done: FromQuery[str] = "") -> Response[Any]:
    return await _page(ctx, done=DONE if done else None)


@post("/member/notifications", policy=Permission.ORGANISATION_DRAFT)
async def choose_for_oneself(request: Request[Any, Any, Any], ctx: Ctx) -> Response[Any]:
    form = await read_genuine_form(request, ctx)
    try:
        await ctx.write(service.choose, actor=ctx.actor, desk=False, manners=manners_in(form))
    except Refusal as refusal:
        return await _page(ctx, form, refusal, status=422)
    return Redirect("/member/notifications?done=1", status_code=303)


async def _page(
    ctx: Ctx, form: Form | None = None, refusal: Refusal | None = None, *, status: int = 200, done: str | None = None
) -> Response[Any]:
    if ctx.actor.account_id is None:
        raise NotFound
    choices = await ctx.read(queries.choices, ctx.actor.account_id)
    waiting = await ctx.read(queries.waiting, ctx.actor.account_id)
    view = view_of(choices, form, refusal)
    return await page(
        ctx, "notifications/own.html", status=status, view=view, choices=choices, waiting=waiting, done=done, **WORDS
    )


ROUTES = [show_own_choice, choose_for_oneself]
