"""A tenant's colours as a style sheet of its own, because the pages allow no inline style."""

from litestar import get
from litestar.response import Response

from services.web.colours import theme_css
from services.web.context import Ctx
from shared.identity.policy import Permission


@get("/theme.css", policy=Permission.PUBLIC, cached=True)
async def theme(ctx: Ctx) -> Response[str]:
    return Response(theme_css((await ctx.profile()).theme), media_type="text/css")


ROUTES = [theme]
