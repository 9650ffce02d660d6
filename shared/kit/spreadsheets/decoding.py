"""From the bytes of a CSV to its text. Excel in Japan writes CP932; shift_jis would stumble over 髙, ① and ㈱."""

import codecs
import re

import charset_normalizer

from shared.kit.spreadsheets import problems

_BYTE_ORDER_MARKS = {
    codecs.BOM_UTF8: "utf-8-sig",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}
_HALF_WIDTH_KANA = re.compile("[\uff61-\uff9f]")
_KANA = re.compile("[\u3041-\u30fe]")
#: Python reads the bytes 80, A0, FD, FE and FF of CP932 as these; Windows writes none of them.
_NO_CHARACTERS = re.compile("[\x80\xa0\uf8f0-\uf8f3]")
_GUESSED_FROM = 64 * 1024


def decode(data: bytes) -> tuple[str, str]:
    """Text and the name of its encoding."""
    for mark, encoding in _BYTE_ORDER_MARKS.items():
        if data.startswith(mark):
            return _decoded(data, encoding), encoding
    if b"\x1b$" in data:
        return _decoded(data, "iso2022_jp_ext"), "iso2022_jp"
    text = _attempt(data, "utf-8")
    if text is not None:
        return _readable(text), "utf-8"
    return _older(data)


def _older(data: bytes) -> tuple[str, str]:
    text, other = _attempt(data, "cp932"), _attempt(data, "euc_jp")
    if other is not None and (text is None or _looks_misread(text)) and _KANA.search(other):
        return _readable(other), "euc_jp"
    if text is None or _NO_CHARACTERS.search(text):
        raise problems.unknown_encoding(_guess(data))
    return _readable(text), "cp932"


def _looks_misread(text: str) -> bool:
    """EUC-JP read as CP932 is a heap of half-width kana; a ledger has some, but never most of its words."""
    foreign = sum(not each.isascii() for each in text)
    return len(_HALF_WIDTH_KANA.findall(text)) * 2 > foreign


def _attempt(data: bytes, encoding: str) -> str | None:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError:
        return None


def _decoded(data: bytes, encoding: str) -> str:
    text = _attempt(data, encoding)
    if text is None:
        raise problems.unknown_encoding(None)
    return _readable(text)


def _readable(text: str) -> str:
    """A picture or a program that calls itself .csv has NULs."""
    if "\x00" in text:
        raise problems.not_a_spreadsheet()
    return text


def _guess(data: bytes) -> str | None:
    if b"\x00" in data:
        raise problems.not_a_spreadsheet()
    best = charset_normalizer.from_bytes(data[:_GUESSED_FROM]).best()
    return best.encoding if best else None
