"""審査: the checklist of one application, and many applications approved at once."""

from typing import Any
from uuid import UUID

import msgspec
from litestar import Request, get, post
from litestar.params import FromPath
from litestar.response import Redirect, Response

from services.web.context import Context, Ctx
from services.web.days import day_values, read_day
from services.web.forms import Form, FormExpired, FormView, read_form, read_genuine_form
from services.web.pages.arguments import as_id, revision_of
from services.web.pages.staff.applications import show_item
from services.web.rendering import page
from shared.identity.policy import Permission
from shared.kit import clock
from shared.kit.refusals import Conflict, Forbidden, NotFound, Refusal
from shared.members import application_queries, criteria, screening
from shared.members.application_queries import ApplicationLine
from shared.members.criteria import CheckView, CriterionView
from shared.members.screening import Admission, Finding
from shared.members.screening_models import CheckResult, CriterionKind
from shared.members.words import STATES

AnyRequest = Request[Any, Any, Any]
MOST = 50
_PRIVATE = {"Cache-Control": "no-store"}


class Row(msgspec.Struct, frozen=True):
    """One application of a batch: what became of it, or None and why not."""

    line: ApplicationLine
    admission: Admission | None = None
    problem: str | None = None


@post("/staff/applications/{application_id:uuid}/checks", policy=Permission.APPLICATION_DECIDE)
async def record_checks(request: AnyRequest, ctx: Ctx, application_id: FromPath[UUID]) -> Response[Any]:
    form = await read_form(request, ctx)
    known = [check for check in await ctx.read(criteria.checks, application_id) if not check.retired]
    try:
        if not form.genuine:
            raise FormExpired
        if form.text("action") == "all":
            findings = _all_met(known)
        else:
            findings = [await _finding(ctx, form, check) for check in known if form.has(f"check_{check.slug}")]
        await ctx.write(screening.record_findings, application_id, findings, actor=ctx.actor)
    except (NotFound, Forbidden):
        raise
    except Refusal as refusal:
        status = 409 if isinstance(refusal, Conflict) else 422
        values = {**day_values("effective_on", clock.today()), **form.values()}
        return await show_item(ctx, application_id, FormView(values, refusal), status=status, conflict=status == 409)
    return Redirect(f"/staff/applications/{application_id}#checks", status_code=303)


@get("/staff/applications/batch", policy=Permission.APPLICATION_DECIDE)
async def no_batch() -> Redirect:
    """The address of a preview, opened anew: the choice is made on the list."""
    return Redirect("/staff/applications", status_code=303)


@post("/staff/applications/batch", policy=Permission.APPLICATION_DECIDE)
async def preview_batch(request: AnyRequest, ctx: Ctx) -> Response[Any]:
    form = await read_genuine_form(request, ctx)
    lines = await _lines(ctx, form)
    if not lines:
        return Redirect("/staff/applications?none=1", status_code=303)
    return await _preview(ctx, lines, FormView(day_values("effective_on", clock.today())))


@post("/staff/applications/batch/approve", policy=Permission.APPLICATION_DECIDE)
async def approve_batch(request: AnyRequest, ctx: Ctx) -> Response[Any]:
    """Each application in a transaction of its own. Shown at once instead of after a redirect: sent twice it says 「承認済み」."""
    form = await read_form(request, ctx)
    lines = await _lines(ctx, form)
    try:
        if not form.genuine:
            raise FormExpired
        effective_on, findings = await _terms(ctx, form)
    except Refusal as refusal:
        return await _preview(ctx, lines, FormView(form.values(), refusal), status=422)
    rows = [await _approve(ctx, line, form, effective_on, findings) for line in lines]
    return await page(
        ctx,
        "applications/batch_done.html",
        status=200 if all(row.admission for row in rows) else 409,
        headers=_PRIVATE,
        rows=rows,
        effective_on=effective_on,
    )


async def _approve(ctx: Context, line: ApplicationLine, form: Form, effective_on: Any, findings: list[Finding]) -> Row:
    try:
        admission = await ctx.write(
            screening.admit_one_of_many,
            line.id,
            effective_on=effective_on,
            findings=findings,
            revision=revision_of(form, f"revision_{line.id}"),
            actor=ctx.actor,
        )
    except Refusal as refusal:
        return Row(line, problem=refusal.message)
    return Row(line, admission)


async def _terms(ctx: Context, form: Form) -> tuple[Any, list[Finding]]:
    """The joining date, else the day of the meeting; and what holds for all of them."""
    known = await ctx.read(criteria.criteria)
    meeting_on = read_day(form, "meeting_on", "会議の日")
    effective_on = read_day(form, "effective_on", "参加日", required=meeting_on is None) or meeting_on
    ticked = form.texts("met")
    findings = [Finding(criterion=each.slug, result=CheckResult.MET) for each in known if _holds_for_all(each, ticked)]
    findings += [
        Finding(criterion=each.slug, result=CheckResult.MET, happened_on=meeting_on)
        for each in known
        if meeting_on is not None and each.kind is CriterionKind.MEETING
    ]
    return effective_on, findings


def _holds_for_all(criterion: CriterionView, ticked: list[str]) -> bool:
    return criterion.kind is CriterionKind.STATEMENT and criterion.slug in ticked


async def _lines(ctx: Context, form: Form) -> list[ApplicationLine]:
    chosen = [each for each in map(as_id, form.texts("chosen")[:MOST]) if each]
    if not chosen:
        return []
    return (await ctx.read(application_queries.applications, ids=chosen, first=MOST)).items


async def _preview(ctx: Context, lines: list[ApplicationLine], view: FormView, *, status: int = 200) -> Response[Any]:
    known = await ctx.read(criteria.criteria)
    return await page(
        ctx,
        "applications/batch.html",
        status=status,
        headers=_PRIVATE,
        lines=lines,
        view=view,
        statements=[(each.slug, each.name) for each in known if each.kind is CriterionKind.STATEMENT],
        meeting=any(each.kind is CriterionKind.MEETING for each in known),
        states=STATES,
    )


def _all_met(checks: list[CheckView]) -> list[Finding]:
    """What nobody has looked at yet; a NOT_MET stays."""
    return [
        Finding(criterion=check.slug, result=CheckResult.MET)
        for check in checks
        if check.kind is CriterionKind.STATEMENT and check.result is CheckResult.OPEN
    ]


async def _finding(ctx: Context, form: Form, check: CheckView) -> Finding:
    given = form.text(f"check_{check.slug}")
    name = form.text(f"by_{check.slug}")
    found = await ctx.read(criteria.members_of_today, named=name) if name else []
    if name and len(found) != 1:
        raise Refusal(
            "INVALID_INPUT",
            f"「{name}」という参加団体を一つに決められません。一覧から選んでください。",
            f"check_{check.slug}",
        )
    return Finding(
        criterion=check.slug,
        result=CheckResult(given) if given in list(CheckResult) else CheckResult.OPEN,
        note=form.text(f"note_{check.slug}"),
        recommender_id=found[0].id if found else None,
        happened_on=read_day(form, f"on_{check.slug}", check.name),
    )


ROUTES = [record_checks, no_batch, preview_batch, approve_batch]
