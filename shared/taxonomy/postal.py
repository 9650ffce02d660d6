"""郵便番号 to the address that it stands for, from one compact file, without a table and without the network."""

import lzma
from functools import cache
from pathlib import Path

import msgspec

from shared.kit.japanese import normalise

FILE = "postal_codes.csv.xz"


class PostalAddress(msgspec.Struct, frozen=True):
    """`address` reaches from the prefecture as far as the code is certain; `municipality_code` is empty where it spans several."""

    postal_code: str
    municipality_code: str
    address: str


def find(vocabulary: Path, text: str) -> PostalAddress | None:
    """The place of a code in any spelling; None when Japan has no such code. Raises Unreadable.

    The first call unpacks 7 MB (a fifth of a second), the others search them (under a millisecond): call it in a thread.
    """
    code = normalise.postal_code(text)
    lines = _lines(vocabulary / FILE)
    start = lines.find(f"\n{code.replace('-', '')},".encode())
    if start < 0:
        return None
    line = lines[start + 1 : lines.index(b"\n", start + 1)].decode()
    _, municipality, address = line.split(",", 2)
    return PostalAddress(code, municipality, address)


@cache
def _lines(file: Path) -> bytes:
    """Empty where an installation has left the file out: then addresses are typed by hand."""
    return lzma.decompress(file.read_bytes()) if file.exists() else b""
