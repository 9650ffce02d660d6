"""行事: prepare with programme and people on stage, publish, move, call off."""

from typing import Any
from uuid import UUID

from litestar import Request, get, post
from litestar.params import FromPath, FromQuery
from litestar.response import Redirect, Response
from sqlalchemy.ext.asyncio import AsyncSession

from services.web.context import Context, Ctx
from services.web.forms import Form, FormExpired, FormView, read_form, read_genuine_form
from services.web.once import FIELD as FORM_KEY
from services.web.once import new_form_key, once_per_form
from services.web.pages.staff.event_form import EventInput, read_event, rows_of, sessions_of, values_of
from services.web.pages.staff.event_rows import Rows, change_rows, read_rows
from services.web.pages.staff.uploads import change_chosen_words, keep_flyer, read_by_somebody
from services.web.rendering import page
from services.web.security import MAX_UPLOAD
from shared.content import queries as content
from shared.events import queries, service, words
from shared.events.models import EventState
from shared.events.queries import EventView
from shared.identity.policy import Actor, Permission
from shared.kit import clock
from shared.kit.refusals import Conflict, NotFound, Refusal

AnyRequest = Request[Any, Any, Any]
PAGE_SIZE = 30
LAST_PAGE = 10_000
DONE = {
    "saved": "保存しました。",
    "published": "公開しました。サイトに表示されています。",
    "held": "終了として記録しました。",
    "reported": "開催報告を公開しました。",
    "cancelled": "中止にしました。行事のページに理由が表示されます。",
    "postponed": "延期にしました。行事のページに理由が表示されます。",
}
REPORTABLE = (EventState.ANNOUNCED, EventState.OPEN, EventState.FULL, EventState.HELD, EventState.REPORTED)
CHANGEABLE = (EventState.ANNOUNCED, EventState.OPEN, EventState.FULL, EventState.POSTPONED)


@get("/staff/events", policy=Permission.EVENT_WRITE)
async def list_events(ctx: Ctx, page_number: FromQuery[int] = 1, done: FromQuery[str] = "") -> Response[Any]:
    number = min(max(page_number, 1), LAST_PAGE)
    listed = await ctx.read(queries.all_for_staff, first=PAGE_SIZE, offset=(number - 1) * PAGE_SIZE)
    return await page(
        ctx,
        "staff/events/list.html",
        listed=listed,
        number=number,
        words=words,
        now=clock.now(),
        done=DONE.get(done),
    )


@get("/staff/events/new", policy=Permission.EVENT_WRITE)
async def new_event(ctx: Ctx) -> Response[Any]:
    values = {FORM_KEY: new_form_key(), "takes_registrations": "1"}
    return await _form_page(ctx, FormView(values), Rows([]), None)


@get("/staff/events/{event_id:uuid}", policy=Permission.EVENT_WRITE)
async def edit_event(ctx: Ctx, event_id: FromPath[UUID], done: FromQuery[str] = "") -> Response[Any]:
    known = await known_event(ctx, event_id)
    rows = rows_of(known)
    return await _form_page(ctx, FormView(values_of(known) | rows.flat()), rows, known, done=DONE.get(done))


@post("/staff/events/new", policy=Permission.EVENT_WRITE, request_max_body_size=MAX_UPLOAD)
async def create_event(request: AnyRequest, ctx: Ctx) -> Response[Any]:
    return await _save(request, ctx, None)


@post("/staff/events/{event_id:uuid}", policy=Permission.EVENT_WRITE, request_max_body_size=MAX_UPLOAD)
async def save_event(request: AnyRequest, ctx: Ctx, event_id: FromPath[UUID]) -> Response[Any]:
    return await _save(request, ctx, await known_event(ctx, event_id))


@post("/staff/events/{event_id:uuid}/publish", policy=Permission.EVENT_WRITE)
async def publish_event(request: AnyRequest, ctx: Ctx, event_id: FromPath[UUID]) -> Response[Any]:
    await read_genuine_form(request, ctx)
    await ctx.write(service.publish_event, actor=ctx.actor, event_id=event_id)
    return Redirect(f"/staff/events/{event_id}?done=published", status_code=303)


