"""一覧の取り込み: a list of events from a file, looked at before anything is written, then drafts."""

import asyncio
import base64
import binascii
import zlib
from collections.abc import Sequence
from typing import Any

import msgspec
from litestar import Request, get, post
from litestar.params import FromQuery
from litestar.response import Redirect, Response
from sqlalchemy.ext.asyncio import AsyncSession

from services.web.context import Context, Ctx
from services.web.forms import Form, FormView, read_genuine_form
from services.web.pages.staff.event_conflict import LABELS
from services.web.rendering import page
from services.web.security import MAX_UPLOAD
from shared.events import list_import, words
from shared.events.list_import import MOST_LINES, Done, Outcome, Planned
from shared.events.list_reading import Line, read_list
from shared.events.models import EventKind
from shared.identity.policy import Actor, Permission
from shared.kit.refusals import Refusal
from shared.kit.spreadsheets.limits import MAX_BYTES
from shared.kit.spreadsheets.reading import read_table
from shared.kit.spreadsheets.table import Note, Row, Table

AnyRequest = Request[Any, Any, Any]
PATH = "/staff/events/import"
#: Rows of each outcome that are shown; what is wrong comes first.
SHOWN = 200
#: What a page carries from the look to the writing, unpacked.
MOST_CARRIED = 30 * 1024 * 1024
OUTCOMES = {
    Outcome.FAULTY: "誤り",
    Outcome.NEW: "新しい下書き",
    Outcome.CHANGED: "下書きと違う",
    Outcome.PUBLIC: "公開済みで違う",
    Outcome.UNCHANGED: "変更なし",
}
MARKS = {Outcome.FAULTY: "warn", Outcome.NEW: "ok", Outcome.CHANGED: "wait", Outcome.PUBLIC: "warn"}
_FRESH = {"Cache-Control": "no-store"}


class Carried(msgspec.Struct, frozen=True):
    """The rows as they were read: what is confirmed is what was looked at, not a file that was saved in between."""

    rows: list[tuple[int, list[str]]]
    kind: EventKind

    @property
    def table(self) -> Table:
        return Table([Row(number, tuple(cells)) for number, cells in self.rows], [])


@get(PATH, policy=Permission.EVENT_WRITE)
async def begin_import(ctx: Ctx, created: FromQuery[int] = -1, updated: FromQuery[int] = 0) -> Response[Any]:
    return await _upload_page(ctx, FormView({"kind": EventKind.SEMINAR}), created=created, updated=updated)


@post(PATH, policy=Permission.EVENT_WRITE, request_max_body_size=MAX_UPLOAD)
async def look_at_list(request: AnyRequest, ctx: Ctx) -> Response[Any]:
    form = await read_genuine_form(request, ctx)
    upload = form.file("file")
    try:
        if upload is None:
            raise Refusal("REQUIRED", "ファイルを選んでください。", "file")
        kind = _kind(form)
        table = await asyncio.to_thread(read_table, await upload.read(), upload.filename)
        carried = Carried([(row.number, list(map(str, row.cells))) for row in table.rows], kind)
        planned = await _plan(ctx, carried)
    except Refusal as refusal:
        return await _upload_page(ctx, FormView(form.values(), refusal), status=422)
    return await _result_page(ctx, carried, planned, table.notes, upload.filename)


@post(PATH + "/apply", policy=Permission.EVENT_WRITE, request_max_body_size=MAX_UPLOAD)
async def apply_list(request: AnyRequest, ctx: Ctx) -> Response[Any]:
    form = await read_genuine_form(request, ctx)
    try:
        carried = await asyncio.to_thread(_unpacked, form.text("rows"))
        lines = await _lines(ctx, carried)
        done = await ctx.write(_apply, lines=lines, kind=carried.kind, actor=ctx.actor, update=form.checked("update"))
    except Refusal as refusal:
        return await _upload_page(ctx, FormView({}, refusal), status=422)
    return Redirect(f"{PATH}?created={done.created}&updated={done.updated}", status_code=303)


async def _apply(session: AsyncSession, *, lines: Sequence[Line], kind: EventKind, actor: Actor, update: bool) -> Done:
    """Looked at once more: what somebody else has done since the first look counts."""
    planned = await list_import.plan(session, lines, kind=kind)
    return await list_import.apply(session, planned, actor=actor, update=update)


async def _plan(ctx: Context, carried: Carried) -> list[Planned]:
    lines = await _lines(ctx, carried)
    return await ctx.read(list_import.plan, lines, kind=carried.kind)


async def _lines(ctx: Context, carried: Carried) -> list[Line]:
    await ctx.release()
    return await asyncio.to_thread(read_list, carried.table, base_url=ctx.tenant.base_url)


def _kind(form: Form) -> EventKind:
    given = form.text("kind")
    if given not in list(EventKind):
        raise Refusal("REQUIRED", "種類を選んでください。", "kind")
    return EventKind(given)


def _packed(carried: Carried) -> str:
    return base64.urlsafe_b64encode(zlib.compress(msgspec.json.encode(carried))).decode()


def _unpacked(text: str) -> Carried:
    """Nothing in it is trusted more than a file would be; no small text becomes an endless one."""
    try:
        unpacker = zlib.decompressobj()
        data = unpacker.decompress(base64.urlsafe_b64decode(text.encode()), MOST_CARRIED)
        return msgspec.json.decode(data, type=Carried)
    except (binascii.Error, ValueError, zlib.error, msgspec.DecodeError):
        message = "確認した内容を読み取れませんでした。もう一度ファイルを選んでください。"
        raise Refusal("UNREADABLE", message, "file") from None


async def _upload_page(
    ctx: Context, view: FormView, *, status: int = 200, created: int = -1, updated: int = 0
) -> Response[Any]:
    return await page(
        ctx,
        "staff/events/import.html",
        status=status,
        headers=_FRESH,
        view=view,
        kinds=list(words.KINDS.items()),
        created=created,
        updated=updated,
        most_rows=MOST_LINES,
        megabytes=MAX_BYTES // 1024 // 1024,
    )


async def _result_page(
    ctx: Context, carried: Carried, planned: Sequence[Planned], notes: Sequence[Note], name: str
) -> Response[Any]:
    groups = {outcome: [each for each in planned if each.outcome is outcome] for outcome in Outcome}
    packed = await asyncio.to_thread(_packed, carried)
    return await page(
        ctx,
        "staff/events/import_result.html",
        headers=_FRESH,
        name=name,
        packed=packed,
        groups=groups,
        shown=SHOWN,
        total=len(planned),
        notes=notes,
        outcomes=OUTCOMES,
        marks=MARKS,
        labels=LABELS,
        words=words,
    )


ROUTES = [begin_import, look_at_list, apply_list]
