"""Finding what is published."""

from datetime import datetime

import strawberry
from strawberry import ID, Parent

from services.web.graphql.paging import Connection, Piece, by_place, place_after
from services.web.graphql.policies import PUBLIC, everyone
from services.web.graphql.types import Info
from shared.kit import search
from shared.kit.search import SearchHit as SearchHitView


@strawberry.type(description="Something published in which every word was found")
@everyone
class SearchHit:
    kind: str = strawberry.field(description="announcement, event, organisation or page")
    object_id: ID
    path: str
    title: str
    shown_at: datetime | None

    @strawberry.field(description="The words around the place where it was found")
    def excerpt(parent: Parent[SearchHitView]) -> str:
        return "".join(piece.text for piece in parent.pieces)

    @strawberry.field
    def url(parent: Parent[SearchHitView], info: Info) -> str:
        return info.context.tenant.base_url + parent.path


@strawberry.type
class SearchQueries:
    @strawberry.field(graphql_type=Connection[SearchHit], metadata=PUBLIC, description="The best first")
    async def search(self, info: Info, text: str, first: int = 20, after: str | None = None) -> Piece:
        skip = place_after(after)
        found = await info.context.read(search.find, text, first=first, skip=skip)
        return by_place(found.hits, found.total, skip)