@post("/staff/events/{event_id:uuid}/held", policy=Permission.EVENT_WRITE)
async def mark_held(request: AnyRequest, ctx: Ctx, event_id: FromPath[UUID]) -> Response[Any]:
    await read_genuine_form(request, ctx)
    await ctx.write(service.mark_held, actor=ctx.actor, event_id=event_id)
    return Redirect(f"/staff/events/{event_id}?done=held", status_code=303)


async def _save(request: AnyRequest, ctx: Context, known: EventView | None) -> Response[Any]:
    """Buttons beside a row change the rows and show the form again; nothing is stored by them."""
    form = await read_form(request, ctx)
    rows, typed = read_rows(form), _without_rows(form)
    try:
        if not form.genuine:
            raise FormExpired
        kept = await keep_flyer(ctx, form)
        typed |= kept.values
        if button := form.text("rows"):
            change_rows(rows, button)
            return await _form_page(ctx, FormView(typed | rows.flat()), rows, known)
        rows = rows.without_empty()
        given = read_event(form, rows, _uuid(str(typed.get("image_id", ""))))
        read_by_somebody(kept)
        saved = await ctx.write(_write, form=form, given=given, actor=ctx.actor, known=known)
    except Conflict as conflict:
        current = await known_event(ctx, known.id) if known else None
        again = typed | rows.flat() | {"revision": current.revision if current else ""}
        return await _form_page(ctx, FormView(again, conflict), rows, current, status=409, conflict=True)
    except Refusal as refusal:
        return await _form_page(ctx, FormView(typed | rows.flat(), refusal), rows, known, status=422)
    done = "published" if form.text("then") == "publish" else "saved"
    return Redirect(f"/staff/events/{saved}?done={done}", status_code=303)


async def _write(session: AsyncSession, *, form: Form, given: EventInput, actor: Actor, known: EventView | None) -> str:
    """Event, programme and publication: all or nothing. Returns the id."""

    async def effect() -> dict[str, Any]:
        await change_chosen_words(session, form=form, flyer_id=given.draft.flyer_id)
        if known is None:
            row = await service.create_event(session, actor=actor, draft=given.draft, sessions=given.sessions)
            event_id = row.id
        else:
            event_id = known.id
            await _update(session, form, given, actor, known)
        if form.text("then") == "publish":
            await service.publish_event(session, actor=actor, event_id=event_id)
        return {"id": str(event_id)}

    answer = await once_per_form(session, actor=actor, form=form, effect=effect) if known is None else await effect()
    return str(answer["id"])


async def _update(session: AsyncSession, form: Form, given: EventInput, actor: Actor, known: EventView) -> None:
    await service.update_event(
        session,
        actor=actor,
        event_id=known.id,
        draft=given.draft,
        revision=int(form.text("revision") or 0),
        reason=form.text("reason"),
    )
    if given.sessions != sessions_of(known):
        await service.set_sessions(session, actor=actor, event_id=known.id, sessions=given.sessions)


async def known_event(ctx: Context, event_id: UUID) -> EventView:
    """Drafts too; NotFound."""
    found = await ctx.read(queries.event, event_id, drafts=True)
    if found is None:
        raise NotFound
    return found


def _without_rows(form: Form) -> dict[str, Any]:
    return {name: value for name, value in form.values().items() if not name.startswith("sessions.")}


async def _form_page(
    ctx: Context, view: FormView, rows: Rows, known: EventView | None, *, status: int = 200, **more: Any
) -> Response[Any]:
    pictures, image_id = await ctx.read(content.media_list), view.value("image_id")
    chosen = await ctx.read(content.media_by_name_or_id, image_id) if image_id else None
    if chosen is not None and chosen not in pictures:
        pictures = [chosen, *pictures]
    same_alt = await ctx.read(content.media_with_same_alt, alt=chosen.alt, besides=chosen.id) if chosen else []
    values = {"conflict": False, "done": None} | more
    return await page(
        ctx,
        "staff/events/form.html",
        status=status,
        view=view,
        rows=rows,
        known=known,
        pictures=pictures,
        chosen=chosen,
        same_alt=same_alt,
        kinds=[("", "選んでください"), *words.KINDS.items()],
        words=words,
        now=clock.now(),
        changeable=known is not None and known.state in CHANGEABLE,
        reportable=known is not None and known.state in REPORTABLE and known.starts_at <= clock.now(),
        **values,
    )


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


ROUTES = [list_events, new_event, edit_event, create_event, save_event, publish_event, mark_held]
