"""修了証・参加証: what an event gives, to whom, and all of it as one zip."""

from typing import Any
from uuid import UUID

from litestar import Request, get, post
from litestar.params import FromPath, FromQuery
from litestar.response import Redirect, Response, Stream

from services.web.context import Context, Ctx
from services.web.documents import document
from services.web.forms import FormView, read_form, read_genuine_form
from services.web.pages.arguments import id_of
from services.web.pages.staff.events import known_event
from services.web.rendering import page
from shared.events import words
from shared.events.attendance import certificate_queries, certificates
from shared.events.attendance.certificate_paper import Press, grouped
from shared.events.attendance.certificate_queries import CertificateView, RuleView
from shared.events.registrations import queries as registrations
from shared.events.registrations.companions import name_companions
from shared.events.views import EventView
from shared.identity.policy import Permission
from shared.kit import clock
from shared.kit.refusals import NotFound, Refusal

AnyRequest = Request[Any, Any, Any]
PRIVATE = {"Cache-Control": "no-store"}
DONE = {
    "rule": "証書の内容を保存しました。",
    "none": "この行事では証書を出さないことにしました。",
    "issued": "発行しました。",
    "nothing": "新しく発行する方はいませんでした。",
    "reissued": "再発行しました。番号は変わりません。",
    "named": "同行者のお名前を書きました。まだの方には、ここから発行できます。",
    "revoked": "証書を取り消しました。確認ページにも表示されます。",
}


@get("/staff/events/{event_id:uuid}/certificates", policy=Permission.REGISTRATION_READ)
async def show_certificates(ctx: Ctx, event_id: FromPath[UUID], done: FromQuery[str] = "") -> Response[Any]:
    return await _page(ctx, event_id, done=DONE.get(done))


@post("/staff/events/{event_id:uuid}/certificates/rule", policy=Permission.REGISTRATION_WRITE)
async def save_rule(request: AnyRequest, ctx: Ctx, event_id: FromPath[UUID]) -> Response[Any]:
    form = await read_form(request, ctx)
    values = {name: form.text(name) for name in ("title", "body", "issuer")}
    try:
        await read_genuine_form(request, ctx)
        if form.text("then") == "none":
            await ctx.write(certificates.drop_rule, actor=ctx.actor, event_id=event_id)
            return _back(event_id, "none")
        await ctx.write(certificates.set_rule, actor=ctx.actor, event_id=event_id, **values)
    except NotFound:
        raise
    except Refusal as refusal:
        return await _page(ctx, event_id, FormView(values, refusal), status=422)
    return _back(event_id, "rule")


@post("/staff/events/{event_id:uuid}/certificates/issue", policy=Permission.REGISTRATION_WRITE)
async def issue(request: AnyRequest, ctx: Ctx, event_id: FromPath[UUID]) -> Response[Any]:
    """For all who came, or for the one whose button was pressed."""
    form = await read_form(request, ctx)
    only = [id_of(form.text("registration"))] if form.text("registration") else []
    try:
        await read_genuine_form(request, ctx)
        made = await ctx.write(
            certificates.issue,
            actor=ctx.actor,
            event_id=event_id,
            platform=ctx.tenant.slug,
            registration_ids=only,
        )
    except NotFound:
        raise
    except Refusal as refusal:
        return await _page(ctx, event_id, FormView({}, refusal), status=422)
    return _back(event_id, "issued" if made else "nothing")


@post("/staff/events/{event_id:uuid}/certificates/reissue", policy=Permission.REGISTRATION_WRITE)
async def reissue(request: AnyRequest, ctx: Ctx, event_id: FromPath[UUID]) -> Response[Any]:
    """The name may be written right; with `then=revoke` it is taken back instead."""
    form = await read_form(request, ctx)
    wanted = id_of(form.text("certificate"))
    try:
        await read_genuine_form(request, ctx)
        await _of_event(ctx, event_id, wanted)
        if form.text("then") == "revoke":
            reason = form.text("reason")
            await ctx.write(certificates.revoke, actor=ctx.actor, certificate_id=wanted, reason=reason)
            return _back(event_id, "revoked")
        await ctx.write(certificates.reissue, actor=ctx.actor, certificate_id=wanted, name=form.text("name"))
    except NotFound:
        raise
    except Refusal as refusal:
        return await _page(ctx, event_id, FormView({}, refusal), status=422)
    return _back(event_id, "reissued")


