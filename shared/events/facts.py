"""What happened to events."""

from datetime import datetime
from uuid import UUID

from shared.kit.outbox import Fact


class EventPublished(Fact, frozen=True, kw_only=True):
    event_id: UUID


class EventChanged(Fact, frozen=True, kw_only=True):
    """Something that people plan by is different now: day, hour, place. `sequence` is that of iCalendar.

    `change` is the ordinal of the line in the event's history that says so; 0 is the last one. `was`: when it would have
    begun.
    """

    event_id: UUID
    sequence: int
    change: int = 0
    was: datetime | None = None


class EventCancelled(Fact, frozen=True, kw_only=True):
    """`was_postponed`: it had no day any more, so the old one decides nothing."""

    event_id: UUID
    was_postponed: bool = False


class EventReportPublished(Fact, frozen=True, kw_only=True):
    event_id: UUID


class ProposalSent(Fact, frozen=True, kw_only=True):
    """A member asks the secretariat to release its news or event."""

    item_id: UUID
    revision: int


class ProposalReturned(Fact, frozen=True, kw_only=True):
    """The secretariat asks the member to mend it first."""

    item_id: UUID
    revision: int
