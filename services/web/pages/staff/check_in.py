"""受付: the door of an event on a tablet. Plain forms; static/js/check-in.js makes them go on without network."""

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from litestar import Request, get, post
from litestar.params import FromPath, FromQuery
from litestar.response import Redirect, Response

from services.web.context import Context, Ctx
from services.web.documents import document
from services.web.environment import STATIC
from services.web.exporting import every
from services.web.forms import Form, FormView, read_form, read_genuine_form
from services.web.pages.arguments import id_of, number_of
from services.web.pages.staff.events import known_event
from services.web.pages.staff.registrations import note_taken
from services.web.rendering import page
from shared.events import words
from shared.events.attendance import check_in, queries
from shared.events.attendance.answers import DoorAnswer, Outcome, repetition
from shared.events.attendance.check_in import Scan
from shared.events.attendance.door_paper import render_door_list
from shared.events.attendance.models import Manner
from shared.events.attendance.queries import GuestView
from shared.events.models import EventState
from shared.events.registrations.drafts import RegistrationDraft
from shared.events.registrations.models import Attendance
from shared.events.registrations.seats import ways
from shared.events.views import EventView
from shared.identity.policy import Permission
from shared.kit import clock
from shared.kit.refusals import NotFound, Refusal

AnyRequest = Request[Any, Any, Any]
SHOWS = {"ALL": "全員", "MISSING": "まだ来ていない方", "COME": "来場した方"}
MANNERS = {Manner.QR: "受付票", Manner.LIST: "名簿", Manner.WALK_IN: "当日"}
#: Names of the day: kept by the page's own worker, which forgets them, and by nothing on the way.
PRIVATE = {"Cache-Control": "no-store"}
_CLOSED = (EventState.DRAFT, EventState.CANCELLED, EventState.POSTPONED)


@get("/staff/events/{event_id:uuid}/check-in", policy=Permission.REGISTRATION_READ)
async def show_door(
    ctx: Ctx,
    event_id: FromPath[UUID],
    q: FromQuery[str] = "",
    show: FromQuery[str] = "ALL",
    place: FromQuery[str] = "",
    received: FromQuery[str] = "",
    done: FromQuery[str] = "",
) -> Response[Any]:
    answer = None
    if received:
        guest = await ctx.read(queries.guest, id_of(received))
        said = _counted(guest) if done == "count" else _words(guest)
        answer = DoorAnswer(Outcome.ADMITTED, said, guest) if guest.event_id == event_id else None
    return await _door_page(ctx, event_id, answer, word=q, show=show if show in SHOWS else "ALL", place=place)


@post("/staff/events/{event_id:uuid}/check-in", policy=Permission.REGISTRATION_WRITE)
async def receive(request: AnyRequest, ctx: Ctx, event_id: FromPath[UUID]) -> Response[Any]:
    """A ticket that was read, or one of the buttons beside a name."""
    form = await read_form(request, ctx)
    place = form.text("place")
    try:
        await read_genuine_form(request, ctx)
        answer = await _pressed(ctx, event_id, form)
    except NotFound:
        raise
    except Refusal as refusal:
        answer = DoorAnswer(Outcome.UNKNOWN, refusal.message)
    if answer.admitted and answer.guest:
        done = {"done": "count"} if form.text("count") else {}
        query = urlencode({"received": str(answer.guest.id)} | done | ({"place": place} if place else {}))
        return Redirect(f"/staff/events/{event_id}/check-in?{query}", status_code=303)
    return await _door_page(ctx, event_id, answer, place=place, status=422)


async def _pressed(ctx: Context, event_id: UUID, form: Form) -> DoorAnswer:
    """Whoever leaves, comes back or is taken off the list again is answered like whoever comes."""
    place = form.text("place") or None
    for button, verb, more in (
        ("leave", check_in.check_out, {}),
        ("back", check_in.check_out, {"out": False}),
        ("undo", check_in.undo, {}),
    ):
        if wanted := form.text(button):
            registration_id = id_of(wanted)
            await ctx.write(verb, actor=ctx.actor, event_id=event_id, registration_id=registration_id, **more)
            return DoorAnswer(Outcome.ADMITTED, "", await ctx.read(queries.guest, registration_id))
    if wanted := form.text("count"):
        who = {"event_id": event_id, "registration_id": id_of(wanted)}
        await ctx.write(check_in.set_present, actor=ctx.actor, present=_present(form, id_of(wanted)) or 0, **who)
        return DoorAnswer(Outcome.ADMITTED, "", await ctx.read(queries.guest, id_of(wanted)))
    if wanted := form.text("admit"):
        return await ctx.write(
            check_in.admit, actor=ctx.actor, event_id=event_id, registration_id=id_of(wanted), place=place
        )
    if wanted := form.text("arrive"):
        guest = await ctx.read(queries.guest, id_of(wanted))
        found = Scan(given=guest.code, manner=Manner.LIST, place=place, present=_present(form, guest.id))
    else:
        found = Scan(given=form.text("ticket"), place=place)
    return await ctx.write(check_in.scan, actor=ctx.actor, event_id=event_id, scan=found)


