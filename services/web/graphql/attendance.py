"""受付 and 視聴: what programs at the door and players of streams report."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

import msgspec
import strawberry
from sqlalchemy.ext.asyncio import AsyncSession
from strawberry import ID, Parent

from services.web.graphql.policies import PUBLIC, everyone, needs, only
from services.web.graphql.problems import Problem
from services.web.graphql.types import Info, as_uuid
from services.web.graphql.writing import by, create
from services.web.limits import limit_plays
from shared.events.attendance import queries, viewing, viewing_queries
from shared.events.attendance.answers import UNKNOWN, Outcome
from shared.events.attendance.check_in import Scan
from shared.events.attendance.check_in import scan as check_in_ticket
from shared.events.attendance.models import Manner, PlayKind
from shared.events.attendance.queries import CheckInView, GuestView
from shared.events.attendance.tickets import read_ticket
from shared.events.registrations import queries as registrations
from shared.identity.policy import Permission
from shared.kit.refusals import Conflict, NotFound, Refusal

strawberry.enum(Manner, name="CheckInManner", description="受付票, 名簿, 当日")
strawberry.enum(PlayKind, description="当日の配信, 後日視聴")

#: What a scan that admits nobody is called, for programs.
_CODES = {Outcome.ALREADY: "ALREADY_CHECKED_IN", Outcome.UNKNOWN: "NOT_FOUND"}


class Received(msgspec.Struct, frozen=True):
    """A guest who is checked in, under the id by which programs know the registration."""

    registration_id: str
    guest: GuestView
    known: CheckInView


@strawberry.type(description="受付 of one registration, by its first scan")
@only(Permission.REGISTRATION_READ)
class CheckIn:
    registration_id: ID

    @strawberry.field
    def event_id(parent: Parent[Received]) -> ID:
        return ID(str(parent.guest.event_id))

    @strawberry.field(description="受付番号")
    def number(parent: Parent[Received]) -> str:
        return parent.guest.called

    @strawberry.field
    def name(parent: Parent[Received]) -> str:
        return parent.guest.name

    @strawberry.field(description="When it was scanned; by a device without network, that was before it reached us")
    def checked_in_at(parent: Parent[Received]) -> datetime:
        return parent.known.checked_in_at

    @strawberry.field
    def checked_in_by(parent: Parent[Received]) -> str:
        return parent.known.checked_in_by

    @strawberry.field(description="The desk")
    def place(parent: Parent[Received]) -> str | None:
        return parent.known.place

    @strawberry.field
    def manner(parent: Parent[Received]) -> Manner:
        return parent.known.manner

    @strawberry.field(description="People of the party who came")
    def present(parent: Parent[Received]) -> int:
        return parent.known.present


@strawberry.input(description="`code` as on the ticket, or the registration's id")
class CheckInInput:
    code: str | None = None
    registration_id: ID | None = None
    event_id: ID | None = strawberry.field(default=None, description="The door's event: a ticket of another is refused")
    scanned_at: datetime | None = strawberry.field(default=None, description="When a device without network read it")
    present: int | None = strawberry.field(default=None, description="People of the party who came; all unless said")
    place: str | None = None
    idempotency_key: str | None = None


class Played(msgspec.Struct, frozen=True):
    id: UUID
    kind: PlayKind
    played_at: datetime
    viewing: viewing_queries.ViewingView


@strawberry.type(description="One press of 視聴する. Plays and viewers are different counters.")
@everyone
class ViewRecord:
    id: ID
    kind: PlayKind
    played_at: datetime

    @strawberry.field(description="視聴回数 of the event (回)")
    def plays(parent: Parent[Played]) -> int:
        return parent.viewing.plays

    @strawberry.field(description="視聴者数 of the event (人)")
    def viewers(parent: Parent[Played]) -> int:
        return parent.viewing.viewers


@strawberry.input(description="The key of the personal link /watch/…, or the registration's id as its person has it")
class RecordViewInput:
    viewing_key: str | None = None
    registration_id: ID | None = None
    idempotency_key: str | None = None


CheckInResult = Annotated[CheckIn | Problem, strawberry.union("CheckInResult")]
ViewResult = Annotated[ViewRecord | Problem, strawberry.union("ViewResult")]


@strawberry.type
class AttendanceMutations:
    @strawberry.mutation(
        graphql_type=CheckInResult,
        metadata=needs(Permission.REGISTRATION_WRITE),
        description="Once per registration; a second scan is a Problem that says when and where the first one was",
    )
    async def check_in(self, info: Info, input: CheckInInput) -> Received:
        async def effect(session: AsyncSession) -> UUID:
            return await _check_in(session, info, input)

        return await create(info, input, effect, received)

    @strawberry.mutation(graphql_type=ViewResult, metadata=PUBLIC, description="Each counts as one play")
    async def record_view(self, info: Info, input: RecordViewInput) -> Played:
        registration_id = await info.context.read(_viewer, info, input)
        await limit_plays(info.context, registration_id)

        async def effect(session: AsyncSession) -> UUID:
            return (await viewing.record_play(session, registration_id=registration_id)).id

        return await create(info, input, effect, _played)


async def _check_in(session: AsyncSession, info: Info, input: CheckInInput) -> UUID:
    guest = await find_guest(session, code=input.code, registration_id=input.registration_id, event_id=input.event_id)
    if guest is None:
        raise Refusal("NOT_FOUND", UNKNOWN.message)
    found = Scan(given=guest.code, at=input.scanned_at, present=input.present, place=input.place)
    door = as_uuid(input.event_id) if input.event_id else guest.event_id
    if door is None:
        raise NotFound
    answer = await check_in_ticket(session, actor=by(info), event_id=door, scan=found)
    if answer.outcome is Outcome.ADMITTED:
        return guest.id
    if answer.outcome is Outcome.ALREADY:
        raise _Already(answer.message)
    raise Refusal(_CODES.get(answer.outcome, answer.outcome.value), answer.message)


async def received(session: AsyncSession, registration_id: UUID) -> Received:
    guest = await queries.guest(session, registration_id)
    if guest.check_in is None:  # taken back since this key came first
        raise Conflict("この受付は、あとで取り消されています。")
    whole = await registrations.registration(session, registration_id)
    return Received(whole.key, guest, guest.check_in)


class _Already(Conflict):
    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.code = _CODES[Outcome.ALREADY]


async def find_guest(
    session: AsyncSession, *, code: str | None, registration_id: str | None, event_id: str | None = None
) -> GuestView | None:
    """By the id as either side knows it, or by what stands on the ticket; a number alone needs its event."""
    if registration_id:
        row_id = as_uuid(registration_id)
        return await (queries.guest(session, row_id) if row_id else queries.guest_by_key(session, registration_id))
    ticket = read_ticket(code or "")
    if ticket.key is not None:
        return await queries.guest_by_key(session, ticket.key)
    if ticket.number is not None and event_id and (event := as_uuid(event_id)):
        return await queries.guest_by_number(session, event, ticket.number)
    return await queries.guest_by_code(session, ticket.code) if ticket.code else None


async def _viewer(session: AsyncSession, info: Info, input: RecordViewInput) -> UUID:
    """Who has the key has had the letter; the id in the tables is the secretariat's to use."""
    if input.viewing_key:
        watch = await viewing_queries.watch_by_key(session, input.viewing_key)
        if watch is None:
            raise NotFound
        return watch.registration_id
    given = input.registration_id or ""
    row_id = as_uuid(given)
    if row_id is not None and info.context.actor.may(Permission.REGISTRATION_WRITE):
        return (await queries.guest(session, row_id)).id
    guest = await queries.guest_by_key(session, given) if given and row_id is None else None
    if guest is None:
        raise NotFound
    return guest.id


async def _played(session: AsyncSession, play_id: UUID) -> Played:
    play = await viewing_queries.play(session, play_id)
    return Played(play.id, play.kind, play.played_at, await viewing_queries.viewing(session, play.event_id))
