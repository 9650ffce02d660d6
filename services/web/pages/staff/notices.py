"""変更届 and 退会届 on the desk: the list, one of each with its difference, and typing in what came on paper."""

from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

from litestar import Request, get, post
from litestar.params import FromPath
from litestar.response import Redirect, Response

from services.web.context import Context, Ctx
from services.web.forms import FormExpired, FormView, read_form
from services.web.pages import notice_form
from services.web.pages.arguments import page_number, revision_of
from services.web.pages.public import join_form
from services.web.rendering import page
from shared.identity.policy import Permission
from shared.kit.refusals import Conflict, Forbidden, NotFound, Refusal
from shared.members import access_log, looking, versions
from shared.members.details import LABELS
from shared.members.models import NoticeState
from shared.members.name_use import queries as name_use
from shared.members.notices import queries as notice_queries
from shared.members.notices import service as notices
from shared.members.words import CHANNELS, NOTICE_STATES

AnyRequest = Request[Any, Any, Any]
PER_PAGE = 50
NO_STORE = {"Cache-Control": "no-store"}
_READ, _DECIDE = Permission.APPLICATION_READ, Permission.APPLICATION_DECIDE


@get("/staff/notices", policy=_READ)
async def list_notices(request: AnyRequest, ctx: Ctx) -> Response[Any]:
    chosen, current = request.query_params.get("state", ""), page_number(request)
    states = [NoticeState(chosen)] if chosen in list(NoticeState) else []
    found = await ctx.read(notice_queries.notices, states=states, first=PER_PAGE, offset=(current - 1) * PER_PAGE)
    return await page(
        ctx,
        "notices/list.html",
        found=found,
        chosen=states[0] if states else None,
        states=NOTICE_STATES,
        channels=CHANNELS,
        labels=LABELS,
        changeable=versions.CHANGEABLE,
        name_use=await ctx.read(name_use.offered),
        current=current,
        pages=max(1, -(-found.total // PER_PAGE)),
    )


@get("/staff/notices/changes/{notice_id:uuid}", policy=_READ)
async def show_change(ctx: Ctx, notice_id: FromPath[UUID]) -> Response[Any]:
    return await _change(ctx, notice_id, FormView({}))


@post("/staff/notices/changes/{notice_id:uuid}/accept", policy=_DECIDE)
async def accept_change(request: AnyRequest, ctx: Ctx, notice_id: FromPath[UUID]) -> Response[Any]:
    return await _decide(request, ctx, notice_id, notices.accept_change, _change, "changes")


@post("/staff/notices/changes/{notice_id:uuid}/refuse", policy=_DECIDE)
async def refuse_change(request: AnyRequest, ctx: Ctx, notice_id: FromPath[UUID]) -> Response[Any]:
    return await _decide(request, ctx, notice_id, notices.refuse_change, _change, "changes", told=True)


@get("/staff/notices/withdrawals/{notice_id:uuid}", policy=_READ)
async def show_withdrawal(ctx: Ctx, notice_id: FromPath[UUID]) -> Response[Any]:
    return await _withdrawal(ctx, notice_id, FormView({}))


@post("/staff/notices/withdrawals/{notice_id:uuid}/accept", policy=_DECIDE)
async def accept_withdrawal(request: AnyRequest, ctx: Ctx, notice_id: FromPath[UUID]) -> Response[Any]:
    return await _decide(request, ctx, notice_id, notices.accept_withdrawal, _withdrawal, "withdrawals")


@post("/staff/notices/withdrawals/{notice_id:uuid}/refuse", policy=_DECIDE)
async def refuse_withdrawal(request: AnyRequest, ctx: Ctx, notice_id: FromPath[UUID]) -> Response[Any]:
    return await _decide(request, ctx, notice_id, notices.refuse_withdrawal, _withdrawal, "withdrawals", told=True)


Item = Callable[..., Awaitable[Response[Any]]]


async def _decide(
    request: AnyRequest,
    ctx: Context,
    notice_id: UUID,
    verb: Callable[..., Awaitable[Any]],
    item: Item,
    place: str,
    *,
    told: bool = False,
) -> Response[Any]:
    form = await read_form(request, ctx)
    more = {"message": form.text("message")} if told else {}
    try:
        if not form.genuine:
            raise FormExpired
        await ctx.write(verb, notice_id, actor=ctx.actor, revision=revision_of(form), **more)
    except (NotFound, Forbidden):
        raise
    except Refusal as refusal:
        conflict = isinstance(refusal, Conflict)
        return await item(ctx, notice_id, FormView(form.values(), refusal), status=409 if conflict else 422)
    return Redirect(f"/staff/notices/{place}/{notice_id}", status_code=303)


async def _change(ctx: Context, notice_id: UUID, view: FormView, *, status: int = 200) -> Response[Any]:
    notice = await ctx.read(notice_queries.change_notice, notice_id)
    await _look_at(ctx, notice.organisation_id)
    found = await ctx.read(notice_queries.field_changes, notice)
    past = await ctx.read(notice_queries.former_versions, notice.organisation_id)
    today = await ctx.read(versions.details_of, notice.organisation_id)
    choices = await join_form.choices(ctx)
    return await _item(
        ctx,
        notice,
        view,
        status,
        title="変更届",
        place="changes",
        paper=f"/staff/changes/{notice_id}/form1.pdf",
        differences=notice_form.in_words([(e.name, e.before, e.after, e.now) for e in found], choices),
        pasts=notice_form.pasts(past, today, choices),
    )


async def _withdrawal(ctx: Context, notice_id: UUID, view: FormView, *, status: int = 200) -> Response[Any]:
    notice = await ctx.read(notice_queries.withdrawal_notice, notice_id)
    await _look_at(ctx, notice.organisation_id)
    paper = f"/staff/withdrawals/{notice_id}/form2.pdf"
    return await _item(
        ctx, notice, view, status, title="退会届", place="withdrawals", paper=paper, differences=[], pasts=[]
    )


async def _look_at(ctx: Context, organisation_id: UUID) -> None:
    await ctx.write(looking.look_at, actor=ctx.actor, organisation_id=organisation_id, action=access_log.NOTICE)


async def _item(ctx: Context, notice: Any, view: FormView, status: int, **values: Any) -> Response[Any]:
    return await page(
        ctx,
        "notices/item.html",
        status=status,
        headers=NO_STORE,
        notice=notice,
        view=view,
        conflict=status == 409,
        states=NOTICE_STATES,
        channels=CHANNELS,
        **values,
    )


ROUTES = [
    list_notices,
    show_change,
    accept_change,
    refuse_change,
    show_withdrawal,
    accept_withdrawal,
    refuse_withdrawal,
]
