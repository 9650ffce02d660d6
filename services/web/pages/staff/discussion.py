"""話し合いの記録: 討議の柱 with opinions as they were said, and their tags."""

from typing import Any
from uuid import UUID

from litestar import Request, get, post
from litestar.params import FromPath, FromQuery
from litestar.response import Redirect, Response

from services.web.context import Context, Ctx
from services.web.forms import FormExpired, FormView, read_form
from services.web.pages.arguments import revision_of
from services.web.pages.staff import discussion_rows
from services.web.pages.staff.discussion_rows import TopicRow
from services.web.pages.staff.events import REPORTABLE, known_event
from services.web.rendering import page
from shared.events import words
from shared.events.discussion import queries, service
from shared.events.discussion import words as follow_up_words
from shared.events.discussion.drafts import TAG_FIELDS
from shared.events.queries import EventView
from shared.identity.policy import Permission
from shared.kit import clock
from shared.kit.refusals import Conflict, Refusal

AnyRequest = Request[Any, Any, Any]
DONE = {
    "saved": "保存しました。行事のページに表示されています。",
    "followed": "「その後」を保存しました。",
    "removed": "「その後」を一覧から消しました。意見は残っています。",
}


@get("/staff/events/{event_id:uuid}/discussion", policy=Permission.EVENT_WRITE)
async def show_discussion(ctx: Ctx, event_id: FromPath[UUID], done: FromQuery[str] = "") -> Response[Any]:
    known = await known_event(ctx, event_id)
    rows = discussion_rows.stored_rows(await ctx.read(queries.desk_topics, event_id))
    view = FormView(discussion_rows.flat(rows) | {"revision": known.revision})
    return await _page(ctx, known, view, rows, done=DONE.get(done))


@post("/staff/events/{event_id:uuid}/discussion", policy=Permission.EVENT_WRITE)
async def save_discussion(request: AnyRequest, ctx: Ctx, event_id: FromPath[UUID]) -> Response[Any]:
    """Buttons beside a row change the rows and show the form again; nothing is stored by them."""
    known = await known_event(ctx, event_id)
    form = await read_form(request, ctx)
    rows = discussion_rows.typed_rows(form)
    typed: dict[str, Any] = {"revision": form.text("revision")}
    try:
        if not form.genuine:
            raise FormExpired
        if button := form.text("rows"):
            discussion_rows.change_rows(rows, button)
            return await _page(ctx, known, FormView(typed | discussion_rows.flat(rows)), rows)
        rows = discussion_rows.without_empty(rows)
        await ctx.write(
            service.set_topics,
            actor=ctx.actor,
            event_id=event_id,
            topics=discussion_rows.drafts_of(rows),
            revision=revision_of(form),
        )
    except Conflict as conflict:
        current = await known_event(ctx, event_id)
        typed |= {"revision": current.revision}
        return await _page(ctx, current, FormView(typed | discussion_rows.flat(rows), conflict), rows, status=409)
    except Refusal as refusal:
        return await _page(ctx, known, FormView(typed | discussion_rows.flat(rows), refusal), rows, status=422)
    return Redirect(f"/staff/events/{event_id}/discussion?done=saved", status_code=303)


async def _page(
    ctx: Context,
    known: EventView,
    view: FormView,
    rows: list[TopicRow],
    *,
    status: int = 200,
    done: str | None = None,
) -> Response[Any]:
    return await page(
        ctx,
        "staff/events/discussion.html",
        status=status,
        view=view,
        known=known,
        rows=rows,
        follow_ups=await ctx.read(queries.follow_ups, event_id=known.id, first=queries.MOST_ROWS),
        suggestions=await ctx.read(queries.tag_suggestions),
        tag_fields=TAG_FIELDS,
        words=words,
        follow_up_words=follow_up_words,
        today_date=clock.today(),
        possible=known.state in REPORTABLE and known.starts_at <= clock.now(),
        done=done,
    )


ROUTES = [show_discussion, save_discussion]
