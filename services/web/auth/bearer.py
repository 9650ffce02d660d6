"""Bearer tokens of programs. A wrong token is nobody, never an error that tells more."""

from services.web.context import Context
from shared.identity import queries
from shared.identity.policy import ANONYMOUS, Actor
from shared.identity.tokens import hash_of


async def actor_of_bearer(ctx: Context, authorization: bytes) -> Actor:
    scheme, _, token = authorization.decode("latin-1").partition(" ")
    if scheme.lower() != "bearer" or not token:
        return ANONYMOUS
    return await ctx.read(queries.actor_of_access_token, hash_of(token.strip())) or ANONYMOUS
