"""The first page of a platform."""

from typing import Any

from litestar import get
from litestar.response import Response

from services.web.context import Ctx
from services.web.rendering import page
from shared.identity.policy import Permission


@get("/", policy=Permission.PUBLIC, cached=True)
async def home(ctx: Ctx) -> Response[Any]:
    return await page(ctx, "home/home.html")


ROUTES = [home]
