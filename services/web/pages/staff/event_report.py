"""開催報告: what came of an event, with its photographs in their order, and its counters."""

from typing import Any
from uuid import UUID

from litestar import Request, get, post
from litestar.params import FromPath, FromQuery
from litestar.response import Redirect, Response

from services.web.context import Context, Ctx
from services.web.forms import Form, FormExpired, FormView, read_form
from services.web.pages.arguments import revision_of
from services.web.pages.staff import report_rows
from services.web.pages.staff.events import REPORTABLE, known_event
from services.web.pages.staff.report_rows import Photo
from services.web.pages.staff.uploads import keep_upload
from services.web.rendering import page
from services.web.security import MAX_UPLOAD
from shared.content.queries import media_by_name_or_id
from shared.events import measures, words
from shared.events.queries import EventView
from shared.events.report_drafts import ReportDraft
from shared.events.report_queries import desk_report
from shared.events.reporting import publish_report, save_report, set_measures
from shared.events.views import PhotoView, ReportView
from shared.identity.policy import Permission
from shared.kit import clock
from shared.kit.refusals import Conflict, Refusal, Refusals

AnyRequest = Request[Any, Any, Any]
DONE = {
    "draft": "下書きとして保存しました。まだ公開されていません。",
    "measures": "数を保存しました。行事のページに表示されます。",
}


@get("/staff/events/{event_id:uuid}/report", policy=Permission.EVENT_WRITE)
async def show_report(ctx: Ctx, event_id: FromPath[UUID], done: FromQuery[str] = "") -> Response[Any]:
    known = await known_event(ctx, event_id)
    values, photos = await _stored(ctx, known)
    return await _page(ctx, known, FormView(values | _counters(known)), photos, done=DONE.get(done))


@post("/staff/events/{event_id:uuid}/report", policy=Permission.EVENT_WRITE, request_max_body_size=MAX_UPLOAD)
async def save(request: AnyRequest, ctx: Ctx, event_id: FromPath[UUID]) -> Response[Any]:
    known = await known_event(ctx, event_id)
    form = await read_form(request, ctx)
    photos, typed = await report_rows.typed_photos(ctx, form), _typed(form) | _counters(known)
    then = form.text("then")
    try:
        if not form.genuine:
            raise FormExpired
        if await _take_photo(ctx, form, photos):
            typed |= {"alt": "", "credit": "", "consented": ""}
        if button := form.text("rows"):
            report_rows.change_photos(photos, button)
            return await _page(ctx, known, FormView(typed), photos)
        if then == "preview":
            return await _page(ctx, known, FormView(typed), photos, preview=_preview(form))
        await ctx.write(
            save_report if then == "draft" else publish_report,
            actor=ctx.actor,
            event_id=event_id,
            draft=ReportDraft(
                body=form.text("body"),
                body_easy=form.text("body_easy"),
                photos=tuple(photo.draft() for photo in photos),
            ),
            revision=revision_of(form),
        )
    except Conflict as conflict:
        current = await known_event(ctx, event_id)
        view = FormView(typed | {"revision": current.revision}, conflict)
        return await _page(ctx, current, view, photos, status=409, conflict=True)
    except Refusal as refusal:
        return await _page(ctx, known, FormView(typed, refusal), photos, status=422)
    if then == "draft":
        return Redirect(f"/staff/events/{event_id}/report?done=draft", status_code=303)
    return Redirect(f"/staff/events/{event_id}?done=reported", status_code=303)


@post("/staff/events/{event_id:uuid}/measures", policy=Permission.EVENT_WRITE)
async def save_measures(request: AnyRequest, ctx: Ctx, event_id: FromPath[UUID]) -> Response[Any]:
    known = await known_event(ctx, event_id)
    form = await read_form(request, ctx)
    try:
        if not form.genuine:
            raise FormExpired
        drafts = report_rows.typed_measures(form)
        await ctx.write(set_measures, actor=ctx.actor, event_id=event_id, measures=drafts)
    except Refusal as refusal:
        values, photos = await _stored(ctx, known)
        view = FormView(values | form.values(), _on_their_rows(refusal, form))
        return await _page(ctx, known, view, photos, status=422)
    return Redirect(f"/staff/events/{event_id}/report?done=measures#measures", status_code=303)


async def _stored(ctx: Context, known: EventView) -> tuple[dict[str, Any], list[Photo]]:
    desk = await ctx.read(desk_report, known.id)
    values: dict[str, Any] = {"revision": known.revision}
    if desk.report is not None:
        values |= {"body": desk.report.body, "body_easy": desk.report.body_easy or ""}
    return values, [report_rows.stored_photo(photo) for photo in desk.photos]


async def _take_photo(ctx: Context, form: Form, photos: list[Photo]) -> bool:
    """Keep the photograph that came with the form as the last row; until its consent is confirmed it is withheld."""
    kept = await keep_upload(ctx, form, withheld=True)
    media = await ctx.read(media_by_name_or_id, kept["image_id"]) if kept else None
    if media is None:
        return False
    photos.append(Photo(media, media.alt, "", form.text("credit"), form.checked("consented")))
    return True


def _typed(form: Form) -> dict[str, Any]:
    return {name: value for name, value in form.values().items() if not name.startswith("photos.")}


def _counters(known: EventView) -> dict[str, Any]:
    return report_rows.measure_values(known.measures)


def _preview(form: Form) -> ReportView:
    return ReportView(form.text("body"), form.text("body_easy") or None, clock.now())


def _on_their_rows(refusal: Refusal, form: Form) -> Refusal:
    """The verbs number the counters that were given; the form numbers its rows."""
    places = report_rows.measure_rows(form)
    problems = refusal.problems if isinstance(refusal, Refusals) else [refusal]
    moved = []
    for problem in problems:
        head, _, rest = (problem.field or "").removeprefix("measures.").partition(".")
        there = problem.message[:1].isdigit() and head.isdigit() and int(head) < len(places)
        field = f"measures.{places[int(head)]}.{rest}" if there else problem.field
        moved.append(Refusal(problem.code, problem.message, field))
    return Refusals(moved)


async def _page(
    ctx: Context, known: EventView, view: FormView, photos: list[Photo], *, status: int = 200, **more: Any
) -> Response[Any]:
    values = {"conflict": False, "preview": None, "done": None} | more
    shown = [PhotoView(photo.caption or None, photo.media, photo.credit or None) for photo in photos if photo.consented]
    return await page(
        ctx,
        "staff/events/report.html",
        status=status,
        view=view,
        known=known,
        photos=await report_rows.with_same_alt(ctx, photos),
        shown=shown,
        words=words,
        names=measures.UNITS,
        shares=measures.shares(known.measures),
        possible=known.state in REPORTABLE and known.starts_at <= clock.now(),
        **values,
    )


ROUTES = [show_report, save, save_measures]
