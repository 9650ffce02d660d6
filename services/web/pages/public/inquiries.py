"""この団体に問い合わせる: a letter to an organisation whose address stays hidden."""

from typing import Any
from uuid import UUID

from litestar import Request, get, post
from litestar.params import FromPath, FromQuery
from litestar.response import Redirect, Response
from sqlalchemy.ext.asyncio import AsyncSession

from services.web.context import Context, Ctx
from services.web.forms import Form, FormExpired, FormView, read_form
from services.web.limits import TooManyInquiries, limit_inquiries
from services.web.once import FIELD as FORM_KEY
from services.web.once import new_form_key, once_per_form
from services.web.pages.signin import client_address
from services.web.rendering import page
from shared.identity.policy import Actor, Permission
from shared.kit.refusals import NotFound, Refusal
from shared.members import inquiries, portal_queries
from shared.members.inquiries import Door, InquiryDraft

AnyRequest = Request[Any, Any, Any]
#: For this browser only; not no-store, with which the back button would lose what was typed.
PRIVATE = {"Cache-Control": "private, no-cache", "X-Robots-Tag": "noindex"}
#: A field that people do not see: only programs fill it in.
BAIT = "homepage"


@get("/organisations/{organisation_id:uuid}/inquire", policy=Permission.PUBLIC)
async def show_form(ctx: Ctx, organisation_id: FromPath[UUID], done: FromQuery[str] = "") -> Response[Any]:
    return await _page(ctx, organisation_id, FormView({FORM_KEY: new_form_key()}), done=done == "sent")


@post("/organisations/{organisation_id:uuid}/inquire", policy=Permission.PUBLIC)
async def send(request: AnyRequest, ctx: Ctx, organisation_id: FromPath[UUID]) -> Response[Any]:
    form = await read_form(request, ctx)
    draft = InquiryDraft(name=form.text("name"), email=form.text("email"), text=form.text("text"))
    try:
        if not form.genuine:
            raise FormExpired
        cleaned = inquiries.checked(draft)
        if not form.text(BAIT):
            address = client_address(request)
            await limit_inquiries(ctx, organisation_id=organisation_id, email=cleaned.email, client_address=address)
            await ctx.write(_send, actor=ctx.actor, organisation_id=organisation_id, form=form, draft=cleaned)
    except NotFound:
        raise
    except Refusal as refusal:
        status = 429 if isinstance(refusal, TooManyInquiries) else 422
        return await _page(ctx, organisation_id, FormView(form.values(), refusal), status=status)
    return Redirect(f"/organisations/{organisation_id}/inquire?done=sent", status_code=303, headers=PRIVATE)


async def _send(session: AsyncSession, *, actor: Actor, organisation_id: UUID, form: Form, draft: InquiryDraft) -> None:
    async def effect() -> dict[str, Any]:
        await inquiries.send_inquiry(session, actor=actor, organisation_id=organisation_id, draft=draft)
        return {}

    await once_per_form(session, actor=actor, form=form, effect=effect)


async def _page(
    ctx: Context, organisation_id: UUID, view: FormView, *, status: int = 200, done: bool = False
) -> Response[Any]:
    door = await ctx.read(inquiries.door_of, organisation_id)
    open_here = door is Door.EVERYBODY or (door is Door.MEMBERS and await ctx.read(inquiries.of_member, ctx.actor))
    return await page(
        ctx,
        "organisations/inquire.html",
        status=status if open_here or door is Door.CLOSED else 403,
        headers=PRIVATE,
        organisation_id=organisation_id,
        name=await ctx.read(portal_queries.name_of, organisation_id),
        door=door,
        open_here=open_here,
        bait=BAIT,
        view=view,
        done=done,
    )


ROUTES = [show_form, send]
