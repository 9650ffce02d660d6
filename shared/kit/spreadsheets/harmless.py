"""Cells that a spreadsheet program would run as a formula, made into what they are: text.

Excel, and LibreOffice with full-width signs, calculate whatever begins with = + - @, also from a CSV that somebody else has typed.
"""

import re

_GUARD = "'"
_STARTS = frozenset("=+-@\t\r\n＝＋－＠")
_NUMBER = re.compile(r"[+-]?(?:[0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)(?:\.[0-9]+)?%?")


def harmless(text: str) -> str:
    """With an apostrophe before a dangerous sign. A plain number (-5, +3.2%) is a number and stays one.

    Apostrophes that stand before the sign already get one more, so that `as_typed` knows how many were there.
    """
    return f"{_GUARD}{text}" if _is_guarded(text) else text


def as_typed(text: str) -> str:
    """The inverse of `harmless`, so that an exported list can be imported: only what it has put on is taken off."""
    return text[1:] if text.startswith(_GUARD) and _is_guarded(text[1:]) else text


def _is_guarded(text: str) -> bool:
    bare = text.lstrip(_GUARD)
    return bare[:1] in _STARTS and not _NUMBER.fullmatch(bare)
