"""What can be found: one document per published thing, written by the slice that owns the thing, in its transaction."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import ColumnElement, Text, UniqueConstraint, bindparam, cast, delete, func, literal, or_, select
from sqlalchemy.dialects.postgresql import ARRAY, TSQUERY, TSVECTOR, Insert, insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.types import REAL
from uuid_utils.compat import uuid7

from shared.kit.database.base import Base, TenantOwned
from shared.kit.database.session import tenant_of
from shared.kit.did_you_mean import stored
from shared.kit.japanese.search_text import (
    folded_text,
    search_query,
    search_terms,
    search_vector,
    snippet,
    word_line,
)

#: How much a hit counts, from the weakest: a run of characters, (unused), a word of the body, a word of the title.
_WEIGHTS = "{0.1,0.2,0.4,1.0}"
MOST = 100


class SearchDocument(TenantOwned, Base):
    """Public text only: whatever must not be found by strangers is never written here."""

    __tablename__ = "search_document"
    __table_args__ = (UniqueConstraint("tenant_id", "kind", "object_id"),)

    kind: Mapped[str] = mapped_column(comment="announcement | event | organisation | page")
    object_id: Mapped[UUID]
    path: Mapped[str] = mapped_column(comment="on the tenant's site: /news/<id>")
    title: Mapped[str]
    body: Mapped[str] = mapped_column(comment="plain text")
    shown_at: Mapped[datetime | None] = mapped_column(comment="date to show and to order by")
    names: Mapped[list[str]] = mapped_column(server_default="{}", comment="of people and organisations: もしかして")
    folded: Mapped[str] = mapped_column(comment="title, line feed, body; both folded: what is searched")
    words: Mapped[str] = mapped_column(comment="|w|w| the normalised words, so that こども finds 子ども")
    vector: Mapped[Any] = mapped_column(TSVECTOR, comment="for the rank of what was found, see decision 0006")


class Piece(msgspec.Struct, frozen=True):
    """A part of a text; `hit` where it is what was searched for."""

    text: str
    hit: bool


class SearchHit(msgspec.Struct, frozen=True):
    kind: str
    object_id: UUID
    path: str
    title: str
    title_pieces: list[Piece]
    pieces: list[Piece]
    shown_at: datetime | None


class SearchResults(msgspec.Struct, frozen=True):
    """The best first; `total` counts all, also those that are not among `hits`."""

    hits: list[SearchHit]
    total: int


class Document(msgspec.Struct, frozen=True):
    """What can be found: `body` is plain text, `names` are to be offered to who has misspelt one."""

    kind: str
    object_id: UUID
    path: str
    title: str
    body: str
    shown_at: datetime | None = None
    names: Sequence[str] = ()


async def put(
    session: AsyncSession,
    *,
    kind: str,
    object_id: UUID,
    path: str,
    title: str,
    body: str,
    shown_at: datetime | None = None,
    names: Sequence[str] = (),
) -> None:
    """Make a published thing findable, or findable as it is now. `body` is plain text.

    `names` are the public names of people and organisations in it, to be offered to who has misspelt one.
    """
    await put_all(session, [Document(kind, object_id, path, title, body, shown_at, names)])


async def put_all(session: AsyncSession, documents: Sequence[Document]) -> None:
    """The same for many at once."""
    if documents:
        await session.execute(_PUT, [_row(tenant_of(session), document) for document in documents])


def _row(tenant_id: int, document: Document) -> dict[str, Any]:
    title, body = document.title, document.body
    return {
        "p_tenant_id": tenant_id,
        "p_id": uuid7(),
        "p_kind": document.kind,
        "p_object_id": document.object_id,
        "p_path": document.path,
        "p_title": title,
        "p_body": body,
        "p_shown_at": document.shown_at,
        "p_names": [stored(name) for name in dict.fromkeys(document.names)],
        "p_folded": folded_text(title=title, body=body),
        "p_words": word_line(title=title, body=body),
        "p_vector": search_vector(title=title, body=body),
    }


def _put_statement() -> Insert:
    """Built once: with its forty names it takes longer to build than to run."""
    table: Any = SearchDocument.__table__
    values: dict[str, Any] = {column.name: bindparam(f"p_{column.name}", type_=column.type) for column in table.columns}
    values["vector"] = cast(bindparam("p_vector", type_=Text), TSVECTOR)
    statement = insert(table).values(values)
    keys = ("tenant_id", "kind", "object_id")
    changed = {name: statement.excluded[name] for name in values if name not in (*keys, "id")}
    return statement.on_conflict_do_update(index_elements=keys, set_=changed)


_PUT = _put_statement()


async def remove(session: AsyncSession, *, kind: str, object_id: UUID) -> None:
    """Nothing happens when it could not be found anyway."""
    await session.execute(
        delete(SearchDocument).where(SearchDocument.kind == kind, SearchDocument.object_id == object_id)
    )


async def find(session: AsyncSession, text: str, *, first: int = 20, skip: int = 0) -> SearchResults:
    """Every word typed must occur, in any spelling; words of a title count most, then the newest comes first."""
    sought = search_query(text)
    if not sought:
        return SearchResults([], 0)
    query = cast(sought, TSQUERY)
    document = SearchDocument
    rank = func.ts_rank(cast(literal(_WEIGHTS), ARRAY(REAL)), document.vector, query)
    statement = (
        select(
            document.kind,
            document.object_id,
            document.path,
            document.title,
            document.body,
            document.shown_at,
            func.count().over().label("total"),
        )
        .where(*matching(text))
        .order_by(rank.desc(), document.shown_at.desc().nulls_last(), document.id)
        .limit(min(first, MOST))
        .offset(skip)
    )
    rows = (await session.execute(statement)).all()
    return SearchResults([_hit(row, text) for row in rows], rows[0].total if rows else 0)


def matching(text: str) -> list[ColumnElement[bool]]:
    """Conditions on SearchDocument, one for each word typed; none when nothing is left to search for."""
    document = SearchDocument
    return [or_(document.folded.like(term.folded), document.words.like(term.words)) for term in search_terms(text)]


def _hit(row: Any, text: str) -> SearchHit:
    return SearchHit(
        kind=row.kind,
        object_id=row.object_id,
        path=row.path,
        title=row.title,
        title_pieces=_pieces(row.title, text, len(row.title)),
        pieces=_pieces(row.body, text, 120),
        shown_at=row.shown_at,
    )


def _pieces(source: str, text: str, width: int) -> list[Piece]:
    return [Piece(part, hit) for part, hit in snippet(source, text, width)]
