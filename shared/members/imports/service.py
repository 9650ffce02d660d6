"""A member list that somebody has sent: received, its columns understood, checked, written, each step asked for by a person.

The long work is done by the reactions in `batches`, some rows at a time, each time in one transaction.
"""

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import ColumnElement, delete, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession
from uuid_utils.compat import uuid7

from shared.identity.policy import Actor
from shared.kit import audit, clock, outbox
from shared.kit.database.session import tenant_of
from shared.kit.editing import locked
from shared.kit.refusals import Conflict, Refusal
from shared.kit.spreadsheets.limits import MAX_ROWS
from shared.kit.spreadsheets.reading import Spooled
from shared.kit.spreadsheets.table import Cell, Row, Table
from shared.members import days
from shared.members.facts import ImportCheckRequested, ImportRequested
from shared.members.imports import columns as import_columns
from shared.members.imports.columns import MEANINGS, ColumnGuess, NoHeader
from shared.members.imports.models import ImportColumns, ImportRow, ImportState, MemberImport, Outcome
from shared.members.models import CONTACT_COLUMNS, Visibility
from shared.tenants import queries as tenants

RUNNING = (ImportState.CHECKING, ImportState.APPLYING)
WAITING = (ImportState.UPLOADED, ImportState.CHECKED)
#: A list that nobody has decided about is personal data without a purpose.
KEPT = timedelta(days=7)
_FEWEST_CELLS = 2
_ROWS_OF_A_STATEMENT = 5_000


async def receive(session: AsyncSession, table: Spooled, *, file_name: str, actor: Actor) -> UUID:
    """Keep the rows, guess the columns. Conflict while the same file is at work; one that only waited gives way."""
    await _give_way(session, table.sha256)
    pieces = table.pieces()
    piece = await asyncio.to_thread(next, pieces)
    job = await _begin(session, table, await _guess(session, Table(piece, [])), file_name=file_name, actor=actor)
    while piece:
        below = [_stored(session, job.id, row) for row in piece if row.number > job.header]
        if below:
            await session.execute(insert(ImportRow), below)
        job.rows += len(below)
        piece = await asyncio.to_thread(next, pieces, [])
    if not job.rows:
        raise Refusal("FILE_EMPTY", "見出しの下に行がありません。団体を1行ずつ入れてから、選び直してください。", "file")
    return job.id


async def _begin(
    session: AsyncSession, table: Spooled, guess: ColumnGuess, *, file_name: str, actor: Actor
) -> MemberImport:
    job = MemberImport(
        file_name=file_name[:200] or "（名前なし）",
        sha256=table.sha256,
        sheet=table.sheet,
        header=guess.header,
        titles=[title[:100] for title in guess.titles],
        meanings=list(guess.meanings),
        signature=guess.key,
        file_notes=[msgspec.to_builtins(note) for note in table.notes],
        visibility=dict.fromkeys(CONTACT_COLUMNS, Visibility.SECRETARIAT),
        rows=0,
        unread=msgspec.to_builtins(table.unread) if table.unread else None,
        created_by=actor.name,
        account_id=actor.account_id,
        created_at=clock.now(),
    )
    session.add(job)
    await session.flush()
    return job


async def choose(
    session: AsyncSession,
    import_id: UUID,
    *,
    meanings: Sequence[str],
    default_joined_on: date | None,
    visibility: Mapping[str, str],
    actor: Actor,
) -> None:
    """What the columns mean; remembered for lists with the same headers. Then the check begins."""
    job = await locked(session, MemberImport, import_id)
    if job.state not in WAITING:
        raise Conflict("このファイルの取り込みは、もう始まっているか、終わっています。")
    chosen = import_columns.chosen(guess_of(job), meanings)
    await check_day(session, default_joined_on)
    job.meanings = list(chosen.meanings)
    job.default_joined_on = default_joined_on
    job.visibility = {name: Visibility(visibility.get(name, Visibility.SECRETARIAT)) for name in CONTACT_COLUMNS}
    job.revision += 1
    if job.state is ImportState.CHECKED:
        await _forget_check(session, job)
    await _remember(session, job)
    fact = ImportCheckRequested(import_id=import_id)
    await _run(session, job, ImportState.CHECKING, fact, actor=actor, action="import.check")


