"""What happens to notifications."""

from datetime import date

from shared.kit.outbox import Fact


class DigestDue(Fact, frozen=True, kw_only=True):
    """The letters of the morning of `on` are to be written, some at a time: next are receivers behind `after`."""

    on: date
    after: str = ""
