"""Own events: the few fields that a member's event needs; the secretariat may add the rest before it releases it."""

from typing import Any
from uuid import UUID

from litestar import Request, get, post
from litestar.params import FromPath
from litestar.response import Redirect, Response
from sqlalchemy.ext.asyncio import AsyncSession

from services.web.context import Context, Ctx
from services.web.forms import Form, FormExpired, FormView, read_form
from services.web.once import FIELD as FORM_KEY
from services.web.once import new_form_key, once_per_form
from services.web.pages.arguments import revision_of
from services.web.pages.member.news import MARKS, STAGES, own_post, to_list
from services.web.pages.member.own import FIELD, listed, named_in, own_organisation
from services.web.pages.member.pictures import check_room_for_upload, own_picture
from services.web.pages.staff.event_form import read_event, values_of
from services.web.pages.staff.event_rows import Rows
from services.web.pages.staff.uploads import change_chosen_words, keep_flyer, read_by_somebody
from services.web.rendering import page
from services.web.security import MAX_UPLOAD
from shared.content.queries import MediaView, media_with_same_alt
from shared.events import proposals, queries, words
from shared.events.drafts import EventDraft
from shared.events.proposal_queries import ProposalView
from shared.events.proposals import ProposalKind
from shared.events.queries import EventView
from shared.identity.policy import Actor, Permission
from shared.kit.refusals import Conflict, NotFound, Refusal

AnyRequest = Request[Any, Any, Any]


@get("/member/events", policy=Permission.ORGANISATION_DRAFT)
async def list_events() -> Response[Any]:
    return Redirect("/member/news", status_code=303)


@get("/member/events/new", policy=Permission.ORGANISATION_DRAFT)
async def new_event(request: AnyRequest, ctx: Ctx) -> Response[Any]:
    values = {FORM_KEY: new_form_key(), FIELD: await listed(ctx, own_organisation(request, ctx))}
    return await _form_page(ctx, FormView(values), None)


@get("/member/events/{item_id:uuid}", policy=Permission.ORGANISATION_DRAFT)
async def edit_event(ctx: Ctx, item_id: FromPath[UUID]) -> Response[Any]:
    known = await own_post(ctx, item_id, ProposalKind.EVENT)
    values = values_of(await _item(ctx, item_id)) | {FIELD: known.organisation_id}
    return await _form_page(ctx, FormView(values), known)


@post("/member/events/new", policy=Permission.ORGANISATION_DRAFT, request_max_body_size=MAX_UPLOAD)
async def create_event(request: AnyRequest, ctx: Ctx) -> Response[Any]:
    return await _save(request, ctx, None)


@post("/member/events/{item_id:uuid}", policy=Permission.ORGANISATION_DRAFT, request_max_body_size=MAX_UPLOAD)
async def save_event(request: AnyRequest, ctx: Ctx, item_id: FromPath[UUID]) -> Response[Any]:
    return await _save(request, ctx, await own_post(ctx, item_id, ProposalKind.EVENT))


async def _item(ctx: Context, item_id: UUID) -> EventView:
    item = await ctx.read(queries.event, item_id, drafts=True)
    if item is None:
        raise NotFound
    return item


async def _save(request: AnyRequest, ctx: Context, known: ProposalView | None) -> Response[Any]:
    form = await read_form(request, ctx)
    organisation_id = await listed(ctx, known.organisation_id if known else named_in(form, ctx))
    typed: dict[str, Any] = form.values() | {FIELD: organisation_id}
    try:
        if not form.genuine:
            raise FormExpired
        await check_room_for_upload(ctx, form)
        kept = await keep_flyer(ctx, form)
        typed |= kept.values
        flyer = await _own_flyer(ctx, str(typed.get("image_id", "")), known)
        without = flyer is None or (form.checked("without_flyer") and not kept.values)
        draft = read_event(form, Rows([]), None if without or flyer is None else flyer.id).draft
        read_by_somebody(kept)
        await ctx.write(_write, form=form, draft=draft, actor=ctx.actor, organisation_id=organisation_id, known=known)
    except Conflict as conflict:
        again = typed | ({"revision": (await _item(ctx, known.id)).revision} if known else {})
        return await _form_page(ctx, FormView(again, conflict), known, status=409)
    except Refusal as refusal:
        return await _form_page(ctx, FormView(typed, refusal), known, status=422)
    return to_list(organisation_id, form)


async def _write(
    session: AsyncSession,
    *,
    form: Form,
    draft: EventDraft,
    actor: Actor,
    organisation_id: UUID,
    known: ProposalView | None,
) -> None:
    async def effect() -> dict[str, Any]:
        await change_chosen_words(session, form=form, flyer_id=draft.flyer_id)
        saved = await proposals.save_event(
            session,
            actor=actor,
            organisation_id=organisation_id,
            event_id=known.id if known else None,
            revision=revision_of(form),
            draft=draft,
            propose=form.text("then") == "propose",
        )
        return {"id": str(saved)}

    await (once_per_form(session, actor=actor, form=form, effect=effect) if known is None else effect())


async def _own_flyer(ctx: Context, media_id: str, known: ProposalView | None) -> MediaView | None:
    before = (await _item(ctx, known.id)).flyer if known else None
    return await own_picture(ctx, media_id, before.id if before else None)


async def _form_page(ctx: Context, view: FormView, known: ProposalView | None, *, status: int = 200) -> Response[Any]:
    chosen = await _own_flyer(ctx, view.value("image_id"), known)
    same_alt = await ctx.read(media_with_same_alt, alt=chosen.alt, besides=chosen.id) if chosen else []
    return await page(
        ctx,
        "member/event_form.html",
        status=status,
        view=view,
        known=known,
        chosen=chosen,
        same_alt=same_alt,
        kinds=[("", "選んでください"), *words.KINDS.items()],
        open=known is None or known.stage in ("DRAFT", "PROPOSED", "RETURNED"),
        stages=STAGES,
        marks=MARKS,
    )


ROUTES = [list_events, new_event, edit_event, create_event, save_event]
