"""Which characters the two fonts can draw; a PDF/UA document may not contain any other."""

import struct
import unicodedata
from collections.abc import Iterator
from functools import cache
from pathlib import Path

#: 〓, with which Japanese printers mark a letter that their case does not hold.
GETA = "〓"
_VARIATION_SELECTORS = frozenset({*range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0)})


class FontsMissing(RuntimeError):
    """node_modules is not what package-lock.json says."""


def printable(text: str, fonts: tuple[Path, ...]) -> str:
    """The text with 〓 for every character that no font holds; line ends stay, a selector never stands alone."""
    known = _held(fonts)
    return "".join(each if each == "\n" or ord(each) in known else _substitute(each) for each in text)


def _substitute(character: str) -> str:
    if unicodedata.category(character) == "Co":  # a 外字 of somebody's own machine
        return GETA
    if ord(character) in _VARIATION_SELECTORS or not character.isprintable():
        return " " if character.isspace() else ""
    return GETA


@cache
def _held(fonts: tuple[Path, ...]) -> frozenset[int]:
    return frozenset(code for font in fonts for code in _codes(font))


def _codes(font: Path) -> Iterator[int]:
    try:
        data = font.read_bytes()
    except FileNotFoundError as error:
        raise FontsMissing(f"{font} is missing: run `npm ci` (make setup does)") from error
    table = _table(data, b"cmap")
    for index in range(struct.unpack_from(">H", data, table + 2)[0]):
        platform, encoding, offset = struct.unpack_from(">HHL", data, table + 4 + index * 8)
        if (platform, encoding) == (3, 10):
            yield from _segmented(data, table + offset)
        elif (platform, encoding) == (3, 1):
            yield from _basic_plane(data, table + offset)


def _table(data: bytes, name: bytes) -> int:
    for index in range(struct.unpack_from(">H", data, 4)[0]):
        tag, _, offset, _ = struct.unpack_from(">4sLLL", data, 12 + index * 16)
        if tag == name:
            return int(offset)
    raise FontsMissing(f"a font without the table {name!r}")


def _segmented(data: bytes, start: int) -> Iterator[int]:
    """cmap format 12: groups of first and last character."""
    for index in range(struct.unpack_from(">L", data, start + 12)[0]):
        first, last, _ = struct.unpack_from(">LLL", data, start + 16 + index * 12)
        yield from range(first, last + 1)


def _basic_plane(data: bytes, start: int) -> Iterator[int]:
    """cmap format 4: segments, whose characters lead to a glyph or to none."""
    count = struct.unpack_from(">H", data, start + 6)[0] // 2
    ends = struct.unpack_from(f">{count}H", data, start + 14)
    starts = struct.unpack_from(f">{count}H", data, start + 16 + count * 2)
    deltas = struct.unpack_from(f">{count}H", data, start + 16 + count * 4)
    ranges_at = start + 16 + count * 6
    ranges = struct.unpack_from(f">{count}H", data, ranges_at)
    for index in range(count):
        for code in range(starts[index], min(ends[index], 0xFFFE) + 1):
            if ranges[index]:
                place = ranges_at + index * 2 + ranges[index] + (code - starts[index]) * 2
                glyph = struct.unpack_from(">H", data, place)[0]
            else:
                glyph = (code + deltas[index]) & 0xFFFF
            if glyph:
                yield code
