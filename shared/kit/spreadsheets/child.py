"""The process that reads one file and nothing else: limited in memory and time, so that no file can hurt the server.

The file is stdin, so that nothing of it has to be held. Its rows go to the file behind the descriptor that is the last argument, a
piece a line; what is to be said about them goes to stdout.
"""

import csv
import os
import re
import resource
import sys
from collections.abc import Iterable, Iterator
from datetime import date, datetime, time, timedelta
from typing import Any, BinaryIO

import msgspec
from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, SheetVisibleEnum

from shared.kit.spreadsheets import packages, problems
from shared.kit.spreadsheets.decoding import decode
from shared.kit.spreadsheets.limits import (
    CHILD_CPU_SECONDS,
    CHILD_MEMORY,
    CHILD_OUTPUT,
    MAX_CELL_LENGTH,
    MAX_CELLS,
    MAX_COLUMNS,
    MAX_NOTES,
    MAX_ROWS,
)
from shared.kit.spreadsheets.problems import Unusable
from shared.kit.spreadsheets.table import Note, Unread, place_of

_OLD_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ZIP = b"PK"
_FILE = "/dev/fd/0"
_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+")
#: Rows, and characters, of one piece.
_PIECE_ROWS, _PIECE_LENGTH = 500, 500_000
_SHEET_ERRORS = ("#N/A", "#REF!", "#VALUE!", "#DIV/0!", "#NAME?", "#NUM!", "#NULL!")
Cells = list[Any]


class Answer(msgspec.Struct):
    """Of how many rows, and what there is to say about them. A refusal has a code and a message."""

    rows: int = 0
    notes: list[Note] = []
    sheet: str = ""
    encoding: str = ""
    unread: Unread | None = None
    code: str = ""
    message: str = ""


class SpooledRow(msgspec.Struct, array_like=True):
    """`dates` are the columns whose texts are ISO dates."""

    number: int
    texts: list[str]
    dates: list[int] = []


class Spool:
    """Rows on their way out, some at a time."""

    def __init__(self, target: BinaryIO) -> None:
        self._target, self._piece, self._length = target, list[SpooledRow](), 0

    def add(self, row: SpooledRow) -> None:
        self._piece.append(row)
        self._length += sum(map(len, row.texts))
        if len(self._piece) >= _PIECE_ROWS or self._length > _PIECE_LENGTH:
            self.flush()

    def flush(self) -> None:
        if self._piece:
            self._target.write(msgspec.json.encode(self._piece) + b"\n")
        self._piece, self._length = [], 0


