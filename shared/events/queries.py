"""What is read of events. One statement brings an event, or a list of them, with everything that belongs to it."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import ColumnElement, Text, and_, case, cast, exists, func, literal_column, or_, select, tuple_
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from shared.content.queries import MEDIA_JSON
from shared.events.models import Event, EventKind, EventState
from shared.events.views import EventPage, EventView

__all__ = [
    "EventPage",
    "EventView",
    "all_for_staff",
    "event",
    "for_feed",
    "listed",
    "past",
    "published_dates",
    "recently_changed",
    "upcoming",
]


def _children(table: str, link: str, shape: str = "") -> str:
    """A correlated subquery: the rows of a child table in their order, as a JSON array."""
    document = f"to_jsonb({table}) {shape}"
    return f"""(SELECT coalesce(jsonb_agg({document} ORDER BY {table}.ordinal), '[]') FROM {table}
      WHERE {table}.tenant_id = event.tenant_id AND {table}.{link})"""


_OF_EVENT = "event_id = event.id"
_APPEARANCES = _children("appearance", "session_id = session.id")
#: What everybody may know of what became of an opinion: never who sees to it, never the note.
_FOLLOW_UP = """(SELECT jsonb_build_object('id', f.id, 'title', f.title, 'state', f.state, 'result', f.result,
    'updated_at', f.updated_at,
    'event', (SELECT jsonb_build_object('id', l.id, 'title', l.title) FROM event l
      WHERE l.tenant_id = f.tenant_id AND l.id = f.linked_event_id AND l.state <> 'DRAFT'),
    'announcement', (SELECT jsonb_build_object('id', a.id, 'title', a.title) FROM announcement a
      WHERE a.tenant_id = f.tenant_id AND a.id = f.announcement_id AND a.state = 'PUBLISHED'))
  FROM follow_up f WHERE f.tenant_id = opinion.tenant_id AND f.id = opinion.follow_up_id AND f.published)"""
_OPINIONS = _children("opinion", "topic_id = discussion_topic.id", f"|| jsonb_build_object('follow_up', {_FOLLOW_UP})")
_FLYER = f"""(SELECT {MEDIA_JSON} FROM media
  WHERE media.tenant_id = event.tenant_id AND media.id = event.flyer_id)"""
_REPORT = "(SELECT to_jsonb(r) FROM event_report r WHERE r.tenant_id = event.tenant_id AND r.event_id = event.id AND r.published_at IS NOT NULL)"
#: With a published report, and with 撮影の同意 only.
_PHOTOS = f"""(SELECT coalesce(jsonb_agg(
    jsonb_build_object('caption', p.caption, 'credit', p.credit, 'media', {MEDIA_JSON}) ORDER BY p.ordinal), '[]')
  FROM report_photo p JOIN media ON media.tenant_id = p.tenant_id AND media.id = p.media_id
  JOIN event_report r ON r.tenant_id = p.tenant_id AND r.event_id = p.event_id AND r.published_at IS NOT NULL
  WHERE p.tenant_id = event.tenant_id AND p.event_id = event.id AND p.consented AND NOT media.withheld)"""

_EVENT: ColumnElement[Any] = literal_column(
    f"""to_jsonb(event) || jsonb_build_object(
      'flyer', {_FLYER},
      'sessions', {_children("session", _OF_EVENT, f"|| jsonb_build_object('appearances', {_APPEARANCES})")},
      'changes', {_children("event_change", _OF_EVENT)},
      'measures', {_children("measure", _OF_EVENT)},
      'topics', {_children("discussion_topic", _OF_EVENT, f"|| jsonb_build_object('opinions', {_OPINIONS})")},
      'report', {_REPORT},
      'photos', {_PHOTOS})"""
)
_PUBLIC = Event.state != EventState.DRAFT
#: The moment at which an event is over: its end, else the end of its day in Japan.
_OVER_AT: ColumnElement[datetime] = literal_column(
    """CASE WHEN event.all_day OR event.ends_at IS NULL
      THEN (date_trunc('day', coalesce(event.ends_at, event.starts_at) AT TIME ZONE 'Asia/Tokyo') + interval '1 day')
        AT TIME ZONE 'Asia/Tokyo'
      ELSE event.ends_at END"""
)
#: Postponed events have no day any more; they stay with what is to come until they get one. What ended early is over.
_TO_COME = or_(
    and_(func.now() < _OVER_AT, Event.state.not_in([EventState.HELD, EventState.REPORTED])),
    Event.state == EventState.POSTPONED,
)

#: Keys, each with whether it descends.
Order = tuple[tuple[ColumnElement[Any], bool], ...]
_SOONEST: Order = ((Event.starts_at.expression, False), (Event.id.expression, False))
_LATEST: Order = ((Event.starts_at.expression, True), (Event.id.expression, True))
_DISTANCE: ColumnElement[Any] = literal_column("abs(extract(epoch FROM event.starts_at - now()))")
_NEAREST: Order = ((case((_TO_COME, 0), else_=1), False), (_DISTANCE, False), (Event.id.expression, False))

#: Rows of one answer, whatever is asked for.
MOST_ROWS = 500


async def upcoming(session: AsyncSession, *, limit: int = 20) -> list[EventView]:
    """Public and not over, soonest first; cancelled ones stay until their day, so that nobody goes there."""
    return (await _listed(session, [_PUBLIC, _TO_COME], _SOONEST, first=limit)).items


async def past(session: AsyncSession, *, kind: EventKind | None = None, first: int = 20, offset: int = 0) -> EventPage:
    """Public and over, newest first."""
    conditions = [_PUBLIC, ~_TO_COME, *_narrowed(kind=kind)]
    return await _listed(session, conditions, _LATEST, first=first, offset=offset)


async def agenda(
    session: AsyncSession, *, kind: EventKind | None = None, first: int = 30, offset: int = 0
) -> EventPage:
    """Public: what is to come, soonest first, then what is over, newest first."""
    return await _listed(session, [_PUBLIC, *_narrowed(kind=kind)], _NEAREST, first=first, offset=offset)


async def listed(
    session: AsyncSession,
    *,
    kind: EventKind | None = None,
    from_: datetime | None = None,
    to: datetime | None = None,
    states: list[EventState] | None = None,
    to_come: bool | None = None,
    first: int = 20,
    after: UUID | None = None,
    offset: int = 0,
    newest_first: bool = False,
) -> EventPage:
    """Public ones in the order of their days. `from_` and `to` bound the beginning (`to` excluded)."""
    conditions = [_PUBLIC, *_narrowed(kind=kind, from_=from_, to=to, states=states)]
    if to_come is not None:
        conditions.append(_TO_COME if to_come else ~_TO_COME)
    order = _LATEST if newest_first else _SOONEST
    unseen = _follows(after, newest_first) if after else None
    return await _listed(session, conditions, order, first=first, after=unseen, offset=offset)


async def all_for_staff(
    session: AsyncSession, *, states: list[EventState] | None = None, first: int = 50, offset: int = 0
) -> EventPage:
    """Drafts too, latest day first; those of members stand on a list of their own."""
    own = or_(_PUBLIC, Event.member_organisation_id.is_(None))
    return await _listed(session, [own, *_narrowed(states=states)], _LATEST, first=first, offset=offset)


async def event(session: AsyncSession, event_id: UUID, *, drafts: bool = False) -> EventView | None:
    statement = select(cast(_EVENT, Text)).select_from(Event).where(Event.id == event_id)
    if not drafts:
        statement = statement.where(_PUBLIC)
    row = (await session.execute(statement)).scalar_one_or_none()
    return msgspec.json.decode(row, type=EventView) if row else None


async def for_feed(session: AsyncSession, *, limit: int = 100) -> list[EventView]:
    """For calendars and readers of feeds: the latest days first, cancelled ones included."""
    return (await _listed(session, [_PUBLIC], _LATEST, first=limit)).items


async def recently_changed(session: AsyncSession, *, limit: int = 30) -> list[EventView]:
    """By their last public change, newest first."""
    statement = select(cast(_EVENT, Text)).select_from(Event).where(_PUBLIC)
    rows = await session.execute(statement.order_by(Event.updated_at.desc(), Event.id.desc()).limit(limit))
    return [msgspec.json.decode(row, type=EventView) for row in rows.scalars()]


async def published_dates(session: AsyncSession, *, limit: int = 5_000) -> list[tuple[UUID, datetime]]:
    """Ids with their last change, for search engines."""
    statement = select(Event.id, Event.updated_at).where(_PUBLIC).order_by(Event.starts_at.desc()).limit(limit)
    return [(row.id, row.updated_at) for row in await session.execute(statement)]


def _narrowed(
    *,
    kind: EventKind | None = None,
    from_: datetime | None = None,
    to: datetime | None = None,
    states: list[EventState] | None = None,
) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if kind is not None:
        conditions.append(Event.kind == kind)
    if from_ is not None:
        conditions.append(Event.starts_at >= from_)
    if to is not None:
        conditions.append(Event.starts_at < to)
    if states is not None:
        conditions.append(Event.state.in_(states))
    return conditions


async def _listed(
    session: AsyncSession,
    conditions: list[ColumnElement[bool]],
    order: Order,
    *,
    first: int,
    after: ColumnElement[bool] | None = None,
    offset: int = 0,
) -> EventPage:
    keys = {f"key_{number}": key for number, (key, _) in enumerate(order)}
    directions = [descending for _, descending in order]
    part = (
        select(_EVENT.label("document"), *(key.label(name) for name, key in keys.items()))
        .select_from(Event)
        .where(*conditions, *([] if after is None else [after]))
        .order_by(*_directed(keys.values(), directions))
        .limit(min(max(first, 0), MOST_ROWS) + 1)
        .offset(offset)
        .subquery("part")
    )
    same_order = _directed((part.c[name] for name in keys), directions)
    documents = func.jsonb_agg(aggregate_order_by(part.c.document, *same_order))
    total = select(func.count()).select_from(Event).where(*conditions).scalar_subquery()
    row = (await session.execute(select(cast(documents, Text), total).select_from(part))).one()
    items = msgspec.json.decode(row[0] or "[]", type=list[EventView])
    return EventPage(items[:first], row[1], len(items) > first)


def _directed(keys: Iterable[ColumnElement[Any]], directions: list[bool]) -> list[ColumnElement[Any]]:
    return [key.desc() if descending else key.asc() for key, descending in zip(keys, directions, strict=True)]


def _follows(after: UUID, newest_first: bool) -> ColumnElement[bool]:
    last = aliased(Event)
    place, after_place = tuple_(Event.starts_at, Event.id), tuple_(last.starts_at, last.id)
    return exists().where(last.id == after, place < after_place if newest_first else place > after_place)
