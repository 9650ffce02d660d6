"""Who was there, as the secretariat has found: how many of a party came, and who took part from afar."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

import msgspec
import strawberry
from sqlalchemy.ext.asyncio import AsyncSession
from strawberry import ID, Parent

from services.web.graphql.attendance import CheckInResult, Received, find_guest, received
from services.web.graphql.policies import needs, only
from services.web.graphql.problems import Problem
from services.web.graphql.types import Info
from services.web.graphql.writing import by, create
from shared.events.attendance import check_in, online, online_queries, queries
from shared.events.attendance.online_queries import OnlineAttendanceView
from shared.events.attendance.queries import GuestView
from shared.events.registrations import queries as registrations
from shared.identity.policy import Permission
from shared.kit.refusals import Conflict, NotFound


class TookPart(msgspec.Struct, frozen=True):
    """A guest who took part from afar, under the id by which programs know the registration."""

    registration_id: str
    guest: GuestView
    known: OnlineAttendanceView


@strawberry.type(description="オンライン参加 of one registration; it is in no number of the hall")
@only(Permission.REGISTRATION_READ)
class OnlineAttendance:
    registration_id: ID

    @strawberry.field
    def event_id(parent: Parent[TookPart]) -> ID:
        return ID(str(parent.guest.event_id))

    @strawberry.field(description="受付番号")
    def number(parent: Parent[TookPart]) -> str:
        return parent.guest.called

    @strawberry.field
    def name(parent: Parent[TookPart]) -> str:
        return parent.guest.name

    @strawberry.field(description="People of the party who took part")
    def present(parent: Parent[TookPart]) -> int:
        return parent.known.present

    @strawberry.field
    def recorded_at(parent: Parent[TookPart]) -> datetime:
        return parent.known.recorded_at

    @strawberry.field
    def recorded_by(parent: Parent[TookPart]) -> str:
        return parent.known.recorded_by


@strawberry.input(description="`code` as on the ticket, or the registration's id")
class CorrectPresentInput:
    present: int
    code: str | None = None
    registration_id: ID | None = None
    idempotency_key: str | None = None


@strawberry.input(description="`code` as on the ticket, or the registration's id")
class RecordOnlineAttendanceInput:
    code: str | None = None
    registration_id: ID | None = None
    present: int | None = strawberry.field(default=None, description="People of the party; all unless said")
    idempotency_key: str | None = None


OnlineAttendanceResult = Annotated[OnlineAttendance | Problem, strawberry.union("OnlineAttendanceResult")]


@strawberry.type
class PresenceMutations:
    @strawberry.mutation(
        graphql_type=CheckInResult,
        metadata=needs(Permission.REGISTRATION_WRITE),
        description="How many of a party that is checked in have come; no scan that arrives later changes it",
    )
    async def correct_present(self, info: Info, input: CorrectPresentInput) -> Received:
        async def effect(session: AsyncSession) -> UUID:
            guest = await _guest(session, input)
            who = {"event_id": guest.event_id, "registration_id": guest.id}
            await check_in.set_present(session, actor=by(info), present=input.present, **who)
            return guest.id

        return await create(info, input, effect, received)

    @strawberry.mutation(
        graphql_type=OnlineAttendanceResult,
        metadata=needs(Permission.REGISTRATION_WRITE),
        description="Somebody who registered online took part; again writes the number of people anew",
    )
    async def record_online_attendance(self, info: Info, input: RecordOnlineAttendanceInput) -> TookPart:
        async def effect(session: AsyncSession) -> UUID:
            guest = await _guest(session, input)
            who = {"event_id": guest.event_id, "registration_id": guest.id}
            await online.record_online(session, actor=by(info), present=input.present, **who)
            return guest.id

        return await create(info, input, effect, _took_part)


async def _guest(session: AsyncSession, input: CorrectPresentInput | RecordOnlineAttendanceInput) -> GuestView:
    guest = await find_guest(session, code=input.code, registration_id=input.registration_id)
    if guest is None:
        raise NotFound
    return guest


async def _took_part(session: AsyncSession, registration_id: UUID) -> TookPart:
    guest = await queries.guest(session, registration_id)
    known = await online_queries.online_attendance(session, registration_id)
    if known is None:  # taken back since this key came first
        raise Conflict("このオンライン参加の記録は、あとで取り消されています。")
    whole = await registrations.registration(session, registration_id)
    return TookPart(whole.key, guest, known)
