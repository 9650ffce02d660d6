"""閲覧の記録: who has looked at what an organisation does not show to everybody."""

from datetime import datetime

import strawberry
from strawberry import ID

from services.web.graphql.own import readable
from services.web.graphql.paging import Connection, Piece, by_place, place_after
from services.web.graphql.policies import needs, only
from services.web.graphql.types import Info
from services.web.graphql.writing import by
from shared.identity.policy import Permission
from shared.members import access_log

_MEMBER = Permission.SIGNED_IN


@strawberry.type(description="One look at what an organisation does not show to everybody")
@only(_MEMBER)
class Look:
    happened_at: datetime
    what: str
    role: str = strawberry.field(description="The one that the reader had at that moment")


@strawberry.type
class AccessLogQueries:
    @strawberry.field(
        graphql_type=Connection[Look] | None,
        metadata=needs(_MEMBER),
        description="閲覧の記録, newest first, by the id of the organisation; null unless one may act for it",
    )
    async def access_log(self, info: Info, id: ID, first: int = 20, after: str | None = None) -> Piece | None:
        wanted, offset = readable(info, id), place_after(after)
        if wanted is None:
            return None
        page = await info.context.read(access_log.looks, wanted, actor=by(info), first=max(0, first), offset=offset)
        return by_place(page.items, page.total, offset)
