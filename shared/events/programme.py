"""The rows of an event's programme."""

from datetime import timedelta

import msgspec
from sqlalchemy import delete, update
from sqlalchemy.ext.asyncio import AsyncSession

from shared.events.drafts import SessionDraft
from shared.events.models import Appearance, Event, Session


async def write(session: AsyncSession, event: Event, drafts: tuple[SessionDraft, ...]) -> None:
    """The whole programme anew, in this order."""
    await session.execute(delete(Session).where(Session.event_id == event.id))
    parts = [
        Session(event_id=event.id, ordinal=ordinal, **_own_columns(draft)) for ordinal, draft in enumerate(drafts, 1)
    ]
    session.add_all(parts)
    await session.flush()
    session.add_all(
        Appearance(session_id=part.id, ordinal=ordinal, **msgspec.structs.asdict(person))
        for part, draft in zip(parts, drafts, strict=True)
        for ordinal, person in enumerate(draft.appearances, 1)
    )
    await session.flush()


def _own_columns(draft: SessionDraft) -> dict[str, object]:
    return {name: value for name, value in msgspec.structs.asdict(draft).items() if name != "appearances"}


async def move(session: AsyncSession, event: Event, by: timedelta) -> None:
    """The parts begin later or earlier, as the event does."""
    if by:
        mine = (Session.tenant_id == event.tenant_id, Session.event_id == event.id, Session.starts_at.is_not(None))
        await session.execute(update(Session).where(*mine).values(starts_at=Session.starts_at + by))
