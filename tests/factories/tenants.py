"""Tenants with names of their own, so that tests never meet each other's rows."""

import itertools
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from shared.kit import clock
from shared.kit.database.session import NATIONAL, Database
from shared.tenants.models import ContentVersion, Level, Tenant, TenantState

_numbers = itertools.count(1)


async def ensure_national(session: AsyncSession) -> Tenant:
    nation = await session.get(Tenant, NATIONAL)
    if nation is None:
        nation = _row(id=NATIONAL, slug="national", code="000000", level=Level.NATION, name="全国プラットフォーム")
        session.add(nation)
        await session.flush()
        session.add(ContentVersion(tenant_id=NATIONAL))
        await session.flush()
    return nation


async def make_tenant(database: Database, **columns: Any) -> Tenant:
    """A live municipality's platform under the nation, unless told otherwise. `database` is the worker's."""
    number = next(_numbers)
    async with database.write(NATIONAL) as session:
        await ensure_national(session)
        slug = columns.pop("slug", f"town{number}")
        known = (await session.execute(select(Tenant).where(Tenant.slug == slug))).scalar_one_or_none()
        if known is not None:
            return known
        values: dict[str, Any] = {
            "slug": slug,
            "code": f"T{number:05}",
            "level": Level.MUNICIPALITY,
            "parent_id": NATIONAL,
            "name": f"試験町{number}つながりプラットフォーム",
        }
        tenant = _row(**values | columns)
        session.add(tenant)
        await session.flush()
    async with database.write(tenant.id) as session:
        session.add(ContentVersion(tenant_id=tenant.id))
    return tenant


def _row(**columns: Any) -> Tenant:
    now = clock.now()
    values: dict[str, Any] = {
        "state": TenantState.LIVE,
        "short_name": columns["name"],
        "region_name": "試験町",
        "lead": "つながりをつくる、試験のためのプラットフォームです。",
        "theme": {"key": "#1a3a6c", "accent": "#b45309", "motif": "knots"},
        "sender_email": "noreply@tsunagari.example",
        "created_at": now,
        "updated_at": now,
    }
    return Tenant(**values | columns)
