"""後援名義 on the desk: the list, one request with its decision, and the files that go with it."""

from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

from litestar import Request, get, post
from litestar.params import FromPath
from litestar.response import Redirect, Response

from services.web.context import Context, Ctx
from services.web.days import day_values, read_day
from services.web.forms import Form, FormExpired, FormView, read_form
from services.web.pages import name_use_form
from services.web.pages.arguments import id_of, page_number, revision_of
from services.web.rendering import page
from services.web.security import MAX_UPLOAD
from shared.identity.policy import Permission
from shared.kit import clock
from shared.kit.refusals import Conflict, Forbidden, NotFound, Refusal
from shared.members import pledges
from shared.members.name_use import files, queries, service
from shared.members.name_use.models import NameUseState
from shared.members.name_use.queries import NameUseView
from shared.members.words import CHANNELS

AnyRequest = Request[Any, Any, Any]
PER_PAGE = 50
_READ, _DECIDE = Permission.APPLICATION_READ, Permission.APPLICATION_DECIDE
_PRIVATE = {"Cache-Control": "no-store"}


@get("/staff/name-use", policy=_READ)
async def list_requests(request: AnyRequest, ctx: Ctx) -> Response[Any]:
    given, current = request.query_params.get("state", ""), page_number(request)
    states = [NameUseState(given)] if given in list(NameUseState) else []
    found = await ctx.read(queries.name_uses, states=states, first=PER_PAGE, offset=(current - 1) * PER_PAGE)
    return await page(
        ctx,
        "name_use/list.html",
        headers=_PRIVATE,
        found=found,
        offered=await ctx.read(queries.offered),
        chosen=states[0] if states else None,
        states=queries.STATES,
        channels=CHANNELS,
        current=current,
        per_page=PER_PAGE,
    )


@get("/staff/name-use/{request_id:uuid}", policy=_READ)
async def show_request(ctx: Ctx, request_id: FromPath[UUID]) -> Response[Any]:
    return await show_item(ctx, request_id, None)


@post("/staff/name-use/{request_id:uuid}/take-up", policy=_DECIDE)
async def take_up(request: AnyRequest, ctx: Ctx, request_id: FromPath[UUID]) -> Response[Any]:
    async def step(form: Form) -> None:
        await ctx.write(service.take_up, request_id, actor=ctx.actor, revision=revision_of(form))

    return await _decide(request, ctx, request_id, step)


@post("/staff/name-use/{request_id:uuid}/approve", policy=_DECIDE, request_max_body_size=MAX_UPLOAD)
async def approve(request: AnyRequest, ctx: Ctx, request_id: FromPath[UUID]) -> Response[Any]:
    async def step(form: Form) -> None:
        upload = form.file("file")
        await ctx.write(
            files.approve_with_logo,
            ctx.site.files,
            request_id,
            data=await upload.read() if upload else None,
            logo_id=id_of(form.text("logo")) if form.text("logo") else None,
            allowed_from=read_day(form, "allowed_from", "期間の始まり"),
            allowed_until=read_day(form, "allowed_until", "期間の終わり"),
            conditions=form.text("conditions"),
            actor=ctx.actor,
            revision=revision_of(form),
        )

    return await _decide(request, ctx, request_id, step)


@post("/staff/name-use/{request_id:uuid}/refuse", policy=_DECIDE)
async def refuse(request: AnyRequest, ctx: Ctx, request_id: FromPath[UUID]) -> Response[Any]:
    async def step(form: Form) -> None:
        message = form.text("message")
        await ctx.write(service.refuse, request_id, message=message, actor=ctx.actor, revision=revision_of(form))

    return await _decide(request, ctx, request_id, step)


@post("/staff/name-use/{request_id:uuid}/report", policy=_DECIDE)
async def enter_report(request: AnyRequest, ctx: Ctx, request_id: FromPath[UUID]) -> Response[Any]:
    """What the organisation told by telephone or on paper."""

    async def step(form: Form) -> None:
        told = {"result": form.text("result"), "participants": form.text("result_participants")}
        await ctx.write(service.report, request_id, actor=ctx.actor, **told)

    return await _decide(request, ctx, request_id, step)


@get("/staff/name-use/{request_id:uuid}/logo", policy=_READ)
async def show_logo_of(ctx: Ctx, request_id: FromPath[UUID]) -> Response[bytes]:
    return await name_use_form.logo_of(ctx, await ctx.read(queries.logo_of, request_id, actor=ctx.actor))


@get("/staff/name-use/{request_id:uuid}/permission.pdf", policy=_READ)
async def print_permission(ctx: Ctx, request_id: FromPath[UUID]) -> Response[bytes]:
    return await name_use_form.permission_of(ctx, await ctx.read(queries.name_use, request_id))


async def _decide(
    request: AnyRequest, ctx: Context, request_id: UUID, step: Callable[[Form], Awaitable[None]]
) -> Response[Any]:
    form = await read_form(request, ctx)
    try:
        if not form.genuine:
            raise FormExpired
        await step(form)
    except (NotFound, Forbidden):
        raise
    except Refusal as refusal:
        status = 409 if isinstance(refusal, Conflict) else 422
        return await show_item(ctx, request_id, FormView(form.values(), refusal), status=status)
    return Redirect(f"/staff/name-use/{request_id}", status_code=303)


async def show_item(ctx: Context, request_id: UUID, view: FormView | None, *, status: int = 200) -> Response[Any]:
    asked = await ctx.read(queries.name_use, request_id)
    logos = await ctx.read(queries.logos) if asked.is_open else []
    return await page(
        ctx,
        "name_use/item.html",
        status=status,
        headers=_PRIVATE,
        asked=asked,
        bound=await ctx.read(pledges.is_bound, ctx.actor),
        view=view or FormView(_proposed(asked, str(logos[0].id) if logos else "")),
        conflict=status == 409,
        logos=[("", "ロゴを渡さない"), *((str(each.id), each.name) for each in logos)],
        channels=CHANNELS,
        form_key=name_use_form.first_values()[name_use_form.KEY],
    )


def _proposed(asked: NameUseView, logo: str) -> dict[str, Any]:
    """From today to the end of the event, with the newest logo."""
    today = clock.today()
    until = day_values("allowed_until", max(asked.ends_on, today))
    return {**day_values("allowed_from", today), **until, "logo": logo}


ROUTES = [
    list_requests,
    show_request,
    take_up,
    approve,
    refuse,
    enter_report,
    show_logo_of,
    print_permission,
]
