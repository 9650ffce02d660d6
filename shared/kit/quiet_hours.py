"""夜間: from 21:00 to 7:00 in Japan no letter goes out that can wait."""

from datetime import datetime, time, timedelta

from shared.kit.clock import JST

EVENING, MORNING = time(21), time(7)


def next_polite_moment(now: datetime) -> datetime:
    """`now` by day; by night the coming 7:00."""
    local = now.astimezone(JST)
    if MORNING <= local.time() < EVENING:
        return now
    day = local.date() + timedelta(days=1) if local.time() >= EVENING else local.date()
    return datetime.combine(day, MORNING, tzinfo=JST)
