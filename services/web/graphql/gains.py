"""参加の成果: what a membership has brought."""

from datetime import date

import strawberry
from strawberry import ID

from services.web.graphql.own import readable
from services.web.graphql.policies import needs, only
from services.web.graphql.types import Info
from shared.identity.policy import Permission
from shared.kit.refusals import NotFound
from shared.members import portal_queries
from shared.members.portal_queries import Gains as GainsView

_MEMBER = Permission.SIGNED_IN


@strawberry.type(description="How often the organisation's page was opened by people who are not signed in")
@only(_MEMBER)
class MonthOfViews:
    month: date = strawberry.field(description="Its first day")
    views: int
    inquiries: int


@strawberry.type(description="What can be counted honestly of a membership")
@only(_MEMBER)
class Gains:
    months: list[MonthOfViews] = strawberry.field(description="This month and the twelve before it, newest first")
    inquiries: int = strawberry.field(description="Sent by the form on its page; counted since 2026-11-22")
    news: int = strawberry.field(description="Published")
    events: int = strawberry.field(description="Published")
    letters: int = strawberry.field(description="Sent about or to the organisation in a year")
    relays: int = strawberry.field(description="Notices that were passed on to its registered children")
    relayed_to: int
    received: int = strawberry.field(description="How many of those addressees have said that it came")
    name_uses: int = strawberry.field(description="後援名義 that were approved")


@strawberry.type
class GainsQueries:
    @strawberry.field(
        graphql_type=Gains | None,
        metadata=needs(_MEMBER),
        description="参加の成果, by the id of the organisation; null unless one writes or acts for it",
    )
    async def gains(self, info: Info, id: ID) -> GainsView | None:
        wanted = readable(info, id, by_users=True)
        try:
            if wanted:
                await info.context.read(portal_queries.name_of, wanted)
            return await info.context.read(portal_queries.gains, wanted) if wanted else None
        except NotFound:
            return None
