"""オンライン参加: who took part from afar, as the secretariat knows it; beside the door, never in its numbers."""

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from litestar import Request, get, post
from litestar.params import FromPath, FromQuery
from litestar.response import Redirect, Response

from services.web.context import Context, Ctx
from services.web.forms import Form, FormView, read_form, read_genuine_form
from services.web.pages.arguments import id_of, number_of, page_number
from services.web.pages.staff.events import known_event
from services.web.rendering import page
from shared.events import words
from shared.events.attendance import online, online_queries
from shared.events.registrations.models import Attendance
from shared.events.registrations.seats import ways
from shared.identity.policy import Permission
from shared.kit import clock
from shared.kit.refusals import NotFound, Refusal

AnyRequest = Request[Any, Any, Any]
PER_PAGE = 100
DONE = {
    "recorded": "オンライン参加を記録しました。",
    "viewers": "当日の配信を視聴した方を、オンライン参加として記録しました。",
    "nobody": "新しく記録する方はいませんでした。",
    "undone": "オンライン参加の記録を取り消しました。",
}


@get("/staff/events/{event_id:uuid}/online", policy=Permission.REGISTRATION_READ)
async def show_online(
    request: AnyRequest, ctx: Ctx, event_id: FromPath[UUID], q: FromQuery[str] = "", done: FromQuery[str] = ""
) -> Response[Any]:
    return await _page(ctx, event_id, word=q[:100], number=page_number(request), done=DONE.get(done))


@post("/staff/events/{event_id:uuid}/online", policy=Permission.REGISTRATION_WRITE)
async def change_online(request: AnyRequest, ctx: Ctx, event_id: FromPath[UUID]) -> Response[Any]:
    """Everybody who pressed 視聴する, or the one whose button was pressed."""
    form = await read_form(request, ctx)
    word, number = form.text("q")[:100], max(number_of(form.text("page"), 1), 1)
    try:
        await read_genuine_form(request, ctx)
        done = await _change(ctx, event_id, form)
    except NotFound:
        raise
    except Refusal as refusal:
        problem = FormView({}, refusal)
        return await _page(ctx, event_id, problem, word=word, number=number, status=422)
    where = {"q": word, "page": str(number) if number > 1 else "", "done": done}
    query = urlencode({name: value for name, value in where.items() if value})
    return Redirect(f"/staff/events/{event_id}/online?{query}", status_code=303)


async def _change(ctx: Context, event_id: UUID, form: Form) -> str:
    if form.text("viewers"):
        found = await ctx.write(online.record_viewers, actor=ctx.actor, event_id=event_id)
        return "viewers" if found else "nobody"
    if wanted := form.text("undo"):
        await ctx.write(online.forget_online, actor=ctx.actor, event_id=event_id, registration_id=id_of(wanted))
        return "undone"
    registration_id = id_of(form.text("record"))
    given = form.text(f"present.{registration_id}")
    await ctx.write(
        online.record_online,
        actor=ctx.actor,
        event_id=event_id,
        registration_id=registration_id,
        present=number_of(given) if given else None,
    )
    return "recorded"


async def _page(
    ctx: Context,
    event_id: UUID,
    view: FormView | None = None,
    *,
    word: str = "",
    number: int = 1,
    status: int = 200,
    done: str | None = None,
) -> Response[Any]:
    event = await known_event(ctx, event_id)
    found = await ctx.read(
        online_queries.online_guests, event_id, word=word, first=PER_PAGE, offset=(number - 1) * PER_PAGE
    )
    return await page(
        ctx,
        "staff/events/online.html",
        status=status,
        headers={"Cache-Control": "no-store"},
        event=event,
        found=found,
        view=view or FormView(),
        word=word,
        number=number,
        per_page=PER_PAGE,
        words=words,
        online=Attendance.ONLINE in ways(event),
        begun=event.starts_at <= clock.now(),
        may_write=ctx.actor.may(Permission.REGISTRATION_WRITE),
        done=done,
    )


ROUTES = [show_online, change_online]
