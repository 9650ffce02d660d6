"""What of an event can be found by searching."""

from collections.abc import Iterator
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from shared.content.plain import plain_text
from shared.events import queries
from shared.events.views import EventView
from shared.kit import search


async def index_event(session: AsyncSession, event_id: UUID) -> None:
    """Make it findable as it stands now; a draft is not. Rows must have been flushed."""
    event = await queries.event(session, event_id)
    if event is None:
        await search.remove(session, kind="event", object_id=event_id)
        return
    await search.put(
        session,
        kind="event",
        object_id=event.id,
        path=f"/events/{event.id}",
        title=event.title,
        body=searchable_text(event),
        shown_at=event.starts_at,
        names=[person.person_name for session in event.sessions for person in session.appearances],
    )


def searchable_text(event: EventView) -> str:
    return "\n".join(part for part in _parts(event) if part)


def _parts(event: EventView) -> Iterator[str | None]:
    yield from (event.theme, event.venue, event.organiser, event.audience, plain_text(event.description))
    for session in event.sessions:
        yield f"{session.label or ''} {session.title}"
        yield plain_text(session.body or "")
        for person in session.appearances:
            yield " ".join(filter(None, (person.role_label, person.affiliation, person.person_name)))
            yield person.summary
    for topic in event.topics:
        yield from (topic.theme, topic.question, topic.conclusion)
        for opinion in topic.opinions:
            yield opinion.body + (opinion.gloss or "")
    if event.report:
        yield plain_text(event.report.body)