async def check_day(session: AsyncSession, default_joined_on: date | None) -> None:
    profile = await tenants.profile(session)
    if default_joined_on and default_joined_on < days.earliest(profile):
        raise Refusal("INVALID_INPUT", days.too_early(profile, MEANINGS["joined_on"]), "default_joined_on")
    if default_joined_on and default_joined_on > days.latest():
        raise Refusal("INVALID_INPUT", "加入日は、今日から1年以内の日付にしてください。", "default_joined_on")


async def start(session: AsyncSession, import_id: UUID, *, actor: Actor) -> None:
    """Write what the check has shown. Asked twice it runs once."""
    job = await locked(session, MemberImport, import_id)
    if job.state in (ImportState.APPLYING, ImportState.DONE):
        return
    if job.state is not ImportState.CHECKED:
        raise Conflict("点検が終わっていないため、取り込めません。点検の結果を確かめてから、取り込んでください。")
    job.revision += 1
    fact = ImportRequested(import_id=import_id)
    await _run(session, job, ImportState.APPLYING, fact, actor=actor, action="import.start")


async def discard(session: AsyncSession, import_id: UUID, *, actor: Actor) -> None:
    """Nothing of it has been written; what was read goes."""
    job = await locked(session, MemberImport, import_id)
    if job.state is ImportState.DISCARDED:
        return
    if job.state not in WAITING:
        raise Conflict("取り込みは、もう始まっているか、終わっています。取りやめることはできません。")
    await _discard(session, [job])
    _note(session, job, actor, "import.discard")


async def resume(session: AsyncSession, import_id: UUID, *, actor: Actor) -> None:
    """After the background process has given up: go on with the first row that is not done. Nothing happens while it still tries."""
    job = await locked(session, MemberImport, import_id)
    if job.state not in RUNNING:
        return
    state = await session.scalar(select(outbox.OutboxRow.state).where(outbox.OutboxRow.id == job.fact_id))
    if state is not outbox.OutboxState.DEAD:
        return
    writable = ImportRow.outcome.in_((Outcome.NEW, Outcome.CHANGED))
    undone = [ImportRow.outcome.is_(None)] if job.state is ImportState.CHECKING else [~ImportRow.applied, writable]
    first = await session.scalar(
        select(ImportRow.number).where(ImportRow.import_id == import_id, *undone).order_by(ImportRow.number).limit(1)
    )
    after = (first or 1) - 1
    kind = ImportCheckRequested if job.state is ImportState.CHECKING else ImportRequested
    job.revision += 1
    await _run(session, job, job.state, kind(import_id=import_id, after=after), actor=actor, action="import.resume")


def parts_of(job: MemberImport) -> Iterator[tuple[ColumnElement[bool], ...]]:
    """Conditions that name all its rows, some thousand at a time: no statement about a long list takes long."""
    last = job.header + MAX_ROWS + 1
    for number in range(job.header, last, _ROWS_OF_A_STATEMENT):
        upto = number + _ROWS_OF_A_STATEMENT
        yield ImportRow.import_id == job.id, ImportRow.number > number, ImportRow.number <= upto


def guess_of(job: MemberImport) -> ColumnGuess:
    return ColumnGuess(job.header, tuple(job.titles), tuple(job.meanings))


def cell_of(stored: Any) -> Cell:
    return date.fromisoformat(stored["day"]) if isinstance(stored, dict) else str(stored)


async def go_on(session: AsyncSession, job: MemberImport, fact: outbox.Fact, after: int) -> None:
    """The fact for the next batch; its key names the run, so that a repeated batch asks for the next one once."""
    key = f"{type(fact).__name__} {job.id} {job.revision} {after}"
    job.fact_id = await outbox.record(session, fact, dedupe_key=key)


