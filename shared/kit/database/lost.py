"""Was it the connection, or the crowd? Then the same step may succeed in a moment."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

import asyncpg
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

T = TypeVar("T")

#: Seconds between the attempts. A restarting server is back within the first few; their sum stays below a lease.
PAUSES = (0.1, 0.3, 1, 2, 4, 8, 8, 8, 8)
#: SQLSTATEs: waited too long for a row or for the statement's end, or in a circle with another.
_TRY_AGAIN = frozenset({"55P03", "57014", "40P01", "40001"})


def is_lost(error: BaseException) -> bool:
    """The server went away, is starting, or has no connection to spare."""
    if isinstance(error, DBAPIError):
        return error.connection_invalidated or (error.orig is not None and is_lost(error.orig))
    state = getattr(error, "sqlstate", None) or ""
    return state.startswith(("08", "57P")) or isinstance(error, (OSError, PoolTimeout, asyncpg.InterfaceError))


def is_busy(error: BaseException) -> bool:
    """The database is away or overloaded: who asked is told to try again in a moment."""
    return is_lost(error) or getattr(getattr(error, "orig", error), "sqlstate", None) in _TRY_AGAIN


async def patiently(step: Callable[[], Awaitable[T]]) -> T:
    """Repeat a step that may be repeated while the database is away; then give up with its error."""
    for pause in PAUSES:
        try:
            return await step()
        except Exception as error:
            if not is_lost(error):
                raise
            await asyncio.sleep(pause)
    return await step()
