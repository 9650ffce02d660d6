"""後援名義: asked for by an organisation's manager, decided by the secretariat. Files are handed out on the pages."""

from datetime import date, datetime
from enum import StrEnum
from typing import Annotated, Any

import strawberry
from strawberry import ID

from services.web.graphql.paging import Connection, Piece, by_place, place_after
from services.web.graphql.policies import needs, only
from services.web.graphql.problems import Problem
from services.web.graphql.types import Info, as_uuid
from services.web.graphql.writing import by, key_of, required
from shared.identity.policy import Permission
from shared.kit.refusals import Forbidden
from shared.members.models import Channel
from shared.members.name_use import queries, service
from shared.members.name_use.details import Asked
from shared.members.name_use.models import NameUseState
from shared.members.name_use.queries import NameUseView

strawberry.enum(NameUseState, name="NameUseStatus", description="受付, 確認中, 承認, 不承認")
_READ, _DECIDE = Permission.APPLICATION_READ, Permission.APPLICATION_DECIDE
#: Only its sender and the secretariat are ever given one.
_SENDER = Permission.SIGNED_IN


@strawberry.type(description="A member asks to use the platform's name and logo for an event or activity")
@only(_SENDER)
class NameUse:
    id: ID
    receipt_number: str
    state: NameUseState = strawberry.field(name="status")
    over: bool = strawberry.field(description="期間終了: the allowed period has passed")
    organisation_id: ID
    organisation_name: str
    channel: Channel
    submitted_by: str
    title: str
    starts_on: date
    ends_on: date
    place: str
    purpose: str
    participants: int | None = strawberry.field(description="Expected")
    fee: str | None = strawberry.field(description="Null: free of charge")
    materials: str | None
    answer_by: date | None
    received_at: datetime
    decided_at: datetime | None
    decided_by: str | None
    message: str | None = strawberry.field(name="reply", description="Why it was refused")
    allowed_from: date | None
    allowed_until: date | None
    conditions: str | None
    result: str | None = strawberry.field(description="結果報告")
    result_participants: int | None
    reported_at: datetime | None
    revision: int


@strawberry.type(description="One line of the secretariat's list")
@only(_READ)
class NameUseLine:
    id: ID
    receipt_number: str
    state: NameUseState = strawberry.field(name="status")
    over: bool
    organisation_id: ID
    organisation_name: str
    title: str
    starts_on: date
    ends_on: date
    answer_by: date | None
    received_at: datetime
    allowed_from: date | None
    allowed_until: date | None


@strawberry.type
class NameUseQueries:
    @strawberry.field(
        graphql_type=Connection[NameUseLine],
        metadata=needs(_READ),
        description="後援名義. What waits first, by the day on which the answer is needed",
    )
    async def name_uses(
        self, info: Info, status: list[NameUseState] | None = None, first: int = 20, after: str | None = None
    ) -> Piece:
        offset = place_after(after)
        page = await info.context.read(queries.name_uses, states=status or (), first=first, offset=offset)
        return by_place(page.items, page.total, offset)

    @strawberry.field(graphql_type=NameUse | None, metadata=needs(_READ), description="後援名義")
    async def name_use(self, info: Info, id: ID) -> NameUseView | None:
        wanted = as_uuid(id)
        return await info.context.read(queries.name_use, wanted) if wanted else None


@strawberry.input(description="`title`, `startsOn`, `place` and `purpose` are needed")
class RequestNameUseInput:
    organisation_id: ID
    title: str
    place: str
    purpose: str
    starts_on: date | None = None
    ends_on: date | None = strawberry.field(default=None, description="Left out: it lasts one day")
    participants: int | None = None
    fee: str | None = strawberry.field(default=None, description="Left out: free of charge")
    materials: str | None = None
    answer_by: date | None = None
    channel: Channel | None = strawberry.field(default=None, description="The secretariat's: how it came")
    idempotency_key: str | None = None


@strawberry.enum(name="NameUseDecision", description="承認, 不承認")
class Decision(StrEnum):
    APPROVE = "APPROVE"
    REFUSE = "REFUSE"


@strawberry.input
class DecideNameUseInput:
    id: ID
    decision: Decision
    allowed_from: date | None = strawberry.field(default=None, description="APPROVE: needed")
    allowed_until: date | None = strawberry.field(default=None, description="APPROVE: needed")
    conditions: str | None = None
    logo_id: ID | None = strawberry.field(default=None, description="APPROVE: a logo that the platform has registered")
    message: str | None = strawberry.field(default=None, description="REFUSE: what the organisation is told")
    revision: int | None = strawberry.field(default=None, description="Guards against another decision")


@strawberry.input
class ReportNameUseInput:
    id: ID
    result: str
    participants: int | None = None


NameUseResult = Annotated[NameUse | Problem, strawberry.union("NameUseResult")]


@strawberry.type
class NameUseMutations:
    @strawberry.mutation(graphql_type=NameUseResult, metadata=needs(_SENDER), description="後援名義の申請")
    async def request_name_use(self, info: Info, input: RequestNameUseInput) -> NameUseView:
        _require_id(info, input.organisation_id)
        given = input.channel if input.channel and by(info).may(_DECIDE) else Channel.API
        return await info.context.write(
            service.request_name_use,
            required(input.organisation_id),
            _asked(input),
            channel=given,
            actor=by(info),
            idempotency_key=key_of(info, input),
        )

    @strawberry.mutation(
        graphql_type=NameUseResult, metadata=needs(_DECIDE), description="Once; a second one is refused"
    )
    async def decide_name_use(self, info: Info, input: DecideNameUseInput) -> NameUseView:
        rest: dict[str, Any] = {"actor": by(info), "revision": input.revision}
        if input.decision is Decision.REFUSE:
            return await info.context.write(service.refuse, required(input.id), message=input.message or "", **rest)
        return await info.context.write(
            service.approve,
            required(input.id),
            allowed_from=input.allowed_from,
            allowed_until=input.allowed_until,
            conditions=input.conditions or "",
            logo_id=required(input.logo_id) if input.logo_id else None,
            **rest,
        )

    @strawberry.mutation(graphql_type=NameUseResult, metadata=needs(_SENDER), description="結果報告, once")
    async def report_name_use(self, info: Info, input: ReportNameUseInput) -> NameUseView:
        _require_id(info, input.id)
        number = "" if input.participants is None else str(input.participants)
        return await info.context.write(
            service.report, required(input.id), result=input.result, participants=number, actor=by(info)
        )


def _require_id(info: Info, given: ID) -> None:
    """Who may not act for others learns nothing of what exists."""
    if as_uuid(given) is None and not by(info).may(_DECIDE):
        raise Forbidden


def _asked(input: RequestNameUseInput) -> Asked:
    return Asked(
        title=input.title,
        starts_on=input.starts_on,
        ends_on=input.ends_on,
        place=input.place,
        purpose=input.purpose,
        participants="" if input.participants is None else str(input.participants),
        fee=input.fee or "",
        materials=input.materials or "",
        answer_by=input.answer_by,
    )
