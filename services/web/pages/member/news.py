"""Own news: written as a draft, proposed to the secretariat, or thrown away. Events stand on the same list."""

from typing import Any
from uuid import UUID

from litestar import Request, get, post
from litestar.params import FromPath, FromQuery
from litestar.response import Redirect, Response
from sqlalchemy.ext.asyncio import AsyncSession

from services.web.context import Context, Ctx
from services.web.forms import Form, FormExpired, FormView, read_form, read_genuine_form
from services.web.once import FIELD as FORM_KEY
from services.web.once import new_form_key, once_per_form
from services.web.pages.arguments import revision_of
from services.web.pages.member.own import FIELD, listed, named_in, others, own_organisation
from services.web.pages.member.pictures import own_picture, picture_of
from services.web.rendering import page
from services.web.security import MAX_UPLOAD
from shared.content import queries
from shared.content.media import discard_image
from shared.content.queries import AnnouncementView, MediaView
from shared.events import discarding, proposal_queries, proposals
from shared.events.proposal_queries import ProposalView, Stage
from shared.events.proposals import ProposalKind
from shared.identity.policy import Actor, Permission
from shared.kit.files import FileStore
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
#: What was never public.
OPEN = (Stage.DRAFT, Stage.PROPOSED, Stage.RETURNED)
PATHS = {ProposalKind.NEWS: "news", ProposalKind.EVENT: "events"}
DONE = {
    "saved": "下書きとして保存しました。まだ、だれにも公開されていません。",
    "proposed": "事務局へ送りました。確認が済むと公開され、メールでお知らせします。",
    "discarded": "投稿を捨てました。",
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
    values = {FORM_KEY: new_form_key(), FIELD: await listed(ctx, own_organisation(request, ctx))}
    return await _form_page(ctx, FormView(values), None)


@get("/member/news/{item_id:uuid}", policy=Permission.ORGANISATION_DRAFT)
async def edit_news(ctx: Ctx, item_id: FromPath[UUID]) -> Response[Any]:
    known = await own_post(ctx, item_id, ProposalKind.NEWS)
    return await _form_page(ctx, FormView(_values(await _item(ctx, item_id), known)), known)


@post("/member/news/new", policy=Permission.ORGANISATION_DRAFT, request_max_body_size=MAX_UPLOAD)
async def create_news(request: AnyRequest, ctx: Ctx) -> Response[Any]:
    return await _save(request, ctx, None)


@post("/member/news/{item_id:uuid}", policy=Permission.ORGANISATION_DRAFT, request_max_body_size=MAX_UPLOAD)
async def save_news(request: AnyRequest, ctx: Ctx, item_id: FromPath[UUID]) -> Response[Any]:
    return await _save(request, ctx, await own_post(ctx, item_id, ProposalKind.NEWS))


@get("/member/news/{item_id:uuid}/discard", policy=Permission.ORGANISATION_DRAFT)
async def ask_about_news(ctx: Ctx, item_id: FromPath[UUID]) -> Response[Any]:
    return await _ask(ctx, item_id, ProposalKind.NEWS)


@get("/member/events/{item_id:uuid}/discard", policy=Permission.ORGANISATION_DRAFT)
async def ask_about_event(ctx: Ctx, item_id: FromPath[UUID]) -> Response[Any]:
    return await _ask(ctx, item_id, ProposalKind.EVENT)


@post("/member/news/{item_id:uuid}/discard", policy=Permission.ORGANISATION_DRAFT)
async def discard_news(request: AnyRequest, ctx: Ctx, item_id: FromPath[UUID]) -> Response[Any]:
    return await _discard(request, ctx, item_id, ProposalKind.NEWS)


@post("/member/events/{item_id:uuid}/discard", policy=Permission.ORGANISATION_DRAFT)
async def discard_event(request: AnyRequest, ctx: Ctx, item_id: FromPath[UUID]) -> Response[Any]:
    return await _discard(request, ctx, item_id, ProposalKind.EVENT)


async def _ask(ctx: Context, item_id: UUID, kind: ProposalKind) -> Response[Any]:
    known = await own_post(ctx, item_id, kind)
    if known.stage not in OPEN:
        return Redirect(f"/member/news?{FIELD}={known.organisation_id}", status_code=303)
    return await page(ctx, "member/discard.html", known=known, path=PATHS[kind], stages=STAGES, marks=MARKS)


async def _discard(request: AnyRequest, ctx: Context, item_id: UUID, kind: ProposalKind) -> Response[Any]:
    await read_genuine_form(request, ctx)
    known = await own_post(ctx, item_id, kind)
    files = ctx.site.files
    await ctx.write(discarding.discard, files, kind, item_id, actor=ctx.actor, organisation_id=known.organisation_id)
    return Redirect(f"/member/news?{FIELD}={known.organisation_id}&done=discarded", status_code=303)


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
    image_id = item.image.id if item.image else ""
    texts = {"title": item.title, "body": item.body, "image_id": image_id}
    return texts | {"revision": item.revision, FIELD: known.organisation_id}


async def _save(request: AnyRequest, ctx: Context, known: ProposalView | None) -> Response[Any]:
    form = await read_form(request, ctx)
    organisation_id = await listed(ctx, known.organisation_id if known else named_in(form, ctx))
    typed: dict[str, Any] = form.values() | {FIELD: organisation_id}
    try:
        if not form.genuine:
            raise FormExpired
        shown = (await _item(ctx, known.id)).image if known else None
        picture = await picture_of(ctx, form, shown.id if shown else None)
        typed |= {"image_id": picture.id if picture else "", "alt": "", "caption": "", "decorative": ""}
        if form.text("then") == "preview":
            return await _form_page(ctx, FormView(typed), known, preview=True)
        await ctx.write(
            _write,
            ctx.site.files,
            form=form,
            actor=ctx.actor,
            organisation_id=organisation_id,
            known=known,
            pictures=(shown, picture),
        )
    except Conflict as conflict:
        again = typed | ({"revision": (await _item(ctx, known.id)).revision} if known else {})
        return await _form_page(ctx, FormView(again, conflict), known, status=409)
    except Refusal as refusal:
        return await _form_page(ctx, FormView(typed, refusal), known, status=422)
    return to_list(organisation_id, form)


async def _write(
    session: AsyncSession,
    files: FileStore,
    *,
    form: Form,
    actor: Actor,
    organisation_id: UUID,
    known: ProposalView | None,
    pictures: tuple[MediaView | None, MediaView | None],
) -> None:
    """`pictures`: the one before, which goes when it is shown nowhere else, and the one from now on."""
    before, after = pictures

    async def effect() -> dict[str, Any]:
        saved = await proposals.save_news(
            session,
            actor=actor,
            organisation_id=organisation_id,
            announcement_id=known.id if known else None,
            revision=revision_of(form),
            title=form.text("title"),
            body=form.text("body"),
            image_id=after.id if after else None,
            propose=form.text("then") == "propose",
        )
        if before is not None and before != after:
            await discard_image(session, files, before.id)
        return {"id": str(saved)}

    await (once_per_form(session, actor=actor, form=form, effect=effect) if known is None else effect())


async def _image_of(ctx: Context, known: ProposalView | None) -> UUID | None:
    image = (await _item(ctx, known.id)).image if known else None
    return image.id if image else None


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
        chosen=await own_picture(ctx, view.value("image_id"), await _image_of(ctx, known)),
        open=known is None or known.stage in OPEN,
        stages=STAGES,
        marks=MARKS,
    )


ROUTES = [
    list_posts,
    new_news,
    edit_news,
    create_news,
    save_news,
    ask_about_news,
    ask_about_event,
    discard_news,
    discard_event,
]
