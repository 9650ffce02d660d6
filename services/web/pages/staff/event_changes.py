"""中止 and 延期: a page of their own each, because the reason is published and cannot be unsaid."""

from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any
from uuid import UUID

from litestar import Request, get, post
from litestar.params import FromPath
from litestar.response import Redirect, Response
from sqlalchemy.ext.asyncio import AsyncSession

from services.web.context import Context, Ctx
from services.web.days import read_moment
from services.web.forms import Form, FormExpired, FormView, read_form
from services.web.once import once_per_form
from services.web.pages.staff.events import CHANGEABLE, known_event
from services.web.rendering import page
from shared.events import service, standing, words
from shared.events.models import Event, EventState
from shared.identity.policy import Actor, Permission
from shared.kit.refusals import Conflict, Refusal

AnyRequest = Request[Any, Any, Any]


@get("/staff/events/{event_id:uuid}/cancel", policy=Permission.EVENT_WRITE)
async def ask_to_cancel(ctx: Ctx, event_id: FromPath[UUID]) -> Response[Any]:
    return await _page(ctx, event_id, "cancel", FormView())


@get("/staff/events/{event_id:uuid}/postpone", policy=Permission.EVENT_WRITE)
async def ask_to_postpone(ctx: Ctx, event_id: FromPath[UUID]) -> Response[Any]:
    return await _page(ctx, event_id, "postpone", FormView())


@post("/staff/events/{event_id:uuid}/cancel", policy=Permission.EVENT_WRITE)
async def cancel(request: AnyRequest, ctx: Ctx, event_id: FromPath[UUID]) -> Response[Any]:
    form = await read_form(request, ctx)
    try:
        if not form.genuine:
            raise FormExpired
        verb = partial(service.cancel_event, event_id=event_id, reason=form.text("reason"))
        await ctx.write(_once, form=form, actor=ctx.actor, verb=verb)
    except Refusal as refusal:
        return await _page(ctx, event_id, "cancel", FormView(form.values(), refusal), _status(refusal))
    return Redirect(f"/staff/events/{event_id}?done=cancelled", status_code=303)


@post("/staff/events/{event_id:uuid}/postpone", policy=Permission.EVENT_WRITE)
async def postpone(request: AnyRequest, ctx: Ctx, event_id: FromPath[UUID]) -> Response[Any]:
    form = await read_form(request, ctx)
    try:
        if not form.genuine:
            raise FormExpired
        starts_at = read_moment(form, "starts_at", "新しい開始の日時")
        verb = partial(
            service.postpone_event,
            event_id=event_id,
            reason=form.text("reason"),
            starts_at=starts_at,
            ends_at=read_moment(form, "ends_at", "新しい終了の日時", same_day=starts_at),
            registration_deadline=read_moment(form, "registration_deadline", "新しい申込の締切"),
        )
        await ctx.write(_once, form=form, actor=ctx.actor, verb=verb)
    except Refusal as refusal:
        return await _page(ctx, event_id, "postpone", FormView(form.values(), refusal), _status(refusal))
    done = "moved" if form.text("starts_at_year") else "postponed"
    return Redirect(f"/staff/events/{event_id}?done={done}", status_code=303)


async def _once(
    session: AsyncSession, *, form: Form, actor: Actor, verb: Callable[..., Awaitable[Event]]
) -> dict[str, Any]:
    """Everybody who is registered gets a letter: two clicks are one."""

    async def effect() -> dict[str, Any]:
        return {"id": str((await verb(session, actor=actor)).id)}

    return await once_per_form(session, actor=actor, form=form, effect=effect)


def _status(refusal: Refusal) -> int:
    return 409 if isinstance(refusal, Conflict) else 422


async def _page(ctx: Context, event_id: UUID, what: str, view: FormView, status: int = 200) -> Response[Any]:
    known = await known_event(ctx, event_id)
    not_held = known.state is EventState.HELD and not await ctx.read(standing.took_place, event_id)
    return await page(
        ctx,
        f"staff/events/{what}.html",
        status=status,
        view=view,
        known=known,
        words=words,
        possible=known.state in CHANGEABLE or not_held,
    )


ROUTES = [ask_to_cancel, ask_to_postpone, cancel, postpone]
