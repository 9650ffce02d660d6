"""班分け: compose, mend on no-show, move by hand, print."""

from typing import Any
from uuid import UUID

from litestar import Request, get, post
from litestar.params import FromPath, FromQuery
from litestar.response import Redirect, Response

from services.web.context import Context, Ctx
from services.web.documents import document
from services.web.forms import Form, FormView, read_form, read_genuine_form
from services.web.pages.arguments import id_of, number_of
from services.web.pages.staff.check_in import has_hall
from services.web.pages.staff.events import known_event
from services.web.rendering import page
from shared.events import words
from shared.events.attendance import table_queries, tables
from shared.events.attendance.models import Basis
from shared.events.attendance.table_paper import render_tables
from shared.identity.policy import Permission
from shared.kit.refusals import NotFound, Refusal

AnyRequest = Request[Any, Any, Any]
PRIVATE = {"Cache-Control": "no-store"}
BASES = {Basis.PRESENT: "来場した方", Basis.CONFIRMED: "確定した申込の方（行事の前）"}
DONE = {
    "composed": "班を作りました。",
    "regrouped": "来場した方で組み直しました。",
    "moved": "班を移しました。",
}


@get("/staff/events/{event_id:uuid}/tables", policy=Permission.REGISTRATION_READ)
async def show_tables(ctx: Ctx, event_id: FromPath[UUID], done: FromQuery[str] = "") -> Response[Any]:
    return await _page(ctx, event_id, done=DONE.get(done))


@post("/staff/events/{event_id:uuid}/tables", policy=Permission.REGISTRATION_WRITE)
async def change_tables(request: AnyRequest, ctx: Ctx, event_id: FromPath[UUID]) -> Response[Any]:
    form = await read_form(request, ctx)
    try:
        await read_genuine_form(request, ctx)
        done = await _change(ctx, event_id, form)
    except NotFound:
        raise
    except Refusal as refusal:
        return await _page(ctx, event_id, FormView(form.values(), refusal), status=422)
    return Redirect(f"/staff/events/{event_id}/tables?done={done}", status_code=303)


async def _change(ctx: Context, event_id: UUID, form: Form) -> str:
    then = form.text("then")
    if then == "regroup":
        await ctx.write(tables.regroup, actor=ctx.actor, event_id=event_id)
        return "regrouped"
    if then == "move":
        who, _, ordinal = form.text("person").partition(".")
        await ctx.write(
            tables.move,
            actor=ctx.actor,
            event_id=event_id,
            registration_id=id_of(who),
            ordinal=number_of(ordinal, -1),
            table_number=number_of(form.text("table_number")),
        )
        return "moved"
    basis = Basis.CONFIRMED if form.text("basis") == Basis.CONFIRMED else Basis.PRESENT
    await ctx.write(tables.compose, actor=ctx.actor, event_id=event_id, size=number_of(form.text("size")), basis=basis)
    return "composed"


@get("/staff/events/{event_id:uuid}/tables.pdf", policy=Permission.REGISTRATION_READ)
async def print_tables(ctx: Ctx, event_id: FromPath[UUID]) -> Response[Any]:
    event = await known_event(ctx, event_id)
    plan = await ctx.read(table_queries.plan, event_id, hall=has_hall(event))
    profile = await ctx.profile()
    await ctx.release()
    if not plan.groups:
        raise NotFound("まだ班分けをしていません。")
    pdf = await render_tables(profile, event, plan)
    return document(pdf, name="班分け.pdf", plain_name="tables.pdf", private=True)


async def _page(
    ctx: Context, event_id: UUID, view: FormView | None = None, *, status: int = 200, done: str | None = None
) -> Response[Any]:
    event = await known_event(ctx, event_id)
    plan = await ctx.read(table_queries.plan, event_id, hall=has_hall(event))
    size = plan.seating.size if plan.seating else 4
    basis = Basis.PRESENT if plan.present else Basis.CONFIRMED
    return await page(
        ctx,
        "staff/events/tables.html",
        status=status,
        headers=PRIVATE,
        event=event,
        plan=plan,
        groups=plan.groups,
        mix=plan.mix,
        view=view or FormView({"size": size, "basis": basis}),
        bases=list(BASES.items()),
        names=BASES,
        words=words,
        may_write=ctx.actor.may(Permission.REGISTRATION_WRITE),
        done=done,
    )


ROUTES = [show_tables, change_tables, print_tables]
