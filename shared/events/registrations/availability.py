"""空き: what an event has left, for each way of attending, from the counters of the row that decides."""

import msgspec

from shared.events.registrations.models import Attendance
from shared.events.registrations.seats import COLUMNS, ways
from shared.events.views import EventView


class Availability(msgspec.Struct, frozen=True):
    """`capacity` null: as many as come. `taken` counts people, `waiting` registrations."""

    attendance: Attendance
    capacity: int | None
    taken: int
    waiting: int

    @property
    def left(self) -> int | None:
        return None if self.capacity is None else max(self.capacity - self.taken, 0)

    @property
    def full(self) -> bool:
        return self.left == 0

    def seats(self, party: int) -> bool:
        """Whether a whole party would find seats now."""
        return self.left is None or party <= self.left


def availability(event: EventView) -> tuple[Availability, ...]:
    """The event's ways of attending, the hall first."""
    return tuple(_of(event, way) for way in ways(event))


def of_way(event: EventView, attendance: Attendance | None) -> Availability:
    """That of one way; of the event's first for those who did not say, or named one that it does not have."""
    known = availability(event)
    return next((each for each in known if each.attendance is attendance), known[0])


def _of(event: EventView, attendance: Attendance) -> Availability:
    columns = COLUMNS[attendance]
    return Availability(
        attendance,
        getattr(event, columns.capacity),
        getattr(event, columns.taken),
        getattr(event, columns.waiting),
    )
