"""What all requests of one web process share: the database, the map of hosts, the profiles, the cache, the templates."""

import asyncio
import contextlib
from pathlib import Path

import asyncpg
import structlog
from jinja2 import Environment

from services.web.cache import PublicCache
from services.web.environment import make_environment
from services.web.tenancy import HostMap
from services.web.turnstile import Turnstile
from services.web.views import ViewCounter
from shared.kit import content_version
from shared.kit.database import policies
from shared.kit.database.engine import create_engine, url_for, without_driver
from shared.kit.database.session import Database
from shared.kit.files import FileStore
from shared.kit.settings import Settings
from shared.tenants import queries
from shared.tenants.queries import Profile

log = structlog.get_logger()

TENANTS_CHANNEL = "tenants"
STATIC = Path(__file__).parent / "static"


class Site:
    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.database = Database(create_engine(settings, policies.WEB))
        self.files = FileStore(settings)
        self.hosts = HostMap(settings)
        self.cache = PublicCache()
        self.views = ViewCounter(self.database)
        self.turnstile = Turnstile()
        self.templates: Environment = make_environment(settings)
        self._profiles: dict[int, Profile] = {}
        self._listening: asyncio.Task[None] | None = None

    async def open(self) -> None:
        await self._reload_hosts()
        self._listening = asyncio.create_task(self._listen_for_ever())
        self.views.open()

    async def close(self) -> None:
        if self._listening:
            self._listening.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._listening
        await self.views.close()
        await self.database.close()

    async def profile(self, tenant_id: int) -> Profile:
        """The tenant's profile at its current content version: one statement after each public change."""
        version = self.cache.version(tenant_id)
        known = self._profiles.get(tenant_id)
        if known is not None and version == known.content_version:
            return known
        async with self.database.read(tenant_id) as session:
            profile = await queries.profile(session)
        self._profiles[tenant_id] = profile
        self.cache.learn(tenant_id, profile.content_version)
        return profile

    async def _reload_hosts(self) -> None:
        async with self.database.read(None) as session:
            self.hosts.replace(await queries.all_hosts(session))

    async def _listen_for_ever(self) -> None:
        """Without news from the database nothing may be served from memory, so the cache is off while the line is down."""
        while True:
            try:
                await self._listen()
            except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
                log.warning("the line to the database is down", error=type(error).__name__)
            self.cache.distrust()
            await asyncio.sleep(1)

    async def _listen(self) -> None:
        connection = await asyncpg.connect(without_driver(url_for(self.settings, policies.WEB)))
        lost = asyncio.Event()
        try:
            connection.add_termination_listener(lambda _: lost.set())
            await connection.add_listener(content_version.CHANNEL, self._on_content)
            await connection.add_listener(TENANTS_CHANNEL, self._on_tenants)
            await self._reload_hosts()
            self.cache.trust()
            await lost.wait()
        finally:
            connection.terminate()

    def _on_content(self, *notification: object) -> None:
        tenant, _, version = str(notification[3]).partition(":")
        self.cache.learn(int(tenant), int(version))

    def _on_tenants(self, *_: object) -> None:
        # A reference keeps the task from being collected before it has run.
        self._reloading = asyncio.create_task(self._reload_hosts())
