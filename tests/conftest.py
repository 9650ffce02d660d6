"""One embedded PostgreSQL per test run, one database per test process, made from a migrated template.

Rows are real, tests are independent because each makes its own tenants (see tests/factories).
"""

import asyncio
import os
import shutil
import tempfile
from pathlib import Path

import pytest

from shared.kit.database import embedded
from shared.kit.database.migrate import migrate
from tests.databases import FOLDER, owner_connection, settings, settings_for, web_database, worker_database

__all__ = ["owner_connection", "settings", "web_database", "worker_database"]

pytest_plugins = ["tests.browser.fixtures"]


def pytest_configure(config: pytest.Config) -> None:
    """The controller of a parallel run starts the server and migrates the template once; its workers clone it."""
    if hasattr(config, "workerinput") or config.option.collectonly:
        return
    folder = Path(tempfile.mkdtemp(prefix="tsunagari-test-", dir="/tmp"))
    os.environ[FOLDER] = str(folder)
    embedded.start(folder, durable=False)
    asyncio.run(migrate(settings_for(folder, embedded.DATABASE)))


def pytest_unconfigure(config: pytest.Config) -> None:
    if hasattr(config, "workerinput"):
        return
    folder = os.environ.pop(FOLDER, None)
    if folder:
        embedded.stop(Path(folder))
        shutil.rmtree(folder, ignore_errors=True)
