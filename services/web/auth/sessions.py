"""Sign-in sessions: our own rows, found by the hash of a random token. Ids chosen by a client are never accepted."""

from datetime import timedelta

from litestar.datastructures import Cookie

from services.web.auth.bearer import actor_of_bearer
from services.web.context import Context
from shared.identity import queries, service
from shared.identity.policy import ANONYMOUS, Actor
from shared.identity.tokens import hash_of
from shared.kit import clock

#: The first over TLS, the second in development, where browsers refuse `__Host-` on plain http.
COOKIE_NAMES = ("__Host-tsunagari", "tsunagari")
#: `seen_at` is written at most this often.
TOUCH = timedelta(minutes=1)


def cookie_name(*, secure: bool) -> str:
    return COOKIE_NAMES[0] if secure else COOKIE_NAMES[1]


async def actor_of(ctx: Context, cookies: dict[str, str], authorization: bytes | None) -> Actor:
    """Who this is in this tenant. Roles are read on every request, so a withdrawn role ends at once."""
    if authorization is not None:
        return await actor_of_bearer(ctx, authorization)
    token = cookies.get(cookie_name(secure=ctx.site.settings.secure))
    if token is None:
        return ANONYMOUS
    actor = await ctx.read(queries.actor_of_session, hash_of(token)) or ANONYMOUS
    if actor.session_id and actor.session_seen_at and actor.session_seen_at < clock.now() - TOUCH:
        await ctx.write(service.touch, session_id=actor.session_id)
    return actor


def session_cookie(token: str, *, secure: bool) -> Cookie:
    """Of this host only, out of reach of scripts, not sent from other sites' forms."""
    return _cookie(token, secure=secure, max_age=int(service.LONGEST_SESSION.total_seconds()))


def ended_cookie(*, secure: bool) -> Cookie:
    return _cookie("", secure=secure, max_age=0)


def _cookie(value: str, *, secure: bool, max_age: int) -> Cookie:
    return Cookie(
        key=cookie_name(secure=secure), value=value, max_age=max_age, httponly=True, samesite="lax", secure=secure
    )
