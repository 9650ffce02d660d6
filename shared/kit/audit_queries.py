"""What the administrators of a platform read of its record."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import msgspec
from sqlalchemy import and_, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from shared.kit.audit import AuditEntry
from shared.kit.database.session import tenant_of


class AuditLine(msgspec.Struct, frozen=True):
    """`action` is noun.verb; `summary` bears no personal data of third parties."""

    id: UUID
    happened_at: datetime
    actor_name: str
    action: str
    summary: str | None


class AuditPage(msgspec.Struct, frozen=True):
    items: list[AuditLine]
    total: int


async def audit_entries(
    session: AsyncSession, *, without: Sequence[str] = (), first: int = 50, offset: int = 0
) -> AuditPage:
    """Newest first. `without`: actions that are left out."""
    mine = and_(AuditEntry.tenant_id == tenant_of(session), AuditEntry.action.not_in(without))
    columns = (getattr(AuditEntry, name) for name in AuditLine.__struct_fields__)
    statement = select(*columns).where(mine).order_by(AuditEntry.happened_at.desc(), AuditEntry.id.desc())
    rows = await session.execute(statement.limit(min(first, 100)).offset(offset))
    total = await session.execute(select(func.count()).select_from(AuditEntry).where(mine))
    return AuditPage([AuditLine(*row) for row in rows], total.scalar_one())
