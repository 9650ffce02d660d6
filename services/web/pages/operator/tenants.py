"""プラットフォームの運用: create, suspend, resume. The operator sees that a platform exists, and nothing of what is in it."""

from typing import Any

from litestar import Request, get, post
from litestar.params import FromPath, FromQuery
from litestar.response import Redirect, Response
from sqlalchemy.ext.asyncio import AsyncSession

from services.web.context import Context, Ctx
from services.web.forms import Form, FormExpired, FormView, read_form
from services.web.rendering import page
from shared.identity import invitations, passwords
from shared.identity import service as identity
from shared.identity.models import Role
from shared.identity.policy import Actor, Permission
from shared.identity.tokens import new_password
from shared.kit.database.session import bound_to
from shared.kit.files import FileStore
from shared.kit.refusals import Conflict, NotFound, Refusal
from shared.kit.settings import Settings
from shared.tenants import bootstrap, service
from shared.tenants.bootstrap_template import NewTenant
from shared.tenants.installation import InstalledTenant, installed_tenants
from shared.tenants.models import Level, TenantState
from shared.tenants.policy import may_be_resumed

AnyRequest = Request[Any, Any, Any]
LEVELS = {Level.NATION: "全国", Level.PREFECTURE: "都道府県", Level.SUBREGION: "圏域", Level.MUNICIPALITY: "市町村"}
STATES = {
    TenantState.DRAFT: "準備中",
    TenantState.LIVE: "公開中",
    TenantState.SUSPENDED: "休止中",
    TenantState.CLOSED: "終了",
}
DONE = {"suspended": "休止しました。", "resumed": "再開しました。"}
FIELDS = ("slug", "code", "name", "slogan", "key")
LONGEST_REASON = 500


@get("/operator", policy=Permission.TENANT_MANAGE, national=True)
async def list_tenants(ctx: Ctx, done: FromQuery[str] = "") -> Response[Any]:
    tenants = await ctx.read(installed_tenants)
    return await page(
        ctx,
        "operator/list.html",
        tenants=tenants,
        levels=LEVELS,
        states=STATES,
        urls=_urls(ctx, tenants),
        done=DONE.get(done),
    )


@get("/operator/new", policy=Permission.TENANT_MANAGE, national=True)
async def new_tenant(ctx: Ctx) -> Response[Any]:
    return await _new_page(ctx, FormView({"key": "#1f4e79"}))


@post("/operator/new", policy=Permission.TENANT_MANAGE, national=True)
async def create_tenant(request: AnyRequest, ctx: Ctx) -> Response[Any]:
    form = await read_form(request, ctx)
    password = new_password()
    hashed = await passwords.hash_in_thread(password)
    try:
        if not form.genuine:
            raise FormExpired
        created = await ctx.write(
            _launch, form=form, actor=ctx.actor, settings=ctx.site.settings, files=ctx.site.files, password_hash=hashed
        )
    except Refusal as refusal:
        status = 409 if isinstance(refusal, Conflict) else 422
        return await _new_page(ctx, FormView(form.values(), refusal), status)
    slug = form.text("slug").lower()
    return await page(
        ctx,
        "operator/created.html",
        status=201,
        headers={"Cache-Control": "no-store"},
        name=form.text("name"),
        url=ctx.site.settings.tenant_url(slug),
        email=form.text("admin_email"),
        password=password if created else None,
    )


async def _launch(
    session: AsyncSession, *, form: Form, actor: Actor, settings: Settings, files: FileStore, password_hash: str
) -> bool:
    """The platform and its first administrator: both or neither. True when the administrator's account is new."""
    email = identity.fold_email(form.text("admin_email"), field="admin_email")
    new = NewTenant(**{name: form.text(name) for name in FIELDS})
    tenant_id = await bootstrap.launch(session, actor=actor, new=new, root=settings.tenants, files=files)
    async with bound_to(session, tenant_id):
        account = await identity.create_account(
            session, email=email, name=form.text("admin_name") or "管理者", password_hash=password_hash
        )
        if not account.created:
            await invitations.distrust_first_password(session, account_id=account.id, email=email)
        await identity.assign_role(session, actor=actor, account_id=account.id, role=Role.SECRETARIAT_ADMIN)
    return account.created


@get("/operator/{slug:str}", policy=Permission.TENANT_MANAGE, national=True)
async def show_tenant(ctx: Ctx, slug: FromPath[str]) -> Response[Any]:
    return await _tenant_page(ctx, slug, FormView())


@post("/operator/{slug:str}/suspend", policy=Permission.TENANT_MANAGE, national=True)
async def suspend(request: AnyRequest, ctx: Ctx, slug: FromPath[str]) -> Response[Any]:
    form = await read_form(request, ctx)
    try:
        reason = _reason(form)
        await ctx.write(service.suspend_tenant, actor=ctx.actor, slug=slug, reason=reason)
    except Refusal as refusal:
        return await _tenant_page(ctx, slug, FormView(form.values(), refusal), 422)
    return Redirect("/operator?done=suspended", status_code=303)


@post("/operator/{slug:str}/resume", policy=Permission.TENANT_MANAGE, national=True)
async def resume(request: AnyRequest, ctx: Ctx, slug: FromPath[str]) -> Response[Any]:
    form = await read_form(request, ctx)
    try:
        if not form.genuine:
            raise FormExpired
        await ctx.write(service.resume_tenant, actor=ctx.actor, slug=slug)
    except Refusal as refusal:
        return await _tenant_page(ctx, slug, FormView({}, refusal), 422)
    return Redirect("/operator?done=resumed", status_code=303)


def _reason(form: Form) -> str:
    if not form.genuine:
        raise FormExpired
    reason = form.text("reason")
    if not 0 < len(reason) <= LONGEST_REASON:
        raise Refusal("REQUIRED", f"理由を{LONGEST_REASON}文字までで入力してください。記録に残ります。", "reason")
    return reason


async def _tenant_page(ctx: Context, slug: str, view: FormView, status: int = 200) -> Response[Any]:
    tenants = await ctx.read(installed_tenants)
    found = next((tenant for tenant in tenants if tenant.slug == slug), None)
    if found is None:
        raise NotFound
    return await page(
        ctx,
        "operator/tenant.html",
        status=status,
        view=view,
        found=found,
        url=_urls(ctx, [found])[slug],
        levels=LEVELS,
        states=STATES,
        suspendable=found.level is not Level.NATION and found.state is TenantState.LIVE,
        resumable=may_be_resumed(found.state),
    )


async def _new_page(ctx: Context, view: FormView, status: int = 200) -> Response[Any]:
    return await page(ctx, "operator/new.html", status=status, view=view)


def _urls(ctx: Context, tenants: list[InstalledTenant]) -> dict[str, str]:
    return {tenant.slug: ctx.site.settings.tenant_url(tenant.slug, tenant.host) for tenant in tenants}


ROUTES = [list_tenants, new_tenant, create_tenant, show_tenant, suspend, resume]
