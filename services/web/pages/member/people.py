"""Who signs in for an organisation: its manager invites and removes."""

from typing import Any
from uuid import UUID

from litestar import Request, get, post
from litestar.params import FromQuery
from litestar.response import Redirect, Response

from services.web.context import Context, Ctx
from services.web.forms import FormView, read_genuine_form
from services.web.pages.arguments import id_of
from services.web.pages.member.own import named_in, others, own_organisation
from services.web.rendering import page
from shared.identity import invitation_queries, invitations
from shared.identity.models import Role
from shared.identity.policy import Permission
from shared.identity.words import ROLES
from shared.kit.refusals import Refusal
from shared.members import portal, portal_queries

AnyRequest = Request[Any, Any, Any]
DONE = {
    "invited": "招待のメールをお送りします。",
    "removed": "外しました。この方のサインインは終了しました。",
    "withdrawn": "招待を取り消しました。お送りしたリンクは使えません。",
}


@get("/member/people", policy=Permission.ORGANISATION_EDIT_OWN)
async def list_people(request: AnyRequest, ctx: Ctx, done: FromQuery[str] = "") -> Response[Any]:
    return await _page(ctx, own_organisation(request, ctx, managed=True), FormView(), done=DONE.get(done))


@post("/member/people", policy=Permission.ORGANISATION_EDIT_OWN)
async def invite(request: AnyRequest, ctx: Ctx) -> Response[Any]:
    form = await read_genuine_form(request, ctx)
    organisation_id = named_in(form, ctx, managed=True)
    try:
        await ctx.write(
            portal.invite_person,
            actor=ctx.actor,
            organisation_id=organisation_id,
            email=form.text("email"),
            name=form.text("name"),
            role=Role.ORGANISATION_USER,
        )
    except Refusal as refusal:
        return await _page(ctx, organisation_id, FormView(form.values(), refusal), status=422)
    return _back(organisation_id, "invited")


@post("/member/people/remove", policy=Permission.ORGANISATION_EDIT_OWN)
async def remove(request: AnyRequest, ctx: Ctx) -> Response[Any]:
    form = await read_genuine_form(request, ctx)
    organisation_id = named_in(form, ctx, managed=True)
    await ctx.write(
        portal.remove_person,
        actor=ctx.actor,
        organisation_id=organisation_id,
        account_id=id_of(form.text("account")),
        role=Role.ORGANISATION_USER,
    )
    return _back(organisation_id, "removed")


@post("/member/people/withdraw", policy=Permission.ORGANISATION_EDIT_OWN)
async def withdraw(request: AnyRequest, ctx: Ctx) -> Response[Any]:
    form = await read_genuine_form(request, ctx)
    organisation_id = named_in(form, ctx, managed=True)
    await ctx.write(
        invitations.withdraw,
        actor=ctx.actor,
        organisation_id=organisation_id,
        invitation_id=id_of(form.text("invitation")),
    )
    return _back(organisation_id, "withdrawn")


def _back(organisation_id: UUID, done: str) -> Response[Any]:
    return Redirect(f"/member/people?organisation={organisation_id}&done={done}", status_code=303)


async def _page(
    ctx: Context, organisation_id: UUID, view: FormView, *, status: int = 200, done: str | None = None
) -> Response[Any]:
    return await page(
        ctx,
        "member/people.html",
        status=status,
        view=view,
        organisation_id=organisation_id,
        name=await ctx.read(portal_queries.name_of, organisation_id),
        others=await others(ctx, organisation_id, managed=True),
        people=await ctx.read(invitation_queries.people_of, organisation_id),
        invitations=await ctx.read(invitation_queries.open_invitations, organisation_id),
        names=ROLES,
        done=done,
    )


ROUTES = [list_people, invite, remove, withdraw]
