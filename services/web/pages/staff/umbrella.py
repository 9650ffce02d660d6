"""傘下団体 and 掲載 of one organisation, as the secretariat keeps them."""

from typing import Any
from uuid import UUID

from litestar import get, post
from litestar.params import FromPath, FromQuery
from litestar.response import Response

from services.web.context import Ctx
from services.web.pages import umbrellas
from services.web.pages.umbrellas import AnyRequest, Door
from shared.identity.policy import Permission

DOOR = Door("/staff/organisations/{}/umbrella", "staff/base.html", may_list=True)


@get("/staff/organisations/{organisation_id:uuid}/umbrella", policy=Permission.APPLICATION_DECIDE)
async def show_umbrella(ctx: Ctx, organisation_id: FromPath[UUID], done: FromQuery[str] = "") -> Response[Any]:
    return await umbrellas.show(ctx, DOOR, organisation_id, done=done)


@post("/staff/organisations/{organisation_id:uuid}/umbrella/{what:str}", policy=Permission.APPLICATION_DECIDE)
async def change_umbrella(
    request: AnyRequest, ctx: Ctx, organisation_id: FromPath[UUID], what: FromPath[str]
) -> Response[Any]:
    return await umbrellas.change(request, ctx, DOOR, organisation_id, what)


ROUTES = [show_umbrella, change_umbrella]
