"""How often the public pages of organisations are opened: counted in the process, written down every minute.

A process that is killed loses what it has counted since then: at most a minute of readers, never a page.
"""

import asyncio
import contextlib
from collections import Counter
from collections.abc import Mapping
from datetime import date
from uuid import UUID

import structlog

from shared.kit import clock
from shared.kit.database.session import Database
from shared.members.portal import Views, count_views

log = structlog.get_logger()

EVERY_SECONDS = 60.0
#: Programs say what they are, most of them. Nobody can count the others out.
_PROGRAMS = (b"bot", b"crawl", b"spider", b"slurp", b"curl", b"wget", b"python", b"preview", b"scan", b"monitor")


class ViewCounter:
    def __init__(self, database: Database) -> None:
        self._database = database
        self._seen: Counter[tuple[int, UUID, date]] = Counter()
        self._writing: asyncio.Task[None] | None = None

    def saw(self, tenant_id: int, organisation_id: UUID, headers: Mapping[bytes, bytes]) -> None:
        """Somebody read the page; the same reader twice is two."""
        agent = headers.get(b"user-agent", b"").lower()
        if not any(word in agent for word in _PROGRAMS):
            self._seen[tenant_id, organisation_id, clock.today()] += 1

    def open(self) -> None:
        self._writing = asyncio.create_task(self._write_for_ever())

    async def close(self) -> None:
        if self._writing:
            self._writing.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._writing
        await self.write()

    async def write(self) -> None:
        """One statement per tenant. What cannot be written now is counted with the next minute's."""
        seen, self._seen = self._seen, Counter()
        tenants = {tenant for tenant, _, _ in seen}
        for tenant in tenants:
            mine = {key: views for key, views in seen.items() if key[0] == tenant}
            try:
                async with self._database.write(tenant) as session:
                    await count_views(session, [Views(key[1], key[2], views) for key, views in mine.items()])
            except Exception as error:
                log.warning("page views wait for the next minute", tenant=tenant, error=type(error).__name__)
                self._seen.update(mine)

    async def _write_for_ever(self) -> None:
        while True:
            await asyncio.sleep(EVERY_SECONDS)
            await self.write()
