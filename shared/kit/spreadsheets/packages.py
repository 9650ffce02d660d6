"""An .xlsx before it is read: a zip file that may lie, and XML that may bite. Streams; nothing is held but counts."""

import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import PurePosixPath
from xml.parsers import expat

from lxml import etree

from shared.kit.spreadsheets import problems
from shared.kit.spreadsheets.limits import (
    MAX_CELLS,
    MAX_COLUMNS,
    MAX_EXPANDED,
    MAX_ROWS,
    MAX_ZIP_ENTRIES,
    MAX_ZIP_RATIO,
)
from shared.kit.spreadsheets.table import place_of

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


class Sheet:
    """What the walk through one worksheet has counted."""

    def __init__(self) -> None:
        self.formulas: list[str] = []
        self.errors: list[str] = []
        self.rows = self.cells = 0
        self._row = self._column = 0

    def start(self, name: str, attributes: dict[str, str]) -> None:
        local = name.rpartition(":")[2]
        if local == "c":
            self._cell(attributes.get("r", ""))
            if attributes.get("t") == "e":
                self.errors.append(self._place())
        elif local == "row":
            self._start_row(attributes.get("r", ""))
        elif local == "f":
            self.formulas.append(self._place())

    def _place(self) -> str:
        return place_of(self._row, self._column - 1)

    def _start_row(self, number: str) -> None:
        self._row = int(number) if number.isascii() and number.isdigit() and len(number) < 9 else self._row + 1
        self._column = 0
        self.rows += 1
        if max(self.rows, self._row) > MAX_ROWS + 1:
            raise problems.too_many_rows()

    def _cell(self, place: str) -> None:
        match = _PLACE.fullmatch(place)
        self._column = _number(match[1]) if match else self._column + 1
        self._row = int(match[2]) if match else self._row
        self.cells += 1
        if self._row > MAX_ROWS + 1:
            raise problems.too_many_rows()
        if self._column > MAX_COLUMNS:
            raise problems.too_many_columns()
        if self.cells > MAX_CELLS:
            raise problems.too_many_cells()


def inspect(data: bytes) -> dict[str, Sheet]:
    """Worksheets by their titles. Raises Unusable for what must not reach the reader."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            _within_limits(package)
            walked = {name: _walk(package, name) for name in package.namelist() if _is_xml(name)}
            return {title: walked[path] for title, path in _titles(package) if path in walked}
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
    sheet = Sheet()
    parser = expat.ParserCreate()
    parser.StartDoctypeDeclHandler = _refuse_doctype
    if name not in _NO_SHEETS:
        parser.StartElementHandler = sheet.start
    with package.open(name) as stream:
        while chunk := stream.read(_CHUNK):
            parser.Parse(chunk, False)
    parser.Parse(b"", True)
    return sheet


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
