"""Files that open clean in Excel, print on A4, and run nothing."""

import csv
import io
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from itertools import chain, islice
from typing import Any, Literal

import msgspec
import xlsxwriter

from shared.kit.japanese import eras
from shared.kit.spreadsheets.harmless import harmless
from shared.kit.spreadsheets.limits import MAX_CELL_LENGTH

Value = str | int | float | date | datetime | None
Encoding = Literal["utf-8-sig", "cp932"]
_GETA = "〓"
#: The same signs under the code points that Windows knows.
_FOR_WINDOWS = str.maketrans({"\u301c": "～", "\u2212": "－", "\u2014": "―", "\u2016": "∥", "\u00a0": " "})
_WIDTHS_FROM = 200
_NARROWEST, _WIDEST = 6, 60
_LONGEST_TITLE = 31
_A4 = 9


class Sheet(msgspec.Struct):
    """The first row of the printed and frozen head are the `headers`; `rows` may be a stream."""

    title: str
    headers: Sequence[str]
    rows: Iterable[Sequence[Value]]


class Replaced(msgspec.Struct, frozen=True):
    """A character that CP932 does not have: 〓 stands in the file. Counted from 1, the header is row 1."""

    row: int
    column: int
    character: str


def write_xlsx(sheets: Sequence[Sheet]) -> bytes:
    """Row by row, so that memory does not grow with the list. Days are real dates; moments are in Japan's time."""
    target = io.BytesIO()
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(target, options) as book:
        formats = {
            "head": book.add_format(
                {"bold": True, "bg_color": "#E8ECEF", "bottom": 1, "text_wrap": True, "valign": "vcenter"}
            ),
            "text": book.add_format({"valign": "top", "text_wrap": True, "num_format": "@"}),
            "number": book.add_format({"valign": "top", "num_format": "#,##0.###"}),
            "whole": book.add_format({"valign": "top", "num_format": "#,##0"}),
            "day": book.add_format({"valign": "top", "num_format": "yyyy/mm/dd"}),
            "moment": book.add_format({"valign": "top", "num_format": "yyyy/mm/dd hh:mm"}),
        }
        for title, sheet in zip(_titles(sheets), sheets, strict=True):
            _write_sheet(book.add_worksheet(title), sheet, formats)
    return target.getvalue()


def write_csv(rows: Iterable[Sequence[Value]], *, encoding: Encoding = "utf-8-sig") -> tuple[bytes, list[Replaced]]:
    """Every field in quotes, lines end as Windows ends them. What CP932 does not hold is reported, place by place."""
    target = io.StringIO(newline="")
    writer = csv.writer(target, quoting=csv.QUOTE_ALL)
    replaced: list[Replaced] = []
    for number, row in enumerate(rows, start=1):
        texts = [harmless(_text(value)) for value in row]
        if encoding == "cp932":
            texts = [_for_windows(text, number, column, replaced) for column, text in enumerate(texts, start=1)]
        writer.writerow(texts)
    return target.getvalue().encode(encoding), replaced


def _write_sheet(page: Any, sheet: Sheet, formats: dict[str, Any]) -> None:
    rows = iter(sheet.rows)
    first = list(islice(rows, _WIDTHS_FROM))
    for column, width in enumerate(_widths(sheet.headers, first)):
        page.set_column(column, column, width)
    _set_up_print(page, len(sheet.headers))
    page.write_row(0, 0, [harmless(header) for header in sheet.headers], formats["head"])
    last = 0
    for last, row in enumerate(chain(first, rows), start=1):
        for column, value in enumerate(row):
            _write_cell(page, last, column, value, formats)
    page.autofilter(0, 0, last, max(len(sheet.headers) - 1, 0))


def _set_up_print(page: Any, columns: int) -> None:
    page.freeze_panes(1, 0)
    page.set_paper(_A4)
    if columns > 5:
        page.set_landscape()
    page.fit_to_pages(1, 0)
    page.repeat_rows(0)
    page.set_margins(left=0.4, right=0.4, top=0.6, bottom=0.7)
    page.set_footer("&L&A&R&P / &N")


def _write_cell(page: Any, row: int, column: int, value: Value, formats: dict[str, Any]) -> None:
    if value is None or value == "":
        return
    if isinstance(value, datetime):
        page.write_datetime(row, column, eras.in_japan(value).replace(tzinfo=None), formats["moment"])
    elif isinstance(value, date):
        page.write_datetime(row, column, value, formats["day"])
    elif isinstance(value, int | float):
        page.write_number(row, column, value, formats["whole" if isinstance(value, int) else "number"])
    else:
        page.write_string(row, column, harmless(value)[:MAX_CELL_LENGTH], formats["text"])


def _titles(sheets: Sequence[Sheet]) -> Iterator[str]:
    """Excel allows 31 characters and not all of them, and no title twice."""
    used: set[str] = set()
    for number, sheet in enumerate(sheets, start=1):
        title = "".join(each for each in sheet.title if each not in "[]:*?/\\" and each.isprintable())
        title = title.strip("' ")[:_LONGEST_TITLE] or f"シート{number}"
        if title.casefold() in used:
            title = f"{title[: _LONGEST_TITLE - 4]}（{number}）"
        used.add(title.casefold())
        yield title


def _widths(headers: Sequence[str], rows: Sequence[Sequence[Value]]) -> list[float]:
    return [
        min(
            max(
                [_width(header) + 3, _NARROWEST, *(_width(_text(row[column])) + 2 for row in rows if column < len(row))]
            ),
            _WIDEST,
        )
        for column, header in enumerate(headers)
    ]


def _width(text: str) -> float:
    """Of the longest line, a full-width character counting two."""
    return max(
        (sum(2 if unicodedata.east_asian_width(each) in "WFA" else 1 for each in line) for line in text.split("\n")),
        default=0,
    )


def _text(value: Value) -> str:
    if isinstance(value, datetime):
        return eras.in_japan(value).strftime("%Y/%m/%d %H:%M")
    if isinstance(value, date):
        return value.strftime("%Y/%m/%d")
    return "" if value is None else str(value)


def _for_windows(text: str, row: int, column: int, replaced: list[Replaced]) -> str:
    known = text.translate(_FOR_WINDOWS)
    try:
        known.encode("cp932")
    except UnicodeEncodeError:
        return "".join(_one_for_windows(each, row, column, replaced) for each in known)
    return known


def _one_for_windows(character: str, row: int, column: int, replaced: list[Replaced]) -> str:
    try:
        character.encode("cp932")
    except UnicodeEncodeError:
        replaced.append(Replaced(row, column, character))
        return _GETA
    return character
