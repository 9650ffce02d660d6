"""What the operator of an installation sees of its platforms: that they exist and in which state. Nothing of what is in them."""

from datetime import datetime

import msgspec
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from shared.tenants.models import Level, Tenant, TenantState


class InstalledTenant(msgspec.Struct, frozen=True):
    slug: str
    code: str
    name: str
    level: Level
    state: TenantState
    host: str | None
    parent: str | None
    created_at: datetime


async def installed_tenants(session: AsyncSession, *, limit: int = 2000) -> list[InstalledTenant]:
    """In every state, by 全国地方公共団体コード."""
    parent = aliased(Tenant)
    statement = (
        select(
            Tenant.slug,
            Tenant.code,
            Tenant.name,
            Tenant.level,
            Tenant.state,
            Tenant.host,
            parent.short_name,
            Tenant.created_at,
        )
        .outerjoin(parent, parent.id == Tenant.parent_id)
        .order_by(Tenant.code, Tenant.id)
        .limit(limit)
    )
    return [InstalledTenant(*row) for row in await session.execute(statement)]
