"""A stored event as drafts again: to compare it with what was typed, and to make next year's of it."""

from shared.events.drafts import AppearanceDraft, EventDraft, SessionDraft
from shared.events.views import EventView


def draft_of(event: EventView) -> EventDraft:
    values = {name: getattr(event, name) for name in EventDraft.__struct_fields__ if name != "flyer_id"}
    return EventDraft(**values, flyer_id=event.flyer.id if event.flyer else None)


def programme_of(event: EventView) -> tuple[SessionDraft, ...]:
    return tuple(
        SessionDraft(
            title=session.title,
            label=session.label,
            starts_at=session.starts_at,
            minutes=session.minutes,
            body=session.body,
            appearances=tuple(
                AppearanceDraft(**{name: getattr(person, name) for name in AppearanceDraft.__struct_fields__})
                for person in session.appearances
            ),
        )
        for session in event.sessions
    )
