"""Brings the rows of one tenant to what its files say, by comparing three things: the files now, the files last time, the tables.

Only a column whose value changed *in the files* is written. So a second run writes nothing, and what the staff edited in the
running program stays until the files themselves say something new about that column.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import Table, delete, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession
from uuid_utils.compat import uuid7

from shared.kit import clock
from shared.kit.database.base import Base
from shared.kit.database.session import tenant_of
from shared.tenants.bootstrap_rows import Key, Row
from shared.tenants.models import ManifestRow

Say = Callable[[str], None]
_EXAMPLES = 3


class Known(msgspec.Struct, frozen=True):
    """A row that an earlier run has written."""

    object_id: UUID
    applied: dict[str, Any]


class Outcome(msgspec.Struct):
    """Keys by table, for the report and for what depends on the rows (search documents)."""

    added: dict[str, list[str]]
    changed: dict[str, list[str]]
    removed: dict[str, list[str]]
    kept: dict[str, list[str]]
    ids: dict[Key, UUID]

    @property
    def anything(self) -> bool:
        return bool(self.added or self.changed or self.removed)


async def known_rows(session: AsyncSession) -> dict[Key, Known]:
    columns = (ManifestRow.table_name, ManifestRow.key, ManifestRow.object_id, ManifestRow.applied)
    rows = await session.execute(select(*columns).where(ManifestRow.tenant_id == tenant_of(session)))
    return {(table, key): Known(object_id, applied) for table, key, object_id, applied in rows}


async def bring_to(session: AsyncSession, rows: list[Row], known: dict[Key, Known]) -> Outcome:
    """`rows` stand in an order in which they may be inserted; `known` are the tenant's rows of earlier runs."""
    wanted = {(row.table, row.key): row for row in rows}
    ids = {key: known[key].object_id if key in known else uuid7() for key in wanted}
    outcome = Outcome(defaultdict(list), defaultdict(list), defaultdict(list), defaultdict(list), ids)
    await _remove(session, [key for key in known if key not in wanted], known, outcome)
    columns = {key: _resolved(row, ids) for key, row in wanted.items()}
    orphans = await _orphans(session, rows, known)
    await _insert(session, [key for key in wanted if key not in known and key not in orphans], columns, outcome)
    await _update(session, [key for key in wanted if key in known], columns, known, outcome)
    return outcome


def report(slug: str, outcome: Outcome, say: Say) -> None:
    signs = (("+", outcome.added), ("~", outcome.changed), ("-", outcome.removed), ("!", outcome.kept))
    for sign, tables in signs:
        for table, keys in tables.items():
            shown = ", ".join(keys[:_EXAMPLES]) + (" …" if len(keys) > _EXAMPLES else "")
            note = "（ほかから使われているため残しました）" if sign == "!" else ""
            say(f"{sign} {slug} {table} {len(keys)}件: {shown}{note}")


def as_json(values: dict[str, Any]) -> dict[str, Any]:
    """Values as they are kept for the next comparison."""
    kept: dict[str, Any] = msgspec.to_builtins(values)
    return kept


def _resolved(row: Row, ids: dict[Key, UUID]) -> dict[str, Any]:
    return row.values | {column: ids[ref] if ref else None for column, ref in row.refs.items()}


async def _insert(session: AsyncSession, keys: list[Key], columns: dict[Key, dict[str, Any]], outcome: Outcome) -> None:
    tenant_id, now = tenant_of(session), clock.now()
    for table_name, group in _by_table(keys).items():
        table = _table(table_name)
        stamps = {name: now for name in ("created_at", "updated_at") if name in table.c}
        rows = [{"tenant_id": tenant_id, "id": outcome.ids[key], **stamps, **columns[key]} for key in group]
        # A row that the staff has made in the meantime under the same name or number stands: it is theirs.
        await session.execute(insert(table).on_conflict_do_nothing(), rows)
        outcome.added[table_name] += [key for _, key in group]
    if keys:
        notes = [
            {
                "tenant_id": tenant_id,
                "id": uuid7(),
                "table_name": key[0],
                "key": key[1],
                "object_id": outcome.ids[key],
                "applied": as_json(columns[key]),
            }
            for key in keys
        ]
        await session.execute(insert(ManifestRow.__table__), notes)  # type: ignore[arg-type]


