"""How many members there were on any day, by kind."""

from datetime import date

import strawberry

from services.web.graphql.policies import PUBLIC, everyone
from services.web.graphql.types import Info
from shared.members import ledger
from shared.members.ledger import Change, Dimension, Part

strawberry.enum(Dimension, name="MemberDimension", description="区分, 分野, 市町村, 参加のきっかけ")


@strawberry.type(
    description="The members of one kind on a day. `value` is empty for those of whom nothing is recorded."
)
@everyone
class MemberCountPart:
    value: str = strawberry.field(description="A slug, a municipality's code, or how they were won")
    name: str
    group: str | None = strawberry.field(description="The 区分 above")
    count: int
    as_of: date
    unit: str


@strawberry.type(description="A day on which organisations came or went, and how many there were at its end")
@everyone
class MemberChange:
    day: date
    joined: int
    left: int
    count: int


@strawberry.type
class LedgerQueries:
    @strawberry.field(
        graphql_type=list[MemberCountPart],
        metadata=PUBLIC,
        description="An organisation has several fields, so those add up to more than `memberCount`",
    )
    async def member_counts(
        self, info: Info, as_of: date | None = None, by: Dimension = Dimension.CATEGORY
    ) -> list[Part]:
        return await info.context.read(ledger.member_counts, as_of, by)

    @strawberry.field(graphql_type=list[MemberChange], metadata=PUBLIC, description="Since founding")
    async def member_growth(self, info: Info) -> list[Change]:
        return await info.context.read(ledger.growth)
