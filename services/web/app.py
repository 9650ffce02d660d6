"""The web process, assembled here and nowhere else."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from litestar import Litestar, Request
from litestar.datastructures import CacheControlHeader
from litestar.di import Provide
from litestar.static_files import create_static_files_router

from services.web.context import Context
from services.web.environment import VENDOR
from services.web.errors import Errors
from services.web.front import Front
from services.web.graphql.requests import GraphQL
from services.web.head import with_head
from services.web.pages import ROUTES
from services.web.policies import enforce, require_policies
from services.web.security import MAX_BODY
from services.web.site import STATIC, Site
from shared.identity.policy import Permission
from shared.kit.settings import Settings

#: Addresses of static files carry their content's hash.
SECONDS_KEPT = 365 * 24 * 60 * 60


def create_app(settings: Settings) -> Litestar:
    site = Site(settings)
    front = Front(site)

    @asynccontextmanager
    async def lifespan(app: Litestar) -> AsyncIterator[None]:
        await site.open()
        try:
            yield
        finally:
            await site.close()

    folders = {"/static": STATIC} | {f"/static/vendor/{name}": folder for name, folder in VENDOR.items()}
    static = [
        create_static_files_router(
            path=path,
            directories=[folder],
            opt={"policy": Permission.PUBLIC, "any_host": True},
            name=path,
            cache_control=CacheControlHeader(max_age=SECONDS_KEPT, public=True),
        )
        for path, folder in folders.items()
    ]
    app = Litestar(
        route_handlers=[*ROUTES, *static],
        middleware=[front],
        guards=[enforce],
        dependencies={"ctx": Provide(provide_context)},
        exception_handlers=Errors(front).handlers(),
        lifespan=[lifespan],
        request_max_body_size=MAX_BODY,
        openapi_config=None,
        debug=False,
        logging_config=None,
    )
    app.state.site = site
    app.asgi_handler = with_head(app.asgi_handler)
    app.state.graphql = GraphQL(settings)
    require_policies(app)
    return app


async def provide_context(request: Request[Any, Any, Any]) -> Context:
    ctx: Context = request.state.ctx
    return ctx
