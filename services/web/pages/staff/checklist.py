"""審査の基準と手順: what the secretariat makes sure of before it admits, and the steps that it may take."""

from collections.abc import Sequence
from typing import Any

from litestar import Request, get, post
from litestar.params import FromQuery
from litestar.response import Redirect, Response

from services.web.context import Context, Ctx
from services.web.forms import Form, FormExpired, FormView, read_form
from services.web.pages.arguments import revision_of
from services.web.pages.staff.event_rows import change_list
from services.web.rendering import page
from shared.identity.policy import Permission
from shared.kit.refusals import Conflict, Refusal
from shared.members import checklist, criteria
from shared.members.checklist import MOST_CRITERIA, CriterionDraft
from shared.members.criteria import CriterionView
from shared.members.screening_models import CriterionKind

AnyRequest = Request[Any, Any, Any]
Row = dict[str, str]
FIELDS = ("slug", "kind", "used", "name", "required", "hint")
#: What a step is called until the secretariat calls it something else, and what is recorded with it.
STEPS = {
    CriterionKind.RECOMMENDATION: ("参加団体からの推薦", "どの参加団体が推薦したかを記録します。"),
    CriterionKind.PLEDGE: ("暴力団排除の誓約書の受取り", "誓約書を受け取った日を記録します。"),
    CriterionKind.MEETING: ("承認した会議", "会議の日を記録します。まとめて承認するときは、日付を一度だけ入力します。"),
}


@get("/staff/screening", policy=Permission.PROFILE_EDIT)
async def show_checklist(ctx: Ctx, done: FromQuery[str] = "") -> Response[Any]:
    rows = await _stored(ctx)
    return await _page(ctx, rows, (await ctx.profile()).revision, done=bool(done))


@post("/staff/screening", policy=Permission.PROFILE_EDIT)
async def save_checklist(request: AnyRequest, ctx: Ctx) -> Response[Any]:
    form = await read_form(request, ctx)
    rows, revision = _read(form), revision_of(form)
    try:
        if not form.genuine:
            raise FormExpired
        if button := form.text("rows"):
            await _press(ctx, rows, button)
            return await _page(ctx, rows, revision)
        wanted = [_draft(row) for row in rows]
        await ctx.write(checklist.replace_checklist, actor=ctx.actor, revision=revision, wanted=wanted)
    except Conflict as conflict:
        refusal = Refusal(conflict.code, conflict.message)
        latest = (await ctx.profile()).revision
        other = await ctx.read(criteria.criteria)
        return await _page(ctx, rows, latest, refusal=refusal, status=409, other=other)
    except Refusal as refusal:
        return await _page(ctx, rows, revision, refusal=refusal, status=422)
    return Redirect("/staff/screening?done=saved", status_code=303)


async def _stored(ctx: Context) -> list[Row]:
    """Statements first; then every step, those that are not taken switched off."""
    asked, retired = await ctx.read(criteria.criteria), await ctx.read(criteria.retired_criteria)
    rows = [_row(each) for each in asked if each.kind is CriterionKind.STATEMENT]
    for kind, (name, _) in STEPS.items():
        steps = [each for each in asked if each.kind is kind]
        former = [each for each in retired if each.kind is kind][-1:]
        rows += [_row(each) for each in steps or former] or [_new(kind, name)]
    return rows


def _row(criterion: CriterionView) -> Row:
    return {
        "slug": criterion.slug,
        "kind": criterion.kind,
        "used": "" if criterion.retired else "1",
        "name": criterion.name,
        "required": "1" if criterion.required else "",
        "hint": criterion.hint or "",
    }


def _new(kind: CriterionKind, name: str = "") -> Row:
    statement = "1" if kind is CriterionKind.STATEMENT else ""
    return {"slug": "", "kind": kind, "used": statement, "name": name, "required": statement, "hint": ""}


def _read(form: Form) -> list[Row]:
    rows: list[Row] = []
    while len(rows) <= MOST_CRITERIA and form.has(f"criteria.{len(rows)}.name"):
        rows.append({name: form.text(f"criteria.{len(rows)}.{name}") for name in FIELDS})
    return rows


def _draft(row: Row) -> CriterionDraft:
    return CriterionDraft(
        slug=row["slug"],
        kind=CriterionKind(row["kind"]) if row["kind"] in list(CriterionKind) else CriterionKind.STATEMENT,
        used=bool(row["used"]),
        name=row["name"],
        required=bool(row["required"]),
        hint=row["hint"],
    )


async def _press(ctx: Context, rows: list[Row], button: str) -> None:
    """`row.add`, `row.up.1` …, `row.restore.<slug>`. Only statements move: the steps stand behind them."""
    verb, _, place = button.removeprefix("row.").partition(".")
    statements = [row for row in rows if row["kind"] not in STEPS]
    steps = [row for row in rows if row["kind"] in STEPS]
    if verb == "restore":
        there = {row["slug"] for row in rows}
        former = [each for each in await ctx.read(criteria.retired_criteria) if each.slug == place]
        statements += [{**_row(each), "used": "1"} for each in former if each.slug not in there]
    else:
        numbers = [int(place)] if place.isascii() and place.isdigit() and len(place) < 4 else []
        change_list(statements, verb, numbers, _new(CriterionKind.STATEMENT))
    rows[:] = [*statements, *steps]


async def _page(
    ctx: Context,
    rows: list[Row],
    revision: int,
    *,
    refusal: Refusal | None = None,
    status: int = 200,
    done: bool = False,
    other: Sequence[CriterionView] | None = None,
) -> Response[Any]:
    values: dict[str, Any] = {"revision": revision}
    for index, row in enumerate(rows):
        values |= {f"criteria.{index}.{name}": value for name, value in row.items()}
    there = {row["slug"] for row in rows}
    former = [
        each
        for each in await ctx.read(criteria.retired_criteria)
        if each.kind is CriterionKind.STATEMENT and each.slug not in there
    ]
    return await page(
        ctx,
        "staff/checklist.html",
        status=status,
        headers={"Cache-Control": "no-store"},
        view=FormView(values, refusal),
        rows=rows,
        steps=STEPS,
        former=former,
        done=done,
        other=other,
    )


ROUTES = [show_checklist, save_checklist]
