"""What can be found: one document per published thing, written by the slice that owns the thing, in its transaction."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import ColumnElement, UniqueConstraint, cast, delete, func, literal, or_, select
from sqlalchemy.dialects.postgresql import ARRAY, TSQUERY, TSVECTOR, insert
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
    texts = {
        "path": path,
        "title": title,
        "body": body,
        "shown_at": shown_at,
        "names": [stored(name) for name in dict.fromkeys(names)],
        "folded": folded_text(title=title, body=body),
        "words": word_line(title=title, body=body),
        "vector": cast(search_vector(title=title, body=body), TSVECTOR),
    }
    keys = {"tenant_id": tenant_of(session), "id": uuid7(), "kind": kind, "object_id": object_id}
    statement = insert(SearchDocument).values(**keys, **texts)
    await session.execute(
        statement.on_conflict_do_update(
            index_elements=["tenant_id", "kind", "object_id"],
            set_={name: statement.excluded[name] for name in texts},
        )
    )


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
