"""Relay connections over the pages that queries return: `items`, `total`, and what follows."""

import base64
import binascii
from collections.abc import Callable, Sequence
from typing import Any, Generic, TypeVar
from uuid import UUID

import msgspec
import strawberry

from services.web.graphql.policies import everyone
from shared.kit.refusals import Refusal

Node = TypeVar("Node")

#: Arguments of every connection.
FIRST_DESCRIPTION = "0 to 100 rows"


@strawberry.type(description="Where a piece of a list ends")
@everyone
class PageInfo:
    has_next_page: bool
    end_cursor: str | None


@strawberry.type
@everyone
class Edge(Generic[Node]):
    node: Node
    cursor: str


@strawberry.type
@everyone
class Connection(Generic[Node]):
    edges: list[Edge[Node]]
    nodes: list[Node]
    total_count: int
    page_info: PageInfo


class EdgeView(msgspec.Struct, frozen=True):
    node: Any
    cursor: str


class PageInfoView(msgspec.Struct, frozen=True):
    has_next_page: bool
    end_cursor: str | None


class Piece(msgspec.Struct, frozen=True):
    """What a connection's fields read. `cursor_of` gives the cursor of the n-th row of this piece."""

    nodes: Sequence[Any]
    total_count: int
    more: bool
    cursor_of: Callable[[int], str]

    @property
    def edges(self) -> list[EdgeView]:
        return [EdgeView(node, self.cursor_of(place)) for place, node in enumerate(self.nodes)]

    @property
    def page_info(self) -> PageInfoView:
        last = self.cursor_of(len(self.nodes) - 1) if self.nodes else None
        return PageInfoView(self.more, last)


def by_id(nodes: Sequence[Any], total: int, more: bool) -> Piece:
    """For lists that go on after a row's id."""
    return Piece(nodes, total, more, lambda place: _opaque(f"id:{nodes[place].id}"))


def by_place(nodes: Sequence[Any], total: int, offset: int) -> Piece:
    """For lists that go on after a number of rows."""
    return Piece(nodes, total, offset + len(nodes) < total, lambda place: _opaque(f"at:{offset + place + 1}"))


def id_after(cursor: str | None) -> UUID | None:
    if cursor is None:
        return None
    try:
        return UUID(_plain(cursor).removeprefix("id:"))
    except ValueError:
        raise _bad_cursor() from None


def place_after(cursor: str | None) -> int:
    if cursor is None:
        return 0
    kind, _, place = _plain(cursor).partition(":")
    if kind != "at" or not (place.isascii() and place.isdigit() and len(place) < 8):
        raise _bad_cursor()
    return int(place)


def _opaque(text: str) -> str:
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def _plain(cursor: str) -> str:
    try:
        return base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode()
    except (binascii.Error, ValueError):
        raise _bad_cursor() from None


def _bad_cursor() -> Refusal:
    return Refusal("CURSOR_UNREADABLE", "after には、前の答えの endCursor をそのまま指定してください。", "after")