@post("/staff/events/{event_id:uuid}/certificates/companions", policy=Permission.REGISTRATION_WRITE)
async def name_those_who_came_along(request: AnyRequest, ctx: Ctx, event_id: FromPath[UUID]) -> Response[Any]:
    """Also when the event is over and its registrations can no longer be changed."""
    form = await read_form(request, ctx)
    wanted = id_of(form.text("registration"))
    typed = form.text("companions")
    try:
        await read_genuine_form(request, ctx)
        if (await ctx.read(registrations.registration, wanted)).event_id != event_id:
            raise NotFound
        await ctx.write(name_companions, actor=ctx.actor, registration_id=wanted, companions=typed)
    except NotFound:
        raise
    except Refusal as refusal:
        return await _page(ctx, event_id, FormView({}, refusal), status=422, naming=(wanted, typed))
    return _back(event_id, "named")


@get("/staff/events/{event_id:uuid}/certificates/{number:str}", policy=Permission.REGISTRATION_READ)
async def show_file(ctx: Ctx, event_id: FromPath[UUID], number: FromPath[str]) -> Response[Any]:
    """`all.zip`, `example.pdf`, or the sheet of one number: `tokushima-2026-0001.pdf`."""
    known = await known_event(ctx, event_id)
    if number == "all.zip":
        return await _zip(ctx, known)
    if number == "example.pdf":
        rule = await ctx.read(certificate_queries.rule, event_id)
        if rule is None:
            raise NotFound
        return await print_certificates(ctx, [_example(known, rule, ctx.tenant.slug)])
    issued = await ctx.read(certificate_queries.issued, event_id)
    wanted = [each for each in issued if each.number == number.removesuffix(".pdf")]
    if not wanted or not number.endswith(".pdf"):
        raise NotFound
    return await print_certificates(ctx, wanted)


async def print_certificates(ctx: Context, wanted: list[CertificateView]) -> Response[Any]:
    press = Press(await ctx.profile(), ctx.tenant.base_url)
    await ctx.release()
    pdf = await press.print(wanted)
    number = wanted[0].number
    return document(pdf, name=f"{wanted[0].title}_{number}.pdf", plain_name=f"{number}.pdf", private=True)


async def _zip(ctx: Context, event: EventView) -> Response[Any]:
    issued = await ctx.read(certificate_queries.issued, event.id)
    if not issued:
        raise NotFound
    press = Press(await ctx.profile(), ctx.tenant.base_url)
    await ctx.release()
    headers = {"Content-Disposition": f'attachment; filename="certificates-{event.first_day}.zip"'} | PRIVATE
    return Stream(press.zipped(issued), media_type="application/zip", headers=headers)


async def _of_event(ctx: Context, event_id: UUID, certificate_id: UUID) -> None:
    found = await ctx.read(certificate_queries.all_holders, event_id)
    if certificate_id not in {each.id for holder in found for each in holder.certificates}:
        raise NotFound


def _example(event: EventView, rule: RuleView, slug: str) -> CertificateView:
    """見本, to look at before anything is issued."""
    return CertificateView(
        id=event.id,
        event_id=event.id,
        registration_id=event.id,
        ordinal=0,
        number=f"{slug}-{clock.today().year}-0000",
        code="X" * 16,  # none is issued like this, so the sample's QR code leads to "not found"
        title=rule.title,
        body=rule.body,
        issuer=rule.issuer,
        event_title=event.title,
        starts_at=event.starts_at,
        ends_at=event.ends_at,
        all_day=event.all_day,
        name="見本　太郎",
        issued_on=clock.today(),
        issued_by="",
        reissues=0,
        reissued_at=None,
        revoked_at=None,
        revoked_reason=None,
    )


def _back(event_id: UUID, done: str) -> Response[Any]:
    return Redirect(f"/staff/events/{event_id}/certificates?done={done}", status_code=303)


async def _page(
    ctx: Context,
    event_id: UUID,
    view: FormView | None = None,
    *,
    status: int = 200,
    done: str | None = None,
    naming: tuple[UUID, str] | None = None,
) -> Response[Any]:
    """`naming`: the companions' names that were typed for a registration and not taken."""
    event = await known_event(ctx, event_id)
    found = await ctx.read(certificate_queries.holders, event_id)
    profile = await ctx.profile()
    kept = found.rule or RuleView(
        "修了証",
        f"あなたは、{profile.name}が主催する次の行事に参加し、その全課程を修了されましたので、これを証します。",
        f"{profile.region_name}",
    )
    values = {"title": kept.title, "body": kept.body, "issuer": kept.issuer}
    shown = view if view is not None and (view.value("body") or view.value("title")) else None
    return await page(
        ctx,
        "staff/events/certificates.html",
        status=status,
        headers=PRIVATE,
        event=event,
        found=found,
        view=shown or FormView(values),
        problems=view or FormView(),
        words=words,
        grouped=grouped,
        begun=event.starts_at <= clock.now(),
        may_write=ctx.actor.may(Permission.REGISTRATION_WRITE),
        done=done,
        naming=naming,
    )


ROUTES = [show_certificates, save_rule, issue, reissue, name_those_who_came_along, show_file]
