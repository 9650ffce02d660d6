"""参加申込: 入力 → 確認 → 受付, without an account."""

from datetime import datetime
from functools import partial
from typing import Any
from uuid import UUID

import msgspec
from litestar import Request, get, post
from litestar.params import FromPath
from litestar.response import Redirect, Response
from sqlalchemy.ext.asyncio import AsyncSession

from services.web.context import Context, Ctx
from services.web.forms import FormExpired, FormView, read_form
from services.web.limits import TooMany, limit_registrations
from services.web.pages import registration_form
from services.web.pages.arguments import id_of
from services.web.pages.registration_form import Values
from services.web.pages.signin import client_address
from services.web.registering import registering
from services.web.rendering import page
from shared.events import queries
from shared.events import words as event_words
from shared.events.registrations import queries as registrations
from shared.events.registrations import rules, service, words
from shared.events.registrations.availability import availability, of_way
from shared.events.registrations.drafts import RegistrationDraft, checked_registration
from shared.events.registrations.models import RegistrationChannel, RegistrationStatus
from shared.events.registrations.service import AlreadyRegistered
from shared.events.views import EventView
from shared.identity.policy import Actor, Permission
from shared.kit import clock
from shared.kit.idempotency import once
from shared.kit.refusals import NotFound, Refusal
from shared.members import portal_queries

AnyRequest = Request[Any, Any, Any]

#: For this browser only; not no-store, with which the back button would end in an error instead of the typed form.
PRIVATE = {"Cache-Control": "private, no-cache", "X-Robots-Tag": "noindex"}
SENT_BEFORE = (
    "この画面から受け付けたお申し込みは、そのあとに取り消されています。もう一度参加をご希望のときは、"
    "内容を確かめて、あらためて送ってください。"
)


class SentBefore(Refusal):
    """What the form made has been cancelled since; sent once more, with a key of its own, it is another registration."""

    def __init__(self) -> None:
        super().__init__("SENT_BEFORE", SENT_BEFORE)


@get("/events/{event_id:str}/register", policy=Permission.PUBLIC)
async def show_form(ctx: Ctx, event_id: FromPath[str]) -> Response[Any]:
    event = await known_event(ctx, id_of(event_id))
    if (closed := why_closed(event, ctx.actor)) is not None:
        return await _closed(ctx, event, closed)
    organisation_id = min(ctx.actor.organisation_ids, default=None)
    organisation_name = await ctx.read(portal_queries.name_of, organisation_id) if organisation_id else ""
    values = registration_form.first_values(event, ctx.actor, organisation_name)
    return await _form(ctx, event, FormView(values), values)


@post("/events/{event_id:str}/register", policy=Permission.PUBLIC, carried=True)
async def register(request: AnyRequest, ctx: Ctx, event_id: FromPath[str]) -> Response[Any]:
    event = await known_event(ctx, id_of(event_id))
    form = await read_form(request, ctx)
    values, action = registration_form.typed_values(form), form.text("action")
    if not form.genuine:
        return await _form(ctx, event, FormView(values, FormExpired()), values, status=422)
    if action == "edit":
        return await _form(ctx, event, FormView(values), values)
    try:
        draft = _draft(values, event, ctx.actor)
        if action == "send":
            return await _send(request, ctx, event, draft, values)
        _check(event, draft, ctx.actor)
        return await _confirm(ctx, event, draft, values)
    except AlreadyRegistered:
        return await page(ctx, "registrations/known.html", headers=PRIVATE, event=event)
    except Refusal as refusal:
        return await _refused(ctx, event, values, refusal)


async def known_event(ctx: Context, event_id: UUID) -> EventView:
    """NotFound for drafts and for other tenants'."""
    found = await ctx.read(queries.event, event_id)
    if found is None:
        raise NotFound
    return found


def why_closed(event: EventView, actor: Actor) -> Refusal | None:
    """Why this person cannot register now."""
    try:
        rules.check_open(event, by_staff=False)
        rules.check_member(event, actor, by_staff=False)
    except Refusal as refusal:
        return refusal
    return None


def as_citizen(actor: Actor) -> Actor:
    """Here the secretariat's people register like everybody: its own rights belong to its own pages."""
    return msgspec.structs.replace(actor, roles=frozenset())


