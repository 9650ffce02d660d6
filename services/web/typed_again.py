"""In a crowd nothing that was typed is lost: the page that says so carries it, and one press sends it again."""

import asyncio
from typing import Any

from litestar import Request
from litestar.exceptions import HTTPException

from services.web.security import BODY_DEADLINE, SlowBody


async def typed_on(request: Request[Any, Any, Any]) -> list[tuple[str, str]]:
    """The fields of a form whose route is `carried=True`: it sends no files and no secrets, and what comes twice counts once.

    Nothing is asked of the database. Empty for everything else, and when the form itself did not arrive.
    """
    handler = request.scope.get("route_handler")
    if request.method != "POST" or handler is None or not handler.opt.get("carried"):
        return []
    try:
        async with asyncio.timeout(BODY_DEADLINE):
            data = await request.form()
    except (HTTPException, SlowBody, TimeoutError):
        return []
    return [(name, value) for name, value in data.multi_items() if isinstance(value, str)]
