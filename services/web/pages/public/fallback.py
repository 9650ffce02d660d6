"""Whatever has no page: a 404 in the tenant's dress, with ways on."""

from typing import Any

from litestar import get
from litestar.params import FromPath
from litestar.response import Response

from services.web.context import Ctx
from shared.identity.policy import Permission
from shared.kit.refusals import NotFound


@get("/{path:path}", policy=Permission.PUBLIC)
async def nothing(ctx: Ctx, path: FromPath[str]) -> Response[Any]:
    raise NotFound


ROUTES = [nothing]
