"""行事: prepare with programme and people on stage, publish, move, call off."""

from typing import Any
from uuid import UUID

from litestar import Request, get, post
from litestar.params import FromPath, FromQuery
from litestar.response import Redirect, Response
from sqlalchemy.ext.asyncio import AsyncSession

from services.web.context import Context, Ctx
from services.web.days import PARTS
from services.web.forms import Form, FormExpired, FormView, read_form, read_genuine_form
from services.web.once import FIELD as FORM_KEY
from services.web.once import new_form_key
from services.web.pages.arguments import as_id, revision_of
from services.web.pages.staff.event_conflict import TAKE, differences, form_of, take_stored
from services.web.pages.staff.event_form import MOMENTS, EventInput, read_event, rows_of, values_of
from services.web.pages.staff.event_rows import Rows, change_rows, read_rows
from services.web.pages.staff.uploads import change_chosen_words, keep_flyer, read_by_somebody
from services.web.rendering import page
from services.web.security import MAX_UPLOAD
from shared.content import queries as content
from shared.events import queries, service, standing, words
from shared.events.changes import plans_differ
from shared.events.copies import draft_of, programme_of
from shared.events.models import EventState
from shared.events.queries import EventView
from shared.events.registrations.retention import forgotten_on
from shared.identity.policy import Actor, Permission
from shared.kit import clock, idempotency
from shared.kit.refusals import Conflict, NotFound, Refusal

AnyRequest = Request[Any, Any, Any]
PAGE_SIZE = 30
LAST_PAGE = 10_000
DONE = {
    "saved": "保存しました。",
    "published": "公開しました。サイトに表示されています。",
    "held": "終了として記録しました。",
    "reopened": "終了を取り消しました。",
    "reported": "開催報告を公開しました。",
    "cancelled": "中止にしました。行事のページに理由が表示されます。",
    "moved": "新しい日程を公開しました。行事のページに理由が表示されます。",
    "postponed": "延期にしました。行事のページに理由が表示されます。",
}
REPORTABLE = (EventState.ANNOUNCED, EventState.OPEN, EventState.FULL, EventState.HELD, EventState.REPORTED)
#: People plan by what was said of these.
PROMISED = (EventState.ANNOUNCED, EventState.OPEN, EventState.FULL)
#: Of an event that nobody has touched since it was made.
FIRST_REVISION = 1
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
async def new_event(ctx: Ctx, copy: FromQuery[str] = "") -> Response[Any]:
    """With `copy` everything of another event but its days, its times and its flyer: most events come back every year."""
    fresh = {FORM_KEY: new_form_key()}
    wanted = as_id(copy)
    if wanted is None:
        return await _form_page(ctx, FormView(fresh | {"takes_registrations": "1", "party_limit": "1"}), Rows([]), None)
    source = await known_event(ctx, wanted)
    left = {"revision", "image_id", "chosen_alt", "all_day", *(f"{name}_{part}" for name in MOMENTS for part in PARTS)}
    left |= {f"registration_{name}_time" for name in ("opens_at", "deadline")}
    values = {name: value for name, value in values_of(source).items() if name not in left}
    rows = rows_of(source)
    return await _form_page(ctx, FormView(fresh | values | rows.flat()), rows, None, source=source)


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


@post("/staff/events/{event_id:uuid}/reopened", policy=Permission.EVENT_WRITE)
async def take_back_held(request: AnyRequest, ctx: Ctx, event_id: FromPath[UUID]) -> Response[Any]:
    """The page offers it on the day; who presses a button of yesterday is told so in words."""
    await read_genuine_form(request, ctx)
    await ctx.write(service.take_back_held, actor=ctx.actor, event_id=event_id)
    return Redirect(f"/staff/events/{event_id}?done=reopened", status_code=303)


