"""Members' drafts: the secretariat's list, and an organisation's own. Nobody else reads them."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

import msgspec
from sqlalchemy import bindparam, text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.types import Boolean, Integer, Uuid

from shared.events.proposals import ProposalKind


class Stage(StrEnum):
    """下書き / 確認待ち / 差戻し / 公開中 / 公開終了."""

    DRAFT = "DRAFT"
    PROPOSED = "PROPOSED"
    RETURNED = "RETURNED"
    PUBLIC = "PUBLIC"
    WITHDRAWN = "WITHDRAWN"


class ProposalView(msgspec.Struct, frozen=True, kw_only=True):
    """`starts_at` is an event's."""

    kind: ProposalKind
    id: UUID
    organisation_id: UUID
    organisation_name: str
    stage: Stage
    title: str
    body: str
    starts_at: datetime | None
    proposed_at: datetime | None
    returned_message: str | None
    updated_at: datetime
    revision: int


class Proposals(msgspec.Struct, frozen=True):
    total: int
    items: list[ProposalView]


_STAGE = """CASE WHEN state = 'WITHDRAWN' THEN 'WITHDRAWN' WHEN state <> 'DRAFT' THEN 'PUBLIC'
  WHEN proposed_at IS NOT NULL THEN 'PROPOSED' WHEN returned_message IS NOT NULL THEN 'RETURNED' ELSE 'DRAFT' END"""
_ALL = f"""
  SELECT 'NEWS' AS kind, tenant_id, id, member_organisation_id AS organisation_id, {_STAGE} AS stage, title, body,
    NULL::timestamptz AS starts_at, proposed_at, returned_message, updated_at, revision
  FROM announcement WHERE member_organisation_id IS NOT NULL
  UNION ALL SELECT 'EVENT', tenant_id, id, member_organisation_id, {_STAGE}, title, description, starts_at, proposed_at,
    returned_message, updated_at, revision FROM event WHERE member_organisation_id IS NOT NULL
"""
_LIST = text(
    f"""
    WITH wanted AS (SELECT * FROM ({_ALL}) every
      WHERE (CAST(:organisation AS uuid) IS NULL OR organisation_id = :organisation) AND (NOT :waiting OR stage = 'PROPOSED')),
    page AS (SELECT w.*, o.name AS organisation_name FROM wanted w
      JOIN organisation o ON o.tenant_id = w.tenant_id AND o.id = w.organisation_id
      ORDER BY CASE WHEN :waiting THEN w.proposed_at END, w.updated_at DESC, w.id LIMIT :first OFFSET :offset)
    SELECT jsonb_build_object('total', (SELECT count(*) FROM wanted), 'items', (SELECT coalesce(jsonb_agg(to_jsonb(p)
      ORDER BY CASE WHEN :waiting THEN p.proposed_at END, p.updated_at DESC, p.id), '[]') FROM page p))::text
    """
).bindparams(
    bindparam("organisation", type_=Uuid),
    bindparam("waiting", type_=Boolean),
    bindparam("first", type_=Integer),
    bindparam("offset", type_=Integer),
)
_ONE = text(
    f"""
    SELECT (to_jsonb(p) || jsonb_build_object('organisation_name', o.name))::text FROM ({_ALL}) p
    JOIN organisation o ON o.tenant_id = p.tenant_id AND o.id = p.organisation_id WHERE p.id = :id
    """
).bindparams(bindparam("id", type_=Uuid))


async def waiting(session: AsyncSession, *, first: int = 50, offset: int = 0) -> Proposals:
    """For the secretariat: whoever has waited longest comes first."""
    return await _listed(session, None, True, first, offset)


async def of_organisation(
    session: AsyncSession, organisation_id: UUID, *, first: int = 50, offset: int = 0
) -> Proposals:
    """What was changed last comes first."""
    return await _listed(session, organisation_id, False, first, offset)


async def proposal(session: AsyncSession, item_id: UUID) -> ProposalView | None:
    row = (await session.execute(_ONE, {"id": item_id})).scalar_one_or_none()
    return msgspec.json.decode(row, type=ProposalView) if row else None


async def _listed(
    session: AsyncSession, organisation_id: UUID | None, only_waiting: bool, first: int, offset: int
) -> Proposals:
    values = {"organisation": organisation_id, "waiting": only_waiting, "first": min(first, 100), "offset": offset}
    return msgspec.json.decode((await session.execute(_LIST, values)).scalar_one(), type=Proposals)
