"""会員名簿の取り込み: a file is sent, its columns are named, what it would do is shown, then it is written."""

import asyncio
from collections.abc import Sequence
from contextlib import ExitStack
from typing import Any
from uuid import UUID

from litestar import Request, get, post
from litestar.params import FromPath
from litestar.response import Redirect, Response

from services.web.context import Context, Ctx
from services.web.days import day_values, read_day
from services.web.exporting import Listing, csv_of, xlsx_of
from services.web.forms import Form, FormView, read_genuine_form
from services.web.pages.arguments import page_number
from services.web.rendering import page
from services.web.security import MAX_UPLOAD
from shared.identity.policy import Permission
from shared.kit import clock
from shared.kit.refusals import Conflict, Forbidden, NotFound, Refusal
from shared.kit.spreadsheets.limits import MAX_BYTES, MAX_ROWS
from shared.kit.spreadsheets.reading import spooled
from shared.kit.spreadsheets.writing import Value
from shared.members.details import LABELS
from shared.members.imports import queries as import_queries
from shared.members.imports import service as importing
from shared.members.imports.columns import MEANINGS
from shared.members.imports.models import ImportState, Outcome
from shared.members.imports.queries import ImportView
from shared.members.models import CONTACT_COLUMNS, Visibility
from shared.members.words import VISIBILITIES

AnyRequest = Request[Any, Any, Any]
PATH = "/staff/members/import"
PER_PAGE = 50
STATES = {
    ImportState.UPLOADED: "列の確認待ち",
    ImportState.CHECKING: "点検中",
    ImportState.CHECKED: "取り込み待ち",
    ImportState.APPLYING: "取り込み中",
    ImportState.DONE: "完了",
}
MARKS = {ImportState.DONE: "ok", ImportState.CHECKING: "wait", ImportState.APPLYING: "wait"}
OUTCOMES = {
    Outcome.NEW: "新規",
    Outcome.CHANGED: "変更",
    Outcome.UNCHANGED: "変更なし",
    Outcome.FAULTY: "誤り",
}
OUTCOME_MARKS = {Outcome.NEW: "ok", Outcome.CHANGED: "wait", Outcome.UNCHANGED: "off", Outcome.FAULTY: "warn"}


@get(PATH, policy=Permission.APPLICATION_DECIDE)
async def begin_import(ctx: Ctx) -> Response[Any]:
    return await _upload_page(ctx, FormView())


@post(PATH, policy=Permission.APPLICATION_DECIDE, request_max_body_size=MAX_UPLOAD)
async def receive_list(request: AnyRequest, ctx: Ctx) -> Response[Any]:
    form = await read_genuine_form(request, ctx)
    upload = form.file("file")
    try:
        if upload is None:
            raise Refusal("REQUIRED", "ファイルを選んでください。", "file")
        with ExitStack() as stack:
            table = await asyncio.to_thread(stack.enter_context, spooled(upload.file, upload.filename))
            import_id = await ctx.write(importing.receive, table, file_name=upload.filename, actor=ctx.actor)
    except Refusal as refusal:
        status = 409 if isinstance(refusal, Conflict) else 422
        return await _upload_page(ctx, FormView({}, refusal), status=status)
    return Redirect(f"{PATH}/{import_id}", status_code=303)


@get(PATH + "/{import_id:uuid}", policy=Permission.APPLICATION_DECIDE)
async def show_import(request: AnyRequest, ctx: Ctx, import_id: FromPath[UUID]) -> Response[Any]:
    """Where the import is: naming columns, at work, to be decided, done."""
    job = await ctx.read(import_queries.member_import, import_id)
    if job.state is ImportState.DISCARDED:
        raise NotFound
    if job.state is ImportState.UPLOADED or (
        job.state is ImportState.CHECKED and request.query_params.get("step") == "columns"
    ):
        return await _columns_page(ctx, job, FormView(_columns_values(job)))
    if job.running:
        return await page(ctx, "imports/progress.html", headers=_FRESH, job=job, states=STATES)
    return await _result_page(request, ctx, job, FormView())


@post(PATH + "/{import_id:uuid}/columns", policy=Permission.APPLICATION_DECIDE)
async def choose_columns(request: AnyRequest, ctx: Ctx, import_id: FromPath[UUID]) -> Response[Any]:
    form = await read_genuine_form(request, ctx)
    job = await ctx.read(import_queries.member_import, import_id)
    try:
        await ctx.write(
            importing.choose,
            import_id,
            meanings=[form.text(f"column_{number}") for number in range(len(job.titles))],
            default_joined_on=read_day(form, "joined_on", "加入日", required=True),
            visibility=_visibility(form),
            actor=ctx.actor,
        )
    except (NotFound, Forbidden):
        raise
    except Refusal as refusal:
        return await _columns_page(ctx, job, FormView(form.values(), refusal), status=_status(refusal))
    return Redirect(f"{PATH}/{import_id}", status_code=303)


@post(PATH + "/{import_id:uuid}/apply", policy=Permission.APPLICATION_DECIDE)
async def apply_import(request: AnyRequest, ctx: Ctx, import_id: FromPath[UUID]) -> Response[Any]:
    await read_genuine_form(request, ctx)
    return await _do(request, ctx, import_id, importing.start)


@post(PATH + "/{import_id:uuid}/resume", policy=Permission.APPLICATION_DECIDE)
async def resume_import(request: AnyRequest, ctx: Ctx, import_id: FromPath[UUID]) -> Response[Any]:
    await read_genuine_form(request, ctx)
    return await _do(request, ctx, import_id, importing.resume)


