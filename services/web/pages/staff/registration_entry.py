"""A telephone call, a FAX or somebody at the desk becomes a registration; later it is changed or cancelled for them."""

from typing import Any
from uuid import UUID

import msgspec
from litestar import Request, get, post
from litestar.params import FromPath, FromQuery
from litestar.response import Redirect, Response
from sqlalchemy.ext.asyncio import AsyncSession

from services.web.context import Context, Ctx
from services.web.forms import Form, FormExpired, FormView, read_form
from services.web.once import once_per_form
from services.web.pages import registration_form
from services.web.pages.arguments import revision_of
from services.web.pages.registration_form import Values
from services.web.pages.staff.events import known_event
from services.web.pages.staff.registrations import PRIVATE
from services.web.rendering import page
from shared.events import words as event_words
from shared.events.registrations import queries, rules, service, words
from shared.events.registrations.availability import availability
from shared.events.registrations.drafts import RegistrationDraft
from shared.events.registrations.models import RegistrationChannel, RegistrationStatus
from shared.events.registrations.queries import RegistrationView
from shared.events.views import EventView
from shared.identity.policy import Actor, Permission
from shared.kit import clock
from shared.kit.refusals import Conflict, NotFound, Refusal

AnyRequest = Request[Any, Any, Any]
#: How a registration reaches the secretariat. Somebody at the door counts as one only on the day.
BY_HAND = (
    RegistrationChannel.PHONE,
    RegistrationChannel.FAX,
    RegistrationChannel.POST,
    RegistrationChannel.EMAIL,
    RegistrationChannel.DESK,
)
DONE = {"changed": "変更を保存しました。", "cancelled": "申込を取り消しました。"}


@get("/staff/events/{event_id:uuid}/registrations/new", policy=Permission.REGISTRATION_WRITE)
async def new_registration(
    ctx: Ctx, event_id: FromPath[UUID], channel: FromQuery[str] = "", last: FromQuery[str] = ""
) -> Response[Any]:
    event = await known_event(ctx, event_id)
    values = registration_form.first_values(event, Actor()) | {"channel": _channel(event, channel)}
    return await _entry_page(ctx, event, FormView(values), last=await _last(ctx, event, last))


@post("/staff/events/{event_id:uuid}/registrations/new", policy=Permission.REGISTRATION_WRITE)
async def enter(request: AnyRequest, ctx: Ctx, event_id: FromPath[UUID]) -> Response[Any]:
    """Goes on with an empty form for the next one, which shows what was entered last."""
    event = await known_event(ctx, event_id)
    form = await read_form(request, ctx)
    values = registration_form.typed_values(form)
    values["channel"] = channel = _channel(event, form.text("channel"))
    try:
        if not form.genuine:
            raise FormExpired
        draft = _draft(values, event)
        entered = await ctx.write(_enter, form=form, actor=ctx.actor, event=event, draft=draft, channel=channel)
    except NotFound:
        raise
    except Refusal as refusal:
        twice = refusal.code == "ALREADY_REGISTERED"
        return await _entry_page(ctx, event, FormView(values, refusal), status=422, twice=twice)
    path = f"/staff/events/{event.id}/registrations/new?channel={channel}&last={entered}"
    return Redirect(path, status_code=303)


@get("/staff/registrations/{registration_id:uuid}", policy=Permission.REGISTRATION_READ)
async def show(ctx: Ctx, registration_id: FromPath[UUID], done: FromQuery[str] = "") -> Response[Any]:
    known = await ctx.read(queries.registration, registration_id)
    return await _item_page(ctx, known, FormView(registration_form.stored_values(known)), done=DONE.get(done))


@post("/staff/registrations/{registration_id:uuid}", policy=Permission.REGISTRATION_WRITE)
async def change(request: AnyRequest, ctx: Ctx, registration_id: FromPath[UUID]) -> Response[Any]:
    known = await ctx.read(queries.registration, registration_id)
    event = await known_event(ctx, known.event_id)
    form = await read_form(request, ctx)
    values = registration_form.typed_values(form) | {"revision": form.text("revision")}
    try:
        if not form.genuine:
            raise FormExpired
        draft = _draft(values, event, registration_form.stored_draft(known))
        await ctx.write(
            service.change,
            actor=ctx.actor,
            registration_id=known.id,
            draft=draft,
            revision=revision_of(form),
        )
    except Conflict as conflict:
        fresh = await ctx.read(queries.registration, registration_id)
        again = values | {"revision": str(fresh.revision)}
        return await _item_page(ctx, fresh, FormView(again, conflict), status=409)
    except Refusal as refusal:
        return await _item_page(ctx, known, FormView(values, refusal), status=422)
    return Redirect(f"/staff/registrations/{known.id}?done=changed", status_code=303)


