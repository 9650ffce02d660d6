"""傘下団体, and how far the platform reaches."""

from datetime import date

import strawberry
from strawberry import ID

from services.web.graphql.policies import PUBLIC, everyone
from services.web.graphql.types import Info, as_uuid
from shared.members import queries
from shared.members.umbrella import queries as umbrella


@strawberry.type(description="傘下の数 as it was stated on a day: 約700社")
@everyone
class DeclaredAffiliates:
    count: int
    unit: str
    approximate: bool = strawberry.field(description="約")
    as_of: date
    source: str | None


@strawberry.type(description="A registered child; `organisationId` if it stands in today's directory")
@everyone
class AffiliateChild:
    name: str
    organisation_id: ID | None


@strawberry.type(description="What an organisation stands for beyond itself; at most 200 children are named")
@everyone
class Affiliates:
    declared: DeclaredAffiliates | None
    registered: int
    children: list[AffiliateChild]


@strawberry.type(description="How many organisations and branches the platform reaches, each counted once")
@everyone
class Reach:
    count: int
    approximate: bool
    as_of: date
    members: int
    registered: int = strawberry.field(description="Registered children that are no members themselves")
    declared: int = strawberry.field(description="Children of whom only the number is known")
    declared_as_of: date | None = strawberry.field(
        description="The oldest day on which one of those numbers was stated"
    )


@strawberry.type
class AffiliateQueries:
    @strawberry.field(graphql_type=Reach, metadata=PUBLIC, description="Today's")
    async def reach(self, info: Info) -> umbrella.Reach:
        return await info.context.read(umbrella.reach)

    @strawberry.field(
        graphql_type=Affiliates | None, metadata=PUBLIC, description="傘下団体 of an organisation of today's directory"
    )
    async def affiliates(self, info: Info, id: ID) -> umbrella.Affiliates | None:
        wanted = as_uuid(id)
        if wanted is None:
            return None
        await info.context.read(queries.organisation, wanted)
        return await info.context.read(umbrella.affiliates, wanted)
