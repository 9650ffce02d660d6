"""A list of events becomes drafts: what would happen is shown first, and the same list a second time changes nothing."""

import contextlib
import hashlib
from collections.abc import Sequence
from enum import StrEnum
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import or_, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from uuid_utils.compat import uuid7

from shared.events import service, telling
from shared.events.drafts import EventDraft, checked_event
from shared.events.list_reading import Line
from shared.events.models import Event, EventKind, EventState
from shared.identity.policy import Actor
from shared.kit import clock
from shared.kit.database.session import tenant_of
from shared.kit.japanese.eras import in_japan
from shared.kit.refusals import Refusal, Refusals

MOST_LINES = 5_000
KEY = "open-data"


class Outcome(StrEnum):
    """`PUBLIC`: it differs, but it is public or a member's, so that a list does not change it."""

    FAULTY = "FAULTY"
    NEW = "NEW"
    CHANGED = "CHANGED"
    PUBLIC = "PUBLIC"
    UNCHANGED = "UNCHANGED"


class Planned(msgspec.Struct):
    """What would become of one row. `changed` are the fields that differ from the event that is known already."""

    line: Line
    outcome: Outcome
    key: str = ""
    draft: EventDraft | None = None
    event_id: UUID | None = None
    changed: tuple[str, ...] = ()


class Done(msgspec.Struct, frozen=True):
    created: int
    updated: int


async def plan(session: AsyncSession, lines: Sequence[Line], *, kind: EventKind) -> list[Planned]:
    """Nothing is written. `kind` is that of events whose titles do not tell it."""
    if len(lines) > MOST_LINES:
        message = f"一度に取り込めるのは{MOST_LINES:,}行までです。一覧を分けてお試しください。"
        raise Refusal("TOO_MANY", message, "file")
    keys = [_key(line) for line in lines]
    known = await _known(session, [key for key, _ in keys], [event_id for _, event_id in keys if event_id])
    first_rows: dict[str, int] = {}
    planned = []
    for line, (key, event_id) in zip(lines, keys, strict=True):
        if first_rows.setdefault(key, line.row) != line.row:
            line.problems.append(("NO", f"{first_rows[key]}行目と同じ行事です。どちらかを消してください。"))
        found = known.get(str(event_id)) or known.get(key)
        planned.append(_planned(line, key, found, kind))
    return planned


async def apply(session: AsyncSession, planned: Sequence[Planned], *, actor: Actor, update: bool) -> Done:
    """New rows become drafts; with `update` drafts that differ are made what the list says. Faulty rows are left out."""
    created = await _create(session, actor, [each for each in planned if each.outcome is Outcome.NEW])
    changed = [each for each in planned if update and each.outcome is Outcome.CHANGED]
    for each in changed:
        if each.draft is not None and each.event_id is not None:
            await service.update_event(session, actor=actor, event_id=each.event_id, draft=each.draft)
    return Done(created, len(changed))


def _key(line: Line) -> tuple[str, UUID | None]:
    """Under which the row's event is known, and its id where the number is one of ours."""
    if not line.number:
        told = "|".join((line.title, str(line.values.get("starts_at", "")), str(line.values.get("venue", ""))))
        return f"{KEY}::{hashlib.sha256(told.encode()).hexdigest()[:32]}", None
    try:
        return f"{KEY}:{line.code}:{line.number}", UUID(line.number)
    except ValueError:
        return f"{KEY}:{line.code}:{line.number}", None


async def _known(session: AsyncSession, keys: list[str], ids: list[UUID]) -> dict[str, Event]:
    """By key and by id; rows are read, never changed here."""
    found: dict[str, Event] = {}
    wanted = or_(Event.key.in_(keys), Event.id.in_(ids))
    for event in await session.scalars(select(Event).where(Event.tenant_id == tenant_of(session), wanted)):
        found[str(event.id)] = event
        if event.key:
            found[event.key] = event
    return found


def _planned(line: Line, key: str, known: Event | None, kind: EventKind) -> Planned:
    try:
        draft = _draft(line, known, kind) if {"title", "starts_at"} <= set(line.values) else None
    except Refusal as refusal:
        problems = refusal.problems if isinstance(refusal, Refusals) else [refusal]
        line.problems += [("", problem.message) for problem in problems]
        draft = None
    if line.problems or draft is None:
        return Planned(line, Outcome.FAULTY, key)
    if known is None:
        return Planned(line, Outcome.NEW, key, draft)
    changed = _changed(known, draft, line.values)
    if not changed:
        return Planned(line, Outcome.UNCHANGED, key, draft, known.id)
    own_draft = known.state is EventState.DRAFT and known.member_organisation_id is None
    return Planned(line, Outcome.CHANGED if own_draft else Outcome.PUBLIC, key, draft, known.id, changed)


def _draft(line: Line, known: Event | None, kind: EventKind) -> EventDraft:
    """Raises Refusals. Of a known event everything stays that the row does not speak of."""
    if known is not None:
        return checked_event(msgspec.structs.replace(_stored(known), **_said(line, known)))
    how = str(line.values.get("how_to_apply", ""))
    wanted = not any(word in how for word in ("申込不要", "申し込み不要", "予約不要"))
    return checked_event(EventDraft(kind=line.kind or kind, takes_registrations=wanted, **line.values))


def _said(line: Line, known: Event) -> dict[str, Any]:
    """A row without an hour does not take away the hour that somebody has added since; whole days are compared as days."""
    same_day = in_japan(line.values["starts_at"]).date() == in_japan(known.starts_at).date()
    if not (line.values["all_day"] and same_day):
        same_hour = line.values["starts_at"] == known.starts_at
        return line.values if same_hour else {"ends_at": None} | line.values
    last = line.values.get("ends_at") or line.values["starts_at"]
    kept = {"starts_at", "all_day"}
    if in_japan(last).date() == in_japan(known.ends_at or known.starts_at).date():
        kept.add("ends_at")
    return {name: value for name, value in line.values.items() if name not in kept}


def _stored(event: Event) -> EventDraft:
    return EventDraft(**{name: getattr(event, name) for name in EventDraft.__struct_fields__})


def _changed(known: Event, draft: EventDraft, said: dict[str, Any]) -> tuple[str, ...]:
    """Both sides as they would be stored, so that another spelling of the same telephone number is no change."""
    stored = _stored(known)
    with contextlib.suppress(Refusal):  # Stored before today's rules: compared as it is.
        stored = checked_event(stored)
    fields = sorted({*said, "ends_at"})
    return tuple(name for name in fields if getattr(stored, name) != getattr(draft, name))


async def _create(session: AsyncSession, actor: Actor, planned: Sequence[Planned]) -> int:
    """Whoever sends the same list at the same moment makes nothing twice."""
    now = clock.now()
    rows = [
        msgspec.structs.asdict(each.draft)
        | {"id": uuid7(), "tenant_id": tenant_of(session), "key": each.key, "created_at": now, "updated_at": now}
        for each in planned
        if each.draft is not None
    ]
    if not rows:
        return 0
    statement = insert(Event).on_conflict_do_nothing(index_elements=["tenant_id", "key"]).returning(Event.id)
    made = set((await session.scalars(statement, rows)).all())
    for event in await session.scalars(select(Event).where(Event.id.in_(made))):
        telling.note(session, actor, "event.import", event)
    await session.flush()
    return len(made)
