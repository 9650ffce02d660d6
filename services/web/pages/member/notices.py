"""退会届 of the own organisation, without paper, and what has become of all its notices. The 変更届 is in `profile`."""

from typing import Any
from uuid import UUID

from litestar import Request, get, post
from litestar.response import Redirect, Response

from services.web.context import Context, Ctx
from services.web.days import day_values, read_day
from services.web.forms import FormExpired, FormView, read_form
from services.web.pages.arguments import id_of
from services.web.rendering import page
from shared.identity.policy import Permission
from shared.kit import clock
from shared.kit.refusals import Forbidden, NotFound, Refusal
from shared.members import versions
from shared.members.details import LABELS
from shared.members.models import Channel
from shared.members.notices import queries as notice_queries
from shared.members.notices import service as notices
from shared.members.policy import may_act_for
from shared.members.versions import CHANGEABLE
from shared.members.words import NOTICE_STATES

AnyRequest = Request[Any, Any, Any]
_OWN = Permission.ORGANISATION_EDIT_OWN
_PRIVATE = {"Cache-Control": "no-store"}


@get("/member/notices", policy=_OWN)
async def list_own(ctx: Ctx) -> Response[Any]:
    own = _own(ctx)
    found = await ctx.read(notice_queries.notices, organisations=own) if own else notice_queries.Notices(0, [])
    return await page(
        ctx,
        "notices/own.html",
        headers=_PRIVATE,
        found=found,
        states=NOTICE_STATES,
        labels=LABELS,
        changeable=CHANGEABLE,
        has_organisation=bool(own),
    )


@get("/member/withdraw", policy=_OWN)
async def write_withdrawal(request: AnyRequest, ctx: Ctx) -> Response[Any]:
    organisation_id = _chosen(ctx, request.query_params.get("organisation", ""))
    return await _leaving(ctx, organisation_id, FormView(day_values("effective_on", clock.today())))


@post("/member/withdraw", policy=_OWN)
async def send_withdrawal(request: AnyRequest, ctx: Ctx) -> Response[Any]:
    form = await read_form(request, ctx)
    organisation_id = _chosen(ctx, form.text("organisation"))
    try:
        if not form.genuine:
            raise FormExpired
        day = read_day(form, "effective_on", "退会する日", required=True)
        if not form.checked("sure"):
            raise Refusal("REQUIRED", "退会することをお確かめのうえ、印を付けてください。", "sure")
        await ctx.write(
            notices.submit_withdrawal,
            organisation_id,
            effective_on=day or clock.today(),
            reason=form.text("reason"),
            channel=Channel.WEB,
            actor=ctx.actor,
        )
    except (NotFound, Forbidden):
        raise
    except Refusal as refusal:
        return await _leaving(ctx, organisation_id, FormView(form.values(), refusal), status=422)
    return Redirect("/member/notices", status_code=303)


def _own(ctx: Context) -> list[UUID]:
    return [each for each in sorted(ctx.actor.organisation_ids) if may_act_for(ctx.actor, each)]


def _chosen(ctx: Context, given: str) -> UUID:
    """The organisation that is named, else the first; NotFound for one that is not the reader's."""
    own = _own(ctx)
    wanted = id_of(given) if given else next(iter(own), None)
    if wanted not in own or wanted is None:
        raise NotFound
    return wanted


async def _leaving(ctx: Context, organisation_id: UUID, view: FormView, *, status: int = 200) -> Response[Any]:
    details = await ctx.read(versions.details_of, organisation_id)
    return await page(
        ctx,
        "notices/withdraw.html",
        status=status,
        headers=_PRIVATE,
        organisation_id=organisation_id,
        name=details.name,
        view=view,
    )


ROUTES = [list_own, write_withdrawal, send_withdrawal]
