"""The background's part of an import: some rows at a time, each batch one transaction that asks for the next one.

Whatever breaks in between, a batch has happened wholly or not at all, and the rows say how far the import is.
"""

import asyncio
from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import ARRAY, Text, cast, func, select, text, update
from sqlalchemy.ext.asyncio import AsyncSession

from shared.kit import audit, clock, outbox
from shared.kit.editing import locked
from shared.kit.post import Post
from shared.kit.refusals import Refusal
from shared.kit.spreadsheets.table import Row, Table, place_of
from shared.members.details import ApplicationDetails
from shared.members.facts import ImportCheckRequested, ImportRequested, OrganisationsImported
from shared.members.imports import values as import_values
from shared.members.imports.columns import MEANINGS, ColumnGuess
from shared.members.imports.models import ImportRow, ImportState, MemberImport, Outcome
from shared.members.imports.plans import Expected, Plan, plan_all
from shared.members.imports.reading import LedgerReading, LedgerRow, Remark, overlap, read_ledger
from shared.members.imports.service import cell_of, go_on, guess_of, parts_of
from shared.members.imports.values import Vocabulary
from shared.members.imports.writing import write_plans
from shared.taxonomy import queries as taxonomy
from shared.tenants import queries as tenants
from shared.tenants.queries import Profile

#: Rows of one transaction: some seconds of work, far below the lease of a fact.
CHECKED_AT_ONCE, WRITTEN_AT_ONCE = 500, 250
_TO_BE_WRITTEN = (Outcome.NEW, Outcome.CHANGED)
_PROBLEM, _NOTE = "problem", "note"
#: PostgreSQL checks foreign keys by plans that it keeps: those of a ledger that was empty read all of it for every new row.
_PLAN_ANEW = text("DISCARD PLANS")


async def check_rows(session: AsyncSession, fact: ImportCheckRequested, letters: Post) -> None:
    """Read the next rows and say of each what it would do."""
    job = await locked(session, MemberImport, fact.import_id)
    if job.state is not ImportState.CHECKING:
        return
    rows = await _next_rows(session, job.id, fact.after, CHECKED_AT_ONCE)
    if rows:
        await _check(session, job, rows)
        after = rows[-1].number
        await go_on(session, job, ImportCheckRequested(import_id=job.id, after=after), after)
    else:
        job.state = ImportState.CHECKED


async def write_rows(session: AsyncSession, fact: ImportRequested, letters: Post) -> None:
    """Plan the next rows anew, for the ledger may have moved since the check, and write them."""
    job = await locked(session, MemberImport, fact.import_id)
    if job.state is not ImportState.APPLYING:
        return
    rows = await _next_rows(session, job.id, fact.after, WRITTEN_AT_ONCE, ImportRow.outcome.in_(_TO_BE_WRITTEN))
    if not rows:
        await _finish(session, job)
        return
    await session.execute(_PLAN_ANEW)
    expected = await _expected(session, rows)
    plans = await _plan(session, job, rows, [_ledger_row(row) for row in rows], expected)
    plans = await write_plans(session, job, plans)
    for row, plan in zip(rows, plans, strict=True):
        row.outcome = plan.outcome
        row.applied = plan.outcome in _TO_BE_WRITTEN
        if plan.problem:
            row.remarks = [*row.remarks, _kept(_PROBLEM, _remark(plan.row, plan.problem, guess_of(job)))]
    await go_on(session, job, ImportRequested(import_id=job.id, after=rows[-1].number), rows[-1].number)


async def vocabulary_of(session: AsyncSession, profile: Profile) -> Vocabulary:
    """With the municipalities of the platform's prefecture; the nation has none that a name alone could mean."""
    own = await taxonomy.municipality(session, profile.code)
    towns = await taxonomy.municipalities_in(session, own.prefecture_code) if own else []
    return import_values.vocabulary(profile, towns)


async def _next_rows(
    session: AsyncSession, import_id: UUID, after: int, most: int, *conditions: Any
) -> Sequence[ImportRow]:
    statement = select(ImportRow).where(ImportRow.import_id == import_id, ImportRow.number > after, *conditions)
    return (await session.execute(statement.order_by(ImportRow.number).limit(most))).scalars().all()


async def _check(session: AsyncSession, job: MemberImport, rows: Sequence[ImportRow]) -> None:
    profile = await tenants.profile(session)
    known = await vocabulary_of(session, profile)
    columns = guess_of(job)
    cells = [Row(row.number, tuple(map(cell_of, row.cells or []))) for row in rows]
    reading = await asyncio.to_thread(read_ledger, Table(cells, []), columns, known, profile)
    problems = [*reading.problems, *await _repeated(session, job.id, reading, columns)]
    refused = {problem.row for problem in problems}
    good = [row for row in reading.rows if row.number not in refused]
    guessed = _without_kana(cells, columns)
    for row in rows:
        row.kana_guessed = row.number in guessed
    plans = {plan.row.number: plan for plan in await _plan(session, job, rows, good)}
    problems += [_remark(plan.row, plan.problem, columns) for plan in plans.values() if plan.problem]
    _record(rows, cells, plans, problems, reading.notes, columns)


