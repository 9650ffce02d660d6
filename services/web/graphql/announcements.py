"""新着情報: what everybody reads, and what the secretariat writes."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

import strawberry
from sqlalchemy.ext.asyncio import AsyncSession
from strawberry import ID, Parent

from services.web.graphql.media import Image
from services.web.graphql.paging import Connection, Piece, by_id, id_after
from services.web.graphql.policies import PUBLIC, everyone, needs
from services.web.graphql.problems import Problem
from services.web.graphql.types import Info, as_uuid
from services.web.graphql.writing import by, create, required
from shared.content import queries, service
from shared.content.models import AnnouncementState
from shared.content.queries import AnnouncementView
from shared.identity.policy import Permission

strawberry.enum(AnnouncementState, name="AnnouncementStatus", description="下書き, 公開, 取下げ")


@strawberry.type(description="新着情報")
@everyone
class Announcement:
    id: ID
    title: str
    body: str = strawberry.field(description="Markdown")
    body_easy: str | None = strawberry.field(description="The same in やさしい日本語")
    state: AnnouncementState = strawberry.field(name="status")
    published_at: datetime | None
    updated_at: datetime
    image: Image | None
    event_id: ID | None = strawberry.field(description="The event that it speaks of")
    revision: int

    @strawberry.field
    def url(parent: Parent[AnnouncementView], info: Info) -> str:
        return f"{info.context.tenant.base_url}/news/{parent.id}"


@strawberry.type
class AnnouncementQueries:
    @strawberry.field(
        graphql_type=Connection[Announcement], metadata=PUBLIC, description="Published news, newest first"
    )
    async def announcements(self, info: Info, first: int = 20, after: str | None = None) -> Piece:
        page = await info.context.read(queries.published, first=first, after=id_after(after))
        return by_id(page.items, page.total, page.more)

    @strawberry.field(
        graphql_type=Announcement | None, metadata=PUBLIC, description="Drafts too, for those who may write them"
    )
    async def announcement(self, info: Info, id: ID) -> AnnouncementView | None:
        drafts = info.context.actor.may(Permission.ANNOUNCEMENT_WRITE)
        wanted = as_uuid(id)
        return await info.context.read(queries.announcement, wanted, drafts=drafts) if wanted else None


@strawberry.input
class CreateAnnouncementInput:
    title: str
    body: str = strawberry.field(description="Markdown")
    body_easy: str | None = None
    image_id: ID | None = None
    event_id: ID | None = None
    idempotency_key: str | None = None


@strawberry.input
class PublishAnnouncementInput:
    id: ID
    published_at: datetime | None = strawberry.field(default=None, description="Not later than now; now unless given")


AnnouncementResult = Annotated[Announcement | Problem, strawberry.union("AnnouncementResult")]


@strawberry.type
class AnnouncementMutations:
    @strawberry.mutation(
        graphql_type=AnnouncementResult, metadata=needs(Permission.ANNOUNCEMENT_WRITE), description="A draft"
    )
    async def create_announcement(self, info: Info, input: CreateAnnouncementInput) -> AnnouncementView:
        async def effect(session: AsyncSession) -> UUID:
            row = await service.create_announcement(
                session,
                actor=by(info),
                title=input.title,
                body=input.body,
                body_easy=input.body_easy,
                image_id=required(input.image_id) if input.image_id else None,
                event_id=required(input.event_id) if input.event_id else None,
            )
            return row.id

        return await create(info, input, effect, _whole)

    @strawberry.mutation(
        graphql_type=AnnouncementResult,
        metadata=needs(Permission.ANNOUNCEMENT_WRITE),
        description="Readable by everybody from now on",
    )
    async def publish_announcement(self, info: Info, input: PublishAnnouncementInput) -> AnnouncementView:
        return await info.context.write(_publish, info, input)


async def _publish(session: AsyncSession, info: Info, input: PublishAnnouncementInput) -> AnnouncementView:
    wanted = required(input.id)
    await service.publish_announcement(session, actor=by(info), announcement_id=wanted, published_at=input.published_at)
    return await _whole(session, wanted)


async def _whole(session: AsyncSession, announcement_id: UUID) -> AnnouncementView:
    found = await queries.announcement(session, announcement_id, drafts=True)
    assert found is not None  # noqa: S101 - just written
    return found
