"""The process that opens one PDF and nothing else: limited in memory and time, so that no file can hurt the server.

Bytes in by stdin, the first page and the PDF without records of its photos and people out by stdout as MessagePack.
"""

import io
import resource
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import msgspec
import pypdfium2 as pdfium
from pypdfium2 import raw

from shared.kit.pdfs import problems
from shared.kit.pdfs.answer import Answer
from shared.kit.pdfs.cleaning import NotCleaned, clean_pdf
from shared.kit.pdfs.limits import (
    CHILD_CPU_SECONDS,
    CHILD_MEMORY,
    FINEST,
    LONGEST_PAGE,
    LONGEST_SIDE,
    LONGEST_TEXT,
    MAX_PAGES,
)
from shared.kit.refusals import Refusal

_POINTS_PER_INCH = 72
_QUALITY = 92
#: Pixels by which the PDF that is kept is compared with the one that came.
_SMALL = 600


def main() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (CHILD_MEMORY, CHILD_MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (CHILD_CPU_SECONDS, CHILD_CPU_SECONDS))
    for forbidden in (resource.RLIMIT_CORE, resource.RLIMIT_FSIZE):
        resource.setrlimit(forbidden, (0, 0))
    try:
        answer = read(sys.stdin.buffer.read())
    except Refusal as problem:
        answer = Answer(code=problem.code)
    except MemoryError:
        answer = Answer(code=problems.too_heavy().code)
    sys.stdout.buffer.write(msgspec.msgpack.encode(answer))


def read(data: bytes) -> Answer:
    with _opened(data) as document:
        pages = len(document)
        if pages > MAX_PAGES:
            raise problems.too_many_pages()
        if not pages:
            raise problems.broken()
        try:
            page = document[0]
            image, text, looks = _picture(page), _text(page), _looks(page)
            kept = _plain(document)
        except pdfium.PdfiumError:
            raise problems.broken() from None
    return Answer(image, pages, text, _cleaned(kept, pages, looks))


def _plain(document: pdfium.PdfDocument) -> bytes:
    """Without locks and object streams: each object can be read."""
    out = io.BytesIO()
    document.save(out, flags=raw.FPDF_REMOVE_SECURITY)
    return out.getvalue()


def _cleaned(plain: bytes, pages: int, looks: bytes) -> bytes:
    """Only if it looks as before."""
    try:
        data = clean_pdf(plain)
    except NotCleaned:
        raise problems.not_cleaned() from None
    with _opened(data) as document:
        if len(document) != pages or _looks(document[0]) != looks:
            raise problems.not_cleaned()
    return data


def _looks(page: pdfium.PdfPage) -> bytes:
    scale = _SMALL / max(page.get_size())
    return bytes(page.render(scale=scale, may_draw_forms=False).to_pil().tobytes())


@contextmanager
def _opened(data: bytes) -> Iterator[pdfium.PdfDocument]:
    try:
        document = pdfium.PdfDocument(data)
    except pdfium.PdfiumError:
        # FPDF_GetLastError speaks of this very call: the process has one thread.
        locked = raw.FPDF_GetLastError() in (raw.FPDF_ERR_PASSWORD, raw.FPDF_ERR_SECURITY)
        raise (problems.locked() if locked else problems.broken()) from None
    try:
        yield document
    finally:
        document.close()


def _picture(page: pdfium.PdfPage) -> bytes:
    width, height = page.get_size()
    if not 10 <= min(width, height) <= max(width, height) <= LONGEST_PAGE:
        raise problems.page_too_large()
    scale = min(LONGEST_SIDE / max(width, height), FINEST / _POINTS_PER_INCH)
    image = page.render(scale=scale, may_draw_forms=False).to_pil().convert("RGB")
    out = io.BytesIO()
    image.save(out, "JPEG", quality=_QUALITY)
    return out.getvalue()


def _text(page: pdfium.PdfPage) -> str:
    words = page.get_textpage()
    text: str = words.get_text_range(0, min(words.count_chars(), LONGEST_TEXT))
    return text
