"""A database that is away for a moment is waited for; every other error is an error."""

import asyncpg
import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, IntegrityError, InterfaceError

from shared.kit.database import lost
from shared.kit.database.lost import is_lost, patiently
from shared.kit.database.session import Database


@pytest.fixture(autouse=True)
def no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lost, "PAUSES", (0, 0, 0))


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (ConnectionRefusedError(), True),
        (asyncpg.CannotConnectNowError(), True),
        (asyncpg.AdminShutdownError(), True),
        (asyncpg.ConnectionDoesNotExistError(), True),
        (InterfaceError("x", None, asyncpg.InterfaceError("connection is closed")), True),
        (DBAPIError("x", None, Exception(), connection_invalidated=True), True),
        (IntegrityError("x", None, asyncpg.UniqueViolationError()), False),
        (asyncpg.LockNotAvailableError(), False),
        (RuntimeError(), False),
    ],
)
def test_what_counts_as_a_lost_connection(error: BaseException, expected: bool) -> None:
    assert is_lost(error) is expected


async def test_a_step_is_repeated_while_the_connection_is_lost() -> None:
    tries = []

    async def step() -> int:
        tries.append(1)
        if len(tries) < 3:
            raise ConnectionResetError
        return 7

    assert (await patiently(step), len(tries)) == (7, 3)


async def test_patience_ends() -> None:
    tries = []

    async def step() -> None:
        tries.append(1)
        raise ConnectionResetError

    with pytest.raises(ConnectionResetError):
        await patiently(step)
    assert len(tries) == 4


async def test_a_defect_is_not_repeated() -> None:
    tries = []

    async def step() -> None:
        tries.append(1)
        raise RuntimeError

    with pytest.raises(RuntimeError):
        await patiently(step)
    assert len(tries) == 1


async def test_a_connection_that_the_server_ended_is_lost_and_the_next_one_works(worker_database: Database) -> None:
    async with worker_database.read(None) as session:
        with pytest.raises(DBAPIError) as caught:
            await session.execute(text("SELECT pg_terminate_backend(pg_backend_pid())"))
    assert is_lost(caught.value)
    await worker_database.ping()
