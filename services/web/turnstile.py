"""In front of an event in a rush: few at a time, first come first served, so that the others' pages keep their connections."""

import asyncio
from uuid import UUID
from weakref import WeakValueDictionary

#: Two that talk to the database beside one that holds the row keep it busy; more would only wait there, on connections.
AT_ONCE = 3


class Turnstile:
    """One per web process. Not what decides: that is the event's row (shared/events/registrations/seats.py)."""

    def __init__(self) -> None:
        self._gates: WeakValueDictionary[UUID, asyncio.Semaphore] = WeakValueDictionary()

    def of(self, event_id: UUID) -> asyncio.Semaphore:
        """`async with turnstile.of(event_id):`. It goes with the last who waits."""
        gate = self._gates.get(event_id)
        if gate is None:
            gate = self._gates[event_id] = asyncio.Semaphore(AT_ONCE)
        return gate
