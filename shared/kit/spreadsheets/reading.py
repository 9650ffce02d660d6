"""Reading a file that somebody has sent."""

import os
import subprocess
import sys
import threading
from datetime import date

import msgspec

from shared.kit.refusals import Refusal
from shared.kit.settings import ROOT
from shared.kit.spreadsheets import problems
from shared.kit.spreadsheets.child import Answer
from shared.kit.spreadsheets.limits import CHILD_SECONDS, MAX_BYTES
from shared.kit.spreadsheets.problems import Unusable
from shared.kit.spreadsheets.table import Cell, Note, Row, Table

_EXCEL_NAMES = (".xlsx", ".xlsm")
#: More at once wait, so that ten uploads are not ten times the memory.
_places = threading.BoundedSemaphore(2)


def read_table(data: bytes, filename: str) -> Table:
    """The first sheet that has anything in it, or the CSV. Waits for a process of its own: call it in a thread.

    Raises Refusal, `field` "file", with a sentence that says what to do.
    """
    try:
        if not data.strip():
            raise problems.empty()
        if len(data) > MAX_BYTES:
            raise problems.too_large()
        with _places:
            answer = _read_in_child(data)
    except Unusable as problem:
        raise Refusal(problem.code, problem.message, "file") from None
    if answer.code:
        raise Refusal(answer.code, answer.message, "file")
    return Table(_rows(answer), [*_about_name(filename, answer), *answer.notes], answer.sheet, answer.encoding)


def _read_in_child(data: bytes) -> Answer:
    command = [sys.executable, "-I", "-c", _PROGRAM, str(ROOT)]
    environment = {name: os.environ[name] for name in ("LD_LIBRARY_PATH", "PATH") if name in os.environ}
    try:
        done = subprocess.run(
            command, input=data, capture_output=True, timeout=CHILD_SECONDS, env=environment, check=False
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


def _rows(answer: Answer) -> list[Row]:
    dates = set(answer.dates)
    return [
        Row(number, tuple(_cell(text, (index, column) in dates) for column, text in enumerate(texts)))
        for index, (number, texts) in enumerate(answer.rows)
    ]


def _cell(text: str, is_date: bool) -> Cell:
    return date.fromisoformat(text) if is_date else text


def _about_name(filename: str, answer: Answer) -> list[Note]:
    named_excel = filename.lower().endswith(_EXCEL_NAMES)
    if named_excel and answer.encoding:
        return [Note("", "ファイルの名前はExcelですが、中身はCSVでしたので、CSVとして読みました。")]
    if not named_excel and not answer.encoding:
        return [Note("", "中身はExcelブックでしたので、名前にかかわらずExcelとして読みました。")]
    return []
