"""Counting SQL statements of one request, through the real application in this process."""

from typing import Any, cast

import httpx
from sqlalchemy import event

from services.web.app import create_app
from services.web.site import Site
from shared.kit.settings import Settings


async def home_statements(settings: Settings) -> int:
    app = create_app(settings)
    site: Site = app.state.site
    await site.open()
    try:
        async with httpx.AsyncClient(
            transport=httpx.ASGITransport(cast(Any, app)), base_url=settings.tenant_url("tokushima")
        ) as client:
            (await client.get("/events")).raise_for_status()
            site.cache.distrust()
            counted: list[str] = []

            def count(*arguments: Any) -> None:
                counted.append(arguments[2])

            event.listen(site.database.engine.sync_engine, "before_cursor_execute", count)
            (await client.get("/")).raise_for_status()
            event.remove(site.database.engine.sync_engine, "before_cursor_execute", count)
            return len([statement for statement in counted if not statement.startswith("SET LOCAL")])
    finally:
        await site.close()
