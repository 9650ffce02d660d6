"""申込一覧: who comes, who waits and who has cancelled; as a page, as a file, and on paper for the door."""

from collections.abc import Sequence
from functools import partial
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

import msgspec
from litestar import Request, get
from litestar.params import FromPath
from litestar.response import Response
from sqlalchemy.ext.asyncio import AsyncSession

from services.web.context import Context, Ctx
from services.web.documents import document
from services.web.exporting import Listing, every, export_routes
from services.web.pages.arguments import page_number
from services.web.pages.staff.events import known_event
from services.web.rendering import page
from shared.events import words as event_words
from shared.events.models import EventState
from shared.events.registrations import paper, queries, words
from shared.events.registrations.availability import availability
from shared.events.registrations.models import Attendance, RegistrationStatus
from shared.events.registrations.queries import RegistrationView
from shared.events.views import EventView
from shared.identity.policy import Actor, Permission
from shared.kit import audit, clock
from shared.kit.refusals import NotFound
from shared.kit.spreadsheets.writing import Value

AnyRequest = Request[Any, Any, Any]
PER_PAGE = 50
#: Names, addresses and needs of people: kept by nobody on the way.
PRIVATE = {"Cache-Control": "no-store"}
HEADERS = (
    "受付番号", "状態", "キャンセル待ちの順番", "参加方法", "お名前", "フリガナ", "団体名・所属", "人数", "同行者",
    "参加への配慮", "メールアドレス", "電話番号", "受付方法", "受付日時", "確定日時", "取消日時",
)  # fmt: skip
#: The secretariat's own; a member who holds the event does not get them.
OF_THE_DESK = ("入力者", "備考")


class Filter(msgspec.Struct, frozen=True):
    """What the list is narrowed to, as the address says it."""

    status: str = ""
    way: str = ""
    needing: bool = False
    word: str = ""

    @property
    def query(self) -> str:
        given = {"status": self.status, "way": self.way, "needs": "1" if self.needing else "", "q": self.word}
        return urlencode({name: value for name, value in given.items() if value})

    def conditions(self) -> dict[str, Any]:
        return {
            "statuses": [RegistrationStatus(self.status)] if self.status else [],
            "ways": [Attendance(self.way)] if self.way else [],
            "needing": self.needing,
            "word": self.word,
        }


def filter_of(request: AnyRequest) -> Filter:
    """Whatever is no known choice narrows nothing."""
    given = request.query_params
    status, way = given.get("status", ""), given.get("way", "")
    return Filter(
        status if status in RegistrationStatus.__members__ else "",
        way if way in Attendance.__members__ else "",
        given.get("needs") == "1",
        given.get("q", "")[:100],
    )


@get("/staff/events/{event_id:uuid}/registrations", policy=Permission.REGISTRATION_READ)
async def list_registrations(request: AnyRequest, ctx: Ctx, event_id: FromPath[UUID]) -> Response[Any]:
    event = await _announced(ctx, event_id)
    return await list_page(ctx, request, event, "staff/registrations/list.html")


async def list_page(ctx: Context, request: AnyRequest, event: EventView, template: str) -> Response[Any]:
    wanted, number = filter_of(request), page_number(request)
    found = await ctx.read(
        queries.registrations, event.id, first=PER_PAGE, offset=(number - 1) * PER_PAGE, **wanted.conditions()
    )
    return await page(
        ctx,
        template,
        headers=PRIVATE,
        event=event,
        event_words=event_words,
        found=found,
        wanted=wanted,
        number=number,
        per_page=PER_PAGE,
        availability=availability(event),
        words=words,
        now=clock.now(),
        over=event.over(clock.now()),
    )


async def _load(ctx: Context, request: AnyRequest) -> Listing:
    event = await _announced(ctx, request.path_params["event_id"])
    return await listing(ctx, event, filter_of(request), desk=True)


async def listing(ctx: Context, event: EventView, wanted: Filter, *, desk: bool) -> Listing:
    """The list as a file, for the desk with its own notes. Who took it, and how many rows, is written down."""
    people = await everybody(ctx, event.id, wanted)
    rows = [[*_row(each), *([each.entered_by, each.remarks] if desk else [])] for each in people]
    await ctx.write(note_taken, actor=ctx.actor, event_id=event.id, action="registration.export", count=len(rows))
    return Listing("申込一覧", "registrations", (*HEADERS, *(OF_THE_DESK if desk else ())), rows)


async def everybody(ctx: Context, event_id: UUID, wanted: Filter) -> list[RegistrationView]:
    async def piece(first: int, offset: int) -> tuple[int, list[RegistrationView]]:
        part = partial(queries.registrations, event_id=event_id, first=first, offset=offset, **wanted.conditions())
        found = await ctx.read(part)
        return found.total, found.items

    return await every(piece, size=queries.MOST_ROWS)


async def note_taken(session: AsyncSession, *, actor: Actor, event_id: UUID, action: str, count: int) -> None:
    audit.note(
        session,
        actor_id=actor.account_id,
        actor_name=actor.name,
        action=action,
        object_id=event_id,
        summary=f"{count:,}件",
    )


@get("/staff/events/{event_id:uuid}/registrations/names.pdf", policy=Permission.REGISTRATION_READ)
async def name_list(request: AnyRequest, ctx: Ctx, event_id: FromPath[UUID]) -> Response[bytes]:
    """By number, or with `?order=kana` by reading; `?way=` for one way of attending."""
    event = await _announced(ctx, event_id)
    wanted = Filter(status=RegistrationStatus.CONFIRMED, way=filter_of(request).way)
    coming: Sequence[RegistrationView] = await everybody(ctx, event.id, wanted)
    if request.query_params.get("order") == "kana":
        coming = paper.by_kana(coming)
    await ctx.write(note_taken, actor=ctx.actor, event_id=event.id, action="registration.print", count=len(coming))
    profile = await ctx.profile()
    await ctx.release()
    pdf = await paper.render_name_list(profile, event, coming)
    return document(pdf, name=f"参加者名簿_{event.title[:40]}.pdf", plain_name="participants.pdf", private=True)


async def _announced(ctx: Context, event_id: UUID) -> EventView:
    """Nobody registers for a draft, so it has no list."""
    event = await known_event(ctx, event_id)
    if event.state is EventState.DRAFT:
        raise NotFound
    return event


def _row(each: RegistrationView) -> list[Value]:
    return [
        each.called,
        words.STATUSES[each.status],
        each.waitlist_position,
        words.ATTENDANCES[each.attendance],
        each.name,
        each.kana,
        each.organisation_name,
        each.party_size,
        each.companions,
        each.needs,
        each.email,
        each.phone,
        words.CHANNELS[each.channel],
        each.registered_at,
        each.confirmed_at,
        each.cancelled_at,
    ]


ROUTES = [
    list_registrations,
    name_list,
    *export_routes("/staff/events/{event_id:uuid}/registrations", Permission.REGISTRATION_READ, _load),
]
