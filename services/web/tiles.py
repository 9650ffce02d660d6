"""Schematic maps: one square for each municipality or prefecture, about where it lies. Drawn here, no outside map is asked.

Prefectures without an arrangement of their own are shown as rows of squares in the order of the codes.
"""

from collections.abc import Iterable, Mapping

import msgspec

from shared.tenants.models import Level

#: Rows from north to south, places from west to east; `.` is sea or a neighbour.
_JAPAN = """
.. .. .. .. .. .. .. .. .. .. .. .. 01
.. .. .. .. .. .. .. .. .. .. .. .. 02
.. .. .. .. .. .. .. .. .. .. .. 05 03
.. .. .. .. .. .. .. .. .. .. .. 06 04
.. .. .. .. .. .. .. .. .. 17 16 15 07
.. .. .. .. .. .. .. .. 18 21 20 10 09 08
.. .. .. 35 32 31 28 26 25 23 19 11 13 12
42 41 40 .. 34 33 .. 27 29 24 22 14
.. 43 44 .. 38 37 .. 30
.. 46 45 .. 39 36
47
"""
_TOKUSHIMA = """
.. .. .. .. .. 364045 362026
.. 364894 362077 362069 364053 364037 364029 364011
.. 362085 364681 362051 363413 362018
.. .. .. 363421 363219 362034
.. .. .. 363022 363014 362042
.. .. .. .. 363685 363871
.. .. .. .. 363880 363839
"""
_HYOGO = """
.. 285862 285854 282090
.. .. 282227 282251
.. 282278 284467 .. 283657 282235 282219
285013 .. 284424 284432 282138 282286 282197 283011
284815 282294 282014 282201 282189 282154 282146 282171
282120 282081 284645 282162 282103 283819 .. 282049 282073
.. .. .. .. 283827 282031 281000 282065 282022
.. .. .. .. .. 282260
.. .. .. .. 282243 282057
"""
_ARRANGED: Mapping[str, str] = {"000000": _JAPAN, "360007": _TOKUSHIMA, "280003": _HYOGO}
_PER_ROW = 8
_SIZE, _GAP, _MARGIN = 60, 4, 2
_SHADES = (0, 1, 3, 6, 11)


class Place(msgspec.Struct, frozen=True):
    code: str
    name: str
    count: int


class Tile(msgspec.Struct, frozen=True):
    """`shade` 0 (none) to 4 (most); the number itself is written in the tile."""

    name: str
    count: int
    x: int
    y: int
    shade: int


class TileMap(msgspec.Struct, frozen=True):
    tiles: list[Tile]
    width: int
    height: int
    size: int = _SIZE


def draw(places: Iterable[Place], *, level: Level, code: str) -> TileMap | None:
    """None where a map says nothing: a single municipality."""
    if level not in (Level.NATION, Level.PREFECTURE):
        return None
    known = {place.code[:2] if level is Level.NATION else place.code: place for place in places}
    spots = _spots(_ARRANGED[code], known) if code in _ARRANGED else _in_rows(known)
    tiles = [_tile(known[each], column, row) for each, (column, row) in spots.items()]
    if not tiles:
        return None
    width, height = (max(getattr(tile, axis) for tile in tiles) + _SIZE + _MARGIN for axis in ("x", "y"))
    return TileMap(tiles, width, height)


def _spots(arrangement: str, known: Mapping[str, Place]) -> dict[str, tuple[int, int]]:
    lines = arrangement.strip().splitlines()
    spots = {
        each: (column, row)
        for row, line in enumerate(lines)
        for column, each in enumerate(line.split())
        if each in known
    }
    missing = {each: place for each, place in known.items() if each not in spots}
    return spots | {each: (column, row + len(lines)) for each, (column, row) in _in_rows(missing).items()}


def _in_rows(known: Mapping[str, Place]) -> dict[str, tuple[int, int]]:
    return {each: (number % _PER_ROW, number // _PER_ROW) for number, each in enumerate(sorted(known))}


def _tile(place: Place, column: int, row: int) -> Tile:
    step = _SIZE + _GAP
    shade = sum(1 for least in _SHADES[1:] if place.count >= least)
    return Tile(place.name, place.count, _MARGIN + column * step, _MARGIN + row * step, shade)
