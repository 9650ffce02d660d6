"""Opening a PDF that somebody has sent."""

import os
import subprocess
import sys
import threading

import msgspec

from shared.kit.pdfs import problems
from shared.kit.pdfs.answer import Answer
from shared.kit.pdfs.limits import CHILD_SECONDS, MAX_BYTES
from shared.kit.settings import ROOT

MARK = b"%PDF-"
#: The mark may stand behind a little of something else.
_LOOKED_AT = 1024
#: More at once wait: each may take a gigabyte.
_one_at_a_time = threading.Lock()


class FirstPage(msgspec.Struct, frozen=True):
    """`image` is a JPEG, `text` what stands on the page as text, in the order of the file; a scan has none.

    `document` is the PDF as it may be given away: its photos without EXIF and GPS, no author, nothing that hangs at it.
    """

    image: bytes
    pages: int
    text: str
    document: bytes


def is_pdf(data: bytes) -> bool:
    return MARK in data[:_LOOKED_AT]


def read_first_page(data: bytes) -> FirstPage:
    """Waits for a process of its own: call it in a thread. Raises Refusal, `field` "file", with what to do."""
    if len(data) > MAX_BYTES:
        raise problems.too_large(len(data))
    with _one_at_a_time:
        answer = _read_in_child(data)
    if answer.code:
        raise problems.BY_CODE[answer.code]()
    return FirstPage(answer.image, answer.pages, answer.text, answer.document)


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
_PROGRAM = "import sys; sys.path.insert(0, sys.argv[1]); from shared.kit.pdfs.child import main; main()"