def _record(
    rows: Sequence[ImportRow],
    cells: Sequence[Row],
    plans: dict[int, Plan],
    problems: Iterable[Remark],
    notes: Iterable[Remark],
    columns: ColumnGuess,
) -> None:
    remarks: dict[int, list[dict[str, Any]]] = {}
    for kind, given in ((_PROBLEM, problems), (_NOTE, notes)):
        for remark in given:
            remarks.setdefault(remark.row, []).append(_kept(kind, remark))
    name_column = columns.meanings.index("name")
    for row, cell_row in zip(rows, cells, strict=True):
        plan = plans.get(row.number)
        row.outcome = plan.outcome if plan else Outcome.FAULTY
        row.remarks = remarks.get(row.number, [])
        row.changes = plan.labels if plan and row.outcome is Outcome.CHANGED else []
        row.before = plan.before if plan else None
        row.name = plan.row.details.name if plan else import_values.text_of(cell_row.cell(name_column))[:200]
        if plan and row.outcome is not Outcome.FAULTY:
            row.details = msgspec.to_builtins(plan.row.details)
            row.joined_on, row.left_on, row.keys = plan.row.joined_on, plan.row.left_on, list(plan.row.keys)
            row.ledger_id = plan.row.ledger_id


async def _repeated(
    session: AsyncSession, import_id: UUID, reading: LedgerReading, columns: ColumnGuess
) -> list[Remark]:
    """Rows of earlier batches that speak of the same organisation at the same time."""
    keys = [key for row in reading.rows for key in row.keys]
    earlier = select(ImportRow).where(
        ImportRow.import_id == import_id,
        ImportRow.number < (reading.rows[0].number if reading.rows else 0),
        ImportRow.keys.bool_op("&&")(cast(keys, ARRAY(Text))),
    )
    others: dict[str, list[LedgerRow]] = {}
    for known in (await session.execute(earlier)).scalars():
        for key in known.keys:
            others.setdefault(key, []).append(_ledger_row(known))
    found = []
    for row in reading.rows:
        same = [other for key in row.keys for other in others.get(key, []) if overlap(row, other)]
        if same:
            message = f"{same[0].number}行目と同じ団体です。どちらかを削除してください。"
            found.append(_remark(row, Refusal("REPEATED", message, "name"), columns))
    return found


def _without_kana(cells: Sequence[Row], columns: ColumnGuess) -> set[int]:
    if "kana" not in columns.meanings:
        return {row.number for row in cells}
    column = columns.meanings.index("kana")
    return {row.number for row in cells if not import_values.text_of(row.cell(column))}


async def _expected(session: AsyncSession, rows: Sequence[ImportRow]) -> Expected:
    """Of each row what the check has shown, and what rows of the same organisation have written before it.

    Rows that were checked before this was kept are not compared.
    """
    keys = [key for row in rows for key in row.keys]
    written = select(ImportRow.number, ImportRow.keys, ImportRow.details).where(
        ImportRow.import_id == rows[0].import_id,
        ImportRow.number < rows[0].number,
        ImportRow.applied,
        ImportRow.keys.bool_op("&&")(cast(keys, ARRAY(Text))),
    )
    earlier: dict[str, list[dict[str, Any]]] = {}
    for done in await session.execute(written.order_by(ImportRow.number)):
        _remember(earlier, done.keys, done.details)
    expected: dict[int, list[dict[str, Any]]] = {}
    for row in rows:
        if row.before is not None:
            expected[row.number] = [row.before, *(each for key in row.keys for each in earlier.get(key, []))]
        _remember(earlier, row.keys, row.details)
    return expected


def _remember(details: dict[str, list[dict[str, Any]]], keys: Iterable[str], given: dict[str, Any] | None) -> None:
    for key in keys:
        details.setdefault(key, []).append(given or {})


async def _plan(
    session: AsyncSession,
    job: MemberImport,
    rows: Sequence[ImportRow],
    good: Sequence[LedgerRow],
    expected: Expected | None = None,
) -> list[Plan]:
    guessed = {row.number for row in rows if row.kana_guessed}
    return await plan_all(session, good, guessed=guessed, default_joined_on=job.default_joined_on, expected=expected)


def _ledger_row(row: ImportRow) -> LedgerRow:
    details = msgspec.convert(row.details, ApplicationDetails)
    return LedgerRow(
        number=row.number,
        details=details,
        joined_on=row.joined_on,
        left_on=row.left_on,
        ledger_id=row.ledger_id,
    )


def _remark(row: LedgerRow, problem: Refusal, columns: ColumnGuess) -> Remark:
    name = problem.field or "name"
    place = place_of(row.number, columns.meanings.index(name)) if name in columns.meanings else ""
    value = getattr(row, name, None) or getattr(row.details, name, None)
    return Remark(row.number, place, MEANINGS.get(name, ""), str(value or ""), problem.message)


def _kept(kind: str, remark: Remark) -> dict[str, Any]:
    return {"kind": kind, **msgspec.to_builtins(remark)}


async def _finish(session: AsyncSession, job: MemberImport) -> None:
    """Cells and details have done their work; what is left are the remarks."""
    job.state, job.finished_at = ImportState.DONE, clock.now()
    for part in parts_of(job):
        await session.execute(update(ImportRow).where(*part).values(cells=None, details=None, before=None, keys=[]))
    counts = select(ImportRow.outcome, func.count()).where(ImportRow.import_id == job.id).group_by(ImportRow.outcome)
    done = {row[0]: row[1] for row in await session.execute(counts)}
    written = select(func.count()).where(ImportRow.import_id == job.id, ImportRow.applied)
    job.final = {str(outcome): count for outcome, count in done.items()} | {"applied": await session.scalar(written)}
    audit.note(
        session,
        actor_id=job.account_id,
        actor_name=job.created_by,
        action="import.finish",
        object_id=job.id,
        summary=f"新規{done.get(Outcome.NEW, 0):,}、変更{done.get(Outcome.CHANGED, 0):,}、誤り{done.get(Outcome.FAULTY, 0):,}",
    )
    fact = OrganisationsImported(import_id=job.id)
    job.fact_id = await outbox.record(session, fact, dedupe_key=f"organisations imported {job.id}")
