"""/relay/…: the page that a relayed notice leads to, where its receiver confirms receipt without signing in."""

from typing import Any

from litestar import Request, get, post
from litestar.params import FromPath
from litestar.response import Redirect, Response

from services.web.context import Ctx
from services.web.forms import read_genuine_form
from services.web.rendering import page
from shared.identity.policy import Permission
from shared.members.umbrella import queries as umbrella
from shared.members.umbrella import service as umbrella_service

#: Whoever reads the address can confirm: it is kept nowhere and told to no other site.
_PRIVATE = {"Cache-Control": "no-store", "Referrer-Policy": "same-origin", "X-Robots-Tag": "noindex"}


@get("/relay/{receipt_key:str}", policy=Permission.PUBLIC)
async def show_relay(ctx: Ctx, receipt_key: FromPath[str]) -> Response[Any]:
    """Looking confirms nothing: mail programs look, too."""
    letter = await ctx.read(umbrella.letterhead, receipt_key)
    return await page(ctx, "umbrella/relay.html", headers=_PRIVATE, letter=letter, receipt_key=receipt_key)


@post("/relay/{receipt_key:str}", policy=Permission.PUBLIC)
async def confirm_relay(request: Request[Any, Any, Any], ctx: Ctx, receipt_key: FromPath[str]) -> Redirect:
    await read_genuine_form(request, ctx)
    await ctx.write(umbrella_service.confirm_receipt, receipt_key=receipt_key)
    return Redirect(f"/relay/{receipt_key}", status_code=303)


ROUTES = [show_relay, confirm_relay]
