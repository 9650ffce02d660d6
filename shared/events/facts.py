"""What happened to events."""

from uuid import UUID

from shared.kit.outbox import Fact


class EventPublished(Fact, frozen=True, kw_only=True):
    event_id: UUID


class EventChanged(Fact, frozen=True, kw_only=True):
    """Something that people plan by is different now: day, hour, place. `sequence` is that of iCalendar."""

    event_id: UUID
    sequence: int


class EventCancelled(Fact, frozen=True, kw_only=True):
    event_id: UUID


class EventReportPublished(Fact, frozen=True, kw_only=True):
    event_id: UUID