@get("/staff/registrations/{registration_id:uuid}/cancel", policy=Permission.REGISTRATION_WRITE)
async def show_cancel(ctx: Ctx, registration_id: FromPath[UUID]) -> Response[Any]:
    known = await ctx.read(queries.registration, registration_id)
    return await _cancel_page(ctx, known, FormView({"remarks": known.remarks or ""}))


@post("/staff/registrations/{registration_id:uuid}/cancel", policy=Permission.REGISTRATION_WRITE)
async def cancel(request: AnyRequest, ctx: Ctx, registration_id: FromPath[UUID]) -> Response[Any]:
    known = await ctx.read(queries.registration, registration_id)
    form = await read_form(request, ctx)
    try:
        if not form.genuine:
            raise FormExpired
        await ctx.write(service.cancel, actor=ctx.actor, registration_id=known.id, remarks=form.text("remarks"))
    except Refusal as refusal:
        return await _cancel_page(ctx, known, FormView(form.values(), refusal), status=422)
    return Redirect(f"/staff/registrations/{known.id}?done=cancelled", status_code=303)


async def _enter(
    session: AsyncSession,
    *,
    form: Form,
    actor: Actor,
    event: EventView,
    draft: RegistrationDraft,
    channel: RegistrationChannel,
) -> str:
    async def effect() -> dict[str, Any]:
        entered = await service.register(session, actor=actor, event_id=event.id, draft=draft, channel=channel)
        return {"id": str(entered.id)}

    return str((await once_per_form(session, actor=actor, form=form, effect=effect))["id"])


def _draft(values: Values, event: EventView, stored: RegistrationDraft | None = None) -> RegistrationDraft:
    return msgspec.structs.replace(registration_form.draft_of(values, event, stored), remarks=values["remarks"])


def _channel(event: EventView, given: str) -> RegistrationChannel:
    known = _channels(event)
    return RegistrationChannel(given) if given in known else known[0]


def _channels(event: EventView) -> tuple[RegistrationChannel, ...]:
    on_the_day = event.first_day <= clock.today() <= event.last_day
    return (*BY_HAND, RegistrationChannel.WALK_IN) if on_the_day else BY_HAND


async def _last(ctx: Context, event: EventView, given: str) -> RegistrationView | None:
    """What was entered a moment ago, if the address names it."""
    try:
        last = await ctx.read(queries.registration, UUID(given)) if given else None
    except (ValueError, NotFound):
        return None
    return last if last is not None and last.event_id == event.id else None


def _why_closed(event: EventView) -> str:
    try:
        rules.check_open(event, by_staff=True)
    except Refusal as refusal:
        return refusal.message
    return ""


async def _entry_page(
    ctx: Context, event: EventView, view: FormView, *, status: int = 200, **more: Any
) -> Response[Any]:
    shown: dict[str, Any] = {"last": None, "twice": False} | more
    return await _page(
        ctx,
        "staff/registrations/new.html",
        event,
        status,
        view=view,
        channels=[(each.value, words.CHANNELS[each]) for each in _channels(event)],
        closed=_why_closed(event),
        **shown,
    )


async def _item_page(
    ctx: Context, known: RegistrationView, view: FormView, *, status: int = 200, done: str | None = None
) -> Response[Any]:
    event = await known_event(ctx, known.event_id)
    alive = known.status is not RegistrationStatus.CANCELLED
    return await _page(
        ctx,
        "staff/registrations/item.html",
        event,
        status,
        view=view,
        known=known,
        done=done,
        conflict=status == 409,
        alive=alive,
        editable=alive and not _why_closed(event) and ctx.actor.may(Permission.REGISTRATION_WRITE),
    )


async def _cancel_page(ctx: Context, known: RegistrationView, view: FormView, *, status: int = 200) -> Response[Any]:
    event = await known_event(ctx, known.event_id)
    return await _page(ctx, "staff/registrations/cancel.html", event, status, view=view, known=known)


async def _page(ctx: Context, template: str, event: EventView, status: int, **values: Any) -> Response[Any]:
    return await page(
        ctx,
        template,
        status=status,
        headers=PRIVATE,
        event=event,
        event_words=event_words,
        words=words,
        way_options=registration_form.way_options(event),
        availability=availability(event),
        **values,
    )


ROUTES = [new_registration, enter, show, change, show_cancel, cancel]
