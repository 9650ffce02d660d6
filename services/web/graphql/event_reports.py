"""開催報告 by programs: publishing what came of an event."""

import strawberry
from sqlalchemy.ext.asyncio import AsyncSession
from strawberry import ID

from services.web.graphql.events import EventResult, whole_event
from services.web.graphql.policies import needs
from services.web.graphql.types import Info
from services.web.graphql.writing import by, required
from shared.events.report_drafts import PhotoDraft, ReportDraft
from shared.events.reporting import publish_report
from shared.events.views import EventView
from shared.identity.policy import Permission


@strawberry.input(description="A picture that this platform keeps already")
class ReportPhotoInput:
    image_id: ID
    alt: str | None = strawberry.field(default=None, description="Left out, the picture keeps its own")
    caption: str | None = None
    credit: str | None = None
    consented: bool = strawberry.field(
        default=False, description="撮影の同意 is confirmed; a photo without it is not published"
    )


@strawberry.input(description="Photos are shown in this order")
class PublishEventReportInput:
    id: ID
    body: str = strawberry.field(description="Markdown")
    body_easy: str | None = strawberry.field(default=None, description="The same in やさしい日本語")
    photos: list[ReportPhotoInput] | None = None
    revision: int | None = strawberry.field(
        default=None, description="The one that was read: guards against another editor"
    )


@strawberry.type
class EventReportMutations:
    @strawberry.mutation(
        graphql_type=EventResult,
        metadata=needs(Permission.EVENT_WRITE),
        description="The event becomes REPORTED; a later report replaces the earlier one",
    )
    async def publish_event_report(self, info: Info, input: PublishEventReportInput) -> EventView:
        return await info.context.write(_publish, info, input)


async def _publish(session: AsyncSession, info: Info, input: PublishEventReportInput) -> EventView:
    wanted = required(input.id)
    draft = ReportDraft(
        body=input.body,
        body_easy=input.body_easy,
        photos=tuple(
            PhotoDraft(
                media_id=required(photo.image_id),
                alt=photo.alt,
                caption=photo.caption,
                credit=photo.credit,
                consented=photo.consented,
            )
            for photo in input.photos or ()
        ),
    )
    await publish_report(session, actor=by(info), event_id=wanted, draft=draft, revision=input.revision)
    return await whole_event(session, wanted)
