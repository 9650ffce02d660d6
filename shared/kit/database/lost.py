"""Was it the connection? Then the same step may succeed in a moment."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

import asyncpg
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

T = TypeVar("T")

#: Seconds between the attempts. A restarting server is back within the first few; their sum stays below a lease.
PAUSES = (0.1, 0.3, 1, 2, 4, 8, 8, 8, 8)


def is_lost(error: BaseException) -> bool:
    """The server went away, is starting, or has no connection to spare."""
    if isinstance(error, DBAPIError):
        return error.connection_invalidated or (error.orig is not None and is_lost(error.orig))
    state = getattr(error, "sqlstate", None) or ""
    return state.startswith(("08", "57P")) or isinstance(error, (OSError, PoolTimeout, asyncpg.InterfaceError))


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
