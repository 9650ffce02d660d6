"""The secretariat's lists at ten times the size: their time may grow with the ledger, not with its square.

Both platforms are in one database and are asked in turn, so that a noisy machine disturbs both alike.
"""

import shutil
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, NamedTuple

from sqlalchemy.ext.asyncio import AsyncSession

from shared.kit.database import embedded, policies
from shared.kit.database.engine import create_engine
from shared.kit.database.migrate import migrate
from shared.kit.database.session import Database
from shared.members import export_lists, ledger, roster
from shared.members.filters import Wanted
from shared.members.models import Visibility
from tests.benchmarks.search import LARGE, LARGE_TENANT, fill, settings_of

SMALL = LARGE // 10
TRIES = 5
_SMALL_TENANT = LARGE_TENANT + 1


class Compared(NamedTuple):
    """Milliseconds, the best of some tries."""

    what: str
    large: float
    small: float

    @property
    def ratio(self) -> float:
        return self.large / self.small


_LISTS: dict[str, Callable[[AsyncSession], Awaitable[Any]]] = {
    "a page of the staff's list": roster.roster,
    "the staff's list, whole": roster.whole,
    "open data of the members": lambda session: export_lists.all_members(session, Wanted(), audience=Visibility.PUBLIC),
    "the ledger as a file": export_lists.ledger_rows,
    "the ledger's sums": ledger.breakdown,
}


async def measure() -> list[Compared]:
    folder = Path(tempfile.mkdtemp(prefix="tsunagari-bench-lists-", dir="/tmp"))
    embedded.start(folder, durable=False)
    try:
        settings = settings_of(folder, embedded.DATABASE)
        await migrate(settings)
        for tenant, many in ((LARGE_TENANT, LARGE), (_SMALL_TENANT, SMALL)):
            await fill(folder, embedded.DATABASE, first=tenant, last=tenant, each=many)
        database = Database(create_engine(settings, policies.WEB))
        try:
            return [await _compared(database, what, read) for what, read in _LISTS.items()]
        finally:
            await database.close()
    finally:
        embedded.stop(folder)
        shutil.rmtree(folder, ignore_errors=True)


async def _compared(database: Database, what: str, read: Callable[[AsyncSession], Awaitable[Any]]) -> Compared:
    tries = [
        [await _milliseconds(database, tenant, read) for tenant in (LARGE_TENANT, _SMALL_TENANT)] for _ in range(TRIES)
    ]
    return Compared(what, *(min(each) for each in zip(*tries, strict=True)))


async def _milliseconds(database: Database, tenant: int, read: Callable[[AsyncSession], Awaitable[Any]]) -> float:
    async with database.read(tenant) as session:
        begun = time.perf_counter()
        await read(session)
        return (time.perf_counter() - begun) * 1000
