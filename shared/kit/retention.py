"""What the house does not keep. Each function works on the session's tenant and says how many rows went."""

from datetime import timedelta

from sqlalchemy import delete, func
from sqlalchemy.engine import CursorResult
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.sql.dml import Delete

from shared.kit.database.session import tenant_of
from shared.kit.idempotency import IdempotencyKey
from shared.kit.limits import RateLimit
from shared.kit.outbox import OutboxRow, OutboxState

IDEMPOTENCY = timedelta(hours=48)
DONE_FACTS = timedelta(days=30)


async def forget_idempotency_keys(session: AsyncSession) -> int:
    old = IdempotencyKey.created_at < func.now() - IDEMPOTENCY
    return await _count(session, delete(IdempotencyKey).where(IdempotencyKey.tenant_id == tenant_of(session), old))


async def forget_done_facts(session: AsyncSession) -> int:
    """DEAD ones stay until somebody has looked at them."""
    old = (OutboxRow.state == OutboxState.DONE) & (OutboxRow.done_at < func.now() - DONE_FACTS)
    return await _count(session, delete(OutboxRow).where(OutboxRow.tenant_id == tenant_of(session), old))


async def forget_rate_limits(session: AsyncSession) -> int:
    """Windows that have ended, of all tenants: the table belongs to none."""
    return await _count(session, delete(RateLimit).where(RateLimit.window_ends < func.now()))


async def _count(session: AsyncSession, statement: Delete) -> int:
    result = await session.execute(statement)
    return result.rowcount if isinstance(result, CursorResult) else 0
