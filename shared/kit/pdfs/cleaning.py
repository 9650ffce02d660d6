"""A PDF without what it says beside its pages: EXIF and XMP of its photos, authors, files that hang at it."""

import base64
import binascii
import re
import zlib
from collections.abc import Callable, Iterator

from shared.kit.pdfs.objects import (
    Body,
    Dictionary,
    File,
    Ref,
    Stream,
    Thing,
    Unreadable,
    read_file,
    references,
    write_file,
)
from shared.kit.pdfs.pictures import Odd, clean_jpeg, clean_jpeg2000

#: Dropped wherever they stand; what hung at them goes with them.
_DROPPED = (b"/Metadata", b"/PieceInfo", b"/EmbeddedFiles")
_PICTURES: dict[Thing, Callable[[bytes], bytes]] = {b"/DCTDecode": clean_jpeg, b"/JPXDecode": clean_jpeg2000}
#: By these a record of a camera or an editor is known wherever else it hides.
_RECORD = re.compile(rb"Exif\0\0|http://ns\.adobe\.com/xap/1\.0/|Photoshop 3\.0\0|<x:xmpmeta")
_LONGEST_MARK = 32
_PIECE = 1 << 20
#: Bytes of all streams unpacked, of which most are looked through and thrown away.
_MOST_UNPACKED = 400 * _PIECE


class NotCleaned(Exception):
    """Something in it could not be looked into, or still holds a record."""


def clean_pdf(plain: bytes) -> bytes:
    """`plain`: as pdfium saves it, without object streams and locks. Pages, text, tags, links and the title stay."""
    try:
        file = _with_title_only(read_file(plain))
        objects = {number: _without(body) for number, body in file.objects.items()}
        known = _reachable(File(objects, file.trailer))
        unpacking = _Unpacking()
        objects = {number: _cleaned(body, unpacking) for number, body in known.objects.items()}
        return write_file(File(objects, known.trailer))
    except (Unreadable, Odd, KeyError, ValueError, RecursionError, zlib.error, binascii.Error) as problem:
        raise NotCleaned from problem


def _with_title_only(file: File) -> File:
    """Of who made it, when and with what, only the title stays: screen readers say it."""
    info, root = file.trailer.get(b"/Info"), {b"/Root": file.trailer[b"/Root"]}
    said = file.objects.get(info.number) if isinstance(info, Ref) else info
    if not isinstance(said, dict) or not isinstance(title := said.get(b"/Title"), bytes):
        return File(file.objects, root)
    own = max(file.objects) + 1
    return File(file.objects | {own: {b"/Title": title}}, root | {b"/Info": Ref(own)})


def _without(body: Body) -> Body:
    if isinstance(body, Stream):
        return Stream(_dropped(body.head), body.content)
    return _thing_without(body)


def _thing_without(thing: Thing) -> Thing:
    if isinstance(thing, list):
        return [_thing_without(each) for each in thing]
    return _dropped(thing) if isinstance(thing, dict) else thing


def _dropped(head: Dictionary) -> Dictionary:
    attached = b"/EF" in head and (b"/F" in head or b"/UF" in head)
    return {
        name: _thing_without(value)
        for name, value in head.items()
        if name not in _DROPPED and not (attached and name == b"/EF")
    }


def _reachable(file: File) -> File:
    seen: set[int] = set()
    waiting = list(references(file.trailer))
    while waiting:
        number = waiting.pop()
        if number not in seen and number in file.objects:
            seen.add(number)
            waiting.extend(references(file.objects[number]))
    return File({number: body for number, body in file.objects.items() if number in seen}, file.trailer)


class _Unpacking:
    """How much may still be unpacked: a small file may hold a large nothing."""

    def __init__(self) -> None:
        self._left = _MOST_UNPACKED

    def pieces(self, content: bytes) -> Iterator[bytes]:
        unpacker = zlib.decompressobj()
        while content and not unpacker.eof:
            piece = unpacker.decompress(content, _PIECE)
            content = unpacker.unconsumed_tail
            self._left -= len(piece)
            if self._left < 0:
                raise NotCleaned
            yield piece


def _cleaned(body: Body, unpacking: _Unpacking) -> Body:
    if not isinstance(body, Stream):
        return body
    filters = _filters(body.head)
    if not filters or filters[-1] not in _PICTURES:
        _look_through(body, filters, unpacking)
        return body
    content = body.content
    for each in filters[:-1]:
        content = _unpacked(each, content, unpacking)
    head = {name: value for name, value in body.head.items() if name != b"/DecodeParms"}
    parameters = body.head.get(b"/DecodeParms")
    if isinstance(own := parameters[-1] if isinstance(parameters, list) and parameters else parameters, dict):
        head[b"/DecodeParms"] = own
    return Stream(head | {b"/Filter": filters[-1]}, _PICTURES[filters[-1]](content))


def _filters(head: Dictionary) -> list[bytes]:
    given = head.get(b"/Filter", [])
    names = given if isinstance(given, list) else [given]
    if not all(isinstance(each, bytes) for each in names):
        raise Unreadable
    return [each for each in names if isinstance(each, bytes)]


def _unpacked(name: bytes, content: bytes, unpacking: _Unpacking) -> bytes:
    if name == b"/FlateDecode":
        return b"".join(unpacking.pieces(content))
    if name == b"/ASCII85Decode":
        return base64.a85decode(content.strip().removeprefix(b"<~").removesuffix(b"~>"))
    if name == b"/ASCIIHexDecode":
        digits = b"".join(content.split(b">")[0].split())
        return bytes.fromhex((digits + b"0" * (len(digits) % 2)).decode("ascii"))
    raise Unreadable


def _look_through(body: Stream, filters: list[bytes], unpacking: _Unpacking) -> None:
    """A photo in the midst of a page's own words cannot be rewritten: with a record it is not taken."""
    if body.head.get(b"/Subtype") == b"/Image":
        return  # bare colours
    content, end = body.content, b""
    for each in filters[:-1]:
        content = _unpacked(each, content, unpacking)
    try:
        for piece in unpacking.pieces(content) if filters[-1:] == [b"/FlateDecode"] else [content]:
            if _RECORD.search(end + piece):
                raise NotCleaned
            end = (end + piece)[-_LONGEST_MARK:]
    except zlib.error:
        return  # what is behind a fault nobody unpacks
