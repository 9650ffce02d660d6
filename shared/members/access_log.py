"""Who of the secretariat has looked at what an organisation does not show to everybody.

One entry in the audit for each actor, thing and hour of the clock, however often the page is opened.
"""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID, uuid5

import msgspec
from sqlalchemy import bindparam, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.types import Integer, Uuid

from shared.identity.policy import STAFF_ROLES, Actor
from shared.identity.words import ROLES
from shared.kit import clock
from shared.kit.audit import AuditEntry
from shared.kit.database.session import tenant_of
from shared.kit.refusals import NotFound
from shared.members.policy import may_act_for

ORGANISATION, LIST, APPLICATION = "organisation.view", "organisation.export", "application.view"
WORDS = {
    ORGANISATION: "団体の登録内容",
    LIST: "団体の登録内容（名簿の書き出しや印刷の中で）",
    APPLICATION: "入会申請書",
}
#: Rows of one statement: the driver takes 32,767 values.
_BATCH = 1_000
PROGRAM = "連携しているプログラム"


class Look(msgspec.Struct, frozen=True):
    """`role` is the one that the reader had at that moment."""

    happened_at: datetime
    action: str
    role: str

    @property
    def what(self) -> str:
        return WORDS[self.action]


class Looks(msgspec.Struct, frozen=True):
    total: int
    items: list[Look]


async def note_view(session: AsyncSession, *, actor: Actor, action: str, object_id: UUID) -> None:
    await note_views(session, actor=actor, action=action, object_ids=[object_id])


async def note_views(session: AsyncSession, *, actor: Actor, action: str, object_ids: Sequence[UUID]) -> None:
    """The entry's id says actor, thing and hour, so that a second one of the same hour is the same row."""
    if not object_ids:
        return
    now = clock.now()
    name = f"{action} {actor.key} {now:%Y-%m-%dT%H}"
    shared = {
        "tenant_id": tenant_of(session),
        "happened_at": now,
        "actor_id": actor.account_id,
        "actor_name": actor.name or actor.key,
        "action": action,
        "summary": _role(actor),
    }
    ids = sorted(set(object_ids))
    for start in range(0, len(ids), _BATCH):
        batch = ids[start : start + _BATCH]
        rows = [shared | {"id": uuid5(object_id, name), "object_id": object_id} for object_id in batch]
        statement = insert(AuditEntry).values(rows)
        await session.execute(statement.on_conflict_do_nothing(index_elements=["tenant_id", "id"]))


def _role(actor: Actor) -> str:
    if actor.account_id is None:
        return PROGRAM
    return next((ROLES[role] for role in ROLES if role in actor.roles & STAFF_ROLES), "事務局")


_LOOKS = text(
    f"""
    WITH mine AS (
      SELECT a.id, a.happened_at, a.action, a.summary AS role FROM audit_entry a
      WHERE (a.action IN ('{ORGANISATION}', '{LIST}') AND a.object_id = :id) OR (a.action = '{APPLICATION}' AND a.object_id IN (
        SELECT p.id FROM membership_application p WHERE p.organisation_id = :id))
    ), page AS (SELECT * FROM mine ORDER BY happened_at DESC, id LIMIT :first OFFSET :offset)
    SELECT jsonb_build_object('total', (SELECT count(*) FROM mine), 'items',
      (SELECT coalesce(jsonb_agg(to_jsonb(p) ORDER BY p.happened_at DESC, p.id), '[]') FROM page p))::text
    """
).bindparams(bindparam("id", type_=Uuid), bindparam("first", type_=Integer), bindparam("offset", type_=Integer))


async def looks(
    session: AsyncSession, organisation_id: UUID, *, actor: Actor, first: int = 50, offset: int = 0
) -> Looks:
    """Newest first, for the organisation's manager and for the secretariat."""
    if not may_act_for(actor, organisation_id):
        raise NotFound
    values = {"id": organisation_id, "first": min(first, 100), "offset": offset}
    return msgspec.json.decode((await session.execute(_LOOKS, values)).scalar_one(), type=Looks)
