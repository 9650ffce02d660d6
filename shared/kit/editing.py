"""Two people at one thing: a lock for the length of a transaction, a revision for the length of a form."""

from typing import TypeVar
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from shared.kit.audit import AuditEntry
from shared.kit.database.base import TenantOwned
from shared.kit.database.session import tenant_of
from shared.kit.japanese.eras import japanese_moment
from shared.kit.refusals import Conflict, NotFound

Row = TypeVar("Row", bound=TenantOwned)


async def locked(session: AsyncSession, model: type[Row], row_id: UUID, *, to_delete: bool = False) -> Row:
    """The row as it is now, held until the transaction ends. NotFound when it is missing or another tenant's.

    Rows that refer to it may be written meanwhile, unless it is about to be deleted.
    """
    statement = (
        select(model)
        .where(model.tenant_id == tenant_of(session), model.id == row_id)
        .with_for_update(key_share=not to_delete)
        .execution_options(populate_existing=True)
    )
    row = (await session.execute(statement)).scalar_one_or_none()
    if row is None:
        raise NotFound
    return row


async def check_revision(session: AsyncSession, row_id: UUID, *, current: int, read: int) -> None:
    """Conflict that says who changed the thing since it was read, and when."""
    if current == read:
        return
    statement = (
        select(AuditEntry.actor_name, AuditEntry.happened_at)
        .where(AuditEntry.object_id == row_id)
        .order_by(AuditEntry.happened_at.desc(), AuditEntry.id.desc())
        .limit(1)
    )
    last = (await session.execute(statement)).one_or_none()
    by_whom = "ほかの人"
    if last is not None:
        by_whom = f"{last.actor_name or 'ほかの人'}さん（{japanese_moment(last.happened_at)}）"
    raise Conflict(
        f"編集している間に、{by_whom}が内容を変更しました。入力したものは保存されていません。"
        "最新の内容を確かめてから、もう一度保存してください。"
    )
