"""入会申請: sent by anybody, read and decided by the secretariat."""

from datetime import date, datetime
from enum import StrEnum
from typing import Annotated, Any

import msgspec
import strawberry
from sqlalchemy.ext.asyncio import AsyncSession
from strawberry import ID, Parent

from services.web.graphql.checks import ApplicationCheck, CheckInput, finding_of
from services.web.graphql.contacts import ContactShown, ContactVisibilityInput
from services.web.graphql.paging import Connection, Piece, by_place, place_after
from services.web.graphql.policies import needs, only
from services.web.graphql.problems import Problem
from services.web.graphql.types import Info, as_uuid, given_values
from services.web.graphql.writing import by, key_of, required
from services.web.limits import limit_applications
from shared.identity.policy import Actor, Permission
from shared.kit import clock
from shared.members import access_log, criteria, looking, screening, service
from shared.members import application_queries as queries
from shared.members.application_queries import ApplicationView
from shared.members.criteria import CheckView
from shared.members.details import ApplicationDetails
from shared.members.models import ApplicationState, Channel, Source

strawberry.enum(ApplicationState, name="MembershipApplicationStatus", description="受付, 確認中, 差戻し, 承認, 不承認")
strawberry.enum(Channel, name="ApplicationChannel")
strawberry.enum(Source, name="ApplicationSource", description="How the organisation was won")
_READ = Permission.APPLICATION_READ


@strawberry.type(description="What was done with an application")
@only(_READ)
class ApplicationStep:
    state: ApplicationState = strawberry.field(name="status")
    message: str | None = strawberry.field(description="What the applicant was told")
    actor_name: str
    happened_at: datetime


@strawberry.type(description="様式1 as entered")
@only(_READ)
class MembershipApplicationDetails:
    name: str
    kana: str
    corporate_number: str
    postal_code: str
    address: str
    municipality_code: str
    representative_title: str
    representative_name: str
    representative_kana: str
    contact_department: str
    contact_name: str
    contact_kana: str
    phone: str
    mobile: str
    fax: str
    email: str
    website: str
    category: str
    fields: list[str]
    people: str
    founded_year: str
    purpose: str
    activities: str
    area: str
    audiences: list[str]
    audience: str
    resources: list[str]
    appeal: str
    source: str
    charter_version: int | None
    consent: bool
    pledge: bool

    @strawberry.field
    def visibility(parent: Parent[ApplicationDetails]) -> list[ContactShown]:
        shown: Any = sorted(parent.visibility.items())
        return shown  # type: ignore[no-any-return]


@strawberry.type(description="One line of the secretariat's list")
@only(_READ)
class MembershipApplicationLine:
    id: ID
    receipt_number: str
    state: ApplicationState = strawberry.field(name="status")
    channel: Channel
    organisation_name: str
    received_at: datetime
    decided_at: datetime | None
    waiting_days: int
    open_checks: list[str] = strawberry.field(description="Required criteria that are not met, by name")


@strawberry.type(
    description="入会申請. Whoever has just sent it reads its number and status; the rest is the secretariat's."
)
@only(_READ)
class MembershipApplication:
    id: ID = strawberry.field(metadata=needs(Permission.PUBLIC))
    receipt_number: str = strawberry.field(metadata=needs(Permission.PUBLIC))
    state: ApplicationState = strawberry.field(name="status", metadata=needs(Permission.PUBLIC))
    organisation_name: str = strawberry.field(metadata=needs(Permission.PUBLIC))
    received_at: datetime = strawberry.field(metadata=needs(Permission.PUBLIC))
    channel: Channel
    email: str | None
    details: MembershipApplicationDetails
    organisation_id: ID | None = strawberry.field(description="Set by the approval")
    decided_at: datetime | None
    revision: int
    steps: list[ApplicationStep]
    pledged_version: int | None = strawberry.field(description="設置要綱 under which the applicant has pledged secrecy")

    @strawberry.field(graphql_type=list[ApplicationCheck])
    async def checks(parent: Parent[ApplicationView], info: Info) -> list[CheckView]:
        return await info.context.read(criteria.checks, parent.id)


@strawberry.input
class MembershipApplicationFilter:
    status: list[ApplicationState] | None = None


@strawberry.type
class ApplicationQueries:
    @strawberry.field(
        graphql_type=Connection[MembershipApplicationLine],
        metadata=needs(_READ),
        description="Oldest first, because that one has waited longest",
    )
    async def membership_applications(
        self, info: Info, filter: MembershipApplicationFilter | None = None, first: int = 20, after: str | None = None
    ) -> Piece:
        offset, states = place_after(after), (filter.status if filter else None) or ()
        page = await info.context.read(queries.applications, states=states, first=first, offset=offset)
        return by_place(page.items, page.total, offset)

    @strawberry.field(
        graphql_type=MembershipApplication | None, metadata=needs(_READ), description="With all that was entered"
    )
    async def membership_application(self, info: Info, id: ID) -> ApplicationView | None:
        wanted = as_uuid(id)
        if wanted is None:
            return None
        found = await info.context.read(queries.application, wanted)
        return await info.context.write(looked_at, found, actor=info.context.actor)


