"""通知の受け取り方 of the desk: each kind at once, gathered or not at all; and whether the platform writes by night."""

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
from shared.kit.refusals import Refusal


@get("/staff/notifications", policy=Permission.LETTER_READ)
async def show_desks_choice(ctx: Ctx, done: FromQuery[str] = "") -> Response[Any]:
    return await _page(ctx, done=DONE if done else None)


@post("/staff/notifications", policy=Permission.PROFILE_EDIT)
async def choose_for_desk(request: Request[Any, Any, Any], ctx: Ctx) -> Response[Any]:
    form = await read_genuine_form(request, ctx)
    try:
        await ctx.write(
            service.choose,
            actor=ctx.actor,
            desk=True,
            manners=manners_in(form),
            by_night=form.text("by_night") == "1" if form.has("by_night") else None,
        )
    except Refusal as refusal:
        return await _page(ctx, form, refusal, status=422)
    return Redirect("/staff/notifications?done=1", status_code=303)


async def _page(
    ctx: Ctx, form: Form | None = None, refusal: Refusal | None = None, *, status: int = 200, done: str | None = None
) -> Response[Any]:
    choices = await ctx.read(queries.choices, None)
    desk = await ctx.read(queries.desk)
    waiting = await ctx.read(queries.waiting, None)
    view = view_of(choices, form, refusal)
    return await page(
        ctx,
        "notifications/desk.html",
        status=status,
        view=view,
        choices=choices,
        waiting=waiting,
        desk=desk,
        done=done,
        **WORDS,
    )


ROUTES = [show_desks_choice, choose_for_desk]
