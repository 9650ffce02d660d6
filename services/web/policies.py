"""The rule for routes: each names one permission, or the program does not start."""

from litestar import Litestar
from litestar.connection import ASGIConnection
from litestar.handlers.base import BaseRouteHandler
from litestar.routes import HTTPRoute

from services.web.context import Context
from shared.identity.policy import Permission
from shared.kit.refusals import Forbidden, NotFound, Refusal
from shared.tenants.models import TenantState

#: What a resting platform still serves: the dress of the page that says so.
DRESS = ("/theme.css", "/media/")


class PolicyMissing(Exception):
    """A route without `policy=Permission.…`; raised at start-up."""


class SignInNeeded(Forbidden):
    """Nobody is signed in: pages lead to /signin and back."""


class TenantRests(Refusal):
    """休止: the operator has suspended the platform."""

    def __init__(self) -> None:
        super().__init__("TENANT_RESTS", "このプラットフォームは、ただいま休止しています。")


async def enforce(connection: ASGIConnection, handler: BaseRouteHandler) -> None:  # type: ignore[type-arg]
    """Guard of the whole application. `national=True` hides a route from every other host, whoever asks."""
    policy: Permission | None = handler.opt.get("policy")
    if handler.opt.get("any_host") or _only_names_methods(handler):
        return
    ctx: Context = connection.state.ctx
    if handler.opt.get("national") and not ctx.tenant.national:
        raise NotFound
    if ctx.tenant.state is TenantState.SUSPENDED and not connection.url.path.startswith(DRESS):
        raise TenantRests
    if policy is Permission.PUBLIC:
        return
    if not ctx.actor.signed_in:
        raise SignInNeeded
    if policy is None or not ctx.actor.may(policy):
        raise Forbidden


def require_policies(app: Litestar) -> None:
    for route in app.routes:
        handlers = route.route_handlers if isinstance(route, HTTPRoute) else [route.route_handler]
        for handler in handlers:
            if not _only_names_methods(handler) and not isinstance(handler.opt.get("policy"), Permission):
                raise PolicyMissing(f"{route.path}: {handler} names no policy; every route must say who may use it")


def _only_names_methods(handler: BaseRouteHandler) -> bool:
    """Litestar's own answer to OPTIONS: the allowed methods, nothing else."""
    return getattr(handler, "http_methods", None) == {"OPTIONS"}
