"""Looking at what a verb left behind."""

from sqlalchemy import select

from shared.kit import content_version, search
from shared.kit.database.session import Database
from shared.kit.outbox import OutboxRow
from shared.tenants.models import Tenant


async def facts(database: Database, tenant: Tenant) -> list[str]:
    """The names of all facts of this tenant, in their order."""
    async with database.read(tenant.id) as session:
        return list((await session.execute(select(OutboxRow.name).order_by(OutboxRow.recorded_at))).scalars())


async def version(database: Database, tenant: Tenant) -> int:
    """The content version."""
    async with database.read(tenant.id) as session:
        return await content_version.current(session)


async def found(database: Database, tenant: Tenant, text: str) -> list[str]:
    """The addresses that a search brings."""
    async with database.read(tenant.id) as session:
        return [hit.path for hit in (await search.find(session, text)).hits]