def _present(form: Form, registration_id: UUID) -> int | None:
    """How many came, as chosen beside the name."""
    given = form.text(f"present.{registration_id}")
    return number_of(given) if given else None


@get("/staff/events/{event_id:uuid}/check-in/walk-in", policy=Permission.REGISTRATION_WRITE)
async def show_walk_in(ctx: Ctx, event_id: FromPath[UUID], place: FromQuery[str] = "") -> Response[Any]:
    return await _walk_in_page(ctx, event_id, FormView({"party_size": "1", "place": place}))


@post("/staff/events/{event_id:uuid}/check-in/walk-in", policy=Permission.REGISTRATION_WRITE)
async def walk_in(request: AnyRequest, ctx: Ctx, event_id: FromPath[UUID]) -> Response[Any]:
    form = await read_form(request, ctx)
    try:
        await read_genuine_form(request, ctx)
        answer = await ctx.write(
            check_in.walk_in,
            actor=ctx.actor,
            event_id=event_id,
            draft=_draft(form),
            place=form.text("place") or None,
        )
    except NotFound:
        raise
    except Refusal as refusal:
        return await _walk_in_page(ctx, event_id, FormView(form.values(), refusal), status=422)
    query = urlencode({"received": str(answer.guest.id) if answer.guest else "", "place": form.text("place")})
    return Redirect(f"/staff/events/{event_id}/check-in?{query}", status_code=303)


@get("/staff/events/{event_id:uuid}/check-in/name-list.pdf", policy=Permission.REGISTRATION_READ)
async def print_name_list(ctx: Ctx, event_id: FromPath[UUID]) -> Response[Any]:
    """For the day on which nothing works but a pen. Who took it, and how many names, is written down."""
    event = await known_event(ctx, event_id)

    async def part(first: int, offset: int) -> tuple[int, list[GuestView]]:
        found = await ctx.read(queries.door, event_id, hall=has_hall(event), first=first, offset=offset)
        return found.total, found.items

    everybody = await every(part, size=queries.MOST_GUESTS)
    await ctx.write(note_taken, actor=ctx.actor, event_id=event_id, action="check-in.print", count=len(everybody))
    profile = await ctx.profile()
    await ctx.release()
    pdf = await render_door_list(profile, event, everybody)
    return document(pdf, name="受付名簿.pdf", plain_name="check-in-list.pdf", private=True)


@get("/staff/events/{event_id:uuid}/check-in-worker.js", policy=Permission.REGISTRATION_READ)
async def worker(event_id: FromPath[UUID]) -> Response[bytes]:
    """Served from here because a service worker may keep only what lies beside its own address."""
    script = (STATIC / "js" / "check-in-worker.js").read_bytes()
    return Response(script, media_type="text/javascript; charset=utf-8", headers={"Cache-Control": "no-cache"})


def _words(guest: GuestView) -> str:
    if guest.check_in is None:
        return "受付を取り消しました。"
    return "退場を記録しました。" if guest.check_in.checked_out_at else "受け付けました。"


def _counted(guest: GuestView) -> str:
    return f"来場した人数を{guest.check_in.present}人に直しました。" if guest.check_in else _words(guest)


def _draft(form: Form) -> RegistrationDraft:
    size = form.text("party_size")
    return RegistrationDraft(
        name=form.text("name"),
        kana=form.text("kana"),
        phone=form.text("phone"),
        email=form.text("email"),
        organisation_name=form.text("organisation_name"),
        party_size=int(size) if size.isascii() and size.isdigit() and len(size) < 4 else 0,
        companions=form.text("companions"),
    )


def has_hall(event: EventView) -> bool:
    return Attendance.HALL in ways(event)


async def _door_page(
    ctx: Context,
    event_id: UUID,
    answer: DoorAnswer | None,
    *,
    word: str = "",
    show: str = "ALL",
    place: str = "",
    status: int = 200,
) -> Response[Any]:
    event = await known_event(ctx, event_id)
    found = await ctx.read(queries.door, event_id, hall=has_hall(event), word=word, show=show)
    now = clock.now()
    return await page(
        ctx,
        "staff/events/check_in.html",
        status=status,
        headers=PRIVATE,
        event=event,
        door=found,
        answer=answer,
        repetition=repetition,
        word=word,
        show=show,
        shows=SHOWS,
        manners=MANNERS,
        place=place[: check_in.LONGEST_PLACE],
        words=words,
        hall=has_hall(event),
        closed=event.state in _CLOSED,
        before=event.first_day > clock.today(),
        over=event.over(now),
        may_write=ctx.actor.may(Permission.REGISTRATION_WRITE),
    )


async def _walk_in_page(ctx: Context, event_id: UUID, view: FormView, status: int = 200) -> Response[Any]:
    event = await known_event(ctx, event_id)
    return await page(
        ctx, "staff/events/walk_in.html", status=status, headers=PRIVATE, event=event, view=view, words=words
    )


ROUTES = [show_door, receive, show_walk_in, walk_in, print_name_list, worker]
