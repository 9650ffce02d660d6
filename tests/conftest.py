"""One embedded PostgreSQL per test run, one database per test process, made from a migrated template.

Rows are real, tests are independent because each makes its own tenants (see tests/factories).
"""

import asyncio
import os
import shutil
import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import asyncpg
import pytest
from sqlalchemy import make_url

from shared.kit.database import embedded, policies
from shared.kit.database.engine import create_engine, without_driver
from shared.kit.database.migrate import migrate
from shared.kit.database.session import Database
from shared.kit.settings import Settings

pytest_plugins = ["tests.browser.fixtures"]


def pytest_configure(config: pytest.Config) -> None:
    """The controller of a parallel run starts the server and migrates the template once; its workers clone it."""
    if hasattr(config, "workerinput") or config.option.collectonly:
        return
    folder = Path(tempfile.mkdtemp(prefix="tsunagari-test-", dir="/tmp"))
    os.environ["TSUNAGARI_TEST_FOLDER"] = str(folder)
    embedded.start(folder, durable=False)
    asyncio.run(migrate(_settings(folder, embedded.DATABASE)))


def pytest_unconfigure(config: pytest.Config) -> None:
    if hasattr(config, "workerinput"):
        return
    folder = os.environ.pop("TSUNAGARI_TEST_FOLDER", None)
    if folder:
        embedded.stop(Path(folder))
        shutil.rmtree(folder, ignore_errors=True)


def _settings(folder: Path, database: str) -> Settings:
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
    """Settings of this test process: its own database on the shared server."""
    folder = Path(os.environ["TSUNAGARI_TEST_FOLDER"])
    database = f"test_{worker_id}"
    asyncio.run(_clone(folder, database))
    local = tmp_path_factory.mktemp("local")
    given = _settings(folder, database)
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
