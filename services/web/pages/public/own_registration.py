"""The person's own page of a registration: its state, the ticket, and the way to change or cancel it. The key opens it, no account."""

from typing import Any

import msgspec
from litestar import Request, get, post
from litestar.params import FromPath, FromQuery
from litestar.response import Redirect, Response
from sqlalchemy.ext.asyncio import AsyncSession

from services.web.context import Context, Ctx
from services.web.forms import Form, FormExpired, FormView, read_form
from services.web.limits import TooMany, limit_changes
from services.web.once import once_per_form
from services.web.pages import registration_form
from services.web.pages.arguments import revision_of
from services.web.pages.public.registration import as_citizen, why_closed
from services.web.rendering import page
from shared.events import queries as event_queries
from shared.events import words as event_words
from shared.events.attendance import certificate_queries, table_queries, viewing, viewing_queries
from shared.events.attendance.viewing import Gate
from shared.events.models import EventState
from shared.events.registrations import queries, rules, service, words
from shared.events.registrations.availability import availability
from shared.events.registrations.drafts import RegistrationDraft
from shared.events.registrations.models import Attendance, RegistrationStatus
from shared.events.registrations.queries import RegistrationView
from shared.events.registrations.seats import ways
from shared.events.views import EventView
from shared.identity.policy import ANONYMOUS, Actor, Permission
from shared.kit import clock
from shared.kit.paper.qr import inline_qr
from shared.kit.refusals import Conflict, NotFound, Refusal

AnyRequest = Request[Any, Any, Any]

#: The address is the key: nothing keeps it, finds it or passes it on. Not `no-referrer`: then browsers call the origin of these
#: pages' own forms "null", and on phones without Sec-Fetch-Site nobody could cancel.
SECRET = {
    "Cache-Control": "no-store",
    "X-Robots-Tag": "noindex, nofollow",
    "Referrer-Policy": "same-origin",
}
DONE = {
    "registered": "お申し込みを受け付けました。控えを、メールでもお送りします。",
    "changed": "変更しました。新しい控えを、メールでもお送りします。",
    "cancelled": "申込を取り消しました。お知らせくださり、ありがとうございます。",
}
_OFF = (EventState.CANCELLED, EventState.POSTPONED)


class Own(msgspec.Struct, frozen=True):
    """A registration with its event, and what its person may still do."""

    registration: RegistrationView
    event: EventView
    over: bool
    can_change: bool
    can_cancel: bool

    @property
    def ticket(self) -> bool:
        alive = self.registration.status is RegistrationStatus.CONFIRMED
        hall = self.registration.attendance is Attendance.HALL
        return alive and hall and not self.over and self.event.state not in _OFF

    @property
    def seated(self) -> bool:
        """Sits at a table of the tables that were composed: of a hall, or of an event that is online for everybody."""
        alive = self.registration.status is RegistrationStatus.CONFIRMED and not self.over
        there = self.registration.attendance is ways(self.event)[0]
        return alive and there and self.event.state not in _OFF

    @property
    def path(self) -> str:
        return f"/registrations/{self.registration.key}"


@get("/registrations/{key:str}", policy=Permission.PUBLIC)
async def show(ctx: Ctx, key: FromPath[str], done: FromQuery[str] = "") -> Response[Any]:
    own = await _own(ctx, key)
    if (own.registration.status is RegistrationStatus.CANCELLED) != (done == "cancelled"):
        done = ""  # the address was kept, and the registration went on
    again = not own.over and why_closed(own.event, ctx.actor) is None
    return await _page(
        ctx,
        "registrations/own.html",
        own,
        done=DONE.get(done),
        code=_code(own),
        again=again,
        watch=await ctx.read(_watch, own),
        certificates=await ctx.read(certificate_queries.certificates_of, own.registration.id),
        tables=await ctx.read(table_queries.tables_of, own.registration.id) if own.seated else [],
    )


@get("/registrations/{key:str}/change", policy=Permission.PUBLIC)
async def show_change(ctx: Ctx, key: FromPath[str]) -> Response[Any]:
    own = await _own(ctx, key)
    return await _change_page(ctx, own, FormView(registration_form.stored_values(own.registration)))


