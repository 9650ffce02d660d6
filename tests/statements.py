"""Counting what is sent to the database."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import event

from shared.kit.database.session import Database


@contextmanager
def counted(database: Database) -> Iterator[list[str]]:
    """The statements of the block, without the binding of the tenant."""
    statements: list[str] = []

    def note(*arguments: Any) -> None:
        if not arguments[2].startswith("SET LOCAL"):
            statements.append(arguments[2])

    event.listen(database.engine.sync_engine, "before_cursor_execute", note)
    try:
        yield statements
    finally:
        event.remove(database.engine.sync_engine, "before_cursor_execute", note)
