"""Errors as pages in the tenant's dress. What a person can mend is said; everything else is logged and masked."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any
from urllib.parse import quote
from uuid import uuid4

import structlog
from litestar import Request
from litestar.exceptions import HTTPException
from litestar.response import Redirect, Response
from litestar.types import Receive, Scope, Send

from services.web.context import Context
from services.web.front import Front
from services.web.policies import SignInNeeded, TenantRests
from services.web.rendering import page
from services.web.security import HEADERS, SlowBody
from services.web.tenancy import HostRefused
from services.web.typed_again import typed_on
from shared.kit.database.lost import is_busy
from shared.kit.refusals import Conflict, Forbidden, NotFound, Refusal
from shared.members.pledges import PledgeNeeded
from shared.members.versions import HasLeft

log = structlog.get_logger()
AnyRequest = Request[Any, Any, Any]

STATUS_OF_REFUSAL: list[tuple[type[Refusal], int]] = [
    (NotFound, 404),
    (Forbidden, 403),
    (Conflict, 409),
    (Refusal, 422),
]
#: SQLSTATE: a NUL or broken character where text is stored.
NOT_TEXT = "22021"
ERROR = "errors/error.html"
BUSY = "少し待ってから、もう一度お試しください。送信したものが受け付けられたかは、番号や控えのメールで確かめられます。"
BUSY_WITH_FORM = (
    "入力した内容は、この画面に残っています。10秒ほど待ってから「もう一度送る」を押してください。"
    "何度押しても、お申し込みが二重になることはありません。"
)
TITLES = {
    400: "リクエストを読み取れませんでした",
    403: "このページを見る権限がありません",
    404: "ページが見つかりません",
    405: "この方法では開けません",
    408: "送信に時間がかかりすぎました",
    409: "ほかの変更と重なりました",
    413: "送られたデータが大きすぎます",
    422: "入力内容を確認してください",
    429: "短い時間に操作が続きました",
    500: "思わぬ不具合が起きました",
    503: "ただいま混み合っています",
}


def _target(request: AnyRequest) -> str:
    return request.url.path + (f"?{request.url.query}" if request.url.query else "")


def _route(request: AnyRequest) -> str:
    """For the log: the template, because addresses hold keys that open what is a person's own."""
    return str(request.scope.get("path_template") or "unknown")


class LatePage(Response[None]):
    """Litestar's exception handlers are synchronous, our pages are not: the page is rendered when the answer is sent."""

    def __init__(self, render: Callable[[], Awaitable[Response[Any]]]) -> None:
        super().__init__(None)
        self._render = render

    def to_asgi_response(self, app: Any, request: AnyRequest, **options: Any) -> Any:
        async def send_late(scope: Scope, receive: Receive, send: Send) -> None:
            response = await self._render()
            await response.to_asgi_response(None, request)(scope, receive, send)

        return send_late


class Errors:
    """The application's exception handlers. `front` finds the tenant of requests that never reached a route."""

    def __init__(self, front: Front) -> None:
        self._front = front

    def handlers(self) -> dict[type[Exception] | int, Any]:
        return {
            SignInNeeded: self.sign_in,
            PledgeNeeded: self.pledge,
            HasLeft: self.has_left,
            TenantRests: self.rests,
            Refusal: self.refusal,
            HostRefused: self.host,
            HTTPException: self.http,
            SlowBody: self.slow,
            Exception: self.unexpected,
        }

    def sign_in(self, request: AnyRequest, error: SignInNeeded) -> Response[Any]:
        if request.method != "GET":
            return self._page(request, 403, error.message, template="signin/ended.html")
        return Redirect(f"/signin?next={quote(_target(request), safe='')}", status_code=303)

    def pledge(self, request: AnyRequest, error: PledgeNeeded) -> Response[Any]:
        """To be signed, and then back to where the reader was going."""
        if request.method != "GET":
            return self.refusal(request, error)
        return Redirect(f"/pledge?next={quote(_target(request), safe='')}", status_code=303)

    def has_left(self, request: AnyRequest, error: HasLeft) -> Response[Any]:
        return self._page(request, 409, error.message, template="member/left.html")

    def rests(self, request: AnyRequest, error: TenantRests) -> Response[Any]:
        headers = {"Retry-After": "86400", "Cache-Control": "no-store"}
        return self._page(request, 503, error.message, headers, template="errors/rests.html")

    def refusal(self, request: AnyRequest, error: Refusal) -> Response[Any]:
        status = next(status for kind, status in STATUS_OF_REFUSAL if isinstance(error, kind))
        return self._page(request, status, error.message)

    def host(self, request: AnyRequest, error: HostRefused) -> Response[Any]:
        text = (
            "このアドレスのプラットフォームはありません。"
            if error.status == 421
            else "Host ヘッダーが正しくありません。"
        )
        headers = {name.decode(): value.decode() for name, value in HEADERS}
        return Response(text, status_code=error.status, media_type="text/plain; charset=utf-8", headers=headers)

    def http(self, request: AnyRequest, error: HTTPException) -> Response[Any]:
        return self._page(request, error.status_code, None)

    def slow(self, request: AnyRequest, error: SlowBody) -> Response[Any]:
        return self._page(request, 408, "通信が途切れたようです。電波のよい所で、もう一度お試しください。")

    def unexpected(self, request: AnyRequest, error: Exception) -> Response[Any]:
        state = getattr(getattr(error, "orig", None), "sqlstate", None)
        if state == NOT_TEXT:
            return self._page(request, 400, "使えない文字が含まれています。アドレスや入力をご確認ください。")
        number = uuid4().hex[:12]
        log.error("unexpected", number=number, path=_route(request), exc_info=error)
        if is_busy(error):
            return LatePage(lambda: self._busy(request))
        return self._page(request, 500, f"お手数ですが事務局へお知らせください。番号: {number}")

    def _page(
        self,
        request: AnyRequest,
        status: int,
        message: str | None,
        headers: dict[str, str] | None = None,
        *,
        template: str = ERROR,
    ) -> Response[Any]:
        return LatePage(lambda: self._render(request, status, message, headers, template))

    async def _busy(self, request: AnyRequest) -> Response[Any]:
        typed = await typed_on(request)
        headers = {"Retry-After": "5"} | ({"Cache-Control": "private, no-cache"} if typed else {})
        return await self._render(request, 503, BUSY_WITH_FORM if typed else BUSY, headers, ERROR, typed)

    async def _render(
        self,
        request: AnyRequest,
        status: int,
        message: str | None,
        headers: dict[str, str] | None,
        template: str,
        typed: Sequence[tuple[str, str]] = (),
    ) -> Response[Any]:
        try:
            ctx: Context = request.scope.get("state", {}).get("ctx") or self._front.context_of(request.scope)
        except HostRefused as error:
            return self.host(request, error)
        title = TITLES.get(status, TITLES[400] if status < 500 else TITLES[500])
        dress = {name.decode(): value.decode() for name, value in HEADERS} | (headers or {})
        try:
            values = {"title": title, "message": message, "code": status, "typed": typed}
            return await page(ctx, template, status=status, headers=dress, **values)
        except Exception as error:  # the database itself may be what is down
            log.error("no dress for the error page", exc_info=error)
            bare = ctx.site.templates.get_template("errors/bare.html").render(title=title, message=message, typed=typed)
            return Response(bare, status_code=status, media_type="text/html", headers=dress)
