"""視聴のページ: one person's own link to the stream. Nothing of it is embedded; opening it counts nothing, pressing the button does."""

from contextlib import suppress
from typing import Any
from urllib.parse import urlsplit

from litestar import Request, get, post
from litestar.params import FromPath
from litestar.response import Redirect, Response
from sqlalchemy.ext.asyncio import AsyncSession

from services.web.context import Context, Ctx
from services.web.forms import FormExpired, read_form
from services.web.limits import TooManyPlays, limit_plays
from services.web.rendering import page
from services.web.security import CSP
from shared.events import words
from shared.events.attendance import viewing
from shared.events.attendance.viewing_queries import WatchView, watch_by_key
from shared.identity.policy import Permission
from shared.kit import clock
from shared.kit.refusals import NotFound

AnyRequest = Request[Any, Any, Any]
#: The address is the key: nothing keeps it, finds it or passes it on.
SECRET = {"Cache-Control": "no-store", "X-Robots-Tag": "noindex, nofollow", "Referrer-Policy": "same-origin"}


@get("/watch/{viewing_key:str}", policy=Permission.PUBLIC)
async def show(ctx: Ctx, viewing_key: FromPath[str]) -> Response[Any]:
    return await _page(ctx, viewing_key, await _watch(ctx, viewing_key))


@post("/watch/{viewing_key:str}", policy=Permission.PUBLIC)
async def press(request: AnyRequest, ctx: Ctx, viewing_key: FromPath[str]) -> Response[Any]:
    """Counted, then on to the stream. A page that was open too long is shown again."""
    watch = await _watch(ctx, viewing_key)
    form = await read_form(request, ctx)
    address = viewing.address(watch, clock.now())
    if not form.genuine:
        return await _page(ctx, viewing_key, watch, status=422, problem=FormExpired().message)
    if address is None:
        return await _page(ctx, viewing_key, watch, status=422)
    # Who presses without end is let in all the same, but not counted.
    with suppress(TooManyPlays):
        await limit_plays(ctx, watch.registration_id)
        await ctx.write(_press, watch)
    return Redirect(address, status_code=303, headers=_headers(watch))


async def _press(session: AsyncSession, watch: WatchView) -> None:
    await viewing.record_play(session, registration_id=watch.registration_id)


async def _watch(ctx: Context, key: str) -> WatchView:
    found = await ctx.read(watch_by_key, key)
    if found is None:
        raise NotFound
    return found


async def _page(
    ctx: Context, key: str, watch: WatchView, *, status: int = 200, problem: str | None = None
) -> Response[Any]:
    now = clock.now()
    return await page(
        ctx,
        "watch/watch.html",
        status=status,
        headers=_headers(watch),
        watch=watch,
        key=key,
        gate=viewing.gate(watch, now),
        opens_at=watch.starts_at - viewing.OPENS_BEFORE,
        problem=problem,
        words=words,
    )


def _headers(watch: WatchView) -> dict[str, str]:
    """Browsers check the policy for forms also where a form's answer leads: the stream's own host is let in, no other."""
    address = viewing.address(watch, clock.now())
    if address is None:
        return SECRET
    host = urlsplit(address).netloc.rpartition("@")[2]
    return SECRET | {"Content-Security-Policy": CSP.replace("form-action 'self'", f"form-action 'self' https://{host}")}


ROUTES = [show, press]
