"""Own news: written as a draft, proposed to the secretariat. Events stand on the same list."""

from typing import Any
from uuid import UUID

from litestar import Request, get, post
from litestar.params import FromPath, FromQuery
from litestar.response import Redirect, Response
from sqlalchemy.ext.asyncio import AsyncSession

from services.web.context import Context, Ctx
from services.web.forms import Form, FormExpired, FormView, read_form
from services.web.once import FIELD as FORM_KEY
from services.web.once import new_form_key, once_per_form
from services.web.pages.member.own import FIELD, named_in, others, own_organisation
from services.web.rendering import page
from shared.content import queries
from shared.content.queries import AnnouncementView
from shared.events import proposal_queries, proposals
from shared.events.proposal_queries import ProposalView
from shared.events.proposals import ProposalKind
from shared.identity.policy import Actor, Permission
from shared.kit.refusals import Conflict, NotFound, Refusal
from shared.members import portal_queries

AnyRequest = Request[Any, Any, Any]
STAGES = {
    "DRAFT": "下書き",
    "PROPOSED": "事務局の確認待ち",
    "RETURNED": "お戻し",
    "PUBLIC": "公開中",
    "WITHDRAWN": "公開終了",
}
MARKS = {"DRAFT": "off", "PROPOSED": "wait", "RETURNED": "warn", "PUBLIC": "ok", "WITHDRAWN": "off"}
DONE = {
    "saved": "下書きとして保存しました。まだ、だれにも公開されていません。",
    "proposed": "事務局へ送りました。確認が済むと公開され、メールでお知らせします。",
}


@get("/member/news", policy=Permission.ORGANISATION_DRAFT)
async def list_posts(request: AnyRequest, ctx: Ctx, done: FromQuery[str] = "") -> Response[Any]:
    organisation_id = own_organisation(request, ctx)
    return await page(
        ctx,
        "member/posts.html",
        organisation_id=organisation_id,
        name=await ctx.read(portal_queries.name_of, organisation_id),
        others=await others(ctx, organisation_id),
        posts=await ctx.read(proposal_queries.of_organisation, organisation_id, first=100),
        stages=STAGES,
        marks=MARKS,
        done=DONE.get(done),
    )


@get("/member/news/new", policy=Permission.ORGANISATION_DRAFT)
async def new_news(request: AnyRequest, ctx: Ctx) -> Response[Any]:
    values = {FORM_KEY: new_form_key(), FIELD: own_organisation(request, ctx)}
    return await _form_page(ctx, FormView(values), None)


@get("/member/news/{item_id:uuid}", policy=Permission.ORGANISATION_DRAFT)
async def edit_news(ctx: Ctx, item_id: FromPath[UUID]) -> Response[Any]:
    known = await own_post(ctx, item_id, ProposalKind.NEWS)
    return await _form_page(ctx, FormView(_values(await _item(ctx, item_id), known)), known)


@post("/member/news/new", policy=Permission.ORGANISATION_DRAFT)
async def create_news(request: AnyRequest, ctx: Ctx) -> Response[Any]:
    return await _save(request, ctx, None)


@post("/member/news/{item_id:uuid}", policy=Permission.ORGANISATION_DRAFT)
async def save_news(request: AnyRequest, ctx: Ctx, item_id: FromPath[UUID]) -> Response[Any]:
    return await _save(request, ctx, await own_post(ctx, item_id, ProposalKind.NEWS))


async def own_post(ctx: Context, item_id: UUID, kind: ProposalKind) -> ProposalView:
    """NotFound for what belongs to others, as for what does not exist."""
    found = await ctx.read(proposal_queries.proposal, item_id)
    if found is None or found.kind is not kind or found.organisation_id not in ctx.actor.organisation_ids:
        raise NotFound
    return found


def to_list(organisation_id: UUID, form: Form) -> Response[Any]:
    done = "proposed" if form.text("then") == "propose" else "saved"
    return Redirect(f"/member/news?organisation={organisation_id}&done={done}", status_code=303)


async def _item(ctx: Context, item_id: UUID) -> AnnouncementView:
    item = await ctx.read(queries.announcement, item_id, drafts=True)
    if item is None:
        raise NotFound
    return item


def _values(item: AnnouncementView, known: ProposalView) -> dict[str, Any]:
    return {"title": item.title, "body": item.body, "revision": item.revision, FIELD: known.organisation_id}


async def _save(request: AnyRequest, ctx: Context, known: ProposalView | None) -> Response[Any]:
    form = await read_form(request, ctx)
    organisation_id = known.organisation_id if known else named_in(form, ctx)
    typed: dict[str, Any] = form.values() | {FIELD: organisation_id}
    try:
        if not form.genuine:
            raise FormExpired
        if form.text("then") == "preview":
            return await _form_page(ctx, FormView(typed), known, preview=True)
        await ctx.write(_write, form=form, actor=ctx.actor, organisation_id=organisation_id, known=known)
    except Conflict as conflict:
        again = typed | ({"revision": (await _item(ctx, known.id)).revision} if known else {})
        return await _form_page(ctx, FormView(again, conflict), known, status=409)
    except Refusal as refusal:
        return await _form_page(ctx, FormView(typed, refusal), known, status=422)
    return to_list(organisation_id, form)


async def _write(
    session: AsyncSession, *, form: Form, actor: Actor, organisation_id: UUID, known: ProposalView | None
) -> None:
    async def effect() -> dict[str, Any]:
        revision = form.text("revision")
        saved = await proposals.save_news(
            session,
            actor=actor,
            organisation_id=organisation_id,
            announcement_id=known.id if known else None,
            revision=int(revision) if revision.isascii() and revision.isdigit() else 0,
            title=form.text("title"),
            body=form.text("body"),
            propose=form.text("then") == "propose",
        )
        return {"id": str(saved)}

    await (once_per_form(session, actor=actor, form=form, effect=effect) if known is None else effect())


async def _form_page(
    ctx: Context, view: FormView, known: ProposalView | None, *, status: int = 200, preview: bool = False
) -> Response[Any]:
    return await page(
        ctx,
        "member/news_form.html",
        status=status,
        view=view,
        known=known,
        preview=preview,
        open=known is None or known.stage in ("DRAFT", "PROPOSED", "RETURNED"),
        stages=STAGES,
        marks=MARKS,
    )


ROUTES = [list_posts, new_news, edit_news, create_news, save_news]
