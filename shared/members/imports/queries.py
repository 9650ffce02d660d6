"""Imports as the secretariat sees them: how far they are, what each row does, what is wrong where."""

from collections.abc import Collection, Sequence
from datetime import date, datetime
from typing import Any, Literal
from uuid import UUID

import msgspec
from sqlalchemy import func, select, true
from sqlalchemy.ext.asyncio import AsyncSession

from shared.kit.outbox import OutboxRow, OutboxState
from shared.kit.refusals import NotFound
from shared.kit.spreadsheets.table import Unread
from shared.members.imports.models import ImportRow, ImportState, MemberImport, Outcome

MOST = 200
_SAMPLES = 3


class RemarkView(msgspec.Struct, frozen=True):
    """About one cell, or about a whole row when `place` is empty. A problem keeps its row out, a note does not."""

    kind: Literal["problem", "note"]
    row: int
    place: str
    label: str
    value: str
    message: str


class RowView(msgspec.Struct, frozen=True):
    number: int
    name: str
    outcome: Outcome | None
    changes: list[str]
    applied: bool
    remarks: list[RemarkView]


class RowPage(msgspec.Struct, frozen=True):
    total: int
    items: list[RowView]


class ImportView(msgspec.Struct, frozen=True, kw_only=True):
    """`stuck`: the background has given up on it; a person may let it go on."""

    id: UUID
    file_name: str
    sheet: str
    state: ImportState
    header: int
    titles: list[str]
    meanings: list[str]
    file_notes: list[dict[str, Any]]
    default_joined_on: date | None
    visibility: dict[str, Any]
    rows: int
    created_by: str
    created_at: datetime
    finished_at: datetime | None
    counts: dict[Outcome, int]
    checked: int
    applied: int
    stuck: bool
    unread: Unread | None

    @property
    def running(self) -> bool:
        return self.state in (ImportState.CHECKING, ImportState.APPLYING)

    @property
    def to_write(self) -> int:
        return self.counts[Outcome.NEW] + self.counts[Outcome.CHANGED]

    @property
    def done(self) -> int:
        return self.applied if self.state is ImportState.APPLYING else self.checked

    @property
    def of(self) -> int:
        return self.to_write if self.state is ImportState.APPLYING else self.rows

    @property
    def percent(self) -> int:
        return 100 * self.done // self.of if self.of else 100


#: Of an import that has not ended; what has ended says it itself.
_COUNTS = (
    select(
        *(func.count().filter(ImportRow.outcome == outcome).label(outcome.value) for outcome in Outcome),
        func.count().filter(ImportRow.applied).label("applied"),
    )
    .where(
        ImportRow.tenant_id == MemberImport.tenant_id,
        ImportRow.import_id == MemberImport.id,
        MemberImport.final.is_(None),
    )
    .correlate(MemberImport)
    .lateral("counted")
)
_DEAD = (
    select(OutboxRow.id)
    .where(
        OutboxRow.tenant_id == MemberImport.tenant_id,
        OutboxRow.id == MemberImport.fact_id,
        OutboxRow.state == OutboxState.DEAD,
    )
    .exists()
)
_IMPORTS = select(MemberImport, _COUNTS, _DEAD.label("stuck")).join(_COUNTS, true())


async def imports(session: AsyncSession, *, first: int = 20) -> list[ImportView]:
    """The newest first, without those that were given up."""
    statement = _IMPORTS.where(MemberImport.state != ImportState.DISCARDED)
    rows = await session.execute(statement.order_by(MemberImport.created_at.desc()).limit(min(first, MOST)))
    return [_view(row) for row in rows]


async def member_import(session: AsyncSession, import_id: UUID) -> ImportView:
    row = (await session.execute(_IMPORTS.where(MemberImport.id == import_id))).one_or_none()
    if row is None:
        raise NotFound
    return _view(row)


async def samples(session: AsyncSession, import_id: UUID, columns: int) -> list[list[str]]:
    """For each column what stands in its first rows, so that a person sees what it is."""
    statement = (
        select(ImportRow.cells).where(ImportRow.import_id == import_id).order_by(ImportRow.number).limit(_SAMPLES * 5)
    )
    rows: Sequence[list[Any]] = [cells or [] for cells in (await session.execute(statement)).scalars()]
    texts = [[_shown(row[column]) for row in rows if column < len(row)] for column in range(columns)]
    return [list(dict.fromkeys(filter(None, column)))[:_SAMPLES] for column in texts]


async def import_rows(
    session: AsyncSession,
    import_id: UUID,
    *,
    outcomes: Collection[Outcome] = (),
    first: int = 50,
    offset: int = 0,
) -> RowPage:
    conditions = [ImportRow.import_id == import_id, *([ImportRow.outcome.in_(outcomes)] if outcomes else [])]
    columns = (
        ImportRow.number,
        ImportRow.name,
        ImportRow.outcome,
        ImportRow.changes,
        ImportRow.applied,
        ImportRow.remarks,
        func.count().over(),
    )
    statement = select(*columns).where(*conditions).order_by(ImportRow.number).limit(min(first, MOST)).offset(offset)
    rows = (await session.execute(statement)).all()
    return RowPage(rows[0][6] if rows else 0, [_row(row) for row in rows])


async def remarks(session: AsyncSession, import_id: UUID, *, most: int = 100_000) -> list[RemarkView]:
    """Everything that was found wrong or mended, row by row."""
    statement = (
        select(ImportRow.remarks)
        .where(ImportRow.import_id == import_id, func.jsonb_array_length(ImportRow.remarks) > 0)
        .order_by(ImportRow.number)
        .limit(most)
    )
    lists = (await session.execute(statement)).scalars()
    return [msgspec.convert(each, RemarkView) for given in lists for each in given]


def _view(row: Any) -> ImportView:
    job: MemberImport = row[0]
    counted = job.final if job.final is not None else row._mapping
    counts = {outcome: int(counted.get(outcome.value, 0)) for outcome in Outcome}
    columns = {
        name: getattr(job, name)
        for name in ImportView.__struct_fields__
        if name not in ("counts", "checked", "applied", "stuck", "unread")
    }
    stuck = row.stuck and job.state in (ImportState.CHECKING, ImportState.APPLYING)
    return ImportView(
        **columns,
        counts=counts,
        checked=sum(counts.values()),
        applied=int(counted["applied"]),
        stuck=stuck,
        unread=msgspec.convert(job.unread, Unread) if job.unread else None,
    )


def _row(row: Any) -> RowView:
    remarks = [msgspec.convert(each, RemarkView) for each in row.remarks]
    return RowView(row.number, row.name, row.outcome, row.changes, row.applied, remarks)


def _shown(cell: Any) -> str:
    return str(cell["day"] if isinstance(cell, dict) else cell)[:40]
