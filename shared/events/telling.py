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
from shared.kit.refusals import Conflict


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


async def check_told(session: AsyncSession, event: Event, reason: str) -> None:
    """That the public has read this reason last. Conflict: another one would be lost without a word."""
    last = select(EventChange.summary).where(EventChange.event_id == event.id).order_by(EventChange.ordinal.desc())
    summary = await session.scalar(last.limit(1))
    if not (summary or "").endswith(f"理由：{reason}"):
        raise Conflict("この行事はすでに延期になっています。新しい日程が決まったら、開始の日時も入力してください。")


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
