"""Signing in and out, and the first thing somebody does with a password that was handed over: change it."""

from typing import Any

from litestar import Request, get, post
from litestar.datastructures import Cookie
from litestar.params import FromQuery
from litestar.response import Redirect, Response

from services.web.auth.sessions import cookie_name, ended_cookie, session_cookie
from services.web.auth.sign_in import TooManyAttempts, home_of, limit_attempts, safe_path, sign_in
from services.web.context import Context, Ctx
from services.web.forms import Form, FormExpired, FormView, read_form, read_genuine_form
from services.web.rendering import page
from shared.identity import passwords, queries, service
from shared.identity.policy import Permission
from shared.identity.tokens import hash_of
from shared.kit.refusals import Refusal

AnyRequest = Request[Any, Any, Any]


@get("/signin", policy=Permission.PUBLIC)
async def show_sign_in(ctx: Ctx, next: FromQuery[str] = "") -> Response[Any]:  # noqa: A002 - the contract's name
    return await _sign_in_page(ctx, FormView({"next": next}))


@post("/signin", policy=Permission.PUBLIC)
async def do_sign_in(request: AnyRequest, ctx: Ctx) -> Response[Any]:
    form = await read_form(request, ctx)
    brought = request.cookies.get(cookie_name(secure=ctx.site.settings.secure))
    try:
        if not form.genuine:
            raise FormExpired
        token = await sign_in(
            ctx,
            email=form.text("email"),
            password=_typed(form, "password"),
            address=client_address(request),
            replaces=brought,
        )
    except Refusal as refusal:
        return await _refused(ctx, form, refusal)
    actor = await ctx.read(queries.actor_of_session, hash_of(token))
    _new_form_secret(ctx)
    target = safe_path(form.text("next")) or (home_of(actor) if actor else "/")
    return Redirect(target, status_code=303, cookies=[_kept(ctx, token)], headers={"Cache-Control": "no-store"})


async def _refused(ctx: Context, form: Form, refusal: Refusal) -> Response[Any]:
    status = 429 if isinstance(refusal, TooManyAttempts) else 422
    return await _sign_in_page(ctx, FormView({"email": form.text("email"), "next": form.text("next")}, refusal), status)


async def _sign_in_page(ctx: Context, view: FormView, status: int = 200) -> Response[Any]:
    headers = {"Cache-Control": "no-store"} | ({"Retry-After": "300"} if status == 429 else {})
    return await page(ctx, "signin/signin.html", status=status, headers=headers, view=view, home=home_of(ctx.actor))


@post("/signout", policy=Permission.PUBLIC)
async def do_sign_out(request: AnyRequest, ctx: Ctx) -> Response[Any]:
    """Also for whoever's session has ended already: the button always leads out."""
    form = await read_genuine_form(request, ctx)
    if ctx.actor.account_id and form.checked("everywhere"):
        await ctx.write(service.sign_out_everywhere, account_id=ctx.actor.account_id)
    elif ctx.actor.session_id:
        await ctx.write(service.sign_out, session_id=ctx.actor.session_id)
    _new_form_secret(ctx)
    headers = {"Cache-Control": "no-store", "Clear-Site-Data": '"cache"'}
    return Redirect("/signed-out", status_code=303, cookies=[_ended(ctx)], headers=headers)


@get("/signed-out", policy=Permission.PUBLIC)
async def show_signed_out(ctx: Ctx) -> Response[Any]:
    return await page(ctx, "signin/signed_out.html")


@post("/session/extend", policy=Permission.SIGNED_IN)
async def extend(request: AnyRequest, ctx: Ctx) -> Response[Any]:
    """「延長する」 opens beside the page on which somebody is typing, so that nothing typed is lost."""
    await read_genuine_form(request, ctx)
    if ctx.actor.session_id:
        await ctx.write(service.touch, session_id=ctx.actor.session_id)
    return await page(ctx, "signin/extended.html", headers={"Cache-Control": "no-store"})


@get("/signin/password", policy=Permission.SIGNED_IN)
async def show_password(ctx: Ctx) -> Response[Any]:
    return await page(ctx, "signin/password.html", view=FormView(), done=False)


@post("/signin/password", policy=Permission.SIGNED_IN)
async def change_password(request: AnyRequest, ctx: Ctx) -> Response[Any]:
    form = await read_genuine_form(request, ctx)
    try:
        await _change_password(ctx, form, client_address(request))
    except Refusal as refusal:
        return await page(ctx, "signin/password.html", status=422, view=FormView({}, refusal), done=False)
    return await page(ctx, "signin/password.html", view=FormView(), done=True)


async def _change_password(ctx: Context, form: Form, address: str) -> None:
    account_id, wanted = ctx.actor.account_id, _typed(form, "password")
    if account_id is None:
        raise Refusal("NOT_A_PERSON", "プログラムにはパスワードがありません。")
    passwords.check(wanted, about=(ctx.actor.email or "", ctx.actor.name))
    if wanted != _typed(form, "again"):
        raise Refusal("PASSWORD_DIFFERS", "2回入力した新しいパスワードが同じではありません。", "again")
    await limit_attempts(ctx, who=str(account_id), address=address)
    kept = await ctx.read(queries.credentials_of, account_id)
    await ctx.release()
    if not await passwords.verify_in_thread(_typed(form, "current"), kept.password_hash):
        raise Refusal("PASSWORD_WRONG", "いまのパスワードが違います。", "current")
    hashed = await passwords.hash_in_thread(wanted)
    await ctx.write(service.change_password, account_id=account_id, password_hash=hashed, keep=ctx.actor.session_id)


def client_address(request: AnyRequest) -> str:
    """The peer. What a proxy may say in its place is decided by the server (uvicorn's forwarded-allow-ips), not here."""
    return request.client.host if request.client else ""


def _typed(form: Form, name: str) -> str:
    """A password as it was typed, spaces at its ends included."""
    return "".join(form.texts(name)[:1])


def _new_form_secret(ctx: Context) -> None:
    """A form that was opened before signing in or out belongs to somebody else."""
    ctx.form_secret = None
    ctx.form_token()


def _kept(ctx: Context, token: str) -> Cookie:
    return session_cookie(token, secure=ctx.site.settings.secure)


def _ended(ctx: Context) -> Cookie:
    return ended_cookie(secure=ctx.site.settings.secure)


ROUTES = [show_sign_in, do_sign_in, do_sign_out, show_signed_out, extend, show_password, change_password]
