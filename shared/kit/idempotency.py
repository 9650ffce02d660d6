"""Same key and same body: the same answer, one effect. Same key and another body: refused."""

import hashlib
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import Integer, UniqueConstraint, Uuid, bindparam, select, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column
from uuid_utils.compat import uuid7

from shared.kit.database.base import Base, TenantOwned
from shared.kit.database.session import tenant_of
from shared.kit.refusals import Refusal


class IdempotencyKey(TenantOwned, Base):
    """Kept 48 hours. `response` is null only inside the transaction that is still working."""

    __tablename__ = "idempotency_key"
    __table_args__ = (UniqueConstraint("tenant_id", "actor", "key"),)

    actor: Mapped[str] = mapped_column(comment="account id, client id or 'anonymous'")
    key: Mapped[str]
    body_sha256: Mapped[str]
    response: Mapped[dict[str, Any] | None]
    created_at: Mapped[datetime]


#: Written out, because every write of a rush passes here and statements that are built anew cost more than they do.
_CLAIM = text(
    """
    INSERT INTO idempotency_key (tenant_id, id, actor, key, body_sha256, created_at)
    VALUES (:tenant, :id, :actor, :key, :digest, now()) ON CONFLICT DO NOTHING RETURNING id
    """
).bindparams(bindparam("tenant", type_=Integer), bindparam("id", type_=Uuid))
_ANSWER = text("UPDATE idempotency_key SET response = :response WHERE actor = :actor AND key = :key").bindparams(
    bindparam("response", type_=JSONB)
)


async def once(
    session: AsyncSession,
    *,
    actor: str,
    key: str | None,
    body: Any,
    effect: Callable[[], Awaitable[dict[str, Any]]],
) -> dict[str, Any]:
    """Run `effect` unless this key has been answered before; then replay that answer.

    The unique row is inserted first: a second request with the same key waits for the first one's commit, then replays.
    Without a key the effect simply runs.
    """
    if key is None:
        return await effect()
    digest = hashlib.sha256(msgspec.json.encode(body, order="sorted")).hexdigest()
    if await _claim(session, actor, key, digest):
        response = await effect()
        await session.execute(_ANSWER, {"actor": actor, "key": key, "response": response})
        return response
    row = await _row(session, actor, key)
    if row.body_sha256 != digest or row.response is None:
        raise Refusal(
            "IDEMPOTENCY_KEY_REUSED", "同じキーで異なる内容が送られました。画面を開き直してもう一度お試しください。"
        )
    return row.response


async def _claim(session: AsyncSession, actor: str, key: str, digest: str) -> bool:
    values = {"tenant": tenant_of(session), "id": uuid7(), "actor": actor, "key": key, "digest": digest}
    return (await session.execute(_CLAIM, values)).scalar_one_or_none() is not None


async def _row(session: AsyncSession, actor: str, key: str) -> IdempotencyKey:
    statement = select(IdempotencyKey).where(IdempotencyKey.actor == actor, IdempotencyKey.key == key)
    return (await session.execute(statement)).scalar_one()
