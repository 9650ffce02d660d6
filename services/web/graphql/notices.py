"""変更届 and 退会届: sent by an organisation's manager, or by the secretariat for what came on paper."""

from datetime import date, datetime
from enum import StrEnum
from typing import Annotated, Any
from uuid import UUID

import strawberry
from sqlalchemy.ext.asyncio import AsyncSession
from strawberry import ID, Parent

from services.web.graphql.change_notice_input import SubmitChangeNoticeInput, changes_of
from services.web.graphql.paging import Connection, Piece, by_place, place_after
from services.web.graphql.policies import needs, only
from services.web.graphql.problems import Problem
from services.web.graphql.types import Info, as_uuid
from services.web.graphql.words import camel, told
from services.web.graphql.writing import by, key_of, required
from shared.identity.policy import Permission
from shared.kit import clock
from shared.kit.refusals import Forbidden
from shared.members import access_log, looking
from shared.members.details import LABELS
from shared.members.models import Channel, NoticeState
from shared.members.notices import queries, sayings
from shared.members.notices import service as notices
from shared.members.notices.queries import ChangeNoticeView, NoticeKind, WithdrawalNoticeView

strawberry.enum(NoticeState, name="NoticeStatus", description="受付, 受理, 不受理")
strawberry.enum(NoticeKind, description="変更届, 退会届")
_READ, _DECIDE = Permission.APPLICATION_READ, Permission.APPLICATION_DECIDE
#: Only its sender and the secretariat are ever given one.
_SENDER = Permission.SIGNED_IN


@strawberry.type(description="One field of 様式1 that a 変更届 changes")
@only(_SENDER)
class NoticeFieldChange:
    field: str
    label: str
    before: str
    after: str


@strawberry.type(description="変更届（様式1）")
@only(_SENDER)
class ChangeNotice:
    id: ID
    receipt_number: str
    state: NoticeState = strawberry.field(name="status")
    organisation_id: ID
    organisation_name: str
    channel: Channel
    submitted_by: str
    received_at: datetime
    decided_at: datetime | None
    decided_by: str | None
    message: str | None = strawberry.field(name="reply", description="What the organisation was told with a refusal")
    revision: int

    @strawberry.field(description="Field by field, what it was when the notice came and what it becomes")
    def changes(parent: Parent[ChangeNoticeView]) -> list[NoticeFieldChange]:
        before, after = sayings.said(parent.before, parent.after)
        return [
            NoticeFieldChange(field=camel(name), label=label, before=told(before[name]), after=told(after[name]))
            for name, label in LABELS.items()
            if name in after
        ]


@strawberry.type(description="退会届（様式2）. Accepted, it ends the membership on `effectiveOn`.")
@only(_SENDER)
class WithdrawalNotice:
    id: ID
    receipt_number: str
    state: NoticeState = strawberry.field(name="status")
    organisation_id: ID
    organisation_name: str
    channel: Channel
    effective_on: date
    reason: str | None
    submitted_by: str
    received_at: datetime
    decided_at: datetime | None
    decided_by: str | None
    message: str | None = strawberry.field(name="reply", description="What the organisation was told with a refusal")
    revision: int


@strawberry.type(description="One line of the secretariat's list of notices")
@only(_READ)
class NoticeLine:
    id: ID
    kind: NoticeKind
    receipt_number: str
    state: NoticeState = strawberry.field(name="status")
    organisation_id: ID
    organisation_name: str
    channel: Channel
    received_at: datetime
    decided_at: datetime | None
    effective_on: date | None


@strawberry.type
class NoticeQueries:
    @strawberry.field(
        graphql_type=Connection[NoticeLine], metadata=needs(_READ), description="What waits first, the oldest on top"
    )
    async def notices(
        self, info: Info, status: list[NoticeState] | None = None, first: int = 20, after: str | None = None
    ) -> Piece:
        offset = place_after(after)
        page = await info.context.read(queries.notices, states=status or (), first=first, offset=offset)
        return by_place(page.items, page.total, offset)

    @strawberry.field(
        graphql_type=ChangeNotice | None, metadata=needs(_READ), description="変更届, with its difference"
    )
    async def change_notice(self, info: Info, id: ID) -> ChangeNoticeView | None:
        wanted = as_uuid(id)
        if wanted is None:
            return None
        found = await info.context.read(queries.change_notice, wanted)
        await info.context.write(_look_at, info, found.organisation_id)
        return found

    @strawberry.field(graphql_type=WithdrawalNotice | None, metadata=needs(_READ), description="退会届")
    async def withdrawal_notice(self, info: Info, id: ID) -> WithdrawalNoticeView | None:
        wanted = as_uuid(id)
        if wanted is None:
            return None
        found = await info.context.read(queries.withdrawal_notice, wanted)
        await info.context.write(_look_at, info, found.organisation_id)
        return found


@strawberry.input
class SubmitWithdrawalNoticeInput:
    organisation_id: ID
    effective_on: date | None = strawberry.field(
        default=None, description="The first day without membership; today unless given"
    )
    reason: str | None = None
    channel: Channel | None = strawberry.field(default=None, description="The secretariat's: how it came")
    accept: bool | None = strawberry.field(
        default=None, description="The secretariat's notices take effect at once unless this is false"
    )
    idempotency_key: str | None = None


