"""投稿: members' news and events that wait for their release."""

from typing import Any
from uuid import UUID

from litestar import Request, get, post
from litestar.params import FromPath, FromQuery
from litestar.response import Redirect, Response

from services.web.context import Context, Ctx
from services.web.forms import FormView, read_genuine_form
from services.web.pages.arguments import page_number, revision_of
from services.web.rendering import page
from shared.content import queries as content
from shared.events import proposal_queries, proposals, queries, words
from shared.events.proposal_letters import PATHS, WORDS
from shared.events.proposal_queries import ProposalView, Stage
from shared.events.proposals import ProposalKind
from shared.identity.policy import Permission
from shared.kit.refusals import Conflict, NotFound, Refusal

AnyRequest = Request[Any, Any, Any]
PER_PAGE = 50
DONE = {
    "released": "公開しました。団体にもメールでお知らせします。",
    "returned": "団体へ戻しました。メールでお伝えします。",
}


@get("/staff/proposals", policy=Permission.ANNOUNCEMENT_WRITE)
async def list_proposals(request: AnyRequest, ctx: Ctx, done: FromQuery[str] = "") -> Response[Any]:
    number = page_number(request)
    waiting = await ctx.read(proposal_queries.waiting, first=PER_PAGE, offset=(number - 1) * PER_PAGE)
    return await page(
        ctx,
        "staff/proposals/list.html",
        waiting=waiting,
        number=number,
        per_page=PER_PAGE,
        kinds=WORDS,
        done=DONE.get(done),
    )


@get("/staff/proposals/{item_id:uuid}", policy=Permission.ANNOUNCEMENT_WRITE)
async def show_proposal(ctx: Ctx, item_id: FromPath[UUID]) -> Response[Any]:
    return await _page(ctx, item_id, FormView())


@post("/staff/proposals/{item_id:uuid}/release", policy=Permission.ANNOUNCEMENT_WRITE)
async def release(request: AnyRequest, ctx: Ctx, item_id: FromPath[UUID]) -> Response[Any]:
    form = await read_genuine_form(request, ctx)
    known, revision = await _known(ctx, item_id), revision_of(form)
    try:
        await ctx.write(proposals.release, known.kind, item_id, actor=ctx.actor, revision=revision)
    except Refusal as refusal:
        return await _page(ctx, item_id, FormView({}, refusal), status=_status(refusal))
    return Redirect("/staff/proposals?done=released", status_code=303)


@post("/staff/proposals/{item_id:uuid}/return", policy=Permission.ANNOUNCEMENT_WRITE)
async def send_back(request: AnyRequest, ctx: Ctx, item_id: FromPath[UUID]) -> Response[Any]:
    form = await read_genuine_form(request, ctx)
    known, revision = await _known(ctx, item_id), revision_of(form)
    message = form.text("message")
    try:
        await ctx.write(proposals.send_back, known.kind, item_id, actor=ctx.actor, revision=revision, message=message)
    except Refusal as refusal:
        return await _page(ctx, item_id, FormView({"message": message}, refusal), status=_status(refusal))
    return Redirect("/staff/proposals?done=returned", status_code=303)


async def _known(ctx: Context, item_id: UUID) -> ProposalView:
    """What a member has not sent yet is its own business."""
    found = await ctx.read(proposal_queries.proposal, item_id)
    if found is None or found.stage is Stage.DRAFT:
        raise NotFound
    return found


def _status(refusal: Refusal) -> int:
    return 409 if isinstance(refusal, Conflict) else 422


async def _page(ctx: Context, item_id: UUID, view: FormView, *, status: int = 200) -> Response[Any]:
    known = await _known(ctx, item_id)
    event = news = None
    if known.kind is ProposalKind.EVENT:
        event = await ctx.read(queries.event, item_id, drafts=True)
    else:
        news = await ctx.read(content.announcement, item_id, drafts=True)
    return await page(
        ctx,
        "staff/proposals/item.html",
        status=status,
        view=view,
        known=known,
        event=event,
        image=news.image if news else event.flyer if event else None,
        words=words,
        kinds=WORDS,
        path=PATHS[known.kind],
    )


ROUTES = [list_proposals, show_proposal, release, send_back]
