"""後援名義 that was asked for on paper or by telephone, the scans of it, and what the platform hands out."""

from typing import Any
from uuid import UUID

from litestar import Request, get, post
from litestar.params import FromPath, FromQuery
from litestar.response import Redirect, Response
from sqlalchemy.ext.asyncio import AsyncSession

from services.web.context import Context, Ctx
from services.web.documents import document
from services.web.forms import Form, FormExpired, FormView, read_form, read_genuine_form
from services.web.once import once_per_form
from services.web.pages import name_use_form
from services.web.pages.staff.name_use import show_item
from services.web.pages.staff.notice_entry import ON_PAPER
from services.web.rendering import page
from services.web.security import MAX_UPLOAD
from shared.identity.policy import Permission
from shared.kit.refusals import Forbidden, NotFound, Refusal
from shared.members import access_log, looking, portal_queries
from shared.members.models import Channel
from shared.members.name_use import files, queries, service
from shared.members.name_use.details import Asked
from shared.members.name_use.queries import NameUseView
from shared.members.notices import queries as notice_queries

AnyRequest = Request[Any, Any, Any]
_READ, _DECIDE = Permission.APPLICATION_READ, Permission.APPLICATION_DECIDE
_PRIVATE = {"Cache-Control": "no-store"}
DONE = {"saved": "保存しました。", "kept": "ロゴを登録しました。", "withdrawn": "ロゴを外しました。"}


@get("/staff/name-use/new", policy=_DECIDE)
async def choose_organisation(request: AnyRequest, ctx: Ctx) -> Response[Any]:
    await _require_offer(ctx)
    wanted = request.query_params.get("q", "").strip()[:100].replace("\x00", "")
    found = await ctx.read(notice_queries.candidates, wanted)
    return await page(ctx, "name_use/choose.html", wanted=wanted, found=found)


@get("/staff/name-use/new/{organisation_id:uuid}", policy=_DECIDE)
async def write_request(ctx: Ctx, organisation_id: FromPath[UUID]) -> Response[Any]:
    return await _form(ctx, organisation_id, FormView({**name_use_form.first_values(), "channel": Channel.FAX}))


@post("/staff/name-use/new/{organisation_id:uuid}", policy=_DECIDE, request_max_body_size=MAX_UPLOAD)
async def enter_request(request: AnyRequest, ctx: Ctx, organisation_id: FromPath[UUID]) -> Response[Any]:
    form = await read_form(request, ctx)
    try:
        if not form.genuine:
            raise FormExpired
        upload = form.file("scan")
        scan = await upload.read() if upload else None
        entered = await ctx.write(_enter, ctx, form, organisation_id, name_use_form.asked_of(form), scan)
    except (NotFound, Forbidden):
        raise
    except Refusal as refusal:
        return await _form(ctx, organisation_id, FormView(form.values(), refusal), status=422)
    return Redirect(f"/staff/name-use/{entered.id}", status_code=303)


@post("/staff/name-use/{request_id:uuid}/scans", policy=_DECIDE, request_max_body_size=MAX_UPLOAD)
async def add_scan(request: AnyRequest, ctx: Ctx, request_id: FromPath[UUID]) -> Response[Any]:
    form = await read_genuine_form(request, ctx)
    upload = form.file("scan")
    try:
        if upload is None:
            raise Refusal("REQUIRED", "スキャンのファイルを選んでください。", "scan")
        await ctx.write(_keep_scan, ctx, form, request_id, await upload.read())
    except NotFound:
        raise
    except Refusal as refusal:
        return await show_item(ctx, request_id, FormView(form.values(), refusal), status=422)
    return Redirect(f"/staff/name-use/{request_id}#scans", status_code=303)


@get("/staff/name-use/{request_id:uuid}/scans/{scan_id:uuid}", policy=_READ)
async def show_scan(ctx: Ctx, request_id: FromPath[UUID], scan_id: FromPath[UUID]) -> Response[bytes]:
    scan = await ctx.read(queries.scan, request_id, scan_id)
    whose = (await ctx.read(queries.name_use, request_id)).organisation_id
    await ctx.write(looking.look_at_paper, actor=ctx.actor, action=access_log.NAME_USE_PAPER, object_id=whose)
    await ctx.release()
    data = await files.bytes_of(ctx.site.files, scan.file_key)
    name = f"scan.{files.SUFFIXES[scan.content_type]}"
    return document(data, name=name, plain_name=name, media_type=scan.content_type, save=True, private=True)


@get("/staff/name-use/settings", policy=_DECIDE)
async def show_settings(ctx: Ctx, done: FromQuery[str] = "") -> Response[Any]:
    return await _settings(ctx, FormView(), done=DONE.get(done))