async def _guess(session: AsyncSession, table: Table) -> ColumnGuess:
    """As remembered for these headers; else guessed; else the first row that could be a header, for a person to say."""
    try:
        guess = import_columns.guess_columns(table)
    except NoHeader:
        row = next((row for row in table.rows if sum(map(bool, row.cells)) >= _FEWEST_CELLS), None)
        if row is None:
            raise
        guess = ColumnGuess(row.number, tuple(map(_text, row.cells)), ("",) * len(row.cells))
    remembered = await session.scalar(select(ImportColumns.meanings).where(ImportColumns.signature == guess.key))
    return msgspec.structs.replace(guess, meanings=tuple(remembered)) if remembered else guess


def _text(cell: Cell) -> str:
    return cell if isinstance(cell, str) else cell.isoformat()


def _stored(session: AsyncSession, import_id: UUID, row: Row) -> dict[str, Any]:
    cells = [cell if isinstance(cell, str) else {"day": cell.isoformat()} for cell in row.cells]
    return {
        "tenant_id": tenant_of(session),
        "id": uuid7(),
        "import_id": import_id,
        "number": row.number,
        "cells": cells,
        "name": "",
        "keys": [],
        "kana_guessed": False,
        "changes": [],
        "remarks": [],
        "applied": False,
    }


async def _give_way(session: AsyncSession, digest: str) -> None:
    """The first come goes on; lists that nobody has decided about for long go, too."""
    known = select(MemberImport).where(MemberImport.sha256 == digest, MemberImport.state.in_(RUNNING)).limit(1)
    running = (await session.execute(known)).scalar_one_or_none()
    if running is not None:
        raise _at_work(running)
    waiting = select(MemberImport).where(
        MemberImport.state.in_(WAITING),
        (MemberImport.sha256 == digest) | (MemberImport.created_at < clock.now() - KEPT),
    )
    await _discard(session, (await session.execute(waiting)).scalars().all())


def _at_work(job: MemberImport) -> Conflict:
    doing = "点検しています" if job.state is ImportState.CHECKING else "取り込んでいます"
    return Conflict(
        f"同じファイル（{job.file_name}）を、いま{doing}。終わるまでお待ちください。進み具合は下の一覧から見られます。",
        "file",
    )


async def _discard(session: AsyncSession, jobs: Sequence[MemberImport]) -> None:
    for job in jobs:
        for part in parts_of(job):
            await session.execute(delete(ImportRow).where(*part))
        job.state, job.finished_at = ImportState.DISCARDED, clock.now()


async def _forget_check(session: AsyncSession, job: MemberImport) -> None:
    """Whatever an earlier choice of columns has found."""
    nothing: dict[str, Any] = {
        "outcome": None,
        "details": None,
        "keys": [],
        "changes": [],
        "before": None,
        "remarks": [],
        "name": "",
    }
    for part in parts_of(job):
        await session.execute(update(ImportRow).where(*part).values(ledger_id=None, **nothing))


async def _remember(session: AsyncSession, job: MemberImport) -> None:
    known = select(ImportColumns).where(ImportColumns.signature == job.signature).with_for_update()
    columns = (await session.execute(known)).scalar_one_or_none()
    if columns is None:
        columns = ImportColumns(signature=job.signature)
        session.add(columns)
    columns.meanings, columns.chosen_at = job.meanings, clock.now()


async def _run(
    session: AsyncSession, job: MemberImport, state: ImportState, fact: Any, *, actor: Actor, action: str
) -> None:
    job.state = state
    _note(session, job, actor, action)
    try:
        async with session.begin_nested():
            await session.flush()
    except IntegrityError:
        raise Conflict(
            "いま、ほかの名簿を取り込んでいます。終わってから、もう一度押してください。"
            if state is ImportState.APPLYING
            else "同じファイルを、いま点検しているか、取り込んでいます。終わるまでお待ちください。"
        ) from None
    await go_on(session, job, fact, fact.after)


def _note(session: AsyncSession, job: MemberImport, actor: Actor, action: str) -> None:
    audit.note(
        session,
        actor_id=actor.account_id,
        actor_name=actor.name,
        action=action,
        object_id=job.id,
        summary=f"{job.file_name}（{job.rows:,}行）",
    )
