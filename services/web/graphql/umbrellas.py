"""傘下団体 as their umbrella and the secretariat keep them: declared numbers, registered children, notices that are passed on."""

from collections.abc import Awaitable, Callable
from datetime import date, datetime
from typing import Annotated, Any

import strawberry
from sqlalchemy.ext.asyncio import AsyncSession
from strawberry import ID

from services.web.graphql.affiliates import DeclaredAffiliates
from services.web.graphql.own import acted_for, readable
from services.web.graphql.policies import needs, only
from services.web.graphql.problems import Problem
from services.web.graphql.types import Info, plain
from services.web.graphql.writing import by, key_of, required
from services.web.limits import limit_children, limit_relays
from shared.identity.policy import Permission
from shared.kit.idempotency import once
from shared.kit.refusals import NotFound
from shared.members.umbrella import queries, service
from shared.members.umbrella.queries import Umbrella as UmbrellaView

#: Only its manager and the secretariat are ever given one.
_KEEPER = Permission.SIGNED_IN
Effect = Callable[[], Awaitable[dict[str, Any]]]


@strawberry.type(description="A registered child; `organisationId` if it is a member of this platform")
@only(_KEEPER)
class Affiliate:
    id: ID
    name: str
    organisation_id: ID | None
    reachable: bool = strawberry.field(description="There is an address of mail; it is not shown")


@strawberry.type(description="One addressee of a notice that was passed on")
@only(_KEEPER)
class RelayReceipt:
    name: str
    confirmed_at: datetime | None = strawberry.field(description="Somebody has opened the link and said so")


@strawberry.type(description="A notice that was passed on to the registered children")
@only(_KEEPER)
class Relay:
    id: ID
    subject: str
    body: str
    requested_by: str
    requested_at: datetime
    confirmed: int
    receipts: list[RelayReceipt]


@strawberry.type(description="傘下団体 of one organisation, for its manager and the secretariat")
@only(_KEEPER)
class Umbrella:
    organisation_id: ID
    name: str
    declarations: list[DeclaredAffiliates] = strawberry.field(description="What was stated, the latest day first")
    entries: list[Affiliate] = strawberry.field(name="affiliates")
    relays: list[Relay] = strawberry.field(description="The latest 20")


@strawberry.input
class DeclareAffiliatesInput:
    organisation_id: ID
    count: int
    unit: str = strawberry.field(description="社, か所, 団体")
    as_of: date
    approximate: bool | None = strawberry.field(default=None, description="約")
    source: str | None = None


@strawberry.input
class RegisterAffiliateInput:
    organisation_id: ID
    name: str
    email: str | None = strawberry.field(default=None, description="Where notices are passed on to")
    idempotency_key: str | None = None


@strawberry.input
class RemoveAffiliateInput:
    organisation_id: ID
    affiliate_id: ID


@strawberry.input
class RequestRelayInput:
    organisation_id: ID
    subject: str
    body: str
    idempotency_key: str | None = None


UmbrellaResult = Annotated[Umbrella | Problem, strawberry.union("UmbrellaResult")]


@strawberry.type
class UmbrellaQueries:
    @strawberry.field(
        graphql_type=Umbrella | None,
        metadata=needs(_KEEPER),
        description="By the id of the organisation; null unless one may act for it",
    )
    async def umbrella(self, info: Info, id: ID) -> UmbrellaView | None:
        wanted = readable(info, id)
        try:
            return await info.context.read(queries.umbrella, wanted) if wanted else None
        except NotFound:
            return None


@strawberry.type
class UmbrellaMutations:
    @strawberry.mutation(
        graphql_type=UmbrellaResult,
        metadata=needs(_KEEPER),
        description="傘下の数 as of a day; the same day again corrects it",
    )
    async def declare_affiliates(self, info: Info, input: DeclareAffiliatesInput) -> UmbrellaView:
        return await info.context.write(_declare, info, input)

    @strawberry.mutation(
        graphql_type=UmbrellaResult,
        metadata=needs(_KEEPER),
        description="The name of a member of this platform registers that member",
    )
    async def register_affiliate(self, info: Info, input: RegisterAffiliateInput) -> UmbrellaView:
        wanted = acted_for(info, input.organisation_id)
        if not by(info).may(Permission.APPLICATION_DECIDE):
            await limit_children(info.context, wanted)
        return await info.context.write(_register, info, input)

    @strawberry.mutation(
        graphql_type=UmbrellaResult, metadata=needs(_KEEPER), description="The child is registered here no more"
    )
    async def remove_affiliate(self, info: Info, input: RemoveAffiliateInput) -> UmbrellaView:
        return await info.context.write(_remove, info, input)

    @strawberry.mutation(
        graphql_type=UmbrellaResult,
        metadata=needs(_KEEPER),
        description="One letter to each address among the registered children, with a link by which receipt is confirmed",
    )
    async def request_relay(self, info: Info, input: RequestRelayInput) -> UmbrellaView:
        wanted = acted_for(info, input.organisation_id)
        if not by(info).may(Permission.APPLICATION_DECIDE):
            await limit_relays(info.context, wanted)
        return await info.context.write(_relay, info, input)


async def _declare(session: AsyncSession, info: Info, input: DeclareAffiliatesInput) -> UmbrellaView:
    wanted = acted_for(info, input.organisation_id)
    await service.declare_affiliates(
        session,
        actor=by(info),
        organisation_id=wanted,
        count=input.count,
        unit=input.unit.strip()[:20],
        approximate=bool(input.approximate),
        as_of=input.as_of,
        source=(input.source or "")[:200],
    )
    return await queries.umbrella(session, wanted)


async def _register(session: AsyncSession, info: Info, input: RegisterAffiliateInput) -> UmbrellaView:
    wanted = acted_for(info, input.organisation_id)

    async def effect() -> dict[str, Any]:
        email = input.email or ""
        await service.register_child(session, actor=by(info), parent_id=wanted, name=input.name, email=email)
        return {}

    await _once(session, info, input, effect)
    return await queries.umbrella(session, wanted)


async def _remove(session: AsyncSession, info: Info, input: RemoveAffiliateInput) -> UmbrellaView:
    wanted = acted_for(info, input.organisation_id)
    affiliation_id = required(input.affiliate_id)
    await service.remove_child(session, actor=by(info), parent_id=wanted, affiliation_id=affiliation_id)
    return await queries.umbrella(session, wanted)


async def _relay(session: AsyncSession, info: Info, input: RequestRelayInput) -> UmbrellaView:
    wanted = acted_for(info, input.organisation_id)

    async def effect() -> dict[str, Any]:
        given = {"subject": input.subject, "body": input.body}
        return {"id": str(await service.request_relay(session, actor=by(info), organisation_id=wanted, **given))}

    await _once(session, info, input, effect)
    return await queries.umbrella(session, wanted)


async def _once(
    session: AsyncSession, info: Info, input: RegisterAffiliateInput | RequestRelayInput, effect: Effect
) -> None:
    body = {"mutation": info.field_name, "input": plain(input)}
    await once(session, actor=by(info).key, key=key_of(info, input), body=body, effect=effect)
