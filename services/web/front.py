"""The way in: host to tenant, cookies to actor, answers for anonymous readers from memory.

Litestar's own response cache is not used: its key knows neither the host nor the user.
"""

import http.cookies
from typing import Any, cast
from urllib.parse import quote
from uuid import UUID

from litestar.enums import ScopeType
from litestar.middleware import ASGIMiddleware
from litestar.types import ASGIApp, HTTPResponseStartEvent, HTTPScope, Message, Receive, Scope, Send

from services.web import metrics, security
from services.web import preferences as reader
from services.web.auth.sessions import COOKIE_NAMES, actor_of
from services.web.cache import Answer
from services.web.context import Context
from services.web.form_token import COOKIE as FORM_COOKIE
from services.web.site import Site
from shared.tenants.models import TenantState

SAFE_IN_PATH = "/:@!$&'()*+,;=-._~"
_UNKEPT = (b"set-cookie", b"content-length")


class Front(ASGIMiddleware):
    def __init__(self, site: Site) -> None:
        self.site = site

    async def handle(self, scope: Scope, receive: Receive, send: Send, next_app: ASGIApp) -> None:
        if scope["type"] != ScopeType.HTTP or scope["route_handler"].opt.get("any_host"):
            await next_app(scope, receive, security.with_headers(send, secure=self.site.settings.secure, extra=[]))
            return
        await self._serve(scope, receive, metrics.counted(scope, send), next_app)

    async def _serve(self, scope: HTTPScope, receive: Receive, send: Send, next_app: ASGIApp) -> None:
        ctx = self.context_of(scope)
        headers = dict(scope["headers"])
        cookies = reader.cookies_of(headers.get(b"cookie"))
        anonymous = b"authorization" not in headers and not any(name in cookies for name in COOKIE_NAMES)
        awake = ctx.tenant.state is TenantState.LIVE
        cacheable = (
            awake and anonymous and scope["method"] in ("GET", "HEAD") and scope["route_handler"].opt.get("cached")
        )
        if cacheable and await self._answered(scope, headers, ctx, send):
            self._count(scope, headers, ctx)
            return
        if not anonymous:
            ctx.actor = await actor_of(ctx, cookies, headers.get(b"authorization"))
        send = self._dressed(ctx, send)
        if cacheable:
            send = await self._remembering(scope, headers, ctx, send)
        try:
            await next_app(scope, security.with_deadline(receive), send)
        finally:
            await ctx.release()

    def _count(self, scope: HTTPScope, headers: dict[bytes, bytes], ctx: Context) -> None:
        """A reader has been answered from memory by a route that is `counted` by one of its ids."""
        name = scope["route_handler"].opt.get("counted")
        if name is not None:
            self.site.views.saw(ctx.tenant.id, UUID(str(scope["path_params"][name])), headers)

    def context_of(self, scope: Scope) -> Context:
        """Raises HostRefused. Also used for error pages of requests that never reached a route."""
        cookies = reader.cookies_of(dict(scope["headers"]).get(b"cookie"))
        wanted = reader.Preferences.from_cookie(cookies.get(reader.COOKIE))
        ctx = Context(self.site, self.site.hosts.resolve(scope), wanted, cookies.get(FORM_COOKIE))
        query = scope["query_string"].decode("latin-1")
        ctx.path = scope["path"]
        ctx.path_and_query = quote(ctx.path, safe=SAFE_IN_PATH) + (f"?{query}" if query else "")
        scope.setdefault("state", {})["ctx"] = ctx
        return ctx

    async def _answered(self, scope: HTTPScope, headers: dict[bytes, bytes], ctx: Context, send: Send) -> bool:
        answer = self.site.cache.get(ctx.tenant.id, _key(scope, ctx))
        if answer is None:
            return False
        await send_answer(answer, headers, scope["method"], self._dressed(ctx, send))
        return True

    async def _remembering(self, scope: HTTPScope, headers: dict[bytes, bytes], ctx: Context, send: Send) -> Send:
        """Hold the answer back until it is whole, keep it, then send it with its ETag."""
        version = (await ctx.profile()).content_version
        start: dict[str, Any] = {}
        body = bytearray()

        async def remember(message: Message) -> None:
            if message["type"] == "http.response.start":
                start.update(message)
                return
            body.extend(cast(bytes, message.get("body", b"")))
            if message.get("more_body"):
                return
            if start["status"] != 200 or ctx.new_form_secret or ctx.live:
                await send(cast(Message, start))
                await send({"type": "http.response.body", "body": bytes(body), "more_body": False})
                return
            kept = [header for header in start["headers"] if header[0].lower() not in _UNKEPT]
            answer = self.site.cache.put(ctx.tenant.id, _key(scope, ctx), version, 200, kept, bytes(body))
            await send_answer(answer, headers, scope["method"], send)

        return remember

    def _dressed(self, ctx: Context, send: Send) -> Send:
        secure = self.site.settings.secure
        extra: list[tuple[bytes, bytes]] = []
        dressed = security.with_headers(send, secure=secure, extra=extra)

        async def with_form_cookie(message: Message) -> None:
            if message["type"] == "http.response.start" and ctx.new_form_secret:
                extra.append((b"set-cookie", _form_cookie(ctx.new_form_secret, secure).encode()))
                extra.append((b"cache-control", b"no-store"))
            elif message["type"] == "http.response.start" and ctx.actor.signed_in and not _says_how_to_keep(message):
                extra.append((b"cache-control", b"private, no-cache"))
            await dressed(message)

        return with_form_cookie


def _says_how_to_keep(message: HTTPResponseStartEvent) -> bool:
    return any(name.lower() == b"cache-control" for name, _ in message.get("headers", []))


async def send_answer(answer: Answer, headers: dict[bytes, bytes], method: str, send: Send) -> None:
    """200 with the body, or 304 when the reader has it already."""
    validators = [(b"etag", answer.etag), (b"cache-control", b"no-cache"), (b"vary", b"Cookie")]
    if headers.get(b"if-none-match") == answer.etag:
        await send({"type": "http.response.start", "status": 304, "headers": validators})
        await send({"type": "http.response.body", "body": b"", "more_body": False})
        return
    length = (b"content-length", str(len(answer.body)).encode())
    start_headers = [*answer.headers, *validators, length]
    await send({"type": "http.response.start", "status": answer.status, "headers": start_headers})
    await send({"type": "http.response.body", "body": b"" if method == "HEAD" else answer.body, "more_body": False})


def _key(scope: Scope, ctx: Context) -> tuple[str, bytes, reader.Preferences]:
    return scope["path"], scope["query_string"], ctx.preferences


def _form_cookie(secret: str, secure: bool) -> str:
    cookie: http.cookies.SimpleCookie = http.cookies.SimpleCookie({FORM_COOKIE: secret})
    morsel = cookie[FORM_COOKIE]
    morsel["path"], morsel["httponly"], morsel["samesite"], morsel["secure"] = "/", True, "Lax", secure
    return morsel.OutputString()
