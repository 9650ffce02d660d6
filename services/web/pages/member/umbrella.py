"""傘下団体 as their umbrella keeps them itself."""

from typing import Any
from uuid import UUID

from litestar import get, post
from litestar.params import FromPath, FromQuery
from litestar.response import Response

from services.web.context import Context, Ctx
from services.web.pages import umbrellas
from services.web.pages.member.own import listed
from services.web.pages.umbrellas import AnyRequest, Door
from shared.identity.policy import Permission
from shared.kit.refusals import NotFound

DOOR = Door("/member/umbrella/{}", "member/base.html", may_list=False)


@get("/member/umbrella/{organisation_id:uuid}", policy=Permission.ORGANISATION_EDIT_OWN)
async def show_own_umbrella(ctx: Ctx, organisation_id: FromPath[UUID], done: FromQuery[str] = "") -> Response[Any]:
    await _own(ctx, organisation_id)
    return await umbrellas.show(ctx, DOOR, organisation_id, done=done)


@post("/member/umbrella/{organisation_id:uuid}/{what:str}", policy=Permission.ORGANISATION_EDIT_OWN)
async def change_own_umbrella(
    request: AnyRequest, ctx: Ctx, organisation_id: FromPath[UUID], what: FromPath[str]
) -> Response[Any]:
    await _own(ctx, organisation_id)
    return await umbrellas.change(request, ctx, DOOR, organisation_id, what)


async def _own(ctx: Context, organisation_id: UUID) -> None:
    """Its manager's. Another organisation looks like one that does not exist."""
    if organisation_id not in ctx.actor.managed_ids:
        raise NotFound
    await listed(ctx, organisation_id)


ROUTES = [show_own_umbrella, change_own_umbrella]
