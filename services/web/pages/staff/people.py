"""職員: who works in the secretariat, with which role."""

from enum import StrEnum
from typing import Any
from uuid import UUID

from litestar import Request, get, post
from litestar.params import FromPath, FromQuery
from litestar.response import Redirect, Response
from sqlalchemy.ext.asyncio import AsyncSession

from services.web.context import Context, Ctx
from services.web.forms import FormView, read_genuine_form
from services.web.rendering import page
from shared.identity import invitations, passwords, queries, service
from shared.identity.models import Role
from shared.identity.policy import STAFF_ROLES, Actor, Permission, may_grant
from shared.identity.tokens import new_password
from shared.identity.words import ROLES
from shared.kit.refusals import Refusal

AnyRequest = Request[Any, Any, Any]
DONE = {
    "added": "役割を加えました。この方は、いまお使いのパスワードでサインインできます。",
    "asked": "役割を加えました。この方には、ご自分でパスワードを決めるためのメールをお送りしました。",
    "removed": "役割を外しました。この方のサインインは終了しました。",
}


@get("/staff/people", policy=Permission.STAFF_MANAGE)
async def list_people(ctx: Ctx, done: FromQuery[str] = "") -> Response[Any]:
    return await _page(ctx, FormView({"role": Role.SECRETARIAT}), done=DONE.get(done))


@post("/staff/people", policy=Permission.STAFF_MANAGE)
async def add_person(request: AnyRequest, ctx: Ctx) -> Response[Any]:
    """A new account gets a first password, shown once to whoever added it, to be handed over and changed."""
    form = await read_genuine_form(request, ctx)
    password = new_password()
    hashed = await passwords.hash_in_thread(password)
    email, name = form.text("email"), form.text("name")
    try:
        role = _role(form.text("role"))
        created = await ctx.write(_add, actor=ctx.actor, email=email, name=name, role=role, password_hash=hashed)
    except Refusal as refusal:
        return await _page(ctx, FormView(form.values(), refusal), status=422)
    if created is not Added.NEW:
        return Redirect(f"/staff/people?done={created}", status_code=303)
    return await page(
        ctx,
        "staff/people/added.html",
        status=201,
        headers={"Cache-Control": "no-store"},
        name=name,
        email=email,
        password=password,
    )


@post("/staff/people/{account_id:uuid}/remove", policy=Permission.STAFF_MANAGE)
async def remove_person(request: AnyRequest, ctx: Ctx, account_id: FromPath[UUID]) -> Response[Any]:
    form = await read_genuine_form(request, ctx)
    try:
        role = _role(form.text("role"))
        await ctx.write(service.remove_role, actor=ctx.actor, account_id=account_id, role=role)
    except Refusal as refusal:
        return await _page(ctx, FormView({}, Refusal(refusal.code, refusal.message)), status=422)
    return Redirect("/staff/people?done=removed", status_code=303)


class Added(StrEnum):
    """A new account; one that was known; one that was known and must set a password of its own first."""

    NEW = "new"
    KNOWN = "added"
    ASKED = "asked"


async def _add(session: AsyncSession, *, actor: Actor, email: str, name: str, role: Role, password_hash: str) -> Added:
    account = await service.create_account(session, email=email, name=name, password_hash=password_hash)
    asked = not account.created and await invitations.distrust_first_password(
        session, account_id=account.id, email=email
    )
    await service.assign_role(session, actor=actor, account_id=account.id, role=role)
    if asked:
        return Added.ASKED
    return Added.NEW if account.created else Added.KNOWN


def _role(text: str) -> Role:
    if text not in STAFF_ROLES:
        raise Refusal("ROLE_UNKNOWN", "役割を選んでください。", "role")
    return Role(text)


async def _page(ctx: Context, view: FormView, *, status: int = 200, done: str | None = None) -> Response[Any]:
    people = await ctx.read(queries.people, roles=STAFF_ROLES)
    options = [(role, words) for role, words in ROLES.items() if role in STAFF_ROLES and may_grant(ctx.actor, role)]
    return await page(
        ctx,
        "staff/people/list.html",
        status=status,
        view=view,
        people=people,
        options=options,
        names=ROLES,
        staff_roles=STAFF_ROLES,
        done=done,
    )


ROUTES = [list_people, add_person, remove_person]
