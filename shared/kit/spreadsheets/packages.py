"""An .xlsx before it is read: a zip file that may lie, and XML that may bite. Streams; nothing is held but counts."""

import io
import re
import zipfile
import zlib
from collections.abc import Callable, Iterator
from pathlib import PurePosixPath
from typing import BinaryIO, NamedTuple
from xml.parsers import expat

from lxml import etree

from shared.kit.spreadsheets import problems
from shared.kit.spreadsheets.limits import (
    MAX_CELLS,
    MAX_COLUMNS,
    MAX_EXPANDED,
    MAX_NOTES,
    MAX_ROWS,
    MAX_ZIP_ENTRIES,
    MAX_ZIP_RATIO,
)
from shared.kit.spreadsheets.table import Unread, place_of

_CHUNK = 64 * 1024
_SMALLEST_BOMB = 1024 * 1024  # a repetitive sheet of a few kilobytes may well shrink to a hundredth
_WORKBOOK = "xl/workbook.xml"
_RELATIONS = "xl/_rels/workbook.xml.rels"
#: Any other part may be a worksheet, wherever it lies.
_NO_SHEETS = frozenset({_WORKBOOK, _RELATIONS, "xl/sharedStrings.xml", "xl/styles.xml", "[Content_Types].xml"})
_PLACE = re.compile(r"([A-Z]{1,3})([0-9]{1,7})")
_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_REFERENCE = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"


#: What the libraries below raise for a package that is none; ValueError and LookupError for sizes and encodings that cannot be.
_BROKEN = (
    zipfile.BadZipFile,
    zlib.error,
    expat.ExpatError,
    etree.XMLSyntaxError,
    NotImplementedError,  # zipfile's word for a compression that it does not know
    EOFError,
    ValueError,
    LookupError,
)


class Cut(NamedTuple):
    """Where the part of a worksheet that is read ends: the byte, and the tags that close what is open there."""

    at: int
    end: bytes


class Sheet:
    """What the walk through one worksheet has counted."""

    def __init__(self, place: Callable[[], int]) -> None:
        self.formulas: list[str] = []
        self.errors: list[str] = []
        self.rows = self.cells = self.unread = 0
        self.cut: Cut | None = None
        self._byte = place
        self._row = self._column = self._width = self._filled = 0

    def start(self, name: str, attributes: dict[str, str]) -> None:
        prefix, _, local = name.rpartition(":")
        if self.cut:
            self._below(local)
        elif local == "c":
            self._cell(attributes.get("r", ""), prefix)
            if attributes.get("t") == "e" and len(self.errors) < MAX_NOTES:
                self.errors.append(self._place())
        elif local == "row":
            self._start_row(attributes.get("r", ""), prefix)
        elif local == "f" and len(self.formulas) < MAX_NOTES:
            self.formulas.append(self._place())

    @property
    def rest(self) -> Unread | None:
        return Unread(MAX_ROWS + 2, self.unread) if self.unread else None

    def _place(self) -> str:
        return place_of(self._row, self._column - 1)

    def _start_row(self, number: str, prefix: str) -> None:
        self._row = int(number) if number.isascii() and number.isdigit() and len(number) < 9 else self._row + 1
        self._column = 0
        self.rows += 1
        if max(self.rows, self._row) > MAX_ROWS + 1:
            self._end_here(prefix, "sheetData", "worksheet")

    def _cell(self, place: str, prefix: str) -> None:
        match = _PLACE.fullmatch(place)
        self._column = _number(match[1]) if match else self._column + 1
        self._row = int(match[2]) if match else self._row
        if self._row > MAX_ROWS + 1:
            self._end_here(prefix, "row", "sheetData", "worksheet")
            return
        self.cells += 1
        self._width = max(self._width, self._column)
        if self._column > MAX_COLUMNS:
            raise problems.too_many_columns()
        if max(self.cells, self._row * self._width) > MAX_CELLS:
            raise problems.too_many_cells()

    def _end_here(self, prefix: str, *tags: str) -> None:
        closed = "".join(f"</{prefix}:{tag}>" if prefix else f"</{tag}>" for tag in tags)
        self.cut = Cut(self._byte(), closed.encode())

    def _below(self, local: str) -> None:
        """Rows below the cut count when they have anything in them."""
        if local == "row":
            self._filled = 0
        elif local in ("v", "is") and not self._filled:
            self._filled = 1
            self.unread += 1


