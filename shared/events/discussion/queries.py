"""What is read of discussions by the secretariat: every opinion with its follow-up, published or not."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import Boolean, Integer, Text, Uuid, bindparam, text
from sqlalchemy.ext.asyncio import AsyncSession

from shared.events.models import FollowUpState
from shared.events.views import quoted
from shared.kit import clock

MOST_ROWS = 500


class DeskOpinion(msgspec.Struct, frozen=True):
    id: UUID
    body: str
    gloss: str | None
    targets: list[str]
    methods: list[str]
    timings: list[str]
    follow_up_id: UUID | None

    @property
    def said(self) -> str:
        return quoted(self.body)


class DeskTopic(msgspec.Struct, frozen=True):
    id: UUID
    theme: str | None
    question: str
    conclusion: str | None
    opinions: list[DeskOpinion]


class Voice(msgspec.Struct, frozen=True):
    """An opinion, short: what was said, and under which 柱."""

    id: UUID
    body: str
    gloss: str | None
    topic: int

    @property
    def said(self) -> str:
        return quoted(self.body)


class DeskFollowUp(msgspec.Struct, frozen=True):
    """A row of the list of what is to become of people's opinions."""

    id: UUID
    event_id: UUID
    event_title: str
    event_starts_at: datetime
    title: str
    state: FollowUpState
    responsible: str | None
    due_on: date | None
    result: str | None
    note: str | None
    published: bool
    linked_event_id: UUID | None
    announcement_id: UUID | None
    linked_event_title: str | None
    announcement_title: str | None
    updated_at: datetime
    revision: int
    voices: list[Voice]

    def overdue(self, today: date) -> bool:
        waiting = self.state in (FollowUpState.NOT_STARTED, FollowUpState.CONSIDERING)
        return waiting and self.due_on is not None and self.due_on < today


class FollowUps(msgspec.Struct, frozen=True):
    """A piece of the list. `total` counts the whole list."""

    items: list[DeskFollowUp]
    total: int


class Suggestions(msgspec.Struct, frozen=True):
    """Tags that this platform has used, the most frequent first."""

    targets: list[str]
    methods: list[str]
    timings: list[str]


_TOPICS = text(
    """
    SELECT coalesce(jsonb_agg(to_jsonb(t) || jsonb_build_object('opinions',
      (SELECT coalesce(jsonb_agg(to_jsonb(o) ORDER BY o.ordinal), '[]') FROM opinion o
        WHERE o.tenant_id = t.tenant_id AND o.topic_id = t.id)) ORDER BY t.ordinal), '[]')::text
    FROM discussion_topic t WHERE t.event_id = :event
    """
).bindparams(bindparam("event", type_=Uuid))

_FOUND = """
    SELECT f.*, e.title AS event_title, e.starts_at AS event_starts_at,
      (SELECT title FROM event l WHERE l.tenant_id = f.tenant_id AND l.id = f.linked_event_id) AS linked_event_title,
      (SELECT title FROM announcement a WHERE a.tenant_id = f.tenant_id AND a.id = f.announcement_id)
        AS announcement_title,
      (SELECT coalesce(jsonb_agg(jsonb_build_object('id', o.id, 'body', o.body, 'gloss', o.gloss, 'topic', t.ordinal)
          ORDER BY t.ordinal, o.ordinal), '[]')
        FROM opinion o JOIN discussion_topic t ON t.tenant_id = o.tenant_id AND t.id = o.topic_id
        WHERE o.tenant_id = f.tenant_id AND o.follow_up_id = f.id) AS voices
    FROM follow_up f JOIN event e ON e.tenant_id = f.tenant_id AND e.id = f.event_id
    WHERE (CAST(:event AS uuid) IS NULL OR f.event_id = :event)
      AND (CAST(:state AS text) IS NULL OR f.state = :state)
      AND (NOT :overdue OR (f.due_on < :today AND f.state IN ('NOT_STARTED', 'CONSIDERING')))
"""
_ORDER = """CASE state WHEN 'NOT_STARTED' THEN 0 WHEN 'CONSIDERING' THEN 1 WHEN 'DONE' THEN 2 ELSE 3 END,
  due_on NULLS LAST, event_starts_at DESC, id"""
_FOLLOW_UPS = text(
    f"""
    WITH found AS ({_FOUND}), part AS (SELECT * FROM found ORDER BY {_ORDER} LIMIT :first OFFSET :offset)
    SELECT jsonb_build_object('total', (SELECT count(*) FROM found),
      'items', (SELECT coalesce(jsonb_agg(to_jsonb(part) ORDER BY {_ORDER}), '[]') FROM part))::text
    """
).bindparams(
    bindparam("event", type_=Uuid),
    bindparam("state", type_=Text),
    bindparam("overdue", type_=Boolean),
    bindparam("first", type_=Integer),
    bindparam("offset", type_=Integer),
)

_ONE = text("SELECT event_id FROM follow_up WHERE id = :id").bindparams(bindparam("id", type_=Uuid))

_SUGGESTIONS = text(
    """
    WITH used AS (
      SELECT 'targets' AS field, unnest(targets) AS tag FROM opinion
      UNION ALL SELECT 'methods', unnest(methods) FROM opinion
      UNION ALL SELECT 'timings', unnest(timings) FROM opinion
    ), counted AS (
      SELECT field, tag, row_number() OVER (PARTITION BY field ORDER BY count(*) DESC, tag) AS place
      FROM used GROUP BY field, tag
    )
    SELECT field, array_agg(tag ORDER BY place) AS tags FROM counted WHERE place <= 30 GROUP BY field
    """
)


async def desk_topics(session: AsyncSession, event_id: UUID) -> list[DeskTopic]:
    row = (await session.execute(_TOPICS, {"event": event_id})).scalar_one()
    return msgspec.json.decode(row, type=list[DeskTopic])


async def follow_ups(
    session: AsyncSession,
    *,
    event_id: UUID | None = None,
    state: FollowUpState | None = None,
    overdue: bool = False,
    first: int = 50,
    offset: int = 0,
) -> FollowUps:
    """Those that wait come first, the nearest day before the later ones."""
    values: dict[str, Any] = {
        "event": event_id,
        "state": state.value if state else None,
        "overdue": overdue,
        "today": clock.today(),
        "first": min(first, MOST_ROWS),
        "offset": offset,
    }
    row = (await session.execute(_FOLLOW_UPS, values)).scalar_one()
    return msgspec.json.decode(row, type=FollowUps)


async def follow_up(session: AsyncSession, follow_up_id: UUID) -> DeskFollowUp | None:
    event_id = (await session.execute(_ONE, {"id": follow_up_id})).scalar_one_or_none()
    if event_id is None:
        return None
    found = await follow_ups(session, event_id=event_id, first=MOST_ROWS)
    return next((each for each in found.items if each.id == follow_up_id), None)


async def tag_suggestions(session: AsyncSession) -> Suggestions:
    found = {field: list(tags) for field, tags in await session.execute(_SUGGESTIONS)}
    return Suggestions(found.get("targets", []), found.get("methods", []), found.get("timings", []))
