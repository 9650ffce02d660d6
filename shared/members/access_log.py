"""Who of the secretariat has looked at what an organisation does not show to everybody.

One entry in the audit for each actor, thing and hour of the clock, however often the page is opened.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID, uuid5

import msgspec
from sqlalchemy import bindparam, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.sql.elements import BindParameter
from sqlalchemy.types import DateTime, Integer, Text, Uuid

from shared.identity.policy import STAFF_ROLES, Actor
from shared.identity.words import ROLES
from shared.kit import audit, clock
from shared.kit.database.session import tenant_of
from shared.kit.refusals import NotFound
from shared.members import visibility
from shared.members.models import CONTACT_COLUMNS
from shared.members.policy import may_act_for

ORGANISATION, APPLICATION = "organisation.view", "application.view"
#: 変更届 and 退会届, and what came on paper with a request for the platform's name.
NOTICE, NAME_USE_PAPER = "organisation.notice-view", "organisation.name-use-paper"
#: Lists: shown on a page, taken along as a file, printed as labels or as a name list.
LISTED, EXPORTED = "organisation.list", "organisation.export"
LABELS, NAME_LIST = "organisation.labels", "organisation.name-list"
APPLICATIONS = "application.export"
WORDS = {
    ORGANISATION: "団体の登録内容",
    NOTICE: "変更届・退会届",
    NAME_USE_PAPER: "後援名義の申請書の写し",
    LISTED: "事務局の一覧に表示されました",
    EXPORTED: "名簿のExcel・CSV出力に含まれました",
    LABELS: "宛名ラベルの印刷に含まれました",
    NAME_LIST: "名簿の印刷に含まれました",
    APPLICATION: "入会申請書",
    APPLICATIONS: "入会申請のExcel・CSV出力に含まれました",
}
#: One for each organisation of a list: for the organisation, and too many for the record of the platform.
OF_LISTS = (LISTED, EXPORTED, LABELS, NAME_LIST, APPLICATIONS)
_OF_ORGANISATIONS = (ORGANISATION, NOTICE, NAME_USE_PAPER, LISTED, EXPORTED, LABELS, NAME_LIST)
#: Which columns a list shows that may be hidden.
SHOWN_IN = {
    LISTED: ("municipality_code",),
    EXPORTED: (*CONTACT_COLUMNS, "municipality_code"),
    LABELS: ("address", "contact_name"),
    NAME_LIST: ("representative_name", "phone", "mobile", "email", "municipality_code"),
}
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
    if object_ids:
        await session.execute(_NOTE, _entries(session, actor, action, object_ids))


async def note_list(session: AsyncSession, *, actor: Actor, action: str, organisation_ids: Sequence[UUID]) -> None:
    """One entry for each organisation of which the list shows something hidden, in one statement for all of them.

    What is taken along stands in the platform's record, too, as one line.
    """
    if not organisation_ids:
        return
    await session.execute(_NOTE_LIST, _entries(session, actor, action, organisation_ids))
    if action != LISTED:
        note_taken(session, actor=actor, action=action, count=len(organisation_ids))


def note_taken(session: AsyncSession, *, actor: Actor, action: str, count: int) -> None:
    """One line of the platform's record."""
    noun, _, verb = action.partition(".")
    summary = f"{count}{'件' if noun == 'application' else '団体'}"
    audit.note(
        session,
        actor_id=actor.account_id,
        actor_name=actor.name or actor.key,
        action=f"{noun}-list.{verb}",
        summary=summary,
    )


def _entries(session: AsyncSession, actor: Actor, action: str, object_ids: Sequence[UUID]) -> dict[str, Any]:
    now, ids = clock.now(), sorted(set(object_ids))
    name = f"{action} {actor.key} {now:%Y-%m-%dT%H}"
    return {
        "tenant_id": tenant_of(session),
        "ids": [uuid5(object_id, name) for object_id in ids],
        "objects": ids,
        "happened_at": now,
        "actor_id": actor.account_id,
        "actor_name": actor.name or actor.key,
        "action": action,
        "summary": _role(actor),
    }


_INSERT = """
    INSERT INTO audit_entry (tenant_id, id, happened_at, actor_id, actor_name, action, object_id, summary)
    SELECT :tenant_id, e.id, :happened_at, :actor_id, :actor_name, :action, e.object_id, :summary
    FROM unnest(:ids, :objects) AS e(id, object_id)
"""
_ONCE = "ON CONFLICT (tenant_id, id) DO NOTHING"
_HIDDEN = " OR ".join(
    f"(:action = '{action}' AND ({' OR '.join(visibility.hidden(column) for column in columns)}))"
    for action, columns in SHOWN_IN.items()
)
_OF_THEM = f"JOIN organisation o ON o.tenant_id = :tenant_id AND o.id = e.object_id WHERE {_HIDDEN}"
_PARAMETERS: tuple[BindParameter[Any], ...] = (
    bindparam("tenant_id", type_=Integer),
    bindparam("ids", type_=ARRAY(Uuid)),
    bindparam("objects", type_=ARRAY(Uuid)),
    bindparam("happened_at", type_=DateTime(timezone=True)),
    bindparam("actor_id", type_=Uuid),
    *(bindparam(name, type_=Text) for name in ("actor_name", "action", "summary")),
)
_NOTE = text(f"{_INSERT} {_ONCE}").bindparams(*_PARAMETERS)
_NOTE_LIST = text(f"{_INSERT} {_OF_THEM} {_ONCE}").bindparams(*_PARAMETERS)


def _role(actor: Actor) -> str:
    if actor.account_id is None:
        return PROGRAM
    return next((ROLES[role] for role in ROLES if role in actor.roles & STAFF_ROLES), "事務局")


def _quoted(actions: Sequence[str]) -> str:
    return ", ".join(f"'{action}'" for action in actions)


_LOOKS_AT_IT, _LOOKS_AT_FORM = _quoted(_OF_ORGANISATIONS), _quoted((APPLICATION, APPLICATIONS))
_LOOKS = text(
    f"""
    WITH mine AS (
      SELECT a.id, a.happened_at, a.action, a.summary AS role FROM audit_entry a
      WHERE (a.action IN ({_LOOKS_AT_IT}) AND a.object_id = :id)
        OR (a.action IN ({_LOOKS_AT_FORM}) AND a.object_id IN (
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
