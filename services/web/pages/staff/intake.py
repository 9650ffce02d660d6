"""A FAX, letter, mail or call becomes an application: typed in with the keyboard alone, looked at while typing."""

import asyncio
from typing import Any
from uuid import UUID

from litestar import Request, get, post
from litestar.params import FromPath, FromQuery
from litestar.response import Redirect, Response

from services.web.context import Context, Ctx
from services.web.days import day_values, read_day
from services.web.forms import Form, FormExpired, FormView, read_form, read_genuine_form
from services.web.pages.arguments import as_id
from services.web.pages.public import join_form
from services.web.pages.public.join_form import Choices, Values
from services.web.pages.staff.applications import show_item
from services.web.rendering import page
from services.web.security import MAX_UPLOAD
from shared.identity.policy import Permission
from shared.kit import clock
from shared.kit.japanese import Unreadable, normalise
from shared.kit.refusals import NotFound, Refusal
from shared.members import access_log, application_queries, intake, lookalikes, looking
from shared.members.models import Channel
from shared.members.words import CHANNELS
from shared.taxonomy import postal
from shared.taxonomy.postal import PostalAddress

AnyRequest = Request[Any, Any, Any]
_DAY = "received_on"
_OWN = ("channel", "scan_id", f"{_DAY}_year", f"{_DAY}_month", f"{_DAY}_day")
_PRIVATE = {"Cache-Control": "no-store"}
#: Whose reading is proposed where.
_READ_FOR = {"name": "kana", "representative_name": "representative_kana", "contact_name": "contact_kana"}
#: What may show that somebody is already there.
_TELLING = ("name", "corporate_number", "address", "phone", "mobile", "fax", "email")
_READERS = {
    "kana": normalise.katakana,
    "representative_kana": normalise.katakana,
    "contact_kana": normalise.katakana,
    "corporate_number": normalise.corporate_number,
    "postal_code": normalise.postal_code,
    "phone": normalise.phone,
    "mobile": normalise.phone,
    "fax": normalise.phone,
    "email": normalise.email,
}


@get("/staff/applications/new", policy=Permission.APPLICATION_DECIDE)
async def new_application(ctx: Ctx, channel: FromQuery[str] = Channel.FAX) -> Response[Any]:
    values = join_form.first_values(await ctx.profile()) | day_values(_DAY, clock.today())
    values |= {"channel": channel if channel in intake.BY_HAND else Channel.FAX, "scan_id": ""}
    return await _form(ctx, values)


@post("/staff/applications/new", policy=Permission.APPLICATION_DECIDE, request_max_body_size=MAX_UPLOAD)
async def enter_application(request: AnyRequest, ctx: Ctx) -> Response[Any]:
    """A scan is kept before the words are looked at, so that a mistake in the words does not cost the scan."""
    form = await read_form(request, ctx)
    values = join_form.typed_values(form, await ctx.profile()) | {name: form.text(name) for name in _OWN}
    try:
        if not form.genuine:
            raise FormExpired
        values |= await _keep_scan(ctx, form)
        if form.text("action") == "address":
            return await _form(ctx, values | await _address(ctx, values))
        if form.text("action") == "alike":
            return await _form(ctx, values, looked=True)
        application_id = await _enter(ctx, form, values)
    except Refusal as refusal:
        return await _form(ctx, values, refusal, looked=form.genuine)
    return Redirect(f"/staff/applications/{application_id}/entered", status_code=303)


@get("/staff/applications/{application_id:uuid}/entered", policy=Permission.APPLICATION_READ)
async def show_entered(ctx: Ctx, application_id: FromPath[UUID]) -> Response[Any]:
    """The receipt number, large, to be written on the paper."""
    application = await ctx.read(application_queries.application, application_id)
    alike = await ctx.read(lookalikes.lookalikes, application_id) if application.is_open else []
    return await page(
        ctx, "intake/entered.html", headers=_PRIVATE, application=application, alike=alike, channels=CHANNELS
    )


@post("/staff/applications/look", policy=Permission.APPLICATION_DECIDE)
async def look(request: AnyRequest, ctx: Ctx) -> Response[Any]:
    """For the script: what the field that was just left says, and who is already there. Sent as a form, because a query would be logged."""
    form = await read_genuine_form(request, ctx)
    field, typed = form.text("field"), form.text(form.text("field"))
    answer: dict[str, Any] = _read(field, typed)
    if field in _READ_FOR:
        answer["reading"] = await asyncio.to_thread(intake.propose_reading, typed)
    if field == "postal_code":
        found = await _find(ctx, typed)
        answer["address"] = {"address": found.address, "municipality_code": found.municipality_code} if found else None
    if field in _TELLING:
        details = join_form.details_of(join_form.typed_values(form, await ctx.profile()))
        alike = await ctx.read(lookalikes.lookalikes_of, details)
        answer["alike"] = ctx.site.templates.get_template("intake/alike.html").render(alike=alike)
    return Response(answer, status_code=200, headers=_PRIVATE)


