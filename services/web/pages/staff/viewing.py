"""オンライン視聴: the addresses of an event's stream and recording, and the two counts beside each other."""

from typing import Any
from uuid import UUID

from litestar import Request, get, post
from litestar.params import FromPath, FromQuery
from litestar.response import Redirect, Response

from services.web.context import Context, Ctx
from services.web.days import day_values, read_day
from services.web.forms import FormView, read_form, read_genuine_form
from services.web.pages.staff.events import known_event
from services.web.rendering import page
from shared.events import words
from shared.events.attendance import viewing, viewing_queries
from shared.events.registrations.models import Attendance
from shared.events.registrations.seats import ways
from shared.identity.policy import Permission
from shared.kit.refusals import NotFound, Refusal

AnyRequest = Request[Any, Any, Any]


@get("/staff/events/{event_id:uuid}/viewing", policy=Permission.REGISTRATION_READ)
async def show_viewing(ctx: Ctx, event_id: FromPath[UUID], done: FromQuery[str] = "") -> Response[Any]:
    return await _page(ctx, event_id, done="保存しました。" if done == "saved" else None)


@post("/staff/events/{event_id:uuid}/viewing", policy=Permission.REGISTRATION_WRITE)
async def save_viewing(request: AnyRequest, ctx: Ctx, event_id: FromPath[UUID]) -> Response[Any]:
    form = await read_form(request, ctx)
    try:
        await read_genuine_form(request, ctx)
        await ctx.write(
            viewing.set_addresses,
            actor=ctx.actor,
            event_id=event_id,
            stream_url=form.text("stream_url"),
            archive_url=form.text("archive_url"),
            archive_until=read_day(form, "archive_until", "後日視聴の最後の日"),
        )
    except NotFound:
        raise
    except Refusal as refusal:
        return await _page(ctx, event_id, FormView(form.values(), refusal), status=422)
    return Redirect(f"/staff/events/{event_id}/viewing?done=saved", status_code=303)


async def _page(
    ctx: Context, event_id: UUID, view: FormView | None = None, *, status: int = 200, done: str | None = None
) -> Response[Any]:
    event = await known_event(ctx, event_id)
    found = await ctx.read(viewing_queries.viewing, event_id)
    values = {"stream_url": found.stream_url, "archive_url": found.archive_url}
    values |= day_values("archive_until", found.archive_until)
    return await page(
        ctx,
        "staff/events/viewing.html",
        status=status,
        headers={"Cache-Control": "no-store"},
        event=event,
        found=found,
        view=view or FormView(values),
        words=words,
        online=Attendance.ONLINE in ways(event),
        may_write=ctx.actor.may(Permission.REGISTRATION_WRITE),
        done=done,
    )


ROUTES = [show_viewing, save_viewing]
