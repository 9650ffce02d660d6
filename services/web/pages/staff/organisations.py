"""One of the 参加団体 at the secretariat, with everything that is kept about it."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

import msgspec
from litestar import Request, get, post
from litestar.params import FromPath, FromQuery
from litestar.response import Redirect, Response

from services.web.context import Context, Ctx
from services.web.forms import FormView, read_genuine_form
from services.web.pages.arguments import id_of
from services.web.rendering import page
from shared.identity import invitation_queries, invitations
from shared.identity.models import Role
from shared.identity.policy import ORGANISATION_ROLES, Permission
from shared.identity.words import ROLES
from shared.kit.refusals import Refusal
from shared.members import access_log, freshness, pledges, portal, portal_queries, tags, versions
from shared.members.details import LABELS, ApplicationDetails
from shared.members.models import CONTACT_COLUMNS
from shared.members.notices import queries as notice_queries
from shared.members.words import SOURCES, VISIBILITIES
from shared.taxonomy import queries as taxonomy
from shared.tenants.queries import Profile

AnyRequest = Request[Any, Any, Any]
DONE = {
    "invited": "招待のメールをお送りします。",
    "removed": "外しました。この方のサインインは終了しました。",
    "withdrawn": "招待を取り消しました。お送りしたリンクは使えません。",
    "confirmed": "確認した日を記録しました。",
}


@get("/staff/organisations/{organisation_id:uuid}", policy=Permission.APPLICATION_READ)
async def show_organisation(ctx: Ctx, organisation_id: FromPath[UUID], done: FromQuery[str] = "") -> Response[Any]:
    return await _page(ctx, organisation_id, FormView({"role": Role.ORGANISATION_MANAGER}), done=DONE.get(done))


@post("/staff/organisations/{organisation_id:uuid}/invite", policy=Permission.APPLICATION_DECIDE)
async def invite(request: AnyRequest, ctx: Ctx, organisation_id: FromPath[UUID]) -> Response[Any]:
    form = await read_genuine_form(request, ctx)
    try:
        await ctx.write(
            portal.invite_person,
            actor=ctx.actor,
            organisation_id=organisation_id,
            email=form.text("email"),
            name=form.text("name"),
            role=_role(form.text("role")),
        )
    except Refusal as refusal:
        return await _page(ctx, organisation_id, FormView(form.values(), refusal), status=422)
    return _back(organisation_id, "invited")


@post("/staff/organisations/{organisation_id:uuid}/remove", policy=Permission.APPLICATION_DECIDE)
async def remove(request: AnyRequest, ctx: Ctx, organisation_id: FromPath[UUID]) -> Response[Any]:
    form = await read_genuine_form(request, ctx)
    account_id, role = id_of(form.text("account")), _role(form.text("role"))
    await ctx.write(
        portal.remove_person, actor=ctx.actor, organisation_id=organisation_id, account_id=account_id, role=role
    )
    return _back(organisation_id, "removed")


@post("/staff/organisations/{organisation_id:uuid}/withdraw", policy=Permission.APPLICATION_DECIDE)
async def withdraw(request: AnyRequest, ctx: Ctx, organisation_id: FromPath[UUID]) -> Response[Any]:
    form = await read_genuine_form(request, ctx)
    invitation_id = id_of(form.text("invitation"))
    await ctx.write(invitations.withdraw, actor=ctx.actor, organisation_id=organisation_id, invitation_id=invitation_id)
    return _back(organisation_id, "withdrawn")


@post("/staff/organisations/{organisation_id:uuid}/confirm", policy=Permission.APPLICATION_DECIDE)
async def confirm(request: AnyRequest, ctx: Ctx, organisation_id: FromPath[UUID]) -> Response[Any]:
    """Somebody of the organisation has said so, by telephone or on paper."""
    await read_genuine_form(request, ctx)
    await ctx.write(freshness.confirm, actor=ctx.actor, organisation_id=organisation_id)
    return _back(organisation_id, "confirmed")


def _role(text: str) -> Role:
    if text not in ORGANISATION_ROLES:
        raise Refusal("ROLE_UNKNOWN", "役割を選んでください。", "role")
    return Role(text)


def _back(organisation_id: UUID, done: str) -> Response[Any]:
    return Redirect(f"/staff/organisations/{organisation_id}?done={done}", status_code=303)


async def _page(
    ctx: Context, organisation_id: UUID, view: FormView, *, status: int = 200, done: str | None = None
) -> Response[Any]:
    columns = await ctx.read(portal_queries.own_columns, organisation_id)
    await ctx.write(access_log.note_view, actor=ctx.actor, action=access_log.ORGANISATION, object_id=organisation_id)
    details = await ctx.read(versions.details_of, organisation_id)
    held_back = columns.address_confidential and not await ctx.read(pledges.is_bound, ctx.actor)
    if held_back:
        details = msgspec.structs.replace(details, address="", postal_code="", municipality_code="")
    place = await ctx.read(taxonomy.municipality, details.municipality_code) if details.municipality_code else None
    profile = await ctx.profile()
    return await page(
        ctx,
        "staff/organisations/item.html",
        status=status,
        headers={"Cache-Control": "no-store"},
        view=view,
        organisation_id=organisation_id,
        columns=columns,
        held_back=held_back,
        listed=await ctx.read(versions.is_listed, organisation_id),
        facts=_facts(details, profile, place.name if place else ""),
        visibilities=VISIBILITIES,
        sources=SOURCES,
        people=await ctx.read(invitation_queries.people_of, organisation_id),
        invitations=await ctx.read(invitation_queries.open_invitations, organisation_id),
        notices=await ctx.read(notice_queries.notices, organisations=[organisation_id], first=20),
        versions=await ctx.read(notice_queries.former_versions, organisation_id),
        gains=await ctx.read(portal_queries.gains, organisation_id),
        roles=[(role, ROLES[role]) for role in sorted(ORGANISATION_ROLES)],
        names=ROLES,
        done=done,
    )


def _facts(details: ApplicationDetails, profile: Profile, municipality: str) -> list[tuple[str, str, str | None]]:
    """Label, value, and the column whose visibility is to be said with it."""
    words: dict[str, Mapping[str, str]] = {
        "category": {category.slug: category.name for category in profile.categories},
        "fields": {field.slug: field.name for field in profile.fields},
        "municipality_code": {details.municipality_code: municipality},
        **tags.KINDS,
    }
    found = []
    for name, label in LABELS.items():
        value = getattr(details, name, "")
        given = value if isinstance(value, tuple) else (value,) if isinstance(value, str) and value else ()
        said = "、".join(words.get(name, {}).get(each, each) for each in given)
        if said:
            found.append((label, said, name if name in CONTACT_COLUMNS else None))
    return found


ROUTES = [show_organisation, invite, remove, withdraw, confirm]
