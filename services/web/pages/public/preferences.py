"""How a reader wants the pages: one button sets one preference, and the reader is back where the button was."""

from typing import Any
from urllib.parse import urlsplit

from litestar import Request, post
from litestar.datastructures import FormMultiDict
from litestar.response import Redirect, Response

from services.web.context import Ctx
from services.web.forms import same_origin
from services.web.preferences import COOKIE, Preferences
from shared.identity.policy import Permission
from shared.kit.refusals import Forbidden

_YEAR = 365 * 24 * 60 * 60


@post("/preferences", policy=Permission.PUBLIC, status_code=303)
async def choose(request: Request[Any, Any, Any], ctx: Ctx) -> Response[Any]:
    """Pages with this form are kept in the cache, so it bears no token; a foreign site's form is told by its origin."""
    if not same_origin(request, ctx):
        raise Forbidden("この設定は、このサイトの画面からだけ変えられます。")
    data = await request.form()
    cookie = _cookie(changed(ctx.preferences, data), secure=ctx.site.settings.secure)
    return Redirect(way_back(data.get("back")), status_code=303, headers={"set-cookie": cookie})


def changed(known: Preferences, data: FormMultiDict) -> Preferences:
    """What the form names is changed; everything else stays as it was, and nonsense is the default."""
    given = {name: str(data[name]) for name in ("size", "ruby", "easy", "contrast") if name in data}
    return Preferences.from_cookie(known.to_cookie() + "".join(f"&{name}={_plain(given[name])}" for name in given))


def way_back(given: object) -> str:
    """A path of this site, or the home page: never another host, however it is written."""
    path = given if isinstance(given, str) and given.isprintable() else "/"
    parts = urlsplit(path)
    foreign = parts.scheme or parts.netloc or not path.startswith("/") or path.startswith("//") or "\\" in path
    return "/" if foreign else path


def _plain(value: str) -> str:
    return value if value.isalnum() else ""


def _cookie(wanted: Preferences, *, secure: bool) -> str:
    attributes = f"Path=/; Max-Age={_YEAR}; SameSite=Lax; HttpOnly" + ("; Secure" if secure else "")
    return f"{COOKIE}={wanted.to_cookie()}; {attributes}"


ROUTES = [choose]