class Package(NamedTuple):
    """`data` is the file itself, or what is left of it when a worksheet was too long."""

    data: BinaryIO
    sheets: dict[str, Sheet]


def inspect(data: BinaryIO) -> Package:
    """Worksheets by their titles. Raises Unusable for what must not reach the reader."""
    try:
        with zipfile.ZipFile(data) as package:
            _within_limits(package)
            walked = {name: _walk(package, name) for name in package.namelist() if _is_xml(name)}
            sheets = {title: walked[path] for title, path in _titles(package) if path in walked}
            cuts = {name: sheet.cut for name, sheet in walked.items() if sheet.cut}
            return Package(_shortened(package, cuts) if cuts else data, sheets)
    except _BROKEN as error:
        raise problems.broken() from error
    except RuntimeError as error:  # an encrypted entry
        raise problems.old_or_locked() from error


def _within_limits(package: zipfile.ZipFile) -> None:
    entries = package.infolist()
    if len(entries) > MAX_ZIP_ENTRIES or sum(entry.file_size for entry in entries) > MAX_EXPANDED:
        raise problems.suspicious()
    for entry in entries:
        if entry.file_size > max(_SMALLEST_BOMB, entry.compress_size * MAX_ZIP_RATIO):
            raise problems.suspicious()
    names = [entry.filename.casefold() for entry in entries]
    if _WORKBOOK not in names:
        raise problems.not_a_spreadsheet()
    if len(set(names)) < len(names):
        raise problems.suspicious()


def _is_xml(name: str) -> bool:
    return PurePosixPath(name).suffix.lower() in (".xml", ".rels", ".vml")


def _walk(package: zipfile.ZipFile, name: str) -> Sheet:
    """To the end of the entry, so that a size that lies is found by its checksum."""
    parser = expat.ParserCreate()
    sheet = Sheet(lambda: parser.CurrentByteIndex)
    parser.StartDoctypeDeclHandler = _refuse_doctype
    if name not in _NO_SHEETS:
        parser.StartElementHandler = sheet.start
    with package.open(name) as stream:
        while chunk := stream.read(_CHUNK):
            parser.Parse(chunk, False)
    parser.Parse(b"", True)
    return sheet


def _shortened(package: zipfile.ZipFile, cuts: dict[str, Cut]) -> BinaryIO:
    """The same package, its long worksheets ending where they were cut; in memory, still packed."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as short:
        for name in package.namelist():
            cut = cuts.get(name)
            with package.open(name) as old, short.open(name, "w", force_zip64=True) as new:
                left = cut.at if cut else package.getinfo(name).file_size
                while left > 0 and (chunk := old.read(min(left, _CHUNK))):
                    new.write(chunk)
                    left -= len(chunk)
                new.write(cut.end if cut else b"")
    target.seek(0)
    return target


def _refuse_doctype(*_: object) -> None:
    """Entities live in a DOCTYPE, and no spreadsheet program writes one."""
    raise problems.suspicious()


def _titles(package: zipfile.ZipFile) -> Iterator[tuple[str, str]]:
    targets = {each.get("Id"): each.get("Target", "") for each in _tree(package, _RELATIONS)}
    for sheet in _tree(package, _WORKBOOK).iter(f"{_MAIN}sheet"):
        target = targets.get(sheet.get(_REFERENCE), "")
        path = target.removeprefix("/") if target.startswith("/") else f"xl/{target}"
        yield sheet.get("name", ""), path


def _tree(package: zipfile.ZipFile, name: str) -> etree._Element:
    parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False)
    return etree.fromstring(package.read(name), parser)


def _number(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - ord("A") + 1
    return number