async def _update(
    session: AsyncSession,
    keys: list[Key],
    columns: dict[Key, dict[str, Any]],
    known: dict[Key, Known],
    outcome: Outcome,
) -> None:
    for key in keys:
        now = as_json(columns[key])
        before = known[key].applied
        changed = {name: value for name, value in columns[key].items() if now[name] != before.get(name, ...)}
        if changed:
            await _write(session, _table(key[0]), outcome.ids[key], changed)
            note = update(ManifestRow).where(_note_of(session, key))
            await session.execute(note.values(applied=now))
            outcome.changed[key[0]].append(key[1])


async def _write(session: AsyncSession, table: Table, object_id: UUID, changed: dict[str, Any]) -> None:
    stamps: dict[str, Any] = {"updated_at": clock.now()} if "updated_at" in table.c else {}
    stamps |= {name: table.c[name] + 1 for name in ("revision", "sequence") if name in table.c}
    row = (table.c.tenant_id == tenant_of(session)) & (table.c.id == object_id)
    if table.name == "criterion":
        # One that the staff has retired says what applications were checked against.
        row &= table.c.ordinal != 0
    await session.execute(update(table).where(row).values(**changed, **stamps))


async def _remove(session: AsyncSession, keys: list[Key], known: dict[Key, Known], outcome: Outcome) -> None:
    """Rows that left the files go, children first; one that others have come to use stays and belongs to the staff."""
    for table, group in sorted(_by_table(keys).items(), key=lambda item: -_TABLES.index(item[0])):
        if not await _delete(session, table, [known[key].object_id for key in group]):
            for key in group:
                done = await _delete(session, table, [known[key].object_id])
                (outcome.removed if done else outcome.kept)[table].append(key[1])
        else:
            outcome.removed[table] += [key for _, key in group]
        for key in group:
            await session.execute(delete(ManifestRow).where(_note_of(session, key)))


async def _delete(session: AsyncSession, table_name: str, object_ids: list[UUID]) -> bool:
    """False, and nothing done, when a row from elsewhere points at one of them."""
    table = _table(table_name)
    rows = (table.c.tenant_id == tenant_of(session)) & table.c.id.in_(object_ids)
    try:
        async with session.begin_nested():
            await session.execute(delete(table).where(rows))
    except IntegrityError:
        return False
    return True


async def _orphans(session: AsyncSession, rows: list[Row], known: dict[Key, Known]) -> set[Key]:
    """New rows whose parent the staff has deleted since the last run: they are left out."""
    new = [row for row in rows if (row.table, row.key) not in known]
    parents = {ref for row in new for ref in row.refs.values() if ref in known}
    gone: set[Key] = set()
    for table_name, group in _by_table(ref for ref in parents if ref).items():
        table = _table(table_name)
        ids = [known[key].object_id for key in group]
        found = select(table.c.id).where((table.c.tenant_id == tenant_of(session)) & table.c.id.in_(ids))
        there = set((await session.execute(found)).scalars())
        gone |= {key for key in group if known[key].object_id not in there}
    for row in new:
        if any(ref in gone for ref in row.refs.values()):
            gone.add((row.table, row.key))
    return gone


def _note_of(session: AsyncSession, key: Key) -> Any:
    return (
        (ManifestRow.tenant_id == tenant_of(session)) & (ManifestRow.table_name == key[0]) & (ManifestRow.key == key[1])
    )


#: Parents before children.
_TABLES = (
    "media",
    "profile_item",
    "figure",
    "contact",
    "charter",
    "field",
    "category",
    "criterion",
    "page",
    "event",
    "event_change",
    "session",
    "appearance",
    "event_report",
    "report_photo",
    "measure",
    "discussion_topic",
    "opinion",
    "announcement",
    "organisation",
    "organisation_field",
    "declared_affiliates",
    "membership",
)


def _table(name: str) -> Table:
    return Base.metadata.tables[name]


def _by_table(keys: Iterable[Key]) -> dict[str, list[Key]]:
    groups: dict[str, list[Key]] = defaultdict(list)
    for key in keys:
        groups[key[0]].append(key)
    return groups
