"""The process that reads one file and nothing else: limited in memory and time, so that no file can hurt the server.

Bytes in by stdin, the table out by stdout as MessagePack. `python -m shared.kit.spreadsheets.child`.
"""

import csv
import io
import resource
import sys
from collections.abc import Iterable, Iterator
from datetime import date, datetime, time, timedelta
from typing import Any

import msgspec
from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, SheetVisibleEnum

from shared.kit.spreadsheets import packages, problems
from shared.kit.spreadsheets.decoding import decode
from shared.kit.spreadsheets.limits import (
    CHILD_CPU_SECONDS,
    CHILD_MEMORY,
    MAX_CELL_LENGTH,
    MAX_CELLS,
    MAX_COLUMNS,
    MAX_ROWS,
)
from shared.kit.spreadsheets.problems import Unusable
from shared.kit.spreadsheets.table import Note, place_of

_OLD_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ZIP = b"PK"
_MAX_NOTES = 100
_SHEET_ERRORS = ("#N/A", "#REF!", "#VALUE!", "#DIV/0!", "#NAME?", "#NUM!", "#NULL!")
Cells = list[Any]


class Answer(msgspec.Struct):
    """`dates` are the places, row by row, of the cells that are ISO dates. A refusal has a code and a message."""

    rows: list[tuple[int, list[str]]] = []
    dates: list[tuple[int, int]] = []
    notes: list[Note] = []
    sheet: str = ""
    encoding: str = ""
    code: str = ""
    message: str = ""


def main() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (CHILD_MEMORY, CHILD_MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (CHILD_CPU_SECONDS, CHILD_CPU_SECONDS))
    for forbidden in (resource.RLIMIT_CORE, resource.RLIMIT_FSIZE):
        resource.setrlimit(forbidden, (0, 0))
    try:
        answer = read(sys.stdin.buffer.read())
    except Unusable as problem:
        answer = Answer(code=problem.code, message=problem.message)
    except MemoryError:
        heavy = problems.too_heavy()
        answer = Answer(code=heavy.code, message=heavy.message)
    sys.stdout.buffer.write(msgspec.msgpack.encode(answer))


def read(data: bytes) -> Answer:
    if data.startswith(_OLD_OFFICE):
        raise problems.old_or_locked()
    answer = _read_workbook(data) if data.startswith(_ZIP) else _read_csv(data)
    if not answer.rows:
        raise problems.empty()
    return answer


def _read_workbook(data: bytes) -> Answer:
    inspected = packages.inspect(data)
    try:
        with CalamineWorkbook.from_filelike(io.BytesIO(data)) as book:
            titles = [each.name for each in book.sheets_metadata if each.visible == SheetVisibleEnum.Visible]
            titles = [title for title in titles if title in inspected]
            if not titles:
                raise problems.empty()
            filled = [title for title in titles if inspected[title].cells]
            sheet = book.get_sheet_by_name((filled or titles)[0])
            notes = [*_about_sheets(sheet.name, filled), *_merged(sheet), *_calculated(inspected[sheet.name])]
            return _collect(_typed(sheet), Answer(sheet=sheet.name, notes=notes[:_MAX_NOTES]))
    except CalamineError as error:
        raise problems.broken() from error


def _typed(sheet: CalamineSheet) -> Iterator[tuple[int, Cells]]:
    rows = sheet.to_python(skip_empty_area=False, nrows=MAX_ROWS + 2)
    return enumerate(rows, start=1)


def _about_sheets(read_title: str, filled: list[str]) -> Iterator[Note]:
    if len(filled) > 1:
        others = "、".join(f"「{title}」" for title in filled if title != read_title)
        yield Note("", f"シート「{read_title}」だけを読みました。{others}は読んでいません。")


def _merged(sheet: CalamineSheet) -> Iterator[Note]:
    for (top, left), (bottom, right) in sheet.merged_cell_ranges or []:
        first, last = place_of(top + 1, left), place_of(bottom + 1, right)
        yield Note(f"{first}:{last}", f"結合されたセルです。値は左上の{first}だけのものとして読みました。")


def _calculated(sheet: packages.Sheet) -> Iterator[Note]:
    for place in sheet.errors[:_MAX_NOTES]:
        yield Note(place, "エラーの値なので、空として読みました。")
    for place in sheet.formulas[:_MAX_NOTES]:
        if place not in sheet.errors[:_MAX_NOTES]:
            yield Note(place, "数式のセルです。Excelが最後に計算した値を読みました。")


def _read_csv(data: bytes) -> Answer:
    text, encoding = decode(data)
    lines = text.split("\n", 1)[0]
    delimiter = max(",\t;", key=lines.count)
    csv.field_size_limit(MAX_CELL_LENGTH * 4)
    try:
        return _collect(
            enumerate(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter), start=1),
            Answer(encoding=encoding),
        )
    except csv.Error as error:
        raise problems.broken() from error


def _collect(rows: Iterable[tuple[int, Cells]], answer: Answer) -> Answer:
    cells = 0
    for number, values in rows:
        if number > MAX_ROWS + 1:
            raise problems.too_many_rows()
        texts = [_text(value, place_of(number, column), answer.notes) for column, value in enumerate(values)]
        while texts and not texts[-1]:
            texts.pop()
        cells += len(texts)
        if len(texts) > MAX_COLUMNS:
            raise problems.too_many_columns()
        if cells > MAX_CELLS:
            raise problems.too_many_cells()
        if any(texts):
            answer.dates.extend((len(answer.rows), column) for column, value in enumerate(values) if _is_date(value))
            answer.rows.append((number, texts))
    return answer


def _is_date(value: object) -> bool:
    return isinstance(value, date) and (not isinstance(value, datetime) or value.time() == time())


def _text(value: object, place: str, notes: list[Note]) -> str:
    """As people write it: no .0 behind a number, a moment with its time, nothing for a calculation that failed."""
    if isinstance(value, str):
        return _clean(value, place, notes)
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    if isinstance(value, datetime):
        return value.date().isoformat() if _is_date(value) else value.isoformat(sep=" ", timespec="minutes")
    if isinstance(value, date | time):
        return value.isoformat()
    return str(value) if isinstance(value, int | timedelta) else ""


def _clean(text: str, place: str, notes: list[Note]) -> str:
    if text in _SHEET_ERRORS:
        notes.append(Note(place, "エラーの値なので、空として読みました。"))
        return ""
    if len(text) > MAX_CELL_LENGTH:
        notes.append(Note(place, f"長すぎるため、{MAX_CELL_LENGTH:,}文字までを読みました。"))
        return text[:MAX_CELL_LENGTH]
    return text.strip()


if __name__ == "__main__":
    main()
