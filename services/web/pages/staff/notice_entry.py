"""変更届 and 退会届 that came by FAX, letter, mail or telephone, typed in by the secretariat."""

from typing import Any
from uuid import UUID

from litestar import Request, get, post
from litestar.params import FromPath
from litestar.response import Redirect, Response
from sqlalchemy.ext.asyncio import AsyncSession

from services.web.context import Context, Ctx
from services.web.days import day_values, read_day
from services.web.forms import Form, FormExpired, FormView, read_form
from services.web.pages import notice_form
from services.web.pages.notice_form import Values
from services.web.pages.public import join_form
from services.web.pages.staff.notices import NO_STORE
from services.web.rendering import page
from shared.identity.policy import Actor, Permission
from shared.kit import clock
from shared.kit.refusals import Forbidden, NotFound, Refusal
from shared.members import looking, versions
from shared.members.models import Channel
from shared.members.notices import queries as notice_queries
from shared.members.notices import service as notices
from shared.members.notices.queries import ChangeNoticeView
from shared.members.words import CHANNELS

AnyRequest = Request[Any, Any, Any]
_DECIDE = Permission.APPLICATION_DECIDE
ON_PAPER = [(way.value, CHANNELS[way]) for way in (Channel.FAX, Channel.POST, Channel.EMAIL, Channel.PHONE)]


@get("/staff/notices/new", policy=_DECIDE)
async def choose_organisation(request: AnyRequest, ctx: Ctx) -> Response[Any]:
    wanted = request.query_params.get("q", "").strip()[:100]
    found = await ctx.read(notice_queries.candidates, wanted)
    return await page(ctx, "notices/choose.html", wanted=wanted, found=found)


@get("/staff/notices/new/{organisation_id:uuid}/change", policy=_DECIDE)
async def enter_change(ctx: Ctx, organisation_id: FromPath[UUID]) -> Response[Any]:
    details = await ctx.read(versions.details_of, organisation_id)
    await ctx.write(looking.look_at, actor=ctx.actor, organisation_id=organisation_id)
    return await _change_form(ctx, organisation_id, FormView(notice_form.values_of(details) | {"channel": "FAX"}))


@post("/staff/notices/new/{organisation_id:uuid}/change", policy=_DECIDE)
async def send_change(request: AnyRequest, ctx: Ctx, organisation_id: FromPath[UUID]) -> Response[Any]:
    form = await read_form(request, ctx)
    values = notice_form.typed(form) | {"channel": form.text("channel")}
    try:
        if not form.genuine:
            raise FormExpired
        notice = await ctx.write(
            _submit_change, organisation_id=organisation_id, form=form, values=values, actor=ctx.actor
        )
    except (NotFound, Forbidden):
        raise
    except Refusal as refusal:
        return await _change_form(ctx, organisation_id, FormView(values, refusal), status=422)
    return Redirect(f"/staff/notices/changes/{notice.id}", status_code=303)


@get("/staff/notices/new/{organisation_id:uuid}/withdraw", policy=_DECIDE)
async def enter_withdrawal(ctx: Ctx, organisation_id: FromPath[UUID]) -> Response[Any]:
    values = day_values("effective_on", clock.today()) | {"channel": "FAX"}
    return await _withdrawal_form(ctx, organisation_id, FormView(values))


@post("/staff/notices/new/{organisation_id:uuid}/withdraw", policy=_DECIDE)
async def send_withdrawal(request: AnyRequest, ctx: Ctx, organisation_id: FromPath[UUID]) -> Response[Any]:
    form = await read_form(request, ctx)
    try:
        if not form.genuine:
            raise FormExpired
        day = read_day(form, "effective_on", "退会する日", required=True)
        notice = await ctx.write(
            notices.submit_withdrawal,
            organisation_id,
            effective_on=day or clock.today(),
            reason=form.text("reason"),
            channel=_channel(form),
            actor=ctx.actor,
        )
    except (NotFound, Forbidden):
        raise
    except Refusal as refusal:
        return await _withdrawal_form(ctx, organisation_id, FormView(form.values(), refusal), status=422)
    return Redirect(f"/staff/notices/withdrawals/{notice.id}", status_code=303)


async def _submit_change(
    session: AsyncSession, *, organisation_id: UUID, form: Form, values: Values, actor: Actor
) -> ChangeNoticeView:
    """The form is filled with what is known, so who sends it has looked."""
    await looking.look_at(session, actor=actor, organisation_id=organisation_id)
    return await notices.submit_change(
        session,
        organisation_id,
        notice_form.changes_of(values),
        channel=_channel(form),
        actor=actor,
        idempotency_key=values.get("key"),
    )


def _channel(form: Form) -> Channel:
    given = form.text("channel")
    if given not in dict(ON_PAPER):
        raise Refusal("INVALID_INPUT", "届いた方法を選んでください。", "channel")
    return Channel(given)


async def _change_form(ctx: Context, organisation_id: UUID, view: FormView, *, status: int = 200) -> Response[Any]:
    details = await ctx.read(versions.details_of, organisation_id)
    choices = await join_form.choices(ctx)
    return await page(
        ctx,
        "notices/enter_change.html",
        status=status,
        headers=NO_STORE,
        name=details.name,
        view=view,
        rows=notice_form.rows(choices),
        channels=ON_PAPER,
    )


async def _withdrawal_form(ctx: Context, organisation_id: UUID, view: FormView, *, status: int = 200) -> Response[Any]:
    details = await ctx.read(versions.details_of, organisation_id)
    return await page(
        ctx,
        "notices/enter_withdrawal.html",
        status=status,
        headers=NO_STORE,
        name=details.name,
        view=view,
        channels=ON_PAPER,
    )


ROUTES = [choose_organisation, enter_change, send_change, enter_withdrawal, send_withdrawal]
