"""Who is asking."""

import strawberry
from strawberry import ID, Parent

from services.web.graphql.policies import PUBLIC, only
from services.web.graphql.types import Info
from shared.identity.models import Role
from shared.identity.policy import Actor, Permission

strawberry.enum(Role)


@strawberry.type(description="The person or program that sends the request, in this tenant")
@only(Permission.SIGNED_IN)
class Viewer:
    name: str
    email: str | None
    account_id: ID | None
    client_id: ID | None

    @strawberry.field
    def roles(parent: Parent[Actor]) -> list[Role]:
        return sorted(parent.roles)

    @strawberry.field(description="The organisations that this person acts for")
    def organisation_ids(parent: Parent[Actor]) -> list[ID]:
        return [ID(str(each)) for each in sorted(parent.organisation_ids)]


@strawberry.type
class ViewerQueries:
    @strawberry.field(graphql_type=Viewer | None, metadata=PUBLIC, description="Null for whoever is not signed in here")
    async def viewer(self, info: Info) -> Actor | None:
        return info.context.actor if info.context.actor.signed_in else None
