"""お知らせ: list, write, look at it as readers will, publish, withdraw."""

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
from services.web.pages.arguments import as_id, revision_of
from services.web.pages.staff.uploads import keep_upload
from services.web.rendering import page
from services.web.security import MAX_UPLOAD
from shared.content import queries, service
from shared.content.models import AnnouncementState
from shared.content.queries import AnnouncementView
from shared.identity.policy import Actor, Permission
from shared.kit.refusals import Conflict, NotFound, Refusal

AnyRequest = Request[Any, Any, Any]
PAGE_SIZE = 30
LAST_PAGE = 10_000
STATES = {
    AnnouncementState.DRAFT: "下書き",
    AnnouncementState.PUBLISHED: "公開中",
    AnnouncementState.WITHDRAWN: "取り下げ",
}
DONE = {
    "saved": "保存しました。",
    "published": "公開しました。サイトに表示されています。",
    "withdrawn": "取り下げました。サイトには表示されません。",
}
TEXTS = ("title", "body", "body_easy")


@get("/staff/news", policy=Permission.ANNOUNCEMENT_WRITE)
async def list_news(ctx: Ctx, page_number: FromQuery[int] = 1, done: FromQuery[str] = "") -> Response[Any]:
    number = min(max(page_number, 1), LAST_PAGE)
    listed = await ctx.read(queries.all_for_staff, first=PAGE_SIZE, offset=(number - 1) * PAGE_SIZE)
    return await page(ctx, "staff/news/list.html", listed=listed, number=number, states=STATES, done=DONE.get(done))


@get("/staff/news/new", policy=Permission.ANNOUNCEMENT_WRITE)
async def new_news(ctx: Ctx) -> Response[Any]:
    return await _form_page(ctx, FormView({FORM_KEY: new_form_key()}), None)


@get("/staff/news/{announcement_id:uuid}", policy=Permission.ANNOUNCEMENT_WRITE)
async def edit_news(ctx: Ctx, announcement_id: FromPath[UUID], done: FromQuery[str] = "") -> Response[Any]:
    known = await _known(ctx, announcement_id)
    return await _form_page(ctx, FormView(_values(known)), known, done=DONE.get(done))


@post("/staff/news/new", policy=Permission.ANNOUNCEMENT_WRITE, request_max_body_size=MAX_UPLOAD)
async def create_news(request: AnyRequest, ctx: Ctx) -> Response[Any]:
    return await _save(request, ctx, None)


@post("/staff/news/{announcement_id:uuid}", policy=Permission.ANNOUNCEMENT_WRITE, request_max_body_size=MAX_UPLOAD)
async def save_news(request: AnyRequest, ctx: Ctx, announcement_id: FromPath[UUID]) -> Response[Any]:
    return await _save(request, ctx, await _known(ctx, announcement_id))


@post("/staff/news/{announcement_id:uuid}/publish", policy=Permission.ANNOUNCEMENT_WRITE)
async def publish_news(request: AnyRequest, ctx: Ctx, announcement_id: FromPath[UUID]) -> Response[Any]:
    await read_genuine_form(request, ctx)
    await ctx.write(service.publish_announcement, actor=ctx.actor, announcement_id=announcement_id)
    return Redirect(f"/staff/news/{announcement_id}?done=published", status_code=303)


@post("/staff/news/{announcement_id:uuid}/withdraw", policy=Permission.ANNOUNCEMENT_WRITE)
async def withdraw_news(request: AnyRequest, ctx: Ctx, announcement_id: FromPath[UUID]) -> Response[Any]:
    await read_genuine_form(request, ctx)
    await ctx.write(service.withdraw_announcement, actor=ctx.actor, announcement_id=announcement_id)
    return Redirect(f"/staff/news/{announcement_id}?done=withdrawn", status_code=303)


async def _save(request: AnyRequest, ctx: Context, known: AnnouncementView | None) -> Response[Any]:
    """An upload is kept before the words are looked at, so that a mistake in the words does not cost the picture."""
    form = await read_form(request, ctx)
    typed: dict[str, Any] = dict(form.values())
    try:
        if not form.genuine:
            raise FormExpired
        typed |= await keep_upload(ctx, form)
        if form.text("then") == "preview":
            return await _form_page(ctx, FormView(typed), known, preview=True)
        saved = await ctx.write(_write, form=form, typed=typed, actor=ctx.actor, known=known)
    except Conflict as conflict:
        current = await _known(ctx, known.id) if known else None
        again = typed | {"revision": current.revision if current else ""}
        return await _form_page(ctx, FormView(again, conflict), current, status=409, conflict=True)
    except Refusal as refusal:
        return await _form_page(ctx, FormView(typed, refusal), known, status=422)
    done = "published" if form.text("then") == "publish" else "saved"
    return Redirect(f"/staff/news/{saved}?done={done}", status_code=303)


async def _write(
    session: AsyncSession, *, form: Form, typed: dict[str, Any], actor: Actor, known: AnnouncementView | None
) -> str:
    """Create or edit, and publish at once when that button was pressed: both or neither. Returns the id."""
    texts: dict[str, Any] = {name: str(typed.get(name, "")) for name in TEXTS}
    texts["image_id"] = as_id(str(typed.get("image_id", "")))

    async def effect() -> dict[str, Any]:
        if known is None:
            row = await service.create_announcement(session, actor=actor, **texts)
        else:
            row = await service.edit_announcement(
                session,
                actor=actor,
                announcement_id=known.id,
                revision=revision_of(form),
                event_id=known.event_id,
                **texts,
            )
        if form.text("then") == "publish":
            await service.publish_announcement(session, actor=actor, announcement_id=row.id)
        return {"id": str(row.id)}

    answer = await once_per_form(session, actor=actor, form=form, effect=effect) if known is None else await effect()
    return str(answer["id"])


async def _known(ctx: Context, announcement_id: UUID) -> AnnouncementView:
    found = await ctx.read(queries.announcement, announcement_id, drafts=True)
    if found is None:
        raise NotFound
    return found


def _values(known: AnnouncementView) -> dict[str, Any]:
    return {
        "title": known.title,
        "body": known.body,
        "body_easy": known.body_easy,
        "image_id": known.image.id if known.image else "",
        "revision": known.revision,
    }


async def _form_page(
    ctx: Context, view: FormView, known: AnnouncementView | None, *, status: int = 200, **more: Any
) -> Response[Any]:
    pictures, image_id = await ctx.read(queries.media_list), view.value("image_id")
    chosen = await ctx.read(queries.media_by_name_or_id, image_id) if image_id else None
    if chosen is not None and chosen not in pictures:
        pictures = [chosen, *pictures]
    values = {"conflict": False, "preview": False, "done": None} | more
    return await page(
        ctx,
        "staff/news/form.html",
        status=status,
        view=view,
        known=known,
        pictures=pictures,
        chosen=chosen,
        states=STATES,
        **values,
    )


ROUTES = [list_news, new_news, edit_news, create_news, save_news, publish_news, withdraw_news]
