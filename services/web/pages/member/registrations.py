"""申込一覧 of a member's own event: for those who manage the organisation that holds it."""

from typing import Any
from uuid import UUID

from litestar import Request, get
from litestar.params import FromPath
from litestar.response import Response

from services.web.context import Context, Ctx
from services.web.exporting import Listing, export_routes
from services.web.pages.member.own import listed
from services.web.pages.staff.registrations import filter_of, list_page, listing
from shared.events import queries
from shared.events.views import EventView
from shared.identity.policy import Permission
from shared.kit.refusals import NotFound

AnyRequest = Request[Any, Any, Any]


@get("/member/events/{event_id:uuid}/registrations", policy=Permission.ORGANISATION_EDIT_OWN)
async def list_registrations(request: AnyRequest, ctx: Ctx, event_id: FromPath[UUID]) -> Response[Any]:
    return await list_page(ctx, request, await _own_event(ctx, event_id), "member/registrations.html")


async def _load(ctx: Context, request: AnyRequest) -> Listing:
    event = await _own_event(ctx, request.path_params["event_id"])
    return await listing(ctx, event, filter_of(request), desk=False)


async def _own_event(ctx: Context, event_id: UUID) -> EventView:
    """NotFound for the secretariat's and for other members': it looks like one that is not there. HasLeft for who was one."""
    event = await ctx.read(queries.event, event_id)
    if event is None or event.member_organisation_id not in ctx.actor.managed_ids:
        raise NotFound
    await listed(ctx, event.member_organisation_id)
    return event


ROUTES = [
    list_registrations,
    *export_routes("/member/events/{event_id:uuid}/registrations", Permission.ORGANISATION_EDIT_OWN, _load),
]
