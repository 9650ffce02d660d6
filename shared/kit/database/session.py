"""Sessions bound to a tenant. Without a binding a transaction sees no tenant-owned row at all."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from sqlalchemy import event, text
from sqlalchemy.engine import Connection
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession
from sqlalchemy.orm import Session, SessionTransaction

from shared.kit.database.base import TenantOwned

NATIONAL = 1


class _BoundSession(Session):
    """Knows its tenant (`info["tenant_id"]`) and tells the database at the begin of each transaction."""


@event.listens_for(_BoundSession, "after_begin")
def _bind(session: Session, transaction: SessionTransaction, connection: Connection) -> None:
    tenant_id = session.info.get("tenant_id")
    if tenant_id is not None:
        # A literal, validated integer: set_config() would not reach the shards of Citus.
        connection.exec_driver_sql(f"SET LOCAL app.tenant = '{int(tenant_id)}'")


@event.listens_for(_BoundSession, "before_flush")
def _own(session: Session, context: Any, instances: Any) -> None:
    for row in session.new:
        if isinstance(row, TenantOwned) and row.tenant_id is None:
            row.tenant_id = session.info["tenant_id"]


class Database:
    """One engine of one role. `read` never writes; `write` commits when its block ends well."""

    def __init__(self, engine: AsyncEngine) -> None:
        self.engine = engine

    def _session(self, tenant_id: int | None) -> AsyncSession:
        return AsyncSession(
            self.engine,
            sync_session_class=_BoundSession,
            expire_on_commit=False,
            autoflush=False,
            info={"tenant_id": tenant_id},
        )

    @asynccontextmanager
    async def read(self, tenant_id: int | None) -> AsyncIterator[AsyncSession]:
        """`None` sees reference tables only."""
        async with self._session(tenant_id) as session:
            yield session

    @asynccontextmanager
    async def write(self, tenant_id: int | None) -> AsyncIterator[AsyncSession]:
        async with self._session(tenant_id) as session, session.begin():
            yield session

    async def ping(self) -> None:
        async with self.engine.connect() as connection:
            await connection.execute(text("SELECT 1"))

    async def close(self) -> None:
        await self.engine.dispose()


def tenant_of(session: AsyncSession) -> int:
    """The tenant that this session is bound to."""
    return int(session.info["tenant_id"])


@asynccontextmanager
async def bound_to(session: AsyncSession, tenant_id: int) -> AsyncIterator[None]:
    """Work for another tenant inside the running transaction: for launching platforms, which touches several at once."""
    before = session.info["tenant_id"]
    await _rebind(session, tenant_id)
    yield
    # Only after success: a failed transaction takes no more statements, and its end forgets the binding.
    await _rebind(session, before)


async def _rebind(session: AsyncSession, tenant_id: int) -> None:
    await session.flush()
    session.info["tenant_id"] = int(tenant_id)
    connection = await session.connection()
    await connection.exec_driver_sql(f"SET LOCAL app.tenant = '{int(tenant_id)}'")