@post("/staff/name-use/settings", policy=Permission.PROFILE_EDIT)
async def switch(request: AnyRequest, ctx: Ctx) -> Response[Any]:
    form = await read_genuine_form(request, ctx)
    await ctx.write(service.offer, actor=ctx.actor, wanted=form.text("offered") == "1")
    return Redirect("/staff/name-use/settings?done=saved", status_code=303)


@post("/staff/name-use/logos", policy=_DECIDE, request_max_body_size=MAX_UPLOAD)
async def add_logo(request: AnyRequest, ctx: Ctx) -> Response[Any]:
    form = await read_genuine_form(request, ctx)
    upload = form.file("file")
    try:
        if upload is None:
            raise Refusal("REQUIRED", "ロゴのファイルを選んでください。", "file")
        await ctx.write(_keep_logo, ctx, form, await upload.read())
    except Refusal as refusal:
        return await _settings(ctx, FormView(form.values(), refusal), status=422)
    return Redirect("/staff/name-use/settings?done=kept", status_code=303)


@post("/staff/name-use/logos/{logo_id:uuid}/withdraw", policy=_DECIDE)
async def withdraw_logo(request: AnyRequest, ctx: Ctx, logo_id: FromPath[UUID]) -> Response[Any]:
    await read_genuine_form(request, ctx)
    await ctx.write(files.withdraw_logo, logo_id, actor=ctx.actor)
    return Redirect("/staff/name-use/settings?done=withdrawn", status_code=303)


@get("/staff/name-use/logos/{logo_id:uuid}", policy=_READ)
async def show_logo(ctx: Ctx, logo_id: FromPath[UUID]) -> Response[bytes]:
    return await name_use_form.logo_of(ctx, await ctx.read(queries.logo, logo_id))


async def _enter(
    session: AsyncSession, ctx: Context, form: Form, organisation_id: UUID, asked: Asked, scan: bytes | None
) -> NameUseView:
    """The request with its scan, or neither; once, however often the button is pressed."""

    async def effect() -> dict[str, Any]:
        entered = await service.request_name_use(
            session, organisation_id, asked, channel=_channel(form), actor=ctx.actor
        )
        if scan is not None:
            await files.keep_scan(session, ctx.site.files, entered.id, data=scan, actor=ctx.actor)
        return {"id": str(entered.id)}

    answer = await once_per_form(session, actor=ctx.actor, form=form, effect=effect)
    return await queries.name_use(session, UUID(answer["id"]))


async def _keep_scan(session: AsyncSession, ctx: Context, form: Form, request_id: UUID, data: bytes) -> None:
    async def effect() -> dict[str, Any]:
        scan = await files.keep_scan(session, ctx.site.files, request_id, data=data, actor=ctx.actor)
        return {"id": str(scan.id)}

    await once_per_form(session, actor=ctx.actor, form=form, effect=effect)


async def _keep_logo(session: AsyncSession, ctx: Context, form: Form, data: bytes) -> None:
    async def effect() -> dict[str, Any]:
        logo = await files.keep_logo(session, ctx.site.files, data=data, name=form.text("name"), actor=ctx.actor)
        return {"id": str(logo.id)}

    await once_per_form(session, actor=ctx.actor, form=form, effect=effect)


def _channel(form: Form) -> Channel:
    given = form.text("channel")
    if given not in dict(ON_PAPER):
        raise Refusal("INVALID_INPUT", "届いた方法を選んでください。", "channel")
    return Channel(given)


async def _require_offer(ctx: Context) -> None:
    if not await ctx.read(queries.offered):
        raise NotFound("このプラットフォームでは、後援名義の申請を受け付けていません。設定で変えられます。")


async def _form(ctx: Context, organisation_id: UUID, view: FormView, *, status: int = 200) -> Response[Any]:
    await _require_offer(ctx)
    return await page(
        ctx,
        "name_use/enter.html",
        status=status,
        headers=_PRIVATE,
        name=await ctx.read(portal_queries.name_of, organisation_id),
        view=view,
        channels=ON_PAPER,
    )


async def _settings(ctx: Context, view: FormView, *, status: int = 200, done: str | None = None) -> Response[Any]:
    return await page(
        ctx,
        "name_use/settings.html",
        status=status,
        view=view,
        offered=await ctx.read(queries.offered),
        logos=await ctx.read(queries.logos),
        form_key=name_use_form.first_values()[name_use_form.KEY],
        done=done,
    )


ROUTES = [
    choose_organisation,
    write_request,
    enter_request,
    add_scan,
    show_scan,
    show_settings,
    switch,
    add_logo,
    withdraw_logo,
    show_logo,
]
