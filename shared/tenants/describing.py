"""Names of fields and versions of the charter, edited by the staff.

Guarded by the tenant's revision, like the rest of the profile.
"""

from datetime import date
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from shared.kit.japanese.normalise import clean_lines, clean_text
from shared.kit.refusals import NotFound, Refusal, Refusals
from shared.tenants.models import Charter, Field
from shared.tenants.service import Actor, claim_revision, profile_changed

_LONGEST_NAME = 200
_LONGEST_CHARTER = 100_000


async def rename_field(session: AsyncSession, *, actor: Actor, revision: int, field_id: UUID, name: str) -> int:
    """The id and the slug stay, so old links and memberships stay; the old name is still understood by the search."""
    new_name = clean_text(name)
    if not 0 < len(new_name) <= _LONGEST_NAME:
        raise Refusal("INVALID", f"分野の名前を{_LONGEST_NAME}字までで入力してください。", "name")
    tenant = await claim_revision(session, revision)
    field = (await session.execute(select(Field).where(Field.id == field_id))).scalar_one_or_none()
    if field is None:
        raise NotFound
    if field.name != new_name:
        field.aliases = [*(alias for alias in field.aliases if alias != new_name), field.name]
        field.name = new_name
    return await profile_changed(session, actor, tenant, ["fields"])


async def adopt_charter(
    session: AsyncSession, *, actor: Actor, revision: int, title: str, body: str, adopted_on: date | None
) -> int:
    """A new version of the 設置要綱; older ones stay, because members have agreed to them."""
    text = clean_lines(body)
    problems = []
    if not clean_text(title):
        problems.append(Refusal("REQUIRED", "要綱の題名を入力してください。", "title"))
    if not 0 < len(text) <= _LONGEST_CHARTER:
        problems.append(Refusal("INVALID", f"要綱の本文を{_LONGEST_CHARTER:,}字までで入力してください。", "body"))
    if text and "守秘義務" not in text:
        problems.append(Refusal("REQUIRED", "要綱には守秘義務の条が必要です。", "body"))
    if problems:
        raise Refusals(problems)
    tenant = await claim_revision(session, revision)
    latest = (await session.execute(select(func.coalesce(func.max(Charter.version), 0)))).scalar_one()
    session.add(Charter(version=latest + 1, title=clean_text(title), adopted_on=adopted_on, body=text))
    return await profile_changed(session, actor, tenant, ["charter"])
