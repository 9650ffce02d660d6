"""What every verb of events does when it has changed something: counts it, notes it, shows it and tells it."""

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from shared.events.facts import EventChanged
from shared.events.indexing import index_event
from shared.events.models import Event, EventChange, EventState
from shared.identity.policy import Actor
from shared.kit import audit, clock
from shared.kit.content_version import bump
from shared.kit.outbox import record


async def changed(session: AsyncSession, actor: Actor, action: str, event: Event) -> None:
    """Count the edit; when the public can see it, count it in SEQUENCE too and show it."""
    event.revision += 1
    event.updated_at = clock.now()
    if event.state is not EventState.DRAFT:
        event.sequence += 1
    await session.flush()
    note(session, actor, action, event)
    if event.state is not EventState.DRAFT:
        await shown(session, event)


async def tell(session: AsyncSession, event: Event, summary: str, *, was: datetime) -> None:
    """`was`: when it would have begun until now."""
    change = await add_change(session, event, summary)
    fact = EventChanged(event_id=event.id, sequence=event.sequence, change=change, was=was)
    await record(session, fact, dedupe_key=f"event-changed:{event.id}:{event.sequence}")


async def add_change(session: AsyncSession, event: Event, summary: str) -> int:
    """Its ordinal. The event's row is locked, so the count is the number of the last one."""
    last = select(func.coalesce(func.max(EventChange.ordinal), 0)).where(EventChange.event_id == event.id)
    ordinal = (await session.execute(last)).scalar_one() + 1
    session.add(EventChange(event_id=event.id, ordinal=ordinal, changed_on=clock.today(), summary=summary))
    await session.flush()
    return ordinal


async def shown(session: AsyncSession, event: Event) -> None:
    await index_event(session, event.id)
    await bump(session)


def note(session: AsyncSession, actor: Actor, action: str, event: Event) -> None:
    audit.note(
        session,
        actor_id=actor.account_id,
        actor_name=actor.name,
        action=action,
        object_id=event.id,
        summary=event.title,
    )
