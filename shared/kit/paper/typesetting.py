"""From data to a tagged PDF. Values travel as JSON beside the document, so nothing that a person typed is ever typst source."""

import asyncio
import json
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
_REGULAR = (_BIZ / "400Regular/BIZUDPGothic_400Regular.ttf", _NOTO / "400Regular/NotoSansJP_400Regular.ttf")
_BOLD = (_BIZ / "700Bold/BIZUDPGothic_700Bold.ttf", _NOTO / "700Bold/NotoSansJP_700Bold.ttf")
_EPOCH = 0  # the same words are the same bytes, so that an ETag holds


class Document(StrEnum):
    FORM = "form.typ"
    LABELS = "labels.typ"
    NAME_LIST = "name_list.typ"


class _Press:
    """One compiler with its fonts and its memory of the last sheets; one sheet at a time."""

    def __init__(self, document: Document) -> None:
        self._lock = threading.Lock()
        fonts = typst.Fonts(
            include_system_fonts=False,
            include_embedded_fonts=False,
            font_paths=[str(font.parent) for font in (*_REGULAR, *_BOLD)],
        )
        if len(fonts.fonts()) < len((*_REGULAR, *_BOLD)):
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


async def typeset(document: Document, data: Mapping[str, Any]) -> bytes:
    """A PDF/UA-1 document, set in a thread. Characters that no font has become 〓."""
    return await asyncio.to_thread(typeset_now, document, data)


def typeset_now(document: Document, data: Mapping[str, Any]) -> bytes:
    values = json.dumps(_printable(data), ensure_ascii=False)
    return _press(document).print(values)


@cache
def _press(document: Document) -> _Press:
    return _Press(document)


def _printable(value: Any) -> Any:
    if isinstance(value, str):
        return printable(value, _REGULAR)
    if isinstance(value, Mapping):
        return {key: _printable(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_printable(each) for each in value]
    return value
