"""The own organisation's entry: edited by its manager, and seen with the eyes of others."""

from typing import Any
from uuid import UUID

from litestar import Request, get, post
from litestar.params import FromQuery
from litestar.response import Redirect, Response

from services.web.context import Context, Ctx
from services.web.forms import Form, FormExpired, FormView, read_form
from services.web.pages.member.own import FIELD, named_in, others, own_organisation
from services.web.pages.public import join_form
from services.web.rendering import page
from shared.identity.policy import Permission
from shared.kit.refusals import Conflict, Refusal
from shared.members import portal, portal_queries, queries, versions
from shared.members.details import LABELS
from shared.members.models import CONTACT_COLUMNS, NoticeState, Visibility
from shared.members.notices import queries as notice_queries
from shared.members.versions import CHANGEABLE
from shared.members.words import VISIBILITIES

AnyRequest = Request[Any, Any, Any]
DONE = {
    "changed": "変更しました。公開ページにも反映されています。",
    "sent": "変更届としてお預かりしました。事務局が確かめてから反映します。",
    "both": "公開の範囲は、すぐに変わりました。そのほかは変更届としてお預かりし、事務局が確かめてから反映します。",
}


@get("/member/profile", policy=Permission.ORGANISATION_EDIT_OWN)
async def show_profile(request: AnyRequest, ctx: Ctx, done: FromQuery[str] = "") -> Response[Any]:
    organisation_id = own_organisation(request, ctx, managed=True)
    details = await ctx.read(versions.details_of, organisation_id)
    values = join_form.stored_values(details, await ctx.profile())
    return await _page(ctx, organisation_id, values, None, done=DONE.get(done))


@post("/member/profile", policy=Permission.ORGANISATION_EDIT_OWN)
async def save_profile(request: AnyRequest, ctx: Ctx) -> Response[Any]:
    form = await read_form(request, ctx)
    organisation_id = named_in(form, ctx, managed=True)
    values = join_form.typed_values(form, await ctx.profile())
    try:
        if not form.genuine:
            raise FormExpired
        edited = await ctx.write(
            portal.edit_own,
            organisation_id,
            _changes(form, values),
            revision=_number(form.text("revision")),
            actor=ctx.actor,
        )
    except Refusal as refusal:
        status = 409 if isinstance(refusal, Conflict) else 422
        return await _page(ctx, organisation_id, values, refusal, status=status)
    done = "changed" if edited.receipt_number is None else "both" if edited.changed else "sent"
    return Redirect(f"/member/profile?organisation={organisation_id}&done={done}", status_code=303)


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
        others=await others(ctx, organisation_id),
    )


def _changes(form: Form, values: dict[str, Any]) -> dict[str, Any]:
    """Only what stood on the form: a field that the page does not have stays as it is."""
    given: dict[str, Any] = {name: values[name] for name in CHANGEABLE if name in values and form.has(name)}
    given["fields"] = tuple(values["fields"])
    given["visibility"] = {column: values[f"visibility_{column}"] for column in CONTACT_COLUMNS}
    return given


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0


async def _page(
    ctx: Context,
    organisation_id: UUID,
    values: dict[str, Any],
    refusal: Refusal | None,
    *,
    status: int = 200,
    done: str | None = None,
) -> Response[Any]:
    columns = await ctx.read(portal_queries.own_columns, organisation_id)
    notices = await ctx.read(
        notice_queries.notices, organisations=[organisation_id], states=[NoticeState.RECEIVED], first=10
    )
    return await page(
        ctx,
        "member/profile.html",
        status=status,
        headers={"Cache-Control": "no-store"},
        view=FormView(values | {FIELD: organisation_id, "revision": columns.revision}, refusal),
        columns=columns,
        organisation_id=organisation_id,
        others=await others(ctx, organisation_id, managed=True),
        choices=await join_form.choices(ctx),
        by_notice=await ctx.read(portal_queries.changes_by_notice),
        waiting=notices.items,
        done=done,
    )


ROUTES = [show_profile, save_profile, preview]