@post(PATH + "/{import_id:uuid}/discard", policy=Permission.APPLICATION_DECIDE)
async def discard_import(request: AnyRequest, ctx: Ctx, import_id: FromPath[UUID]) -> Response[Any]:
    await read_genuine_form(request, ctx)
    return await _do(request, ctx, import_id, importing.discard, after=PATH)


@get(PATH + "/{import_id:uuid}/remarks.xlsx", policy=Permission.APPLICATION_DECIDE)
async def remarks_as_xlsx(ctx: Ctx, import_id: FromPath[UUID]) -> Response[Any]:
    return await xlsx_of(ctx, await _remarks(ctx, import_id))


@get(PATH + "/{import_id:uuid}/remarks.csv", policy=Permission.APPLICATION_DECIDE)
async def remarks_as_csv(ctx: Ctx, import_id: FromPath[UUID]) -> Response[Any]:
    return await csv_of(ctx, await _remarks(ctx, import_id))


_FRESH = {"Cache-Control": "no-store"}


async def _do(request: AnyRequest, ctx: Context, import_id: UUID, verb: Any, *, after: str = "") -> Response[Any]:
    try:
        await ctx.write(verb, import_id, actor=ctx.actor)
    except (NotFound, Forbidden):
        raise
    except Refusal as refusal:
        job = await ctx.read(import_queries.member_import, import_id)
        return await _result_page(request, ctx, job, FormView({}, Refusal(refusal.code, refusal.message)), status=409)
    return Redirect(after or f"{PATH}/{import_id}", status_code=303)


async def _remarks(ctx: Context, import_id: UUID) -> Listing:
    job = await ctx.read(import_queries.member_import, import_id)
    found = await ctx.read(import_queries.remarks, import_id)
    rows = [
        [each.row, each.place, each.label, each.value, "誤り" if each.kind == "problem" else "お知らせ", each.message]
        for each in found
    ]
    files: list[list[Value]] = [[None, note["place"], "", "", "お知らせ", note["message"]] for note in job.file_notes]
    if job.unread:
        files.insert(0, [job.unread.first, "", "", "", "誤り", job.unread.message])
    return Listing("取り込みの確認", "import-remarks", ["行", "セル", "列", "値", "種類", "内容"], [*files, *rows])


async def _upload_page(ctx: Context, view: FormView, *, status: int = 200) -> Response[Any]:
    jobs = await ctx.read(import_queries.imports)
    return await page(
        ctx,
        "imports/upload.html",
        status=status,
        headers=_FRESH,
        view=view,
        jobs=jobs,
        states=STATES,
        marks=MARKS,
        most_rows=MAX_ROWS,
        megabytes=MAX_BYTES // 1024 // 1024,
    )


async def _columns_page(ctx: Context, job: ImportView, view: FormView, *, status: int = 200) -> Response[Any]:
    samples = await ctx.read(import_queries.samples, job.id, len(job.titles))
    return await page(
        ctx,
        "imports/columns.html",
        status=status,
        headers=_FRESH,
        job=job,
        view=view,
        columns=list(zip(job.titles, samples, strict=True)),
        options=[("", "取り込まない"), *MEANINGS.items()],
        contact_columns=[(name, LABELS[name]) for name in CONTACT_COLUMNS],
        visibilities=list(VISIBILITIES.items()),
    )


async def _result_page(
    request: AnyRequest, ctx: Context, job: ImportView, view: FormView, *, status: int = 200
) -> Response[Any]:
    wanted = request.query_params.get("show", "")
    chosen = Outcome(wanted) if wanted in list(Outcome) else _first_shown(job)
    number = page_number(request)
    rows = await ctx.read(
        import_queries.import_rows,
        job.id,
        outcomes=[chosen] if chosen else (),
        first=PER_PAGE,
        offset=(number - 1) * PER_PAGE,
    )
    return await page(
        ctx,
        "imports/result.html",
        status=status,
        headers=_FRESH,
        job=job,
        view=view,
        rows=rows,
        chosen=chosen,
        number=number,
        pages=max(1, -(-rows.total // PER_PAGE)),
        outcomes=OUTCOMES,
        marks=OUTCOME_MARKS,
        done=job.state is ImportState.DONE,
    )


def _first_shown(job: ImportView) -> Outcome | None:
    """What is wrong, before everything else."""
    order: Sequence[Outcome] = (Outcome.FAULTY, Outcome.NEW, Outcome.CHANGED, Outcome.UNCHANGED)
    return next((outcome for outcome in order if job.counts[outcome]), None)


def _columns_values(job: ImportView) -> dict[str, Any]:
    meanings = {f"column_{number}": meaning for number, meaning in enumerate(job.meanings)}
    shown = {f"visibility_{name}": value for name, value in job.visibility.items()}
    return meanings | shown | day_values("joined_on", job.default_joined_on or clock.today())


def _visibility(form: Form) -> dict[str, str]:
    given = {name: form.text(f"visibility_{name}") for name in CONTACT_COLUMNS}
    return {name: value for name, value in given.items() if value in list(Visibility)}


def _status(refusal: Refusal) -> int:
    return 409 if isinstance(refusal, Conflict) else 422


ROUTES = [
    begin_import,
    receive_list,
    show_import,
    choose_columns,
    apply_import,
    resume_import,
    discard_import,
    remarks_as_xlsx,
    remarks_as_csv,
]
