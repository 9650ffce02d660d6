"""Pictures inside a PDF, without what the camera wrote beside the light: place, moment, model, thumbnails, a second photo."""

import re
from collections.abc import Iterator

_SOI, _EOI, _SOS = 0xD8, 0xD9, 0xDA
_APP0, _APP2, _APP14, _APP15, _COM = 0xE0, 0xE2, 0xEE, 0xEF, 0xFE
#: Behind a scan: what is neither a stuffed byte nor a restart.
_NEXT_MARKER = re.compile(rb"\xff+(?=[^\0\xd0-\xd7\xff])")
#: Boxes of JPEG 2000 by which a picture is drawn.
_DRAWN = {b"jP  ", b"ftyp", b"rreq", b"jp2h", b"jp2c"}
_CODESTREAM = b"\xff\x4f\xff\x51"


class Odd(Exception):
    """Not as the format says: nothing is guessed."""


def clean_jpeg(data: bytes) -> bytes:
    """The same picture, bit for bit: of what is beside it only the colours (ICC, Adobe) and the JFIF head stay."""
    if data[:2] != b"\xff\xd8":
        raise Odd
    return b"\xff\xd8" + b"".join(_kept(data))


def clean_jpeg2000(data: bytes) -> bytes:
    if data.startswith(_CODESTREAM):
        return data
    return b"".join(box for kind, box in _boxes(data) if kind in _DRAWN)


def _kept(data: bytes) -> Iterator[bytes]:
    at = 2
    while at < len(data):
        if data[at] != 0xFF:
            raise Odd
        while data[at : at + 1] == b"\xff":
            at += 1
        if at >= len(data):
            return
        marker, size = data[at], int.from_bytes(data[at + 1 : at + 3])
        if marker == _EOI:
            yield b"\xff\xd9"
            return  # some cameras put a second photo behind the first, with a record of its own
        if size < 2 or at + 1 + size > len(data):
            raise Odd
        end = _scan_end(data, at + 1 + size) if marker == _SOS else at + 1 + size
        yield _segment(marker, data[at + 3 : end] if marker != _SOS else data[at + 1 : end])
        at = end


def _scan_end(data: bytes, at: int) -> int:
    found = _NEXT_MARKER.search(data, at)
    return found.start() if found else len(data)


def _segment(marker: int, body: bytes) -> bytes:
    if marker == _SOS:
        return b"\xff\xda" + body
    if marker == _APP0 and body.startswith(b"JFIF\0") and len(body) >= 14:
        body = body[:12] + b"\0\0"  # without its thumbnail
    elif marker == _COM or (_APP0 <= marker <= _APP15 and not _of_colour(marker, body)):
        return b""
    return b"\xff%c%s%s" % (marker, (len(body) + 2).to_bytes(2), body)


def _of_colour(marker: int, body: bytes) -> bool:
    return (marker == _APP14 and body.startswith(b"Adobe")) or (marker == _APP2 and body.startswith(b"ICC_PROFILE\0"))


def _boxes(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    at = 0
    while at < len(data):
        size, kind = int.from_bytes(data[at : at + 4]), data[at + 4 : at + 8]
        if size == 1:
            size = int.from_bytes(data[at + 8 : at + 16])
        end = at + size if size else len(data)
        if len(kind) < 4 or end > len(data) or end < at + 8:
            raise Odd
        yield kind, data[at:end]
        at = end