@post("/registrations/{key:str}/change", policy=Permission.PUBLIC)
async def change(request: AnyRequest, ctx: Ctx, key: FromPath[str]) -> Response[Any]:
    own = await _own(ctx, key)
    form = await read_form(request, ctx)
    values = registration_form.typed_values(form) | {"revision": form.text("revision")}
    try:
        if not form.genuine:
            raise FormExpired
        draft = registration_form.draft_of(values, own.event, registration_form.stored_draft(own.registration))
        await limit_changes(ctx, own.registration.id)
        await ctx.write(_change, actor=ctx.actor, form=form, own=own, draft=draft)
    except NotFound:
        raise
    except Conflict as conflict:
        fresh = await _own(ctx, key)
        again = values | {"revision": str(fresh.registration.revision)}
        return await _change_page(ctx, fresh, FormView(again, conflict), status=409)
    except Refusal as refusal:
        status = 429 if isinstance(refusal, TooMany) else 422
        return await _change_page(ctx, own, FormView(values, refusal), status=status)
    return Redirect(f"{own.path}?done=changed", status_code=303, headers=SECRET)


@get("/registrations/{key:str}/cancel", policy=Permission.PUBLIC)
async def show_cancel(ctx: Ctx, key: FromPath[str]) -> Response[Any]:
    """Programs that open the links of mails see this page, and change nothing by it."""
    own = await _own(ctx, key)
    return await _page(ctx, "registrations/cancel.html", own, view=FormView())


@post("/registrations/{key:str}/cancel", policy=Permission.PUBLIC)
async def cancel(request: AnyRequest, ctx: Ctx, key: FromPath[str]) -> Response[Any]:
    own = await _own(ctx, key)
    form = await read_form(request, ctx)
    try:
        if not form.genuine:
            raise FormExpired
        await ctx.write(service.cancel, actor=as_citizen(ctx.actor), registration_id=own.registration.id)
    except Refusal as refusal:
        return await _page(ctx, "registrations/cancel.html", own, status=422, view=FormView({}, refusal))
    return Redirect(f"{own.path}?done=cancelled", status_code=303, headers=SECRET)


async def _own(ctx: Context, key: str) -> Own:
    """NotFound for a key that nobody has, or that is another tenant's."""
    registration = await ctx.read(queries.registration_by_key, key)
    event = await ctx.read(event_queries.event, registration.event_id, drafts=True)
    if event is None:
        raise NotFound
    over = rules.over(event)
    alive = registration.status is not RegistrationStatus.CANCELLED and not over
    return Own(
        registration,
        event,
        over,
        can_change=alive and why_closed(msgspec.structs.replace(event, members_only=False), ANONYMOUS) is None,
        can_cancel=alive,
    )


async def _change(session: AsyncSession, *, actor: Actor, form: Form, own: Own, draft: RegistrationDraft) -> None:
    """Two clicks change it once, and the second does not meet the first as somebody else's change.

    Conflict where an old form is sent again after later changes: it would say 「変更しました」 of what is not so any more.
    """

    async def effect() -> dict[str, Any]:
        changed = await service.change(
            session,
            actor=as_citizen(actor),
            registration_id=own.registration.id,
            draft=draft,
            revision=revision_of(form),
        )
        return {"revision": changed.revision}

    answer = await once_per_form(session, actor=actor, form=form, effect=effect)
    if (await queries.registration(session, own.registration.id)).revision != answer["revision"]:
        raise Conflict("この画面からの変更のあとで、内容が変わりました。いま受け付けている内容を確かめてください。")


async def _change_page(ctx: Context, own: Own, view: FormView, *, status: int = 200) -> Response[Any]:
    return await _page(
        ctx,
        "registrations/change.html",
        own,
        status=status,
        view=view,
        ways=registration_form.way_options(own.event),
        availability=availability(own.event),
        party=own.event.party_limit > 1 or own.registration.party_size > 1,
    )


async def _page(ctx: Context, template: str, own: Own, *, status: int = 200, **values: Any) -> Response[Any]:
    profile = await ctx.profile()
    return await page(
        ctx,
        template,
        status=status,
        headers=SECRET,
        own=own,
        event=own.event,
        registration=own.registration,
        event_words=event_words,
        words=words,
        now=clock.now(),
        desks=profile.contacts[:1],
        **values,
    )


async def _watch(session: AsyncSession, own: Own) -> str | None:
    """The personal page for who watches: online from the beginning, in the hall when there is a recording."""
    path = await viewing_queries.viewing_path(session, own.registration.id)
    found = await viewing_queries.watch_by_key(session, path.removeprefix("/watch/")) if path else None
    if found is None:
        return None
    gate = viewing.gate(found, clock.now())
    online = found.attendance is Attendance.ONLINE and gate not in (Gate.OFF, Gate.NO_SEAT)
    return path if online or gate is Gate.ARCHIVE else None


def _code(own: Own) -> dict[str, str] | None:
    """The ticket's picture; what is typed when no camera helps is the same."""
    if not own.ticket:
        return None
    code = own.registration.code
    return {"svg": inline_qr(code), "alt": "受付で読み取る二次元コード", "typed": f"{code[:5]} {code[5:]}"}


ROUTES = [show, show_change, change, show_cancel, cancel]
