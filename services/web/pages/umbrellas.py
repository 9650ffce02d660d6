"""傘下団体 as the secretariat and the umbrella itself keep them: the same forms, behind two doors."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from litestar import Request
from litestar.response import Redirect, Response
from sqlalchemy.ext.asyncio import AsyncSession

from services.web.context import Context
from services.web.days import day_values, read_day
from services.web.forms import Form, FormView, read_genuine_form
from services.web.limits import limit_children, limit_relays
from services.web.once import new_form_key, once_per_form
from services.web.pages.arguments import id_of, revision_of
from services.web.rendering import page
from shared.identity.policy import Actor
from shared.kit import clock
from shared.kit.refusals import Conflict, Forbidden, NotFound, Refusal
from shared.members import secret_places, tags
from shared.members.umbrella import queries as umbrella
from shared.members.umbrella import service as umbrella_service
from shared.members.umbrella.queries import Listing
from shared.members.versions import HasLeft

AnyRequest = Request[Any, Any, Any]
DONE = {
    "declared": "傘下の数を記録しました。",
    "child": "傘下の団体を登録しました。",
    "removed": "傘下の団体の登録を外しました。",
    "relay": "お知らせをお願いしました。登録のあるアドレスへ、順にメールを送ります。",
    "listing": "掲載の内容を保存しました。",
}


class Door:
    """Where the forms lead to, and the frame around them. `may_list`: tags and confidentiality are the secretariat's."""

    def __init__(self, address: str, frame: str, *, may_list: bool) -> None:
        self.address = address
        self.frame = frame
        self.may_list = may_list

    def of(self, organisation_id: UUID) -> str:
        return self.address.format(organisation_id)


async def show(
    ctx: Context,
    door: Door,
    organisation_id: UUID,
    *,
    typed: Mapping[str, Any] | None = None,
    refusal: Refusal | None = None,
    status: int = 200,
    done: str = "",
) -> Response[Any]:
    kept = await ctx.read(umbrella.umbrella, organisation_id)
    shown = await ctx.read(umbrella.listing, organisation_id) if door.may_list else None
    return await page(
        ctx,
        "umbrella/manage.html",
        status=status,
        frame=door.frame,
        address=door.of(organisation_id),
        kept=kept,
        listing=shown,
        told=await ctx.read(secret_places.told_already, organisation_id) if shown else [],
        view=FormView(typed or _first_values(shown), refusal),
        done=DONE.get(done),
        form_key=new_form_key(),
        audiences=list(tags.AUDIENCES.items()),
        resources=list(tags.RESOURCES.items()),
    )


def _first_values(shown: Listing | None) -> dict[str, Any]:
    return {"unit": "団体", **day_values("as_of", clock.today()), **(_of_listing(shown) if shown else {})}


def _of_listing(shown: Listing) -> dict[str, Any]:
    return {
        "audiences": shown.audiences,
        "resources": shown.resources,
        "address_confidential": "1" if shown.address_confidential else "",
        "reason": shown.reason or "",
        "revision": shown.revision,
    }


async def change(
    request: AnyRequest, ctx: Context, door: Door, organisation_id: UUID, what: str
) -> Response[Any] | Redirect:
    """`what` is the form that was sent: see `_CHANGES`."""
    form = await read_genuine_form(request, ctx)
    if what not in _CHANGES or (what == "listing" and not door.may_list):
        raise NotFound
    try:
        await _check_limit(ctx, door, organisation_id, what, form)
        await ctx.write(_CHANGES[what], actor=ctx.actor, organisation_id=organisation_id, form=form)
    except (NotFound, Forbidden, HasLeft):
        raise
    except Refusal as refusal:
        typed = form.values() | ({} if what == "listing" else await _stored(ctx, door, organisation_id))
        status = 409 if isinstance(refusal, Conflict) and what == "listing" else 422
        return await show(ctx, door, organisation_id, typed=typed, refusal=refusal, status=status)
    return Redirect(f"{door.of(organisation_id)}?done={what}", status_code=303)


async def _stored(ctx: Context, door: Door, organisation_id: UUID) -> dict[str, Any]:
    """The form of the listing stands on the same page, and keeps what is stored."""
    return _of_listing(await ctx.read(umbrella.listing, organisation_id)) if door.may_list else {}


async def _check_limit(ctx: Context, door: Door, organisation_id: UUID, what: str, form: Form) -> None:
    """For members: what they write goes out under the platform's name. The secretariat answers for itself.

    A form with a gap is refused anyway, and counts nothing.
    """
    if door.may_list:
        return
    if what == "relay" and form.text("subject") and form.text("body"):
        await limit_relays(ctx, organisation_id)
    if what == "child" and form.text("name"):
        await limit_children(ctx, organisation_id)


async def _declare(session: AsyncSession, *, actor: Actor, organisation_id: UUID, form: Form) -> None:
    await umbrella_service.declare_affiliates(
        session,
        actor=actor,
        organisation_id=organisation_id,
        count=_number(form.text("count")),
        unit=form.text("unit")[:20],
        approximate=form.checked("approximate"),
        as_of=read_day(form, "as_of", "いつの数か", required=True) or clock.today(),
        source=form.text("source")[:200],
    )


def _number(text: str) -> int:
    """Full-width digits and separators are read; what is no number counts nothing, and is refused as such."""
    digits = text.replace(",", "").replace("，", "").replace("、", "")
    return int(digits) if digits.isdecimal() and len(digits) <= 9 else 0


async def _register(session: AsyncSession, *, actor: Actor, organisation_id: UUID, form: Form) -> None:
    await umbrella_service.register_child(
        session, actor=actor, parent_id=organisation_id, name=form.text("name"), email=form.text("email")
    )


async def _remove(session: AsyncSession, *, actor: Actor, organisation_id: UUID, form: Form) -> None:
    affiliation_id = id_of(form.text("id"))
    await umbrella_service.remove_child(session, actor=actor, parent_id=organisation_id, affiliation_id=affiliation_id)


async def _relay(session: AsyncSession, *, actor: Actor, organisation_id: UUID, form: Form) -> None:
    async def ask() -> dict[str, Any]:
        given = {"subject": form.text("subject"), "body": form.text("body")}
        request_id = await umbrella_service.request_relay(
            session, actor=actor, organisation_id=organisation_id, **given
        )
        return {"id": str(request_id)}

    await once_per_form(session, actor=actor, form=form, effect=ask)


async def _list(session: AsyncSession, *, actor: Actor, organisation_id: UUID, form: Form) -> None:
    await umbrella_service.describe_for_directory(
        session,
        actor=actor,
        organisation_id=organisation_id,
        audiences=form.texts("audiences"),
        resources=form.texts("resources"),
        address_confidential=form.checked("address_confidential"),
        reason=form.text("reason")[:500],
        revision=revision_of(form),
    )


_CHANGES = {"declared": _declare, "child": _register, "removed": _remove, "relay": _relay, "listing": _list}
