"""What happened to registrations."""

from datetime import datetime
from uuid import UUID

from shared.events.registrations.models import RegistrationStatus
from shared.kit.outbox import Fact


class RegistrationAccepted(Fact, frozen=True, kw_only=True):
    """`status` is that of the moment: a promotion meanwhile is told by its own letter."""

    registration_id: UUID
    status: RegistrationStatus


class RegistrationAskedAgain(Fact, frozen=True, kw_only=True):
    """Somebody has registered with the address of a person who is registered: only that person is told."""

    registration_id: UUID


class RegistrationChanged(Fact, frozen=True, kw_only=True):
    registration_id: UUID
    revision: int

    @property
    def key(self) -> str:
        """By which it is recorded once, and found again."""
        return f"registration-changed:{self.registration_id}:{self.revision}"


class RegistrationCancelled(Fact, frozen=True, kw_only=True):
    registration_id: UUID


class RegistrationPromoted(Fact, frozen=True, kw_only=True):
    """繰り上げ: from the waiting list to a seat."""

    registration_id: UUID


class RegistrationPassedOver(Fact, frozen=True, kw_only=True):
    """A group for which the free seats did not suffice, while somebody behind it found one. Told once."""

    registration_id: UUID


class NewsForRegistrants(Fact, frozen=True, kw_only=True):
    """One piece of news for everybody of an event, told in pieces: next are those whose number is above `after`.

    `cause` makes the letter one: the same news reaches nobody twice. `change` is the line of the event's history that is
    told, 0 the last one. `dateless`: the event had given up its day, so that no moment makes the news worthless. `was`: when
    the event would have begun before its plan was changed.
    """

    event_id: UUID
    kind: str
    cause: str
    after: int = 0
    change: int = 0
    dateless: bool = False
    was: datetime | None = None
