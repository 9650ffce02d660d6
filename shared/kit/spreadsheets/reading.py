"""Reading a file that somebody has sent."""

import hashlib
import os
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from typing import IO

import msgspec

from shared.kit.refusals import Refusal
from shared.kit.settings import ROOT
from shared.kit.spreadsheets import problems
from shared.kit.spreadsheets.child import Answer, SpooledRow
from shared.kit.spreadsheets.limits import CHILD_SECONDS, MAX_BYTES
from shared.kit.spreadsheets.problems import Unusable
from shared.kit.spreadsheets.table import Cell, Note, Row, Table, Unread

_EXCEL_NAMES = (".xlsx", ".xlsm")
#: More at once wait, so that ten uploads are not ten times the memory.
_places = threading.BoundedSemaphore(2)


class Spooled:
    """A list that was read and waits on the disk: its rows come in pieces, so that their number costs no memory."""

    def __init__(self, answer: Answer, rows: IO[bytes], notes: list[Note], sha256: str) -> None:
        self.rows, self.sheet, self.encoding = answer.rows, answer.sheet, answer.encoding
        self.unread: Unread | None = answer.unread
        self.notes, self.sha256 = notes, sha256
        self._rows = rows

    def pieces(self) -> Iterator[list[Row]]:
        """From the first row on; each time anew."""
        self._rows.seek(0)
        for line in self._rows:
            yield [_row(row) for row in msgspec.json.decode(line, type=list[SpooledRow])]


@contextmanager
def spooled(file: IO[bytes] | bytes, filename: str) -> Iterator[Spooled]:
    """The first sheet that has anything in it, or the CSV. Waits for a process of its own: enter it in a thread.

    Raises Refusal, `field` "file", with a sentence that says what to do.
    """
    with tempfile.TemporaryFile() as rows, _on_disk(file) as source:
        try:
            sha256 = _checked(source)
            with _places:
                answer = _read_in_child(source, rows)
        except Unusable as problem:
            raise Refusal(problem.code, problem.message, "file") from None
        if answer.code:
            raise Refusal(answer.code, answer.message, "file")
        yield Spooled(answer, rows, [*_about_name(filename, answer), *answer.notes], sha256)


def read_table(file: IO[bytes] | bytes, filename: str) -> Table:
    """The same, all at once: for lists that are known to be short."""
    with spooled(file, filename) as found:
        rows = [row for piece in found.pieces() for row in piece]
        return Table(rows, found.notes, found.sheet, found.encoding, found.unread)


@contextmanager
def _on_disk(file: IO[bytes] | bytes) -> Iterator[IO[bytes]]:
    if not isinstance(file, bytes):
        yield file
        return
    with tempfile.TemporaryFile() as source:
        source.write(file)
        source.flush()
        yield source


def _checked(source: IO[bytes]) -> str:
    """The digest of a file that is worth a process."""
    if source.seek(0, os.SEEK_END) > MAX_BYTES:
        raise problems.too_large()
    source.seek(0)
    digest, blank = hashlib.sha256(), True
    while chunk := source.read(1024 * 1024):
        digest.update(chunk)
        blank = blank and not chunk.strip()
    if blank:
        raise problems.empty()
    return digest.hexdigest()


def _read_in_child(source: IO[bytes], rows: IO[bytes]) -> Answer:
    command = [sys.executable, "-I", "-c", _PROGRAM, str(ROOT), str(rows.fileno())]
    environment = {name: os.environ[name] for name in ("LD_LIBRARY_PATH", "PATH") if name in os.environ}
    os.lseek(source.fileno(), 0, os.SEEK_SET)
    try:
        done = subprocess.run(
            command,
            stdin=source.fileno(),
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            pass_fds=[rows.fileno()],
            timeout=CHILD_SECONDS,
            env=environment,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise problems.too_heavy() from None
    if done.returncode < 0:
        raise problems.too_heavy()
    if done.returncode:
        raise problems.broken()
    return msgspec.msgpack.decode(done.stdout, type=Answer)


#: Isolated: neither the working folder nor the environment can slip a module in.
_PROGRAM = "import sys; sys.path.insert(0, sys.argv[1]); from shared.kit.spreadsheets.child import main; main()"


def _row(row: SpooledRow) -> Row:
    return Row(row.number, tuple(_cell(text, column in row.dates) for column, text in enumerate(row.texts)))


def _cell(text: str, is_date: bool) -> Cell:
    return date.fromisoformat(text) if is_date else text


def _about_name(filename: str, answer: Answer) -> list[Note]:
    named_excel = filename.lower().endswith(_EXCEL_NAMES)
    if named_excel and answer.encoding:
        return [Note("", "ファイルの名前はExcelですが、中身はCSVでしたので、CSVとして読みました。")]
    if not named_excel and not answer.encoding:
        return [Note("", "中身はExcelブックでしたので、名前にかかわらずExcelとして読みました。")]
    return []
