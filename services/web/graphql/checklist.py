"""審査の基準と手順: what the secretariat makes sure of before it admits, read and replaced as a whole."""

from typing import Annotated

import msgspec
import strawberry
from sqlalchemy.ext.asyncio import AsyncSession

from services.web.graphql.policies import needs, only
from services.web.graphql.problems import Problem
from services.web.graphql.types import Info
from services.web.graphql.writing import by
from shared.identity.policy import Permission
from shared.members import checklist as service
from shared.members import criteria
from shared.members.checklist import CriterionDraft
from shared.members.criteria import CriterionView
from shared.members.screening_models import CriterionKind
from shared.tenants import queries as tenants

_READ = Permission.APPLICATION_READ


class ChecklistView(msgspec.Struct, frozen=True):
    revision: int
    criteria: list[CriterionView]
    retired: list[CriterionView]


@strawberry.type
@only(_READ)
class Criterion:
    slug: str
    name: str
    kind: CriterionKind
    required: bool = strawberry.field(description="Approval is refused until it is met")
    hint: str | None


@strawberry.type(description="What is asked before an application is approved")
@only(_READ)
class Checklist:
    revision: int = strawberry.field(description="The platform's; rises with each edit of its settings")
    criteria: list[Criterion] = strawberry.field(description="In their order")
    retired: list[Criterion] = strawberry.field(
        description="Asked no more; kept because applications were checked against them"
    )


@strawberry.input(description="One line. Without `slug` it is a new one; a known one keeps its kind.")
class CriterionInput:
    name: str
    slug: str | None = None
    kind: CriterionKind | None = strawberry.field(default=None, description="STATEMENT unless given")
    required: bool | None = strawberry.field(default=None, description="True unless given")
    hint: str | None = None


@strawberry.input(description="The whole list: what it does not name is asked no more")
class ReplaceChecklistInput:
    revision: int = strawberry.field(description="As it was read; guards against another edit")
    criteria: list[CriterionInput]


ChecklistResult = Annotated[Checklist | Problem, strawberry.union("ChecklistResult")]


@strawberry.type
class ChecklistQueries:
    @strawberry.field(graphql_type=Checklist, metadata=needs(_READ), description="審査の基準と手順")
    async def checklist(self, info: Info) -> ChecklistView:
        return await info.context.read(_whole)


@strawberry.type
class ChecklistMutations:
    @strawberry.mutation(
        graphql_type=ChecklistResult,
        metadata=needs(Permission.PROFILE_EDIT),
        description="Applications that were checked keep what was found, in the words of that day",
    )
    async def replace_checklist(self, info: Info, input: ReplaceChecklistInput) -> ChecklistView:
        return await info.context.write(_replace, info, input)


async def _replace(session: AsyncSession, info: Info, input: ReplaceChecklistInput) -> ChecklistView:
    wanted = [_draft(each) for each in input.criteria]
    await service.replace_checklist(session, actor=by(info), revision=input.revision, wanted=wanted)
    return await _whole(session)


async def _whole(session: AsyncSession) -> ChecklistView:
    profile = await tenants.profile(session)
    return ChecklistView(profile.revision, await criteria.criteria(session), await criteria.retired_criteria(session))


def _draft(given: CriterionInput) -> CriterionDraft:
    return CriterionDraft(
        slug=given.slug or "",
        name=given.name,
        kind=given.kind or CriterionKind.STATEMENT,
        required=given.required is not False,
        hint=given.hint or "",
    )
