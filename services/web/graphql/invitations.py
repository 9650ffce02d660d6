"""Who signs in for an organisation: invited, taken back, removed. An invitation is answered on the page that its letter leads to."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

import msgspec
import strawberry
from sqlalchemy.ext.asyncio import AsyncSession
from strawberry import ID

from services.web.graphql.own import acted_for, readable
from services.web.graphql.policies import needs, only
from services.web.graphql.problems import Problem
from services.web.graphql.types import Info, plain
from services.web.graphql.writing import by, key_of, required
from shared.identity import invitation_queries, invitations
from shared.identity.invitation_queries import InvitationView, LinkState, OrganisationPerson
from shared.identity.models import Role
from shared.identity.policy import Permission
from shared.kit.idempotency import once
from shared.kit.refusals import NotFound
from shared.members import portal, portal_queries

strawberry.enum(LinkState, name="InvitationStatus", description="Open, answered, expired, taken back")
_KEEPER = Permission.SIGNED_IN


class PeopleView(msgspec.Struct, frozen=True):
    organisation_id: UUID
    people: list[OrganisationPerson]
    invitations: list[InvitationView]


@strawberry.type(description="Somebody who signs in for an organisation")
@only(_KEEPER)
class OrganisationMember:
    account_id: ID
    name: str
    email: str
    role: Role


@strawberry.type(description="A letter that has not been answered")
@only(_KEEPER)
class Invitation:
    id: ID
    email: str
    name: str
    role: Role | None
    state: LinkState = strawberry.field(name="status")
    invited_by: str
    created_at: datetime
    expires_at: datetime


@strawberry.type(description="Who signs in for one organisation, and who is asked to")
@only(_KEEPER)
class OrganisationPeople:
    organisation_id: ID
    people: list[OrganisationMember]
    invitations: list[Invitation]


@strawberry.input
class InviteOrganisationPersonInput:
    organisation_id: ID
    email: str
    name: str
    role: Role | None = strawberry.field(
        default=None, description="ORGANISATION_USER unless given; a manager is invited by the secretariat"
    )
    idempotency_key: str | None = None


@strawberry.input
class WithdrawInvitationInput:
    organisation_id: ID
    invitation_id: ID


@strawberry.input
class RemoveOrganisationPersonInput:
    organisation_id: ID
    account_id: ID
    role: Role | None = strawberry.field(default=None, description="ORGANISATION_USER unless given")


OrganisationPeopleResult = Annotated[OrganisationPeople | Problem, strawberry.union("OrganisationPeopleResult")]


@strawberry.type
class InvitationQueries:
    @strawberry.field(
        graphql_type=OrganisationPeople | None,
        metadata=needs(_KEEPER),
        description="By the id of the organisation; null unless one may act for it",
    )
    async def organisation_people(self, info: Info, id: ID) -> PeopleView | None:
        wanted = readable(info, id)
        try:
            return await info.context.read(_whole, wanted) if wanted else None
        except NotFound:
            return None


@strawberry.type
class InvitationMutations:
    @strawberry.mutation(
        graphql_type=OrganisationPeopleResult,
        metadata=needs(_KEEPER),
        description="By a letter; an earlier one to the same address is worthless from now on",
    )
    async def invite_organisation_person(self, info: Info, input: InviteOrganisationPersonInput) -> PeopleView:
        return await info.context.write(_invite, info, input)

    @strawberry.mutation(
        graphql_type=OrganisationPeopleResult, metadata=needs(_KEEPER), description="Its link opens nothing any more"
    )
    async def withdraw_invitation(self, info: Info, input: WithdrawInvitationInput) -> PeopleView:
        return await info.context.write(_withdraw, info, input)

    @strawberry.mutation(
        graphql_type=OrganisationPeopleResult, metadata=needs(_KEEPER), description="Ends the person's sessions here"
    )
    async def remove_organisation_person(self, info: Info, input: RemoveOrganisationPersonInput) -> PeopleView:
        return await info.context.write(_remove, info, input)


async def _invite(session: AsyncSession, info: Info, input: InviteOrganisationPersonInput) -> PeopleView:
    wanted = acted_for(info, input.organisation_id)

    async def effect() -> dict[str, Any]:
        await portal.invite_person(
            session,
            actor=by(info),
            organisation_id=wanted,
            email=input.email,
            name=input.name,
            role=input.role or Role.ORGANISATION_USER,
        )
        return {}

    body = {"mutation": info.field_name, "input": plain(input)}
    await once(session, actor=by(info).key, key=key_of(info, input), body=body, effect=effect)
    return await _whole(session, wanted)


async def _withdraw(session: AsyncSession, info: Info, input: WithdrawInvitationInput) -> PeopleView:
    wanted = acted_for(info, input.organisation_id)
    invitation_id = required(input.invitation_id)
    await invitations.withdraw(session, actor=by(info), organisation_id=wanted, invitation_id=invitation_id)
    await session.flush()
    return await _whole(session, wanted)


async def _remove(session: AsyncSession, info: Info, input: RemoveOrganisationPersonInput) -> PeopleView:
    wanted = acted_for(info, input.organisation_id)
    await portal.remove_person(
        session,
        actor=by(info),
        organisation_id=wanted,
        account_id=required(input.account_id),
        role=input.role or Role.ORGANISATION_USER,
    )
    await session.flush()
    return await _whole(session, wanted)


async def _whole(session: AsyncSession, organisation_id: UUID) -> PeopleView:
    await portal_queries.name_of(session, organisation_id)
    return PeopleView(
        organisation_id,
        await invitation_queries.people_of(session, organisation_id),
        await invitation_queries.open_invitations(session, organisation_id),
    )
