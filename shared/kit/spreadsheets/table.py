"""What was in a spreadsheet: rows with the numbers that people see beside them."""

from datetime import date

import msgspec

#: A date that the file held as a date; everything else is text, numbers as people write them.
Cell = str | date


class Row(msgspec.Struct, frozen=True):
    """`number` is the row of the sheet, or the line of the CSV counted by records, from 1."""

    number: int
    cells: tuple[Cell, ...]

    def cell(self, column: int) -> Cell:
        """Short rows end in empty cells."""
        return self.cells[column] if column < len(self.cells) else ""


class Note(msgspec.Struct, frozen=True):
    """Something that was read in a way that people should know of. `place` is a cell (B5), a range or empty for the whole file."""

    place: str
    message: str


class Unread(msgspec.Struct, frozen=True):
    """Rows below the last one that is read: the number of the first of them, and how many have anything in them."""

    first: int
    rows: int

    @property
    def message(self) -> str:
        return (
            f"{self.first:,}行目から下の{self.rows:,}行は、一度に読み込める{self.first - 1:,}行を超えるため、読んでいません。"
            "別のファイルに分けて読み込んでください。"
        )


class Table(msgspec.Struct, frozen=True):
    """Rows without anything in them are left out. `sheet` is empty for a CSV, `encoding` for an Excel file."""

    rows: list[Row]
    notes: list[Note]
    sheet: str = ""
    encoding: str = ""
    unread: Unread | None = None


def column_name(index: int) -> str:
    """0 is A, 26 is AA."""
    name = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        name = chr(ord("A") + rest) + name
    return name


def place_of(row: int, column: int) -> str:
    """From the row's number and the column's index: `B5`."""
    return f"{column_name(column)}{row}"
