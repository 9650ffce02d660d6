"""Each pause is about twice the one before, up to the longest."""

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from shared.kit.backoff import backoff

FIRST, LONGEST = timedelta(seconds=30), timedelta(hours=2)


@given(st.integers(min_value=-3, max_value=10_000))
def test_a_pause_stays_between_its_bounds(attempt: int) -> None:
    middle = min(FIRST * 2 ** (max(min(attempt, 40), 1) - 1), LONGEST)
    pause = backoff(attempt, first=FIRST, longest=LONGEST)
    assert middle * 0.75 <= pause <= middle * 1.25
