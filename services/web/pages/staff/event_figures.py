"""人数と視聴: what was counted, side by side, and into the report on request. Nothing here divides plays by people."""

from typing import Any
from uuid import UUID

from litestar import Request, get, post
from litestar.params import FromPath, FromQuery
from litestar.response import Redirect, Response

from services.web.context import Context, Ctx
from services.web.forms import FormView, read_form, read_genuine_form
from services.web.pages.staff.check_in import has_hall
from services.web.pages.staff.events import known_event
from services.web.rendering import page
from shared.events import words
from shared.events.attendance import counter_queries, queries
from shared.events.attendance.counters import write_counters
from shared.identity.policy import Permission
from shared.kit import clock
from shared.kit.refusals import NotFound, Refusal

AnyRequest = Request[Any, Any, Any]


@get("/staff/events/{event_id:uuid}/figures", policy=Permission.REGISTRATION_READ)
async def show_figures(ctx: Ctx, event_id: FromPath[UUID], done: FromQuery[str] = "") -> Response[Any]:
    return await _page(ctx, event_id, done=done == "written")


@post("/staff/events/{event_id:uuid}/figures", policy=Permission.REGISTRATION_WRITE)
async def write_figures(request: AnyRequest, ctx: Ctx, event_id: FromPath[UUID]) -> Response[Any]:
    form = await read_form(request, ctx)
    try:
        await read_genuine_form(request, ctx)
        await ctx.write(write_counters, actor=ctx.actor, event_id=event_id, names=form.texts("names"))
    except NotFound:
        raise
    except Refusal as refusal:
        return await _page(ctx, event_id, FormView(form.values(), refusal), status=422)
    return Redirect(f"/staff/events/{event_id}/figures?done=written", status_code=303)


async def _page(
    ctx: Context, event_id: UUID, view: FormView | None = None, *, status: int = 200, done: bool = False
) -> Response[Any]:
    event = await known_event(ctx, event_id)
    counted = await ctx.read(counter_queries.counters, event_id)
    shown = [each for each in counted if not each.online or event.online or each.value]
    door = await ctx.read(queries.door, event_id, hall=has_hall(event), first=0)
    return await page(
        ctx,
        "staff/events/figures.html",
        status=status,
        headers={"Cache-Control": "no-store"},
        event=event,
        counters=shown,
        door=door.counts,
        over=event.over(clock.now()),
        written={each.name: each for each in event.measures},
        view=view or FormView(),
        words=words,
        may_write=ctx.actor.may(Permission.REGISTRATION_WRITE),
        done=done,
    )


ROUTES = [show_figures, write_figures]
