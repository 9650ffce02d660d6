"""PDF files as pdfium writes them: every object plain, one after the other, behind a classic table of their places."""

import re
from collections.abc import Iterator
from typing import NamedTuple, TypeAlias


class Unreadable(Exception):
    """Not as pdfium writes it: nothing is guessed."""


class Ref(NamedTuple):
    number: int


#: Anything else is kept as it is spelled: names, numbers, strings, true, false, null.
Thing: TypeAlias = "bytes | Ref | list[Thing] | dict[bytes, Thing]"
Dictionary: TypeAlias = dict[bytes, Thing]


class Stream(NamedTuple):
    """`content` as it is stored, behind its filters."""

    head: Dictionary
    content: bytes


Body: TypeAlias = "Thing | Stream"

_SPACE = re.compile(rb"[\0\t\n\f\r ]*")
_TOKEN = re.compile(rb"<<|>>|[\[\]]|/[^\0\t\n\f\r ()<>\[\]{}/%]*|<[0-9A-Fa-f\0\t\n\f\r ]*>|[^\0\t\n\f\r ()<>\[\]{}/%]+")
_STRING_STEP = re.compile(rb"\\.|[()]", re.DOTALL)
_OBJECT = re.compile(rb"\s*(\d+) \d+ obj\b")
_STREAM = re.compile(rb"\s*stream\r?\n")
_PLACE = re.compile(rb"(\d{10}) \d{5} ([nf])")
_TABLE = re.compile(rb"startxref\s+(\d+)\s+%%EOF\s*$")


class File(NamedTuple):
    objects: dict[int, Body]
    trailer: Dictionary


def read_file(data: bytes) -> File:
    found = _TABLE.search(data, max(len(data) - 64, 0))
    if found is None:
        raise Unreadable
    start = int(found[1])
    behind = data.index(b"trailer", start)
    places = [int(place[1]) for place in _PLACE.finditer(data, start, behind) if place[2] == b"n"]
    trailer = _Reader(data, behind + len(b"trailer")).thing()
    if not isinstance(trailer, dict):
        raise Unreadable
    return File(dict(_object(data, place) for place in places), trailer)


def write_file(file: File) -> bytes:
    out = bytearray(b"%PDF-1.7\n%\xe3\x81\x82\xe3\n")
    places = {}
    for number, body in sorted(file.objects.items()):
        places[number] = len(out)
        out += b"%d 0 obj\n%s\nendobj\n" % (number, _written(body))
    table, size = len(out), max(places, default=0) + 1
    out += b"xref\n0 %d\n" % size
    for number in range(size):
        out += b"%010d 00000 n \n" % places[number] if number in places else b"0000000000 65535 f \n"
    trailer = file.trailer | {b"/Size": b"%d" % size}
    out += b"trailer\n%s\nstartxref\n%d\n%%%%EOF\n" % (spelled(trailer), table)
    return bytes(out)


def spelled(thing: Thing) -> bytes:
    if isinstance(thing, Ref):
        return b"%d 0 R" % thing.number
    if isinstance(thing, bytes):
        return thing
    if isinstance(thing, list):
        return b"[%s]" % b" ".join(spelled(each) for each in thing)
    return b"<<%s>>" % b" ".join(b"%s %s" % (name, spelled(value)) for name, value in thing.items())


def references(body: Body) -> Iterator[int]:
    """The objects that it names."""
    waiting: list[Body] = [body]
    while waiting:
        thing = waiting.pop()
        if isinstance(thing, Stream):
            waiting.append(thing.head)
        elif isinstance(thing, Ref):
            yield thing.number
        elif isinstance(thing, dict):
            waiting.extend(thing.values())
        elif isinstance(thing, list):
            waiting.extend(thing)


def _written(body: Body) -> bytes:
    if not isinstance(body, Stream):
        return spelled(body)
    head = body.head | {b"/Length": b"%d" % len(body.content)}
    return b"%s\nstream\n%s\nendstream" % (spelled(head), body.content)


def _object(data: bytes, place: int) -> tuple[int, Body]:
    begun = _OBJECT.match(data, place)
    if begun is None:
        raise Unreadable
    reader = _Reader(data, begun.end())
    thing = reader.thing()
    inside = _STREAM.match(data, reader.at)
    if inside is None or not isinstance(thing, dict):
        return int(begun[1]), thing
    length = thing.get(b"/Length")
    if not isinstance(length, bytes) or not length.isdigit():
        raise Unreadable
    end = inside.end() + int(length)
    if data[end : end + 12].split(b"endstream")[0].strip():
        raise Unreadable
    return int(begun[1]), Stream(thing, data[inside.end() : end])


class _Reader:
    def __init__(self, data: bytes, at: int) -> None:
        self._data = data
        self.at = at

    def thing(self) -> Thing:
        token = self._token()
        if token == b"[":
            return self._until(b"]")
        if token != b"<<":
            return token
        flat = self._until(b">>")
        names = flat[::2]
        if len(flat) % 2 or not all(isinstance(each, bytes) and each.startswith(b"/") for each in names):
            raise Unreadable
        return dict(zip(names, flat[1::2], strict=True))  # type: ignore[arg-type]

    def _until(self, end: bytes) -> list[Thing]:
        found: list[Thing] = []
        while True:
            before = self.at
            token = self._token()
            if token == end:
                return found
            if token == b"R":
                found[-2:] = [_ref(found[-2:])]
                continue
            self.at = before
            found.append(self.thing())

    def _token(self) -> bytes:
        space = _SPACE.match(self._data, self.at)
        self.at = space.end() if space else self.at
        if self._data[self.at : self.at + 1] == b"(":
            return self._string()
        found = _TOKEN.match(self._data, self.at)
        if found is None:
            raise Unreadable
        self.at = found.end()
        return found[0]

    def _string(self) -> bytes:
        begun, depth = self.at, 0
        for step in _STRING_STEP.finditer(self._data, self.at):
            depth += {b"(": 1, b")": -1}.get(step[0], 0)
            if not depth:
                self.at = step.end()
                return self._data[begun : self.at]
        raise Unreadable


def _ref(parts: list[Thing]) -> Ref:
    if len(parts) != 2 or not isinstance(parts[0], bytes) or not parts[0].isdigit():
        raise Unreadable
    return Ref(int(parts[0]))
