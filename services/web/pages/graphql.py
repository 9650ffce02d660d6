"""POST /graphql, the printed schema, and GraphiQL for development."""

import hashlib
from typing import Any

from litestar import MediaType, Request, asgi, get
from litestar.enums import ScopeType
from litestar.response import Response
from litestar.types import HTTPScope, Receive, Scope, Send

from services.web.context import Context, Ctx
from services.web.forms import same_origin
from services.web.graphql.requests import Answered, GraphQL, failing, refusing
from services.web.graphql.schema import PRINTED
from services.web.security import MAX_GRAPHQL
from shared.identity.policy import Permission
from shared.kit.refusals import NotFound, Refusal

JSON, GRAPHQL_JSON = b"application/json", b"application/graphql-response+json"
#: GraphiQL writes style elements; scripts are our own files here as everywhere.
GRAPHIQL_CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self' data:; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)

Headers = dict[bytes, bytes]


class Unserved(Exception):
    """The request is declined before its body counts. `refusal` says why, in the shape of GraphQL."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(code)
        self.status = status
        self.refusal = Refusal(code, message)


@asgi("/graphql", policy=Permission.PUBLIC, copy_scope=False)
async def graphql(scope: Scope, receive: Receive, send: Send) -> None:
    """No GET, so nothing that a link or an image can trigger; no form encodings, so nothing that a form can."""
    if scope["type"] == ScopeType.HTTP:
        await _serve(scope, receive, send)
    else:
        await send({"type": "websocket.close", "code": 1008, "reason": ""})


async def _serve(scope: HTTPScope, receive: Receive, send: Send) -> None:
    headers = dict(scope["headers"])
    media = GRAPHQL_JSON if GRAPHQL_JSON in headers.get(b"accept", b"") else JSON
    try:
        _check(scope, headers)
        body = await _body(receive, headers)
    except Unserved as unserved:
        await _send(send, refusing(unserved.refusal), media, status=unserved.status)
        return
    try:
        answered = await _answer(scope, headers, body, media)
    except Exception as error:  # a page would not help whoever expects JSON
        answered = failing(error)
    await _send(send, answered, media)


def _check(scope: HTTPScope, headers: Headers) -> None:
    if scope["method"] != "POST":
        raise Unserved(405, "METHOD_NOT_ALLOWED", "POST で送ってください。")
    if headers.get(b"content-type", b"").split(b";")[0].strip().lower() != JSON:
        raise Unserved(415, "UNSUPPORTED_MEDIA_TYPE", "本文は application/json で送ってください。")
    ctx: Context = scope["state"]["ctx"]
    if ctx.actor.session_id is not None and not same_origin(Request(scope), ctx):
        raise Unserved(403, "FOREIGN_ORIGIN", "ほかのサイトから送られた操作は受け付けられません。")


async def _body(receive: Receive, headers: Headers) -> bytes:
    too_large = Unserved(413, "TOO_LARGE", f"本文は{MAX_GRAPHQL // 1024} KiB までです。")
    said = headers.get(b"content-length", b"")
    if said.isdigit() and int(said) > MAX_GRAPHQL:
        raise too_large
    body = bytearray()
    while True:
        message: Any = await receive()
        body += message.get("body", b"")
        if len(body) > MAX_GRAPHQL:
            raise too_large
        if not message.get("more_body"):
            return bytes(body)


async def _answer(scope: HTTPScope, headers: Headers, body: bytes, media: bytes) -> Answered:
    ctx: Context = scope["state"]["ctx"]
    ctx.idempotency_key = headers.get(b"idempotency-key", b"").decode("latin-1") or None
    client = scope.get("client")
    ctx.client_address = client[0] if client else ""
    service: GraphQL = scope["litestar_app"].state.graphql
    if ctx.actor.signed_in:
        return await service.answer(ctx, body)
    return await _anonymous(service, ctx, body, ("graphql", media, hashlib.blake2b(body, digest_size=16).digest()))


async def _anonymous(service: GraphQL, ctx: Context, body: bytes, key: tuple[str, bytes, bytes]) -> Answered:
    """From memory when the same bytes were asked before and nothing public has changed since."""
    known = ctx.site.cache.get(ctx.tenant.id, key)
    if known is not None:
        return Answered(known.body)
    version = (await ctx.profile()).content_version
    answered = await service.answer(ctx, body)
    if answered.cacheable and not ctx.live:
        ctx.site.cache.put(ctx.tenant.id, key, version, 200, [], answered.body)
    return answered


async def _send(send: Send, answered: Answered, media: bytes, *, status: int | None = None) -> None:
    status = status or answered.status
    headers = [
        (b"content-type", media + b"; charset=utf-8"),
        (b"content-length", str(len(answered.body)).encode()),
        (b"cache-control", b"no-store"),
    ]
    if status == 405:
        headers.append((b"allow", b"POST"))
    if status == 503:
        headers.append((b"retry-after", b"5"))
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": answered.body, "more_body": False})


@get("/schema.graphql", policy=Permission.PUBLIC, cached=True)
async def printed_schema() -> Response[str]:
    return Response(PRINTED.read_text(), media_type="text/plain; charset=utf-8")


@get("/graphiql", policy=Permission.PUBLIC)
async def graphiql(ctx: Ctx) -> Response[str]:
    if not ctx.site.settings.development:
        raise NotFound
    html = ctx.site.templates.get_template("graphiql/graphiql.html").render()
    return Response(html, media_type=MediaType.HTML, headers={"content-security-policy": GRAPHIQL_CSP})


ROUTES = [graphql, printed_schema, graphiql]
