"""マイページ: what somebody who is signed in is here, and what waits for the own organisation."""

from typing import Any
from uuid import UUID

import msgspec
from litestar import Request, get, post
from litestar.params import FromQuery
from litestar.response import Redirect, Response

from services.web.context import Context, Ctx
from services.web.forms import read_genuine_form
from services.web.pages.member.own import named_in
from services.web.rendering import page
from shared.events import proposal_queries
from shared.events.proposal_queries import Stage
from shared.identity.policy import Permission
from shared.identity.words import ROLES
from shared.kit.refusals import NotFound
from shared.members import freshness, portal_queries, queries
from shared.members.models import NoticeState
from shared.members.name_use import queries as name_use
from shared.members.notices import queries as notice_queries
from shared.members.portal_queries import OwnColumns
from shared.members.queries import OrganisationView

DONE = {
    "welcome": "マイページへようこそ。まず、登録内容を確かめてください。",
    "confirmed": "確認を記録しました。ありがとうございました。",
}


class Own(msgspec.Struct, frozen=True):
    """`waiting` are receipt numbers of notices, `returned` posts that the secretariat has sent back."""

    id: UUID
    shown: OrganisationView | None
    columns: OwnColumns
    manages: bool
    waiting: list[str]
    returned: int
    proposed: int


@get("/member", policy=Permission.SIGNED_IN)
async def show_member(ctx: Ctx, done: FromQuery[str] = "") -> Response[Any]:
    organisations = [await _own(ctx, each) for each in sorted(ctx.actor.organisation_ids)]
    roles = [ROLES[role] for role in sorted(ctx.actor.roles)]
    return await page(
        ctx,
        "member/overview.html",
        organisations=organisations,
        roles=roles,
        name_use=await ctx.read(name_use.offered),
        done=DONE.get(done),
    )


@post("/member/confirm", policy=Permission.ORGANISATION_EDIT_OWN)
async def confirm(request: Request[Any, Any, Any], ctx: Ctx) -> Response[Any]:
    form = await read_genuine_form(request, ctx)
    organisation_id = named_in(form, ctx, managed=True)
    await ctx.write(freshness.confirm, actor=ctx.actor, organisation_id=organisation_id)
    return Redirect("/member?done=confirmed", status_code=303)


async def _own(ctx: Context, organisation_id: UUID) -> Own:
    posts = (await ctx.read(proposal_queries.of_organisation, organisation_id)).items
    notices = await ctx.read(
        notice_queries.notices, organisations=[organisation_id], states=[NoticeState.RECEIVED], first=10
    )
    return Own(
        organisation_id,
        await _shown(ctx, organisation_id),
        await ctx.read(portal_queries.own_columns, organisation_id),
        organisation_id in ctx.actor.managed_ids,
        [each.receipt_number for each in notices.items],
        sum(each.stage is Stage.RETURNED for each in posts),
        sum(each.stage is Stage.PROPOSED for each in posts),
    )


async def _shown(ctx: Context, organisation_id: UUID) -> OrganisationView | None:
    """None: it has left, so nothing is shown of it."""
    try:
        return await ctx.read(queries.organisation, organisation_id)
    except NotFound:
        return None


ROUTES = [show_member, confirm]
