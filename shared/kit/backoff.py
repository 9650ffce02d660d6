"""How long to wait before trying again."""

import random
from datetime import timedelta


def backoff(attempt: int, *, first: timedelta, longest: timedelta) -> timedelta:
    """Twice as long after each attempt (counted from 1), a quarter more or less so that nobody marches in step."""
    doubled: int = 1 << min(max(attempt, 1) - 1, 20)
    return min(first * doubled, longest) * random.uniform(0.75, 1.25)  # noqa: S311 - no secret