@strawberry.input(description="様式1. `category` and `fields` are slugs or ids of this platform.")
class SubmitMembershipApplicationInput:
    name: str = strawberry.field(description="団体名")
    kana: str = strawberry.field(description="団体名（カナ）")
    contact_name: str
    email: str
    corporate_number: str | None = strawberry.field(default=None, description="法人番号, 13 digits")
    postal_code: str | None = None
    address: str | None = None
    municipality_code: str | None = None
    representative_title: str | None = None
    representative_name: str | None = None
    representative_kana: str | None = None
    contact_department: str | None = None
    contact_kana: str | None = None
    phone: str | None = None
    mobile: str | None = None
    fax: str | None = None
    website: str | None = None
    category: str | None = None
    fields: list[str] | None = None
    people: int | None = None
    founded_year: int | None = None
    purpose: str | None = None
    activities: str | None = strawberry.field(default=None, description="主な活動")
    area: str | None = None
    audiences: list[str] | None = strawberry.field(default=None, description="対象者, as slugs or Japanese words")
    audience: str | None = strawberry.field(default=None, description="対象者, in words of one's own")
    resources: list[str] | None = strawberry.field(
        default=None, description="提供できる資源, as slugs or Japanese words"
    )
    appeal: str | None = None
    source: Source | None = None
    visibility: ContactVisibilityInput | None = None
    charter_version: int | None = strawberry.field(default=None, description="設置要綱 that was read and agreed to")
    consent: bool | None = None
    pledge: bool | None = strawberry.field(default=None, description="守秘義務の誓約 under the 設置要綱 in force")
    idempotency_key: str | None = None


@strawberry.enum(name="MembershipDecision", description="承認, 差戻し, 不承認")
class Decision(StrEnum):
    APPROVE = "APPROVE"
    RETURN = "RETURN"
    REJECT = "REJECT"


@strawberry.input(description="The checklist is honoured: APPROVE is refused with CHECKS_OPEN until it is met")
class DecideMembershipApplicationInput:
    id: ID
    decision: Decision
    effective_on: date | None = strawberry.field(
        default=None, description="APPROVE: the first day of membership; today unless given"
    )
    message: str | None = strawberry.field(default=None, description="RETURN and REJECT: what the applicant is told")
    revision: int | None = strawberry.field(default=None, description="Guards against another decision")
    rejoins: ID | None = strawberry.field(
        default=None, description="APPROVE: the organisation that had left; found by its 法人番号 unless given"
    )
    checks: list[CheckInput] | None = strawberry.field(
        default=None, description="Recorded first, in the same transaction: all or nothing"
    )


MembershipApplicationResult = Annotated[
    MembershipApplication | Problem, strawberry.union("MembershipApplicationResult")
]


@strawberry.type
class ApplicationMutations:
    @strawberry.mutation(
        graphql_type=MembershipApplicationResult,
        metadata=needs(Permission.PUBLIC),
        description="The same key and the same content is the same application, however often it is sent",
    )
    async def submit_membership_application(
        self, info: Info, input: SubmitMembershipApplicationInput
    ) -> ApplicationView:
        ctx = info.context
        if not ctx.actor.may(_READ):
            await limit_applications(ctx, email=input.email, client_address=ctx.client_address)
        return await ctx.write(
            service.submit_application,
            _details(input),
            channel=Channel.API,
            actor=by(info),
            idempotency_key=key_of(info, input),
        )

    @strawberry.mutation(
        graphql_type=MembershipApplicationResult,
        metadata=needs(Permission.APPLICATION_DECIDE),
        description="承認 enters the organisation into the ledger from `effectiveOn`",
    )
    async def decide_membership_application(
        self, info: Info, input: DecideMembershipApplicationInput
    ) -> ApplicationView:
        return await info.context.write(_decide_and_look, info, input)


async def _decide_and_look(
    session: AsyncSession, info: Info, input: DecideMembershipApplicationInput
) -> ApplicationView:
    return await looked_at(session, await _decide(session, info, input), actor=by(info))


async def looked_at(session: AsyncSession, application: ApplicationView, *, actor: Actor) -> ApplicationView:
    """The same one, for who may read it all."""
    await looking.look_at(
        session,
        actor=actor,
        organisation_id=application.organisation_id,
        action=access_log.APPLICATION,
        object_id=application.id,
    )
    return application


async def _decide(session: AsyncSession, info: Info, input: DecideMembershipApplicationInput) -> ApplicationView:
    wanted, message, actor = required(input.id), input.message or "", by(info)
    if input.checks:
        await screening.record_findings(session, wanted, [finding_of(each) for each in input.checks], actor=actor)
    if input.decision is Decision.RETURN:
        return await service.return_application(session, wanted, message=message, actor=actor, revision=input.revision)
    if input.decision is Decision.REJECT:
        return await service.reject_application(session, wanted, message=message, actor=actor, revision=input.revision)
    day = input.effective_on or clock.today()
    former = required(input.rejoins) if input.rejoins else None
    return await service.approve_application(
        session, wanted, effective_on=day, actor=actor, revision=input.revision, rejoins=former
    )


def _details(input: SubmitMembershipApplicationInput) -> ApplicationDetails:
    """The form as text, as people would have typed it."""
    given: dict[str, Any] = {
        name: str(value) if name in ("people", "founded_year") else value
        for name, value in given_values(input).items()
        if value is not None and name not in ("visibility", "idempotency_key")
    }
    if input.visibility is not None:
        given["visibility"] = {name: value for name, value in vars(input.visibility).items() if value is not None}
    return msgspec.convert(given, ApplicationDetails, strict=False)
