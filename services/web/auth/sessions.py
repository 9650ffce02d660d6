"""Sign-in sessions: our own rows, found by the hash of a random token. Ids chosen by a client are never accepted."""

import hashlib
import secrets

from services.web.auth.bearer import actor_of_bearer
from services.web.context import Context
from shared.identity import queries
from shared.identity.policy import ANONYMOUS, Actor

#: The first over TLS, the second in development, where browsers refuse `__Host-` on plain http.
COOKIE_NAMES = ("__Host-tsunagari", "tsunagari")


def cookie_name(*, secure: bool) -> str:
    return COOKIE_NAMES[0] if secure else COOKIE_NAMES[1]


def new_token() -> str:
    return secrets.token_urlsafe(32)


def hash_of(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()


async def actor_of(ctx: Context, cookies: dict[str, str], authorization: bytes | None) -> Actor:
    """Who this is in this tenant. Roles are read on every request, so a withdrawn role ends at once."""
    if authorization is not None:
        return await actor_of_bearer(ctx, authorization)
    token = cookies.get(cookie_name(secure=ctx.site.settings.secure))
    if token is None:
        return ANONYMOUS
    return await ctx.read(queries.actor_of_session, hash_of(token)) or ANONYMOUS
