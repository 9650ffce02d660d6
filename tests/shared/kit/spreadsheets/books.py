"""Workbooks as people, and as attackers, make them."""

import io
import zipfile
from collections.abc import Callable, Sequence
from typing import Any

import xlsxwriter

from shared.kit.spreadsheets.reading import read_table
from shared.kit.spreadsheets.table import Cell


def book(fill: Callable[[Any, Any], None], *, sheets: Sequence[str] = ("名簿",)) -> bytes:
    """`fill(workbook, first sheet)`."""
    target = io.BytesIO()
    with xlsxwriter.Workbook(target) as workbook:
        pages = [workbook.add_worksheet(title) for title in sheets]
        fill(workbook, pages[0])
    return target.getvalue()


def plain_book(rows: Sequence[Sequence[Any]]) -> bytes:
    def fill(_: Any, page: Any) -> None:
        for number, row in enumerate(rows):
            page.write_row(number, 0, row)

    return book(fill)


def repacked(data: bytes, **changes: bytes) -> bytes:
    """The same package with other parts: `sheet1=b"..."` replaces xl/worksheets/sheet1.xml."""
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            stem = name.rpartition("/")[2].removesuffix(".xml")
            new.writestr(name, changes.get(stem, old.read(name)))
    return target.getvalue()


def part(data: bytes, name: str) -> bytes:
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        return package.read(name)


def cells(data: bytes, filename: str = "名簿.xlsx") -> list[tuple[Cell, ...]]:
    return [row.cells for row in read_table(data, filename).rows]
