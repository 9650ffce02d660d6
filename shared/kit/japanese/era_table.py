"""Eras, and dates that are known only to the month or the year."""

from calendar import monthrange
from dataclasses import dataclass
from datetime import date
from enum import IntEnum
from typing import Self


class Precision(IntEnum):
    """How much of a date is known."""

    YEAR = 1
    MONTH = 2
    DAY = 3


@dataclass(frozen=True, slots=True)
class Era:
    name: str
    letter: str
    start: date
    end: date
    """Its last day; `date.max` for the reigning era."""

    def western_year(self, year: int) -> int:
        return self.start.year + year - 1

    def year_name(self, western_year: int) -> str:
        """`令和元年`, `令和5年`."""
        year = western_year - self.start.year + 1
        return f"{self.name}{'元' if year == 1 else year}年"


# The tests compare this with the package japanera. A new era is one more line, and an end for the line above it.
ERAS = (
    Era("令和", "R", date(2019, 5, 1), date.max),
    Era("平成", "H", date(1989, 1, 8), date(2019, 4, 30)),
    Era("昭和", "S", date(1926, 12, 25), date(1989, 1, 7)),
    Era("大正", "T", date(1912, 7, 30), date(1926, 12, 24)),
    Era("明治", "M", date(1868, 1, 23), date(1912, 7, 29)),
)


def era_of(day: date) -> Era | None:
    """None before Meiji. On the day of a change the new era holds already."""
    return next((era for era in ERAS if era.start <= day), None)


@dataclass(frozen=True, slots=True)
class PartialDate:
    """`2022`, `2022-12` or `2022-12-26`; `month` is None in the first, `day` in the first two."""

    year: int
    month: int | None = None
    day: int | None = None

    def __post_init__(self) -> None:
        if self.day is not None and self.month is None:
            raise ValueError("a day needs a month")
        date(self.year, self.month or 1, self.day or 1)

    @classmethod
    def of(cls, day: date) -> Self:
        return cls(day.year, day.month, day.day)

    @classmethod
    def fromisoformat(cls, text: str) -> Self:
        """The reverse of `isoformat`; for stored values, not for what people type."""
        return cls(*(int(part) for part in text.split("-")))

    @property
    def precision(self) -> Precision:
        if self.month is None:
            return Precision.YEAR
        return Precision.MONTH if self.day is None else Precision.DAY

    @property
    def first(self) -> date:
        """The earliest day that it can mean."""
        return date(self.year, self.month or 1, self.day or 1)

    @property
    def last(self) -> date:
        """The latest day that it can mean."""
        month = self.month or 12
        return date(self.year, month, self.day or monthrange(self.year, month)[1])

    def isoformat(self) -> str:
        """As much of `YYYY-MM-DD` as is known: the form in which it is stored."""
        return self.first.isoformat()[: {Precision.YEAR: 4, Precision.MONTH: 7, Precision.DAY: 10}[self.precision]]


@dataclass(frozen=True, slots=True)
class Period:
    """From one date to another, both included; None on a side is open: `2022.12～`."""

    start: PartialDate | None
    end: PartialDate | None

    def __contains__(self, day: date) -> bool:
        began = self.start is None or self.start.first <= day
        return began and (self.end is None or day <= self.end.last)
