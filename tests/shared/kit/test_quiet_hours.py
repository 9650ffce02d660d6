"""夜間: when a letter that can wait may go."""

from datetime import datetime

import pytest

from shared.kit.clock import JST
from shared.kit.quiet_hours import next_polite_moment


def japan(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2027, 1, day, hour, minute, tzinfo=JST)


@pytest.mark.parametrize(
    ("now", "polite"),
    [
        (japan(12, 20, 59), japan(12, 20, 59)),
        (japan(12, 21), japan(13, 7)),
        (japan(12, 23, 59), japan(13, 7)),
        (japan(13, 0), japan(13, 7)),
        (japan(13, 6, 59), japan(13, 7)),
        (japan(13, 7), japan(13, 7)),
        (datetime.fromisoformat("2027-01-12T21:59:00Z"), japan(13, 7)),
        (datetime.fromisoformat("2027-01-12T22:00:00Z"), japan(13, 7)),
    ],
)
def test_by_night_the_next_polite_moment_is_seven_in_the_morning_in_japan(now: datetime, polite: datetime) -> None:
    assert next_polite_moment(now) == polite
