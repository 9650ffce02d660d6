"""The curve of 参加団体のあゆみ: from the ledger's days to places on a drawing."""

from collections.abc import Iterable, Sequence
from datetime import date

import msgspec

from shared.kit.japanese.eras import year_in_era
from shared.members.ledger import Change
from shared.tenants.queries import FigureView

WIDTH, HEIGHT = 720, 320
LEFT, RIGHT, TOP, BOTTOM = 56, 24, 48, 40
#: Marks nearer than this stand one above the other.
_APART = 26
_MOST_YEARS = 8
_SIGNS = "①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳"


class Tick(msgspec.Struct, frozen=True):
    place: float
    words: str


class Mark(msgspec.Struct, frozen=True):
    """A date of which a document states the number. `sign` leads to its line in the table."""

    sign: str
    x: float
    y: float
    label_y: float
    figure: FigureView
    counted: int


class Curve(msgspec.Struct, frozen=True):
    """`path` is a line of steps: a number holds until the next day on which somebody comes or goes."""

    path: str
    area: str
    years: list[Tick]
    counts: list[Tick]
    marks: list[Mark]
    width: int = WIDTH
    height: int = HEIGHT
    left: int = LEFT
    right: int = WIDTH - RIGHT
    top: int = TOP
    floor: int = HEIGHT - BOTTOM


class _Scale:
    def __init__(self, first: date, last: date, most: int) -> None:
        self._first, self._days, self.most = first, max(1, (last - first).days), most

    def x(self, day: date) -> float:
        return round(LEFT + (WIDTH - LEFT - RIGHT) * (day - self._first).days / self._days, 1)

    def y(self, count: int) -> float:
        return round(HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * count / self.most, 1)


def curve(changes: Sequence[Change], figures: Iterable[FigureView], counted: dict[date, int], until: date) -> Curve:
    """`changes` are not empty; `counted` says what the ledger holds on the figures' days."""
    shown = [figure for figure in figures if changes[0].day <= figure.as_of <= until][: len(_SIGNS)]
    step = _step(max([each.count for each in changes] + [1]))
    most = step * -(-max([each.count for each in changes] + [1]) // step)
    scale = _Scale(changes[0].day, until, most)
    path = _path(changes, scale, until)
    floor = scale.y(0)
    return Curve(
        path=path,
        area=f"{path} V{floor} H{scale.x(changes[0].day)} Z",
        years=_years(changes[0].day, until, scale),
        counts=[Tick(scale.y(count), str(count)) for count in range(0, most + 1, step)],
        marks=_marks(shown, counted, scale),
    )


def _path(changes: Sequence[Change], scale: _Scale, until: date) -> str:
    parts = [f"M{scale.x(changes[0].day)} {scale.y(0)}"]
    for change in changes:
        parts += [f"H{scale.x(change.day)}", f"V{scale.y(change.count)}"]
    return " ".join([*parts, f"H{scale.x(until)}"])


def _step(most: int) -> int:
    """1, 2 or 5 times a power of ten, for four to ten lines."""
    unit = 1
    while True:
        for factor in (1, 2, 5):
            if most <= factor * unit * 6:
                return factor * unit
        unit *= 10


def _years(first: date, last: date, scale: _Scale) -> list[Tick]:
    years = range(first.year + 1, last.year + 1)
    every = -(-len(years) // _MOST_YEARS) or 1
    return [Tick(scale.x(date(year, 1, 1)), year_in_era(date(year, 12, 31))) for year in years[::every]]


def _marks(figures: Sequence[FigureView], counted: dict[date, int], scale: _Scale) -> list[Mark]:
    marks: list[Mark] = []
    for sign, figure in zip(_SIGNS, figures, strict=False):
        x, count = scale.x(figure.as_of), counted[figure.as_of]
        lower = marks and x - marks[-1].x < _APART and marks[-1].label_y == TOP - 28
        marks.append(Mark(sign, x, scale.y(count), TOP - 8 if lower else TOP - 28, figure, count))
    return marks
