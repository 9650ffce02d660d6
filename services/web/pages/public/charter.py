"""/charter: the 設置要綱 in force, for reading and for print; older versions below it."""

from typing import Any

from litestar import get
from litestar.params import FromPath
from litestar.response import Response

from services.web.context import Ctx
from services.web.rendering import page
from shared.identity.policy import Permission
from shared.kit.refusals import NotFound


@get("/charter", policy=Permission.PUBLIC, cached=True)
async def current(ctx: Ctx) -> Response[Any]:
    return await page(ctx, "charter/charter.html", charter=(await ctx.profile()).charter)


@get("/charter/{version:int}", policy=Permission.PUBLIC, cached=True)
async def older(ctx: Ctx, version: FromPath[int]) -> Response[Any]:
    charters = (await ctx.profile()).charters
    charter = next((charter for charter in charters if charter.version == version), None)
    if charter is None:
        raise NotFound("この版の設置要綱はありません。")
    return await page(ctx, "charter/charter.html", charter=charter)


ROUTES = [current, older]
