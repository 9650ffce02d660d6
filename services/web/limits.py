"""How much one mail address, one network or one viewer may send, by page and by GraphQL together."""

import hashlib
from uuid import UUID

from services.web.context import Context
from shared.kit import limits
from shared.kit.refusals import Refusal

#: In an hour, from one mail address, and from one network: a whole office shares one.
HOUR, PER_ADDRESS, PER_NETWORK = 3600, 5, 600
#: Of one registration in an hour: whoever loses the connection presses again, and again.
PLAYS = 30
#: Of one registration in an hour: each is a letter.
CHANGES = 5
#: Of one umbrella in a day: notices to its children, and children that are registered.
DAY, RELAYS, CHILDREN = 86_400, 5, 100
#: Of inquiries in a day: to one organisation, from one mail address, and from one network.
TO_ONE, FROM_ADDRESS, FROM_NETWORK = 50, 10, 40


class TooMany(Refusal):
    def __init__(self) -> None:
        super().__init__(
            "TOO_MANY_REQUESTS",
            "短い時間にお申込みが続いたため、いまは受け付けられません。入力内容は残っています。"
            "1時間ほどたってからもう一度送るか、事務局へご連絡ください。",
        )


class TooManyChanges(TooMany):
    def __init__(self) -> None:
        words = "短い時間に変更が続いたため、いまは受け付けられません。入力内容は残っています。1時間ほどたってからもう一度送るか、事務局へご連絡ください。"
        Refusal.__init__(self, "TOO_MANY_REQUESTS", words)


async def limit_applications(ctx: Context, *, email: str, client_address: str) -> None:
    """Of membership. Raises TooMany."""
    await _limit(ctx, "join", email, client_address)


async def limit_registrations(ctx: Context, *, event_id: UUID, email: str, client_address: str) -> None:
    """For one event. Raises TooMany."""
    await _limit(ctx, f"event {event_id}", email, client_address)


async def limit_changes(ctx: Context, registration_id: UUID) -> None:
    """By those who hold the secret link, so nobody else can use it up. Raises TooManyChanges."""
    if not ctx.site.settings.rate_limits:
        return
    bucket = f"change {ctx.tenant.id} {registration_id}"
    if not await ctx.write(limits.within, bucket, limit=CHANGES, seconds=HOUR):
        raise TooManyChanges


class TooManyPlays(Refusal):
    def __init__(self) -> None:
        words = "短い時間に何度も押されたため、いまは数えられません。1時間ほどたってからもう一度お試しください。"
        super().__init__("TOO_MANY_REQUESTS", words)


class TooManyRelays(Refusal):
    def __init__(self) -> None:
        words = f"傘下へのお知らせは、一日に{RELAYS}回までです。あす送るか、お急ぎのときは事務局へご連絡ください。"
        super().__init__("TOO_MANY_REQUESTS", words)


class TooManyChildren(Refusal):
    def __init__(self) -> None:
        words = f"傘下の団体は、一日に{CHILDREN}件まで登録できます。続きはあす登録するか、事務局へご連絡ください。"
        super().__init__("TOO_MANY_REQUESTS", words, "name")


class TooManyInquiries(Refusal):
    def __init__(self) -> None:
        words = "きょうは問い合わせが続いたため、いまは送れません。入力内容は残っています。あす送るか、事務局へご連絡ください。"
        super().__init__("TOO_MANY_REQUESTS", words)


async def limit_inquiries(ctx: Context, *, organisation_id: UUID, email: str, client_address: str) -> None:
    """Raises TooManyInquiries."""
    for who, limit in (
        (f"to {organisation_id}", TO_ONE),
        (f"address {email.lower()}", FROM_ADDRESS),
        (f"network {client_address}", FROM_NETWORK),
    ):
        bucket = f"inquiry {ctx.tenant.id} {hashlib.sha256(who.encode()).hexdigest()}"
        if not await _within_a_day(ctx, bucket, limit):
            raise TooManyInquiries


async def limit_relays(ctx: Context, organisation_id: UUID) -> None:
    """Raises TooManyRelays."""
    if not await _within_a_day(ctx, f"relay {ctx.tenant.id} {organisation_id}", RELAYS):
        raise TooManyRelays


async def limit_children(ctx: Context, organisation_id: UUID) -> None:
    """Raises TooManyChildren."""
    if not await _within_a_day(ctx, f"child {ctx.tenant.id} {organisation_id}", CHILDREN):
        raise TooManyChildren


async def _within_a_day(ctx: Context, bucket: str, limit: int) -> bool:
    return not ctx.site.settings.rate_limits or await ctx.write(limits.within, bucket, limit=limit, seconds=DAY)


async def limit_plays(ctx: Context, registration_id: UUID) -> None:
    """Raises TooManyPlays."""
    if not ctx.site.settings.rate_limits:
        return
    bucket = f"play {ctx.tenant.id} {registration_id}"
    if not await ctx.write(limits.within, bucket, limit=PLAYS, seconds=HOUR):
        raise TooManyPlays


async def _limit(ctx: Context, purpose: str, email: str, client_address: str) -> None:
    """Counted in transactions of their own, so that what is refused counts, too."""
    if not ctx.site.settings.rate_limits:
        return
    buckets = ((f"address {email.lower()}", PER_ADDRESS), (f"network {client_address}", PER_NETWORK))
    for who, limit in buckets:
        bucket = f"{purpose} {ctx.tenant.id} {hashlib.sha256(who.encode()).hexdigest()}"
        if not await ctx.write(limits.within, bucket, limit=limit, seconds=HOUR):
            raise TooMany
