"""守秘義務の誓約: what is to be signed before confidential data are shown, and signing it."""

from typing import Annotated

import strawberry

from services.web.graphql.policies import needs, only
from services.web.graphql.problems import Problem
from services.web.graphql.types import Info
from services.web.graphql.writing import by
from shared.identity.policy import Permission
from shared.kit.refusals import NotFound
from shared.members import pledges
from shared.members.pledges import Pledge as PledgeView

_PERSON = Permission.SIGNED_IN


@strawberry.type(description="守秘義務の誓約 to the 設置要綱 in force; `clauses` are Markdown")
@only(_PERSON)
class Pledge:
    version: int = strawberry.field(name="charterVersion")
    title: str
    clauses: str
    signed: bool = strawberry.field(description="Until then confidential data are null or refused with PLEDGE_NEEDED")


@strawberry.input
class SignPledgeInput:
    charter_version: int | None = strawberry.field(default=None, description="The version that was read; needed")


PledgeResult = Annotated[Pledge | Problem, strawberry.union("PledgeResult")]


@strawberry.type
class PledgeQueries:
    @strawberry.field(
        graphql_type=Pledge | None, metadata=needs(_PERSON), description="Null where there is no 設置要綱"
    )
    async def pledge(self, info: Info) -> PledgeView | None:
        try:
            return await info.context.read(pledges.pledge, actor=by(info))
        except NotFound:
            return None


@strawberry.type
class PledgeMutations:
    @strawberry.mutation(graphql_type=PledgeResult, metadata=needs(_PERSON), description="By a person; twice is once")
    async def sign_pledge(self, info: Info, input: SignPledgeInput) -> PledgeView:
        await info.context.write(pledges.sign_pledge, actor=by(info), version=input.charter_version or 0)
        return await info.context.read(pledges.pledge, actor=by(info))