@strawberry.enum(name="NoticeDecision", description="受理, 不受理")
class Decision(StrEnum):
    ACCEPT = "ACCEPT"
    REFUSE = "REFUSE"


@strawberry.input
class DecideChangeNoticeInput:
    id: ID
    decision: Decision
    message: str | None = strawberry.field(default=None, description="REFUSE: what the organisation is told")
    revision: int | None = strawberry.field(default=None, description="Guards against another decision")


@strawberry.input
class DecideWithdrawalNoticeInput(DecideChangeNoticeInput):
    pass


ChangeNoticeResult = Annotated[ChangeNotice | Problem, strawberry.union("ChangeNoticeResult")]
WithdrawalNoticeResult = Annotated[WithdrawalNotice | Problem, strawberry.union("WithdrawalNoticeResult")]


@strawberry.type
class NoticeMutations:
    @strawberry.mutation(graphql_type=ChangeNoticeResult, metadata=needs(_SENDER), description="変更届")
    async def submit_change_notice(self, info: Info, input: SubmitChangeNoticeInput) -> ChangeNoticeView:
        return await info.context.write(_submit_change, info, input)

    @strawberry.mutation(graphql_type=WithdrawalNoticeResult, metadata=needs(_SENDER), description="退会届")
    async def submit_withdrawal_notice(self, info: Info, input: SubmitWithdrawalNoticeInput) -> WithdrawalNoticeView:
        return await info.context.write(_submit_withdrawal, info, input)

    @strawberry.mutation(
        graphql_type=ChangeNoticeResult,
        metadata=needs(_DECIDE),
        description="受理 changes the organisation and keeps what was",
    )
    async def decide_change_notice(self, info: Info, input: DecideChangeNoticeInput) -> ChangeNoticeView:
        return await info.context.write(_decide_change, info, input)

    @strawberry.mutation(
        graphql_type=WithdrawalNoticeResult, metadata=needs(_DECIDE), description="受理 ends the membership on its date"
    )
    async def decide_withdrawal_notice(self, info: Info, input: DecideWithdrawalNoticeInput) -> WithdrawalNoticeView:
        return await info.context.write(_decide_withdrawal, info, input)


async def _decide_change(session: AsyncSession, info: Info, input: DecideChangeNoticeInput) -> ChangeNoticeView:
    wanted = required(input.id)
    await _look_at(session, info, (await queries.change_notice(session, wanted)).organisation_id)
    rest: dict[str, Any] = {"actor": by(info), "revision": input.revision}
    if input.decision is Decision.ACCEPT:
        return await notices.accept_change(session, wanted, **rest)
    return await notices.refuse_change(session, wanted, message=input.message or "", **rest)


async def _decide_withdrawal(
    session: AsyncSession, info: Info, input: DecideWithdrawalNoticeInput
) -> WithdrawalNoticeView:
    wanted = required(input.id)
    await _look_at(session, info, (await queries.withdrawal_notice(session, wanted)).organisation_id)
    rest: dict[str, Any] = {"actor": by(info), "revision": input.revision}
    if input.decision is Decision.ACCEPT:
        return await notices.accept_withdrawal(session, wanted, **rest)
    return await notices.refuse_withdrawal(session, wanted, message=input.message or "", **rest)


async def _look_at(session: AsyncSession, info: Info, organisation_id: UUID) -> None:
    await looking.look_at(session, actor=by(info), organisation_id=organisation_id, action=access_log.NOTICE)


async def _submit_change(session: AsyncSession, info: Info, input: SubmitChangeNoticeInput) -> ChangeNoticeView:
    """Answers with what was, so the secretariat has looked."""
    organisation_id = _organisation(info, input.organisation_id)
    await _look_at(session, info, organisation_id)
    notice = await notices.submit_change(
        session,
        organisation_id,
        changes_of(input),
        channel=_channel(info, input.channel),
        actor=by(info),
        idempotency_key=key_of(info, input),
    )
    if notice.is_open and _at_once(info, input.accept):
        return await notices.accept_change(session, notice.id, actor=by(info))
    return notice


async def _submit_withdrawal(
    session: AsyncSession, info: Info, input: SubmitWithdrawalNoticeInput
) -> WithdrawalNoticeView:
    organisation_id = _organisation(info, input.organisation_id)
    await _look_at(session, info, organisation_id)
    notice = await notices.submit_withdrawal(
        session,
        organisation_id,
        effective_on=input.effective_on or clock.today(),
        reason=input.reason or "",
        channel=_channel(info, input.channel),
        actor=by(info),
        idempotency_key=key_of(info, input),
    )
    if notice.is_open and _at_once(info, input.accept):
        return await notices.accept_withdrawal(session, notice.id, actor=by(info))
    return notice


def _organisation(info: Info, given: ID) -> UUID:
    """Who may not act for others learns nothing of what exists."""
    if as_uuid(given) is None and not by(info).may(_DECIDE):
        raise Forbidden
    return required(given)


def _channel(info: Info, given: Channel | None) -> Channel:
    return given if given and by(info).may(_DECIDE) else Channel.API


def _at_once(info: Info, accept: bool | None) -> bool:
    return by(info).may(_DECIDE) and accept is not False
