"""POST /auth/token: OAuth 2.0 client credentials (RFC 6749, 4.4), by which programs get a bearer token for an hour."""

from typing import Any

from litestar import Request, post
from litestar.response import Response

from services.web.auth.oauth import TokenServer, WireRequest, refused
from services.web.auth.sign_in import TooManyAttempts, limit_attempts
from services.web.context import Context, Ctx
from services.web.pages.signin import client_address
from shared.identity import queries, service
from shared.identity.passwords import in_thread
from shared.identity.policy import Permission

AnyRequest = Request[Any, Any, Any]
#: Names the client is not authenticated by; every other answer of the endpoint comes from authlib.
_MEDIA = "application/x-www-form-urlencoded"


@post("/auth/token", policy=Permission.PUBLIC)
async def token(request: AnyRequest, ctx: Ctx) -> Response[Any]:
    """No cookie counts here, so no form token is needed."""
    wire = await _wire(request)
    if wire is None:
        return refused("invalid_request", "the body must be form-urlencoded, each parameter once", 400)
    try:
        await limit_attempts(ctx, who=f"client {wire.client_id}", address=client_address(request))
    except TooManyAttempts:
        return refused("temporarily_unavailable", "too many attempts", 429, {"Retry-After": "300"})
    return await _answer(ctx, wire)


async def _wire(request: AnyRequest) -> WireRequest | None:
    """None when it is not readable as the RFC wants it."""
    if request.content_type[0] != _MEDIA:
        return None
    form = await request.form()
    repeated = any(len(form.getall(name)) > 1 for name in form)
    parameters = {name: value for name, value in form.items() if isinstance(value, str) and value}
    if repeated or "grant_type" not in parameters:
        return None
    return WireRequest(parameters, request.headers.get("authorization"))


async def _answer(ctx: Context, wire: WireRequest) -> Response[Any]:
    """Rows are loaded first, authlib works in a thread (argon2), the token is kept last: its core is synchronous."""
    known = await ctx.read(queries.client_credentials, wire.client_id) if wire.client_id else None
    await ctx.release()
    server = TokenServer(known)
    response: Response[Any] = await in_thread(server.create_token_response, wire)
    if server.issued and known:
        await ctx.write(service.keep_token, client_id=known.client_id, token=server.issued)
    return response


ROUTES = [token]
