"""From data to a tagged PDF. Values travel as JSON beside the document, so nothing that a person typed is ever typst source."""

import asyncio
import json
import subprocess
import sys
import threading
from collections.abc import Mapping
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any

import typst

from shared.kit.paper.coverage import FontsMissing, printable
from shared.kit.settings import ROOT

_HERE = Path(__file__).parent
_PACKAGES = ROOT / "node_modules" / "@expo-google-fonts"
_BIZ, _NOTO = _PACKAGES / "biz-udpgothic", _PACKAGES / "noto-sans-jp"
#: BIZ UDPGothic is made for forms and for tired eyes; Noto Sans JP has the name kanji that it lacks, 𠮷 among them.
REGULAR = (_BIZ / "400Regular/BIZUDPGothic_400Regular.ttf", _NOTO / "400Regular/NotoSansJP_400Regular.ttf")
BOLD = (_BIZ / "700Bold/BIZUDPGothic_700Bold.ttf", _NOTO / "700Bold/NotoSansJP_700Bold.ttf")
_EPOCH = 0  # the same words are the same bytes, so that an ETag holds
_LONGEST_SECONDS = 120


class Document(StrEnum):
    CERTIFICATE = "certificate.typ"
    DISCUSSION = "discussion.typ"
    FORM = "form.typ"
    LABELS = "labels.typ"
    NAME_LIST = "name_list.typ"
    PERMISSION = "permission.typ"
    TABLES = "tables.typ"


#: typst remembers what it has set, and of a list of a thousand rows that is a quarter of a gigabyte.
_IN_A_PROCESS_OF_THEIR_OWN = frozenset({Document.LABELS, Document.NAME_LIST})
_one_at_a_time = threading.Lock()


class PrintingFailed(RuntimeError):
    """The process that sets a long list has not come back with one."""


async def typeset(document: Document, data: Mapping[str, Any]) -> bytes:
    """A PDF/UA-1 document, set in a thread. Characters that no font has become 〓."""
    return await asyncio.to_thread(typeset_now, document, data)


def typeset_now(document: Document, data: Mapping[str, Any]) -> bytes:
    values = json.dumps(_printable(data), ensure_ascii=False)
    return _set_apart(document, values) if document in _IN_A_PROCESS_OF_THEIR_OWN else _press(document).print(values)


class _Press:
    """One compiler with its fonts and its memory of the last sheets; one sheet at a time."""

    def __init__(self, document: Document) -> None:
        self._lock = threading.Lock()
        fonts = typst.Fonts(
            include_system_fonts=False,
            include_embedded_fonts=False,
            font_paths=[str(font.parent) for font in (*REGULAR, *BOLD)],
        )
        if len(fonts.fonts()) < len((*REGULAR, *BOLD)):
            raise FontsMissing(f"fonts are missing in {_PACKAGES}: run `npm ci` (make setup does)")
        self._compiler = typst.Compiler(str(_HERE / document), root=str(_HERE), font_paths=fonts)

    def print(self, values: str) -> bytes:
        with self._lock:
            pdf = self._compiler.compile(
                format="pdf", pdf_standards="ua-1", sys_inputs={"data": values}, timestamp=_EPOCH
            )
        if not isinstance(pdf, bytes):
            raise TypeError("typst gave no document")
        return pdf


@cache
def _press(document: Document) -> _Press:
    return _Press(document)


def _set_apart(document: Document, values: str) -> bytes:
    command = [sys.executable, "-I", "-c", _PROGRAM, str(ROOT), document]
    with _one_at_a_time:
        done = subprocess.run(
            command, input=values.encode(), capture_output=True, timeout=_LONGEST_SECONDS, check=False
        )
    if done.returncode:
        raise PrintingFailed(done.stderr.decode(errors="replace")[-500:])
    return done.stdout


_PROGRAM = (
    "import sys; sys.path.insert(0, sys.argv[1]); from shared.kit.paper.typesetting import main; main(sys.argv[2])"
)


def main(document: str) -> None:
    """The process of its own: JSON in by stdin, the PDF out by stdout."""
    pdf = _Press(Document(document)).print(sys.stdin.buffer.read().decode())
    sys.stdout.buffer.write(pdf)


def _printable(value: Any) -> Any:
    if isinstance(value, str):
        return printable(value, REGULAR)
    if isinstance(value, Mapping):
        return {key: _printable(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_printable(each) for each in value]
    return value
