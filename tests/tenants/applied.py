"""The platforms of `tenants/` as they stand in the database after applying them."""

from pathlib import Path

from sqlalchemy import select

from shared.content import queries as content
from shared.content.queries import AnnouncementView, PageView
from shared.events import queries as events
from shared.events.views import EventView
from shared.kit.database.session import NATIONAL, Database
from shared.kit.files import FileStore
from shared.kit.settings import Settings
from shared.members import directory
from shared.members.queries import OrganisationView
from shared.tenants import bootstrap, queries
from shared.tenants.models import Tenant
from shared.tenants.queries import Profile

ROOT = Path(__file__).parents[2] / "tenants"


async def apply_all(database: Database, settings: Settings) -> int:
    """How many platforms changed."""
    async with database.write(NATIONAL) as session:
        return await bootstrap.apply(session, root=ROOT, files=FileStore(settings), say=lambda _: None)


class Applied:
    """Reads one platform's rows, with the eyes of the web process."""

    def __init__(self, database: Database, tenant_id: int) -> None:
        self._database = database
        self._tenant_id = tenant_id

    @classmethod
    async def of(cls, database: Database, slug: str) -> "Applied":
        async with database.read(None) as session:
            tenant_id = (await session.execute(select(Tenant.id).where(Tenant.slug == slug))).scalar_one()
        return cls(database, tenant_id)

    async def profile(self) -> Profile:
        async with self._database.read(self._tenant_id) as session:
            return await queries.profile(session)

    async def events(self) -> list[EventView]:
        """In the order of their days."""
        async with self._database.read(self._tenant_id) as session:
            return (await events.listed(session, first=50)).items

    async def news(self) -> list[AnnouncementView]:
        async with self._database.read(self._tenant_id) as session:
            return (await content.published(session, first=50)).items

    async def pages(self, *slugs: str) -> list[PageView | None]:
        async with self._database.read(self._tenant_id) as session:
            return [await content.page_by_slug(session, slug) for slug in slugs]

    async def organisations(self) -> list[OrganisationView]:
        async with self._database.read(self._tenant_id) as session:
            return (await directory.listed(session, first=100)).items