def main() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (CHILD_MEMORY, CHILD_MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (CHILD_CPU_SECONDS, CHILD_CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_FSIZE, (CHILD_OUTPUT, CHILD_OUTPUT))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    try:
        with os.fdopen(int(sys.argv[-1]), "wb") as target:
            answer = read(sys.stdin.buffer, Spool(target))
    except Unusable as problem:
        answer = Answer(code=problem.code, message=problem.message)
    except MemoryError:
        heavy = problems.too_heavy()
        answer = Answer(code=heavy.code, message=heavy.message)
    sys.stdout.buffer.write(msgspec.msgpack.encode(answer))


def read(data: BinaryIO, spool: Spool) -> Answer:
    start = data.read(len(_OLD_OFFICE))
    data.seek(0)
    if start.startswith(_OLD_OFFICE):
        raise problems.old_or_locked()
    answer = _read_workbook(data, spool) if start.startswith(_ZIP) else _read_csv(data.read(), spool)
    spool.flush()
    if not answer.rows:
        raise problems.empty()
    return answer


def _read_workbook(data: BinaryIO, spool: Spool) -> Answer:
    package = packages.inspect(data)
    inspected = package.sheets
    try:
        with _workbook(package.data, data) as book:
            titles = [each.name for each in book.sheets_metadata if each.visible == SheetVisibleEnum.Visible]
            titles = [title for title in titles if title in inspected]
            if not titles:
                raise problems.empty()
            filled = [title for title in titles if inspected[title].cells]
            sheet = book.get_sheet_by_name((filled or titles)[0])
            walked = inspected[sheet.name]
            notes = [*_about_sheets(sheet.name, filled), *_merged(sheet), *_calculated(walked)]
            answer = Answer(sheet=sheet.name, notes=notes[:MAX_NOTES], unread=walked.rest)
            return _collect(_typed(sheet), answer, spool)
    except CalamineError as error:
        raise problems.broken() from error


def _workbook(package: BinaryIO, file: BinaryIO) -> CalamineWorkbook:
    """From its place on the disk, so that only what is asked for comes into memory; a shortened one lies there already."""
    if package is not file:
        return CalamineWorkbook.from_filelike(package)
    file.seek(0)
    return CalamineWorkbook.from_path(_FILE)


def _typed(sheet: CalamineSheet) -> Iterator[tuple[int, Cells]]:
    """Row by row; the library holds its own cells, never all of ours beside them."""
    left = sheet.start[1] if sheet.start else 0
    return ((number, [""] * left + row) for number, row in enumerate(sheet.iter_rows(), start=1))


def _about_sheets(read_title: str, filled: list[str]) -> Iterator[Note]:
    if len(filled) > 1:
        others = "、".join(f"「{title}」" for title in filled if title != read_title)
        yield Note("", f"シート「{read_title}」だけを読みました。{others}は読んでいません。")


def _merged(sheet: CalamineSheet) -> Iterator[Note]:
    for (top, left), (bottom, right) in sheet.merged_cell_ranges or []:
        first, last = place_of(top + 1, left), place_of(bottom + 1, right)
        yield Note(f"{first}:{last}", f"結合されたセルです。値は左上の{first}だけのものとして読みました。")


def _calculated(sheet: packages.Sheet) -> Iterator[Note]:
    for place in sheet.errors:
        yield Note(place, "エラーの値なので、空として読みました。")
    for place in sheet.formulas:
        if place not in sheet.errors:
            yield Note(place, "数式のセルです。Excelが最後に計算した値を読みました。")


def _read_csv(data: bytes, spool: Spool) -> Answer:
    text, encoding = decode(data)
    first = text[: max(text.find("\n"), 0) or len(text)]
    delimiter = max(",\t;", key=first.count)
    csv.field_size_limit(MAX_CELL_LENGTH * 4)
    lines = (line[0] for line in _LINE.finditer(text))
    try:
        return _collect(enumerate(csv.reader(lines, delimiter=delimiter), start=1), Answer(encoding=encoding), spool)
    except csv.Error as error:
        raise problems.broken() from error


def _collect(rows: Iterable[tuple[int, Cells]], answer: Answer, spool: Spool) -> Answer:
    cells = unread = 0
    for number, values in rows:
        if number > MAX_ROWS + 1:
            unread += any(values)
            continue
        texts = [_text(value, number, column, answer.notes) for column, value in enumerate(values)]
        while texts and not texts[-1]:
            texts.pop()
        cells += len(texts)
        if len(texts) > MAX_COLUMNS:
            raise problems.too_many_columns()
        if cells > MAX_CELLS:
            raise problems.too_many_cells()
        if any(texts):
            spool.add(SpooledRow(number, texts, [column for column, value in enumerate(values) if _is_date(value)]))
            answer.rows += 1
    if unread:
        answer.unread = Unread(MAX_ROWS + 2, unread)
    return answer


def _is_date(value: object) -> bool:
    return isinstance(value, date) and (not isinstance(value, datetime) or value.time() == time())


def _text(value: object, row: int, column: int, notes: list[Note]) -> str:
    """As people write it: no .0 behind a number, a moment with its time, nothing for a calculation that failed."""
    if isinstance(value, str):
        return _clean(value, row, column, notes)
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    if isinstance(value, datetime):
        return value.date().isoformat() if _is_date(value) else value.isoformat(sep=" ", timespec="minutes")
    if isinstance(value, date | time):
        return value.isoformat()
    return str(value) if isinstance(value, int | timedelta) else ""


def _clean(text: str, row: int, column: int, notes: list[Note]) -> str:
    if text in _SHEET_ERRORS:
        _note(notes, row, column, "エラーの値なので、空として読みました。")
        return ""
    if len(text) > MAX_CELL_LENGTH:
        _note(notes, row, column, f"長すぎるため、{MAX_CELL_LENGTH:,}文字までを読みました。")
        return text[:MAX_CELL_LENGTH]
    return text.strip()


def _note(notes: list[Note], row: int, column: int, message: str) -> None:
    if len(notes) < MAX_NOTES * 2:
        notes.append(Note(place_of(row, column), message))


if __name__ == "__main__":
    main()
