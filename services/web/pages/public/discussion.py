"""話し合いで出た意見 on paper, for those who were there."""

from uuid import UUID

from litestar import get
from litestar.params import FromPath
from litestar.response import Response

from services.web.context import Ctx
from services.web.documents import document
from shared.events import queries
from shared.events.discussion.paper import render_discussion
from shared.identity.policy import Permission
from shared.kit.refusals import NotFound


@get("/events/{event_id:uuid}/discussion.pdf", policy=Permission.PUBLIC, cached=True)
async def discussion_sheet(ctx: Ctx, event_id: FromPath[UUID]) -> Response[bytes]:
    event = await ctx.read(queries.event, event_id)
    if event is None or not any(topic.opinions for topic in event.topics):
        raise NotFound
    profile = await ctx.profile()
    await ctx.release()
    address = f"{ctx.tenant.base_url}/events/{event.id}"
    pdf = await render_discussion(event, platform=profile.name, address=address)
    return document(pdf, name=f"話し合いで出た意見_{event.title}.pdf", plain_name="discussion.pdf")


ROUTES = [discussion_sheet]
