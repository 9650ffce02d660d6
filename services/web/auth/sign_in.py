"""Signing in with a password: limits first, then the same work and the same answer for whoever fails."""

import hashlib

from services.web.context import Context
from shared.identity import passwords, queries, service
from shared.identity.policy import Actor, Permission
from shared.kit import limits
from shared.kit.refusals import Forbidden, Refusal

PER_ADDRESS_AND_ACCOUNT = 10
PER_TENANT = 1_000
WINDOW_SECONDS = 300


class SignInRefused(Refusal):
    """One wording for every cause: an unknown address, a wrong password, an account without a role here."""

    def __init__(self) -> None:
        super().__init__(
            "SIGN_IN_REFUSED",
            "メールアドレスまたはパスワードが違います。入力を確かめて、もう一度お試しください。",
        )


class TooManyAttempts(Refusal):
    def __init__(self) -> None:
        super().__init__(
            "TOO_MANY_ATTEMPTS",
            "サインインの試みが続いたため、しばらく受け付けを止めています。5分ほどたってから、もう一度お試しください。",
        )


async def sign_in(ctx: Context, *, email: str, password: str, address: str, replaces: str | None) -> str:
    """The token of the new session. `replaces` is the cookie that the browser brought; it ends."""
    folded = _folded(email)
    await limit_attempts(ctx, who=folded, address=address)
    found = await ctx.read(queries.credentials, folded)
    await ctx.release()
    if not await passwords.verify_in_thread(password, found.password_hash if found else None) or found is None:
        raise SignInRefused
    try:
        token = await ctx.write(service.open_session, account_id=found.account_id, replaces=replaces)
    except Forbidden:
        raise SignInRefused from None
    await ctx.write(limits.start_anew, _pair(ctx, folded, address))
    return token


def _folded(email: str) -> str:
    """Something that is no address belongs to nobody, and is answered like any other mistake."""
    try:
        return service.fold_email(email)
    except Refusal:
        return ""


async def limit_attempts(ctx: Context, *, who: str, address: str) -> None:
    """A whole office shares one address, so the small limit counts (address, account) together. Raises TooManyAttempts."""
    if not ctx.site.settings.rate_limits:
        return
    buckets = [(_pair(ctx, who, address), PER_ADDRESS_AND_ACCOUNT), (f"sign-in {ctx.tenant.id}", PER_TENANT)]
    for bucket, limit in buckets:
        if not await ctx.write(limits.within, bucket, limit=limit, seconds=WINDOW_SECONDS):
            raise TooManyAttempts


def _pair(ctx: Context, who: str, address: str) -> str:
    return f"sign-in {ctx.tenant.id} {hashlib.sha256(f'{address} {who}'.encode()).hexdigest()}"


def home_of(actor: Actor) -> str:
    """Where somebody's work begins."""
    for permission, path in (
        (Permission.DESK_SEE, "/staff"),
        (Permission.TENANT_MANAGE, "/operator"),
        (Permission.FIGURES_COMPARE, "/national"),
    ):
        if actor.may(permission):
            return path
    return "/member"


def safe_path(given: str) -> str | None:
    """`next` if it is a path of this site. `//host`, `/\\host` and control characters are how one is led elsewhere."""
    plain = given.isprintable() and given.startswith("/") and not given.startswith(("//", "/\\"))
    return given if plain and "\\" not in given else None
