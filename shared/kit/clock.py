"""Time: stored in UTC, shown and counted in Japan."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

JST = ZoneInfo("Asia/Tokyo")


def now() -> datetime:
    return datetime.now(UTC)


def today() -> date:
    """The calendar day in Japan."""
    return datetime.now(JST).date()