@post(
    "/staff/applications/{application_id:uuid}/scans",
    policy=Permission.APPLICATION_DECIDE,
    request_max_body_size=MAX_UPLOAD,
)
async def add_scan(request: AnyRequest, ctx: Ctx, application_id: FromPath[UUID]) -> Response[Any]:
    form = await read_genuine_form(request, ctx)
    try:
        if not await _keep_scan(ctx, form, application_id):
            raise Refusal("REQUIRED", "スキャンのファイルを選んでください。", "scan")
    except NotFound:
        raise
    except Refusal as refusal:
        view = FormView(day_values("effective_on", clock.today()), refusal)
        return await show_item(ctx, application_id, view, status=422)
    return Redirect(f"/staff/applications/{application_id}#scans", status_code=303)


@get("/staff/applications/{application_id:uuid}/scans/{scan_id:uuid}", policy=Permission.APPLICATION_READ)
async def show_scan(ctx: Ctx, application_id: FromPath[UUID], scan_id: FromPath[UUID]) -> Response[Any]:
    """Only here, behind the sign-in, and only under the application that it belongs to."""
    scan = await ctx.read(intake.scan, application_id, scan_id)
    await ctx.write(looking.look_at_paper, actor=ctx.actor, action=access_log.APPLICATION, object_id=application_id)
    await ctx.release()
    try:
        data = await ctx.site.files.get(scan.file_key)
    except FileNotFoundError:
        raise NotFound from None
    name = f"scan.{scan.file_key.rpartition('.')[2]}"
    headers = _PRIVATE | {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(data, media_type=scan.content_type, headers=headers)


async def _enter(ctx: Context, form: Form, values: Values) -> UUID:
    received_on = read_day(form, _DAY, "届いた日", required=True)
    channel = Channel(values["channel"]) if values["channel"] in list(Channel) else Channel.WEB
    view = await ctx.write(
        intake.enter_application,
        join_form.details_of(values),
        channel=channel,
        received_on=received_on or clock.today(),
        scan_id=as_id(values["scan_id"]),
        actor=ctx.actor,
        idempotency_key=values["key"],
    )
    return view.id


async def _keep_scan(ctx: Context, form: Form, application_id: UUID | None = None) -> dict[str, str]:
    upload = form.file("scan")
    if upload is None:
        return {}
    data = await upload.read()
    scan = await ctx.write(intake.keep_scan, ctx.site.files, data=data, actor=ctx.actor, application_id=application_id)
    return {"scan_id": str(scan.id)}


async def _address(ctx: Context, values: Values) -> dict[str, str]:
    """What the postal code fills: never over something that was typed."""
    found = await _find(ctx, values["postal_code"])
    if found is None:
        raise Refusal(
            "INVALID_INPUT", "この郵便番号の住所は見つかりませんでした。番号をお確かめください。", "postal_code"
        )
    filled = {"postal_code": found.postal_code}
    if not values["address"]:
        filled["address"] = found.address
    if found.municipality_code in dict((await join_form.choices(ctx)).municipalities):
        filled["municipality_code"] = found.municipality_code
    return filled


async def _find(ctx: Context, typed: str) -> PostalAddress | None:
    try:
        return await asyncio.to_thread(postal.find, ctx.site.settings.tenants / "vocabulary", typed)
    except Unreadable:
        return None


def _read(field: str, typed: str) -> dict[str, Any]:
    """As it will be stored, or why it cannot be."""
    if field not in _READERS or not typed:
        return {}
    try:
        return {"value": _READERS[field](typed), "problem": None}
    except Unreadable as problem:
        return {"problem": str(problem)}


async def _form(ctx: Context, values: Values, refusal: Refusal | None = None, *, looked: bool = False) -> Response[Any]:
    choices: Choices = await join_form.choices(ctx)
    alike = await ctx.read(lookalikes.lookalikes_of, join_form.details_of(values)) if looked else []
    readings = {
        kana: await asyncio.to_thread(intake.propose_reading, str(values.get(name, "")))
        for name, kana in _READ_FOR.items()
        if looked and not values.get(kana)
    }
    return await page(
        ctx,
        "intake/form.html",
        status=422 if refusal else 200,
        headers=_PRIVATE,
        view=FormView(values, refusal),
        values=values,
        choices=choices,
        alike=alike,
        looked=looked,
        readings=readings,
        channels=[(channel, CHANNELS[channel]) for channel in intake.BY_HAND],
    )


ROUTES = [new_application, enter_application, show_entered, look, add_scan, show_scan]
