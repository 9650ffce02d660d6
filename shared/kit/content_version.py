"""The number that says "something public changed here": key of the caches, ETag, and wake-up of all web processes."""

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from shared.kit.database.session import tenant_of

#: Payload: `<tenant id>:<version>`.
CHANNEL = "content"
_RAISED = "content version"

_BUMP = text(
    """
    INSERT INTO content_version (tenant_id, version) VALUES (:tenant, 1)
    ON CONFLICT (tenant_id) DO UPDATE SET version = content_version.version + 1
    RETURNING version
    """
)
_VERSION = text("SELECT version FROM content_version")
_NOTIFY = text("SELECT pg_notify(:channel, :payload)")


async def bump(session: AsyncSession) -> None:
    """To be called by every verb that changes what the public sees, in the transaction of the change.

    Two writers of one tenant queue here until the first has committed.
    """
    tenant = tenant_of(session)
    version = (await session.execute(_BUMP, {"tenant": tenant})).scalar_one()
    await session.execute(_NOTIFY, {"channel": CHANNEL, "payload": f"{tenant}:{version}"})
    session.info.setdefault(_RAISED, {})[tenant] = version


def raised(session: AsyncSession) -> int | None:
    """The version that this session has raised its tenant to; None when the public sees nothing new."""
    versions: dict[int, int] = session.info.get(_RAISED, {})
    return versions.get(tenant_of(session))


async def current(session: AsyncSession) -> int:
    """The version of the session's tenant; 0 before the first public write."""
    return (await session.execute(_VERSION)).scalar_one_or_none() or 0
