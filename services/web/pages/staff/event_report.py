"""開催報告: what came of an event, with its photographs in their order."""

from typing import Any
from uuid import UUID

import msgspec
from litestar import Request, get, post
from litestar.params import FromPath
from litestar.response import Redirect, Response

from services.web.context import Context, Ctx
from services.web.forms import Form, FormExpired, FormView, read_form
from services.web.pages.staff.event_rows import change_list
from services.web.pages.staff.events import REPORTABLE, known_event
from services.web.pages.staff.uploads import keep_upload
from services.web.rendering import page
from services.web.security import MAX_UPLOAD
from shared.content.queries import MediaView, media_by_name_or_id
from shared.events import words
from shared.events.drafts import PhotoDraft, ReportDraft
from shared.events.queries import EventView
from shared.events.reporting import publish_report
from shared.identity.policy import Permission
from shared.kit import clock
from shared.kit.refusals import Conflict, Refusal

AnyRequest = Request[Any, Any, Any]
MOST_PHOTOS = 40


class Photo(msgspec.Struct):
    """A row of the form; `media` is what it shows."""

    media: MediaView
    caption: str


@get("/staff/events/{event_id:uuid}/report", policy=Permission.EVENT_WRITE)
async def show_report(ctx: Ctx, event_id: FromPath[UUID]) -> Response[Any]:
    known = await known_event(ctx, event_id)
    report = known.report
    values: dict[str, Any] = {"revision": known.revision}
    if report is not None:
        values |= {"body": report.body, "body_easy": report.body_easy or ""}
    photos = [Photo(photo.media, photo.caption or "") for photo in known.photos]
    return await _page(ctx, known, FormView(values), photos)


@post("/staff/events/{event_id:uuid}/report", policy=Permission.EVENT_WRITE, request_max_body_size=MAX_UPLOAD)
async def save_report(request: AnyRequest, ctx: Ctx, event_id: FromPath[UUID]) -> Response[Any]:
    known = await known_event(ctx, event_id)
    form = await read_form(request, ctx)
    photos, typed = await _photos(ctx, form), _typed(form)
    try:
        if not form.genuine:
            raise FormExpired
        if await _take_photo(ctx, form, photos):
            typed |= {"alt": "", "caption": ""}
        if button := form.text("rows"):
            verb, _, place = button.removeprefix("photo.").partition(".")
            if verb != "add":
                change_list(photos, verb, [int(place)] if place.isascii() and place.isdigit() else [], None)
            return await _page(ctx, known, FormView(typed), photos)
        await ctx.write(
            publish_report,
            actor=ctx.actor,
            event_id=event_id,
            draft=_draft(form, photos),
            revision=int(form.text("revision") or 0),
        )
    except Conflict as conflict:
        current = await known_event(ctx, event_id)
        view = FormView(typed | {"revision": current.revision}, conflict)
        return await _page(ctx, current, view, photos, status=409, conflict=True)
    except Refusal as refusal:
        return await _page(ctx, known, FormView(typed, refusal), photos, status=422)
    return Redirect(f"/staff/events/{event_id}?done=reported", status_code=303)


async def _take_photo(ctx: Context, form: Form, photos: list[Photo]) -> bool:
    """Keep the photograph that came with the form as the last row."""
    kept = await keep_upload(ctx, form)
    media = await ctx.read(media_by_name_or_id, kept["image_id"]) if kept else None
    if media is None:
        return False
    photos.append(Photo(media, ""))
    return True


async def _photos(ctx: Context, form: Form) -> list[Photo]:
    """The rows of the form; a picture that is not ours is left out."""
    photos: list[Photo] = []
    for index in range(MOST_PHOTOS):
        media_id = form.text(f"photos.{index}.media_id")
        media = await ctx.read(media_by_name_or_id, media_id) if media_id else None
        if media is not None:
            photos.append(Photo(media, form.text(f"photos.{index}.caption")))
    return photos


def _typed(form: Form) -> dict[str, Any]:
    return {name: value for name, value in form.values().items() if not name.startswith("photos.")}


def _draft(form: Form, photos: list[Photo]) -> ReportDraft:
    return ReportDraft(
        body=form.text("body"),
        body_easy=form.text("body_easy"),
        photos=tuple(PhotoDraft(media_id=photo.media.id, caption=photo.caption) for photo in photos),
    )


async def _page(
    ctx: Context, known: EventView, view: FormView, photos: list[Photo], *, status: int = 200, conflict: bool = False
) -> Response[Any]:
    return await page(
        ctx,
        "staff/events/report.html",
        status=status,
        view=view,
        known=known,
        photos=photos,
        conflict=conflict,
        words=words,
        possible=known.state in REPORTABLE and known.starts_at <= clock.now(),
    )


ROUTES = [show_report, save_report]