async def closed_facts(ctx: Context, event: EventView, now: datetime) -> dict[str, Any]:
    """What a page without a form says of the event, and where one can ask."""
    profile = await ctx.profile()
    over = rules.over(event)
    return {"event": event, "event_words": event_words, "now": now, "over": over, "desks": profile.contacts[:1]}


def _draft(values: Values, event: EventView, actor: Actor) -> RegistrationDraft:
    draft = registration_form.draft_of(values, event)
    return msgspec.structs.replace(draft, organisation_id=min(actor.organisation_ids, default=None))


def _check(event: EventView, draft: RegistrationDraft, actor: Actor) -> RegistrationDraft:
    """Before anything is sent: all that can be known without taking a seat."""
    cleaned = checked_registration(draft)
    rules.check_open(event, by_staff=False)
    rules.chosen_way(event, cleaned.attendance)
    rules.check_party(event, cleaned, by_staff=False)
    rules.check_member(event, actor, by_staff=False)
    return cleaned


async def _send(
    request: AnyRequest, ctx: Context, event: EventView, draft: RegistrationDraft, values: Values
) -> Response[Any]:
    cleaned = checked_registration(draft)
    address = client_address(request)
    await limit_registrations(ctx, event_id=event.id, email=cleaned.email or "", client_address=address)
    command = partial(_register, actor=ctx.actor, event_id=event.id, draft=draft, form_key=values["key"])
    key = await registering(ctx, event.id, command)
    return Redirect(f"/registrations/{key}?done=registered", status_code=303, headers=PRIVATE)


async def _register(
    session: AsyncSession, *, actor: Actor, event_id: UUID, draft: RegistrationDraft, form_key: str
) -> str:
    """The key of the person's own page; that of the first time for a form that is sent again, while it holds."""
    made = False

    async def effect() -> dict[str, Any]:
        nonlocal made
        made = True
        registration = await service.register(
            session, actor=as_citizen(actor), event_id=event_id, draft=draft, channel=RegistrationChannel.WEB
        )
        return {"key": registration.key}

    body = {"event": str(event_id), "draft": msgspec.to_builtins(draft)}
    answer = await once(session, actor=actor.key, key=f"register {form_key}", body=body, effect=effect)
    key = str(answer["key"])
    if not made and (await registrations.registration_by_key(session, key)).status is RegistrationStatus.CANCELLED:
        raise SentBefore
    return key


async def _form(ctx: Context, event: EventView, view: FormView, values: Values, *, status: int = 200) -> Response[Any]:
    return await page(
        ctx,
        "registrations/form.html",
        status=status,
        headers=PRIVATE,
        event=event,
        event_words=event_words,
        view=view,
        key=values["key"],
        ways=registration_form.way_options(event),
        availability=availability(event),
        words=words,
        party=event.party_limit > 1,
    )


async def _confirm(ctx: Context, event: EventView, draft: RegistrationDraft, values: Values) -> Response[Any]:
    cleaned = checked_registration(draft)
    return await page(
        ctx,
        "registrations/confirm.html",
        headers=PRIVATE,
        event=event,
        event_words=event_words,
        draft=cleaned,
        seats=of_way(event, cleaned.attendance),
        words=words,
        carried=registration_form.carried(values),
    )


async def _refused(ctx: Context, event: EventView, values: Values, refusal: Refusal) -> Response[Any]:
    closed = why_closed(event, ctx.actor)
    if closed is not None:
        return await _closed(ctx, event, closed, status=403 if closed.code == "MEMBERS_ONLY" else 422)
    if isinstance(refusal, SentBefore):
        values = values | {"key": registration_form.fresh_key()}
    if refusal.code == "IDEMPOTENCY_KEY_REUSED":
        refusal = Refusal(
            refusal.code,
            "この画面からのお申し込みは、すでに受け付けています。内容を変えるときは、控えのメールのリンクを開いてください。"
            "別の方の分を申し込むときは、申込の画面を開き直してください。",
        )
    status = 429 if isinstance(refusal, TooMany) else 422
    return await _form(ctx, event, FormView(values, refusal), values, status=status)


async def _closed(ctx: Context, event: EventView, why: Refusal, *, status: int | None = None) -> Response[Any]:
    status = status or (403 if why.code == "MEMBERS_ONLY" else 200)
    facts = await closed_facts(ctx, event, clock.now())
    return await page(ctx, "registrations/closed.html", status=status, headers=PRIVATE, why=why, **facts)


ROUTES = [show_form, register]
