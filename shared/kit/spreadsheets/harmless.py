"""Cells that a spreadsheet program would run as a formula, made into what they are: text.

Excel, and LibreOffice with full-width signs, calculate whatever begins with = + - @, also from a CSV that somebody else has typed.
"""

import re

_STARTS = frozenset("=+-@\t\r\n＝＋－＠")
_NUMBER = re.compile(r"[+-]?(?:[0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)(?:\.[0-9]+)?%?")


def harmless(text: str) -> str:
    """With an apostrophe before a dangerous sign. A plain number (-5, +3.2%) is a number and stays one."""
    if text[:1] in _STARTS and not _NUMBER.fullmatch(text):
        return f"'{text}"
    return text


def as_typed(text: str) -> str:
    """What `harmless` has made, back again, so that an exported list can be imported."""
    return text[1:] if text.startswith("'") and text[1:2] in _STARTS else text
