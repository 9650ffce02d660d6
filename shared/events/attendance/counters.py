"""What was counted becomes part of the report: as rows of their own kind, beside those that people have written."""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from shared.events.attendance.counter_queries import counters
from shared.events.measures import UNITS, MeasureDraft
from shared.events.models import Event, Measure
from shared.events.reporting import set_measures
from shared.identity.policy import Actor
from shared.kit import clock
from shared.kit.editing import locked
from shared.kit.refusals import Refusal


async def write_counters(session: AsyncSession, *, actor: Actor, event_id: UUID, names: Collection[str]) -> Event:
    """The chosen counters as of today. A measure of the same name is replaced, every other stays as it is and where it is."""
    if not names:
        raise Refusal("REQUIRED", "報告に載せる数を選んでください。", "names")
    await locked(session, Event, event_id)
    today = clock.today()
    counted = {
        each.name: MeasureDraft(name=each.name, value=each.value, unit=UNITS[each.name], as_of=today)
        for each in await counters(session, event_id)
        if each.name in names
    }
    rows = await session.scalars(select(Measure).where(Measure.event_id == event_id).order_by(Measure.ordinal))
    kept = []
    for row in rows:
        as_it_is = MeasureDraft(name=row.name, value=row.value, unit=row.unit, as_of=row.as_of)
        kept.append(counted.pop(row.name) if row.name in counted else as_it_is)
    return await set_measures(session, actor=actor, event_id=event_id, measures=[*kept, *counted.values()])
