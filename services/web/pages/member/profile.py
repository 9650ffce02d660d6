"""The own organisation's entry: one form for its manager, which is a 変更届 where the platform wants it, and the eyes of others."""

from typing import Any
from uuid import UUID

from litestar import Request, get, post
from litestar.params import FromQuery
from litestar.response import Redirect, Response
from sqlalchemy.ext.asyncio import AsyncSession

from services.web.context import Context, Ctx
from services.web.forms import Form, FormExpired, FormView, read_form
from services.web.once import once_per_form
from services.web.pages import notice_form
from services.web.pages.arguments import revision_of
from services.web.pages.member.own import FIELD, named_in, others, own_organisation
from services.web.pages.notice_form import Values
from services.web.pages.public import join_form
from services.web.rendering import page
from shared.identity.policy import Actor, Permission
from shared.kit.refusals import Conflict, NotFound, Refusal
from shared.members import portal, portal_queries, queries, secret_places, tags, versions
from shared.members.details import LABELS
from shared.members.models import CONTACT_COLUMNS, NoticeState, Visibility
from shared.members.notices import queries as notice_queries
from shared.members.notices import service as notices
from shared.members.versions import CHANGEABLE
from shared.members.words import VISIBILITIES

AnyRequest = Request[Any, Any, Any]
DONE = {
    "changed": "変更しました。公開ページにも反映されています。",
    "sent": "変更届としてお預かりしました。事務局が確かめてから反映します。",
    "both": "公開の範囲は、すぐに変わりました。そのほかは変更届としてお預かりし、事務局が確かめてから反映します。",
}
_PRIVATE = {"Cache-Control": "no-store"}


@get("/member/profile", policy=Permission.ORGANISATION_EDIT_OWN)
async def show_profile(request: AnyRequest, ctx: Ctx, done: FromQuery[str] = "") -> Response[Any]:
    organisation_id = own_organisation(request, ctx, managed=True)
    values = notice_form.values_of(await ctx.read(versions.details_of, organisation_id))
    return await _form(ctx, organisation_id, values, None, done=DONE.get(done))


@get("/member/change", policy=Permission.ORGANISATION_EDIT_OWN)
async def former_address(request: AnyRequest, ctx: Ctx) -> Response[Any]:
    """変更届 stood here; letters and bookmarks still say so."""
    return Redirect(f"/member/profile?{FIELD}={own_organisation(request, ctx, managed=True)}", status_code=303)


@post("/member/profile", policy=Permission.ORGANISATION_EDIT_OWN)
async def save_profile(request: AnyRequest, ctx: Ctx) -> Response[Any]:
    """入力 → 確認 → 送信. Whoever sends without looking first has sent, too."""
    form = await read_form(request, ctx)
    organisation_id, values = named_in(form, ctx, managed=True), notice_form.typed(form)
    try:
        if not form.genuine:
            raise FormExpired
        if form.text("action") == "edit":
            return await _form(ctx, organisation_id, values, None, revision=form.text("revision"))
        if form.text("action") == "confirm":
            return await _confirm(ctx, organisation_id, values, form.text("revision"))
        done = await ctx.write(_save, form=form, values=values, organisation_id=organisation_id, actor=ctx.actor)
    except NotFound:
        raise
    except Refusal as refusal:
        status = 409 if isinstance(refusal, Conflict) else 422
        return await _form(ctx, organisation_id, values, refusal, status=status)
    return Redirect(f"/member/profile?{FIELD}={organisation_id}&done={done}", status_code=303)


@get("/member/preview", policy=Permission.ORGANISATION_DRAFT)
async def preview(request: AnyRequest, ctx: Ctx) -> Response[Any]:
    """The same reading as the public page's, for the audience that is chosen."""
    organisation_id = own_organisation(request, ctx)
    members = request.query_params.get("as") == Visibility.MEMBERS
    audience = Visibility.MEMBERS if members else Visibility.PUBLIC
    seen = await ctx.read(queries.organisation, organisation_id, audience)
    columns = await ctx.read(portal_queries.own_columns, organisation_id)
    return await page(
        ctx,
        "member/preview.html",
        organisation=seen,
        audience=audience,
        columns=columns,
        contact_columns=CONTACT_COLUMNS,
        labels=LABELS,
        visibilities=VISIBILITIES,
        tags=tags,
        words_of=tags.words_of,
        others=await others(ctx, organisation_id),
    )


async def _save(session: AsyncSession, *, form: Form, values: Values, organisation_id: UUID, actor: Actor) -> str:
    """Which of DONE it was; two clicks are one change. Conflict where an old form is sent again after later changes."""

    async def effect() -> dict[str, Any]:
        changes, revision = notice_form.changes_of(values), revision_of(form)
        edited = await portal.edit_own(session, organisation_id, changes, revision=revision, actor=actor)
        done = "changed" if edited.receipt_number is None else "both" if edited.changed else "sent"
        return {"done": done, "revision": await _revision(session, organisation_id)}

    answer = await once_per_form(session, actor=actor, form=form, effect=effect)
    if await _revision(session, organisation_id) != answer["revision"]:
        raise Conflict("この画面からの変更のあとで、登録の内容が変わりました。いまの内容を確かめてください。")
    return str(answer["done"])


async def _revision(session: AsyncSession, organisation_id: UUID) -> int:
    return (await portal_queries.own_columns(session, organisation_id)).revision


async def _form(
    ctx: Context,
    organisation_id: UUID,
    values: Values,
    refusal: Refusal | None,
    *,
    status: int = 200,
    done: str | None = None,
    revision: str | None = None,
) -> Response[Any]:
    """`revision`: the one that was read when the form was first opened."""
    columns = await ctx.read(portal_queries.own_columns, organisation_id)
    waiting = await ctx.read(
        notice_queries.notices, organisations=[organisation_id], states=[NoticeState.RECEIVED], first=10
    )
    return await page(
        ctx,
        "member/profile.html",
        status=status,
        headers=_PRIVATE,
        view=FormView(values | {FIELD: organisation_id, "revision": revision or columns.revision}, refusal),
        columns=columns,
        organisation_id=organisation_id,
        others=await others(ctx, organisation_id, managed=True),
        choices=await join_form.choices(ctx),
        by_notice=await ctx.read(portal_queries.changes_by_notice),
        waiting=waiting.items,
        told=await ctx.read(secret_places.told_already, organisation_id),
        done=done,
    )


async def _confirm(ctx: Context, organisation_id: UUID, values: Values, revision: str) -> Response[Any]:
    changes = notice_form.changes_of(values)
    before, after = await ctx.read(notices.checked_change, organisation_id, changes, actor=ctx.actor)
    return await page(
        ctx,
        "member/profile_confirm.html",
        headers=_PRIVATE,
        organisation_id=organisation_id,
        name=await ctx.read(portal_queries.name_of, organisation_id),
        differences=notice_form.in_words(
            [(name, before[name], after[name], before[name]) for name in CHANGEABLE if name in after],
            await join_form.choices(ctx),
        ),
        at_once=set(after) & portal.AT_ONCE,
        waits=set(after) - portal.AT_ONCE,
        by_notice=await ctx.read(portal_queries.changes_by_notice),
        carried=[*notice_form.carried(values), ("revision", revision)],
    )


ROUTES = [show_profile, former_address, save_profile, preview]
