"""How many applications one mail address and one network may send, by the page and by GraphQL together."""

import hashlib

from services.web.context import Context
from shared.kit import limits
from shared.kit.refusals import Refusal

#: An hour's applications from one mail address, and from one network: a whole office shares one.
HOUR, PER_ADDRESS, PER_NETWORK = 3600, 5, 600


class TooMany(Refusal):
    def __init__(self) -> None:
        super().__init__(
            "TOO_MANY_REQUESTS",
            "短い時間にお申込みが続いたため、いまは受け付けられません。入力内容は残っています。"
            "1時間ほどたってからもう一度送るか、事務局へご連絡ください。",
        )


async def limit_applications(ctx: Context, *, email: str, client_address: str) -> None:
    """Counted in transactions of their own, so that a refused application counts, too. Raises TooMany."""
    if not ctx.site.settings.rate_limits:
        return
    buckets = ((f"address {email.lower()}", PER_ADDRESS), (f"network {client_address}", PER_NETWORK))
    for who, limit in buckets:
        bucket = f"join {ctx.tenant.id} {hashlib.sha256(who.encode()).hexdigest()}"
        if not await ctx.write(limits.within, bucket, limit=limit, seconds=HOUR):
            raise TooMany
