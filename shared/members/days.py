"""Days that are written into the ledger: a slip of the year must not pass, neither forward nor backward."""

from datetime import date, timedelta

from shared.kit import clock
from shared.kit.japanese import eras
from shared.tenants.queries import Profile

#: As far ahead as somebody plans: an admission, a withdrawal, a meeting.
LONGEST_AHEAD = timedelta(days=366)
#: Before any platform of its kind; for those that have not said when they were founded.
_BEFORE_ALL = date(2000, 1, 1)


def latest() -> date:
    return clock.today() + LONGEST_AHEAD


def earliest(profile: Profile) -> date:
    """Nobody can have joined before the platform was there."""
    return profile.founded_on or _BEFORE_ALL


def too_early(profile: Profile, label: str) -> str:
    """What is said about a day before `earliest`."""
    first = eras.both_calendars(earliest(profile), weekday=False)
    what = f"プラットフォームの設立日（{first}）" if profile.founded_on else first
    return f"{label}は、{what}以後の日付にしてください。年をお確かめください。"
