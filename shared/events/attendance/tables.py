"""班分け: the verbs. Composed anew, mended after no-shows, or one person moved by hand."""

import asyncio
from typing import Any
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from uuid_utils.compat import uuid7

from shared.events.attendance import mixing
from shared.events.attendance.mixing import Tables
from shared.events.attendance.models import Basis, Seat, Seating
from shared.events.attendance.table_queries import TablePlan, plan
from shared.events.models import Event
from shared.events.registrations.models import Attendance
from shared.events.registrations.seats import ways
from shared.identity.policy import Actor
from shared.kit import audit, clock
from shared.kit.database.session import tenant_of
from shared.kit.editing import locked
from shared.kit.refusals import Conflict, NotFound, Refusal

SMALLEST, LARGEST = 2, 10
MOST_TABLES = 500


async def compose(session: AsyncSession, *, actor: Actor, event_id: UUID, size: int, basis: Basis) -> TablePlan:
    """All tables anew, of those who have seats or of those who came. Two composers queue at the event."""
    if not SMALLEST <= size <= LARGEST:
        raise Refusal("OUT_OF_RANGE", f"1組の人数は{SMALLEST}人から{LARGEST}人までで入力してください。", "size")
    event = await locked(session, Event, event_id)
    people = (await _plan(session, event)).people(basis)
    if not people:
        words = "来場した方がまだいません。" if basis is Basis.PRESENT else "確定した申込がまだありません。"
        raise Refusal("NOBODY", words, "basis")
    tables = await asyncio.to_thread(mixing.compose, people, size)
    return await _write(session, actor, event, tables, {"size": size, "basis": basis})


async def regroup(session: AsyncSession, *, actor: Actor, event_id: UUID) -> TablePlan:
    """Those who did not come leave, walk-ins are added, and as few people as possible change their table."""
    event = await locked(session, Event, event_id)
    known = await _plan(session, event)
    if known.seating is None:
        raise Conflict("まだ班分けをしていません。先に「班を作る」を押してください。")
    people = known.people(Basis.PRESENT)
    if not people:
        raise Refusal("NOBODY", "来場した方がまだいません。受付で来場を記録してから、組み直してください。")
    seated = {person.key: number for number, table in known.tables.items() for person in table}
    tables = await asyncio.to_thread(mixing.regroup, people, seated, known.seating.size)
    return await _write(session, actor, event, tables, {"size": known.seating.size, "basis": Basis.PRESENT})


async def move(
    session: AsyncSession, *, actor: Actor, event_id: UUID, registration_id: UUID, ordinal: int, table_number: int
) -> TablePlan:
    """One person to another table, whatever the mix says: the secretariat knows who should meet."""
    if not 1 <= table_number <= MOST_TABLES:
        raise Refusal("OUT_OF_RANGE", f"班の番号は1から{MOST_TABLES}までで入力してください。", "table_number")
    event = await locked(session, Event, event_id)
    known = await _plan(session, event)
    guest = next((each for each in known.guests if each.id == registration_id), None)
    if guest is None or not 0 <= ordinal < guest.party_size or known.seating is None:
        raise NotFound
    statement = insert(Seat).values(
        tenant_id=tenant_of(session),
        id=uuid7(),
        event_id=event_id,
        registration_id=registration_id,
        ordinal=ordinal,
        table_number=table_number,
    )
    person = ["tenant_id", "registration_id", "ordinal"]
    await session.execute(statement.on_conflict_do_update(index_elements=person, set_={"table_number": table_number}))
    _note(session, actor, "tables.move", event, f"受付番号 {guest.number} → {table_number}班")
    return await _plan(session, event)


async def _plan(session: AsyncSession, event: Event) -> TablePlan:
    return await plan(session, event.id, hall=Attendance.HALL in ways(event))


async def _write(
    session: AsyncSession, actor: Actor, event: Event, tables: Tables, values: dict[str, Any]
) -> TablePlan:
    known = await session.scalar(select(Seating).where(Seating.event_id == event.id))
    if known is None:
        known = Seating(event_id=event.id, revision=0)
        session.add(known)
    for name, value in values.items():
        setattr(known, name, value)
    known.tables, known.composed_at, known.composed_by = len(tables), clock.now(), actor.name
    known.revision += 1
    await session.flush()
    await session.execute(delete(Seat).where(Seat.event_id == event.id))
    rows = [
        {
            "tenant_id": event.tenant_id,
            "id": uuid7(),
            "event_id": event.id,
            "registration_id": UUID(registration_id),
            "ordinal": ordinal,
            "table_number": number,
        }
        for number, table in tables.items()
        for (registration_id, ordinal), _, _ in table
    ]
    await session.execute(insert(Seat), rows)
    _note(session, actor, "tables.compose", event, f"{len(tables)}班")
    return await _plan(session, event)


def _note(session: AsyncSession, actor: Actor, action: str, event: Event, summary: str) -> None:
    audit.note(
        session,
        actor_id=actor.account_id,
        actor_name=actor.name,
        action=action,
        object_id=event.id,
        summary=summary,
    )
