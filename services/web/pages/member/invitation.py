"""The page behind a letter's link, and 「パスワードを忘れた方」. Opening it changes nothing: only the button does."""

import hashlib
from typing import Any

from litestar import Request, get, post
from litestar.params import FromPath
from litestar.response import Redirect, Response

from services.web.auth.sessions import cookie_name, session_cookie
from services.web.context import Context, Ctx
from services.web.forms import Form, FormView, read_genuine_form
from services.web.rendering import page
from shared.identity import invitation_queries, invitations, passwords, service
from shared.identity.invitation_queries import InvitationView, LinkState
from shared.identity.models import InvitationPurpose
from shared.identity.policy import Permission
from shared.kit import limits
from shared.kit.refusals import Conflict, NotFound, Refusal

AnyRequest = Request[Any, Any, Any]
SECRET = {"Cache-Control": "no-store", "X-Robots-Tag": "noindex"}
DAY, PER_ACCOUNT, PER_NETWORK = 86_400, 5, 300


@get("/invitation/{token:str}", policy=Permission.PUBLIC)
async def show_invitation(ctx: Ctx, token: FromPath[str]) -> Response[Any]:
    known = await ctx.read(invitation_queries.invitation_by_token, token)
    return await _page(ctx, token, known, FormView({"name": known.name if known else ""}))


@post("/invitation/{token:str}", policy=Permission.PUBLIC)
async def accept_invitation(request: AnyRequest, ctx: Ctx, token: FromPath[str]) -> Response[Any]:
    form = await read_genuine_form(request, ctx)
    known = await ctx.read(invitation_queries.invitation_by_token, token)
    if known is None or known.state is not LinkState.OPEN:
        return await _page(ctx, token, known, FormView())
    try:
        hashed = await _hashed(ctx, form, known)
        accepted = await ctx.write(invitations.accept, token=token, name=form.text("name"), password_hash=hashed)
    except Conflict:
        return await _page(ctx, token, await ctx.read(invitation_queries.invitation_by_token, token), FormView())
    except Refusal as refusal:
        return await _page(ctx, token, known, FormView({"name": form.text("name")}, refusal), status=422)
    if hashed is None:
        return Redirect("/signin?next=/member", status_code=303, headers=SECRET)
    brought = request.cookies.get(cookie_name(secure=ctx.site.settings.secure))
    opened = await ctx.write(service.open_session, account_id=accepted.account_id, replaces=brought)
    ctx.form_secret = None
    ctx.form_token()
    cookie = session_cookie(opened, secure=ctx.site.settings.secure)
    return Redirect("/member?done=welcome", status_code=303, cookies=[cookie], headers=SECRET)


@post("/invitation/{token:str}/again", policy=Permission.PUBLIC)
async def ask_again(request: AnyRequest, ctx: Ctx, token: FromPath[str]) -> Response[Any]:
    await read_genuine_form(request, ctx)
    known = await ctx.read(invitation_queries.invitation_by_token, token)
    if known is not None and known.state is LinkState.EXPIRED:
        await _limit(ctx, f"again {known.email}", PER_ACCOUNT)
    try:
        await ctx.write(invitations.ask_again, token=token)
    except (Conflict, NotFound):
        return await _page(ctx, token, await ctx.read(invitation_queries.invitation_by_token, token), FormView())
    return await page(ctx, "member/link_sent.html", headers=SECRET)


@get("/signin/forgot", policy=Permission.PUBLIC)
async def show_forgot(ctx: Ctx) -> Response[Any]:
    return await page(ctx, "member/forgot.html", headers=SECRET, view=FormView(), done=False)


@post("/signin/forgot", policy=Permission.PUBLIC)
async def forgot(request: AnyRequest, ctx: Ctx) -> Response[Any]:
    """The same answer for every address: who has an account here is nobody's business."""
    form = await read_genuine_form(request, ctx)
    try:
        email = service.fold_email(form.text("email"))
        await _limit(ctx, f"network {request.client.host if request.client else ''}", PER_NETWORK)
        if await _within(ctx, f"account {email}", PER_ACCOUNT):
            await ctx.write(invitations.forgot, email=email)
    except Refusal as refusal:
        view = FormView({"email": form.text("email")}, refusal)
        return await page(ctx, "member/forgot.html", status=422, headers=SECRET, view=view, done=False)
    return await page(ctx, "member/forgot.html", headers=SECRET, view=FormView(), done=True)


async def _hashed(ctx: Context, form: Form, known: InvitationView) -> str | None:
    """None for a guest who has a password already: it stays."""
    joins = known.purpose is InvitationPurpose.JOIN
    if joins and known.known:
        return None
    if joins and not form.text("name"):
        raise Refusal("NAME_MISSING", "氏名を入力してください。", "name")
    typed = "".join(form.texts("password")[:1])
    passwords.check(typed, about=(known.email, form.text("name")))
    if typed != "".join(form.texts("again")[:1]):
        raise Refusal("PASSWORD_DIFFERS", "2回入力したパスワードが同じではありません。", "again")
    await ctx.release()
    return await passwords.hash_in_thread(typed)


async def _limit(ctx: Context, who: str, limit: int) -> None:
    if not await _within(ctx, who, limit):
        raise Refusal(
            "TOO_MANY_REQUESTS", "お申し出が続いたため、いまは受け付けられません。あす、もう一度お試しください。"
        )


async def _within(ctx: Context, who: str, limit: int) -> bool:
    if not ctx.site.settings.rate_limits:
        return True
    bucket = f"forgot {ctx.tenant.id} {hashlib.sha256(who.encode()).hexdigest()}"
    return await ctx.write(limits.within, bucket, limit=limit, seconds=DAY)


async def _page(
    ctx: Context, token: str, known: InvitationView | None, view: FormView, *, status: int = 200
) -> Response[Any]:
    if known is None:
        return await page(ctx, "member/link_closed.html", status=404, headers=SECRET, state="UNKNOWN", known=None)
    if known.state is not LinkState.OPEN:
        return await page(
            ctx, "member/link_closed.html", status=410, headers=SECRET, state=known.state, known=known, token=token
        )
    return await page(
        ctx, "member/invitation.html", status=status, headers=SECRET, view=view, invitation=known, token=token
    )


ROUTES = [show_invitation, accept_invitation, ask_again, show_forgot, forgot]
