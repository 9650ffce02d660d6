"""受付 from a tablet that was offline: its scans come in, everybody's arrivals go out, as JSON."""

from datetime import datetime
from typing import Any, Literal
from uuid import UUID

import msgspec
from litestar import Request, get, post
from litestar.params import FromPath
from litestar.response import Response

from services.web.context import Context, Ctx
from services.web.forms import FormExpired, same_origin
from services.web.pages.staff.check_in import MANNERS, has_hall
from services.web.pages.staff.events import known_event
from shared.events.attendance import check_in, queries
from shared.events.attendance.answers import DoorAnswer, Outcome, first_scan, repetition
from shared.events.attendance.check_in import Scan
from shared.events.attendance.models import Manner
from shared.events.attendance.queries import GuestView
from shared.identity.policy import Permission
from shared.kit.japanese.eras import in_japan, japanese_time
from shared.kit.refusals import NotFound, Refusal

AnyRequest = Request[Any, Any, Any]
#: Scans of one answer; a tablet with more sends again.
AT_ONCE = 100


class SentScan(msgspec.Struct, frozen=True):
    """What the tablet's staff did at `at`: a ticket or a name came (`COME`), or left."""

    id: str
    given: str
    at: datetime
    act: Literal["COME", "LEAVE"] = "COME"
    manner: Manner = Manner.QR
    present: int | None = None


class Sent(msgspec.Struct, frozen=True):
    csrf: str
    scans: list[SentScan]
    place: str = ""


class Result(msgspec.Struct, frozen=True):
    id: str
    outcome: str
    message: str
    guest: UUID | None = None


class Arrival(msgspec.Struct, frozen=True):
    """A guest as the tablet's list shows it; names stand on the page already."""

    id: UUID
    status: str
    words: str = ""
    first: str = ""
    scan: str | None = None
    left: bool = False
    again: str = ""
    present: int = 0


class State(msgspec.Struct, frozen=True):
    csrf: str
    counts: dict[str, int]
    guests: list[Arrival]
    results: list[Result] = []


@get("/staff/events/{event_id:uuid}/check-in/state.json", policy=Permission.REGISTRATION_WRITE)
async def state(ctx: Ctx, event_id: FromPath[UUID]) -> Response[Any]:
    return _json(await _state(ctx, event_id))


@post("/staff/events/{event_id:uuid}/check-in/sync", policy=Permission.REGISTRATION_WRITE)
async def sync(request: AnyRequest, ctx: Ctx, event_id: FromPath[UUID]) -> Response[Any]:
    """Each scan in a transaction of its own and once, however often it is sent."""
    try:
        sent = msgspec.json.decode(await request.body(), type=Sent)
    except (msgspec.DecodeError, UnicodeDecodeError):
        raise Refusal("UNREADABLE", "読み取れない内容です。画面を開き直してください。") from None
    if sent.csrf != ctx.form_token() or not same_origin(request, ctx):
        raise FormExpired
    results = [await _taken(ctx, event_id, each, sent.place) for each in sent.scans[:AT_ONCE]]
    return _json(await _state(ctx, event_id, results))


async def _taken(ctx: Context, event_id: UUID, sent: SentScan, place: str) -> Result:
    try:
        answer = await (_leave if sent.act == "LEAVE" else _come)(ctx, event_id, sent, place)
    except NotFound:
        raise
    except Refusal as refusal:
        return Result(sent.id, "REFUSED", refusal.message)
    return Result(sent.id, answer.outcome, answer.message, answer.guest.id if answer.guest else None)


async def _come(ctx: Context, event_id: UUID, sent: SentScan, place: str) -> DoorAnswer:
    found = Scan(
        given=sent.given,
        manner=sent.manner if sent.manner is not Manner.WALK_IN else Manner.LIST,
        present=sent.present,
        place=place,
        at=sent.at if sent.at.tzinfo else None,
        id=sent.id,
    )
    return await ctx.write(check_in.scan, actor=ctx.actor, event_id=event_id, scan=found)


async def _leave(ctx: Context, event_id: UUID, sent: SentScan, place: str) -> DoorAnswer:
    guest = await ctx.read(queries.guest_by_code, sent.given)
    if guest is None:
        raise Refusal("UNKNOWN", "この方の申込は見つかりません。")
    at = sent.at if sent.at.tzinfo else None
    await ctx.write(
        check_in.check_out_once,
        actor=ctx.actor,
        event_id=event_id,
        registration_id=guest.id,
        at=at,
        scan_id=sent.id,
    )
    return DoorAnswer(Outcome.ADMITTED, "退場を記録しました。", guest)


async def _state(ctx: Context, event_id: UUID, results: list[Result] | None = None) -> State:
    event = await known_event(ctx, event_id)
    found = await ctx.read(queries.door, event_id, hall=has_hall(event))
    counts = msgspec.to_builtins(found.counts) | {"missing": found.counts.missing}
    return State(ctx.form_token(), counts, [_arrival(each) for each in found.items], results or [])


def _arrival(guest: GuestView) -> Arrival:
    known = guest.check_in
    if known is None:
        return Arrival(guest.id, guest.status)
    return Arrival(
        guest.id,
        guest.status,
        f"{japanese_time(in_japan(known.checked_in_at))}来場（{MANNERS[known.manner]}）",
        first_scan(known),
        known.scan_id,
        known.checked_out_at is not None,
        repetition(known),
        known.present,
    )


def _json(state: State) -> Response[Any]:
    return Response(msgspec.json.encode(state), media_type="application/json", headers={"Cache-Control": "no-store"})


ROUTES = [state, sync]
