"""Fixtures of a database of one's own, cloned from the migrated template.

`tests/conftest.py` gives every test process one. A folder whose tests look at all that is due, or at all tenants, imports the same
fixtures into its own conftest and so gets another, in which nobody else has left rows.
"""

import asyncio
import itertools
import os
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import asyncpg
import pytest
from sqlalchemy import make_url

from shared.kit.database import embedded, policies
from shared.kit.database.engine import create_engine, without_driver
from shared.kit.database.session import Database
from shared.kit.settings import Settings

FOLDER = "TSUNAGARI_TEST_FOLDER"
_numbers = itertools.count(1)


def settings_for(folder: Path, database: str) -> Settings:
    return Settings(
        database_url=embedded.url(folder, database),
        local=folder,
        secret_key="tests-only-secret-key",
        base_url="http://localhost:8000",
        rate_limits=False,
        pool_size=5,
    )


async def _clone(folder: Path, database: str) -> None:
    connection = await asyncpg.connect(embedded.url(folder, "postgres"))
    try:
        await connection.execute(f"DROP DATABASE IF EXISTS {database} WITH (FORCE)")
        await connection.execute(f"CREATE DATABASE {database} TEMPLATE {embedded.DATABASE}")
    finally:
        await connection.close()


@pytest.fixture(scope="session")
def settings(worker_id: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    """Settings with a database of their own on the shared server."""
    folder = Path(os.environ[FOLDER])
    database = f"test_{worker_id}_{next(_numbers)}"
    asyncio.run(_clone(folder, database))
    local = tmp_path_factory.mktemp("local")
    given = settings_for(folder, database)
    yield Settings(**{name: getattr(given, name) for name in given.__struct_fields__} | {"local": local})


@pytest.fixture(scope="session")
async def web_database(settings: Settings) -> AsyncIterator[Database]:
    """As the web process sees it."""
    database = Database(create_engine(settings, policies.WEB))
    yield database
    await database.close()


@pytest.fixture(scope="session")
async def worker_database(settings: Settings) -> AsyncIterator[Database]:
    """As the worker sees it."""
    database = Database(create_engine(settings, policies.WORKER))
    yield database
    await database.close()


@pytest.fixture
async def owner_connection(settings: Settings) -> AsyncIterator["asyncpg.Connection[asyncpg.Record]"]:
    """An administrator's connection: for looking at the catalogue, never for arranging rows."""
    connection = await asyncpg.connect(without_driver(make_url(settings.database_url or "")))
    yield connection
    await connection.close()