async def _save(request: AnyRequest, ctx: Context, known: EventView | None) -> Response[Any]:
    """Buttons beside a row change the rows and show the form again; nothing is stored by them."""
    form = await read_form(request, ctx)
    rows, typed = read_rows(form), _without_rows(form)
    made: list[UUID] = []
    try:
        if not form.genuine:
            raise FormExpired
        kept = await keep_flyer(ctx, form)
        typed |= kept.values
        if button := form.text("rows"):
            change_rows(rows, button)
            return await _form_page(ctx, FormView(typed | rows.flat()), rows, known)
        if form.text(TAKE) and known is not None:
            return await _taken(ctx, form, typed, rows, known)
        rows = rows.without_empty()
        given = read_event(form, rows, as_id(str(typed.get("image_id", ""))))
        read_by_somebody(kept)
        saved = await ctx.write(_write, form=form, given=given, actor=ctx.actor, known=known, made=made)
    except Conflict as conflict:
        current = await known_event(ctx, known.id if known else made[0]) if known or made else None
        again = typed | rows.flat() | {"revision": current.revision if current else ""}
        differing = differences(current, given) if current else []
        view = FormView(again, conflict)
        return await _form_page(ctx, view, rows, current, status=409, conflict=True, differing=differing)
    except Refusal as refusal:
        return await _form_page(ctx, FormView(typed | rows.flat(), refusal), rows, known, status=422)
    done = "published" if form.text("then") == "publish" else "saved"
    return Redirect(f"/staff/events/{saved}?done={done}", status_code=303)


async def _taken(ctx: Context, form: Form, typed: dict[str, Any], rows: Rows, known: EventView) -> Response[Any]:
    """One field as it is stored now; the others, and the comparison of those that still differ, stay."""
    typed, rows = take_stored(form, typed, rows, known)
    values = typed | rows.flat() | {"revision": known.revision}
    given = read_event(form_of(typed, rows), rows.without_empty(), as_id(str(typed.get("image_id", ""))))
    return await _form_page(
        ctx, FormView(values), rows, known, conflict=True, taken=True, differing=differences(known, given)
    )


async def _write(
    session: AsyncSession, *, form: Form, given: EventInput, actor: Actor, known: EventView | None, made: list[UUID]
) -> UUID:
    """Event, programme and publication: all or nothing. Returns the id; `made` holds that of a form that was sent before."""
    await change_chosen_words(session, form=form, flyer_id=given.draft.flyer_id)
    if known is None:
        event_id, fresh = await _create(session, form, given, actor)
        if not fresh:
            made.append(event_id)
            known = await _sent_before(session, event_id)
            await _update(session, given, actor, known, revision=FIRST_REVISION)
    else:
        event_id = known.id
        revision, reason = revision_of(form), form.text("reason")
        await _update(session, given, actor, known, revision=revision, reason=reason)
    if form.text("then") == "publish":
        await service.publish_event(session, actor=actor, event_id=event_id)
    return event_id


async def _create(session: AsyncSession, form: Form, given: EventInput, actor: Actor) -> tuple[UUID, bool]:
    """One form makes one event, however often it is sent; whether this was the first time."""
    fresh = False

    async def effect() -> dict[str, Any]:
        nonlocal fresh
        fresh = True
        row = await service.create_event(session, actor=actor, draft=given.draft, sessions=given.sessions)
        return {"id": str(row.id)}

    form_key = form.text(FORM_KEY)
    key = f"event form {form_key}" if form_key else None
    answer = await idempotency.once(session, actor=actor.key, key=key, body=form_key, effect=effect)
    return UUID(answer["id"]), fresh


async def _sent_before(session: AsyncSession, event_id: UUID) -> EventView:
    known = await queries.event(session, event_id, drafts=True)
    if known is None:
        raise NotFound
    return known


async def _update(
    session: AsyncSession, given: EventInput, actor: Actor, known: EventView, *, revision: int, reason: str = ""
) -> None:
    """What was sent twice with the same words changes nothing."""
    if (draft_of(known), programme_of(known)) == (given.draft, given.sessions):
        return
    await service.update_event(
        session, actor=actor, event_id=known.id, draft=given.draft, revision=revision, reason=reason
    )
    if not reason and known.state in PROMISED and plans_differ(draft_of(known), given.draft):
        raise Refusal(
            "REQUIRED",
            "公開した日時や会場を変えるときは、理由を入力してください。行事のページに表示されます。",
            "reason",
        )
    if given.sessions != programme_of(known):
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
    values: dict[str, Any] = {"conflict": False, "taken": False, "differing": [], "done": None, "source": None}
    values |= more
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
        forgotten_on=forgotten_on(known) if known else None,
        changeable=known is not None and known.state in CHANGEABLE,
        held=known is not None and known.state is EventState.HELD,
        on_its_day=known is not None and standing.can_be_taken_back(known.ends_at or known.starts_at),
        reportable=known is not None and known.state in REPORTABLE and known.starts_at <= clock.now(),
        **values,
    )


ROUTES = [list_events, new_event, edit_event, create_event, save_event, publish_event, mark_held, take_back_held]
