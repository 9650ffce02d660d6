"""Reads of 変更届 and 退会届: the secretariat's list, one of each kind, and an organisation's own."""

from collections.abc import Sequence
from datetime import date, datetime
from enum import StrEnum
from functools import cache
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import TextClause, bindparam, func, select, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.types import Integer, Text, Uuid

from shared.kit.japanese.search_text import search_terms
from shared.kit.refusals import NotFound
from shared.members import filters, versions
from shared.members.application_queries import LetterLine
from shared.members.details import ApplicationDetails
from shared.members.models import ChangeNotice, Channel, NoticeState, WithdrawalNotice
from shared.members.notices import sayings


class NoticeKind(StrEnum):
    """変更届, 退会届."""

    CHANGE = "CHANGE"
    WITHDRAWAL = "WITHDRAWAL"


class NoticeLine(msgspec.Struct, frozen=True, kw_only=True):
    """One line of the desk's list. `effective_on` is that of a 退会届, `fields` are those that a 変更届 changes."""

    id: UUID
    kind: NoticeKind
    receipt_number: str
    organisation_id: UUID
    organisation_name: str
    state: NoticeState
    channel: Channel
    received_at: datetime
    decided_at: datetime | None
    effective_on: date | None
    fields: list[str]


class Notices(msgspec.Struct, frozen=True):
    total: int
    items: list[NoticeLine]


class _NoticeView(msgspec.Struct, frozen=True, kw_only=True):
    id: UUID
    receipt_number: str
    organisation_id: UUID
    organisation_name: str
    state: NoticeState
    channel: Channel
    email: str | None
    submitted_by: str
    received_at: datetime
    decided_at: datetime | None
    decided_by: str | None
    message: str | None
    revision: int
    letters: list[LetterLine]

    @property
    def is_open(self) -> bool:
        return self.state is NoticeState.RECEIVED


class FieldChange(msgspec.Struct, frozen=True):
    """One field of 様式1. `now` differs from `before` when the organisation has changed since the notice came.

    `after` is what it becomes: of a list, today's with what the notice adds and takes away.
    """

    name: str
    before: Any
    after: Any
    now: Any

    @property
    def overtaken(self) -> bool:
        return bool(self.now != self.before)


class ChangeNoticeView(_NoticeView, frozen=True, kw_only=True):
    before: dict[str, Any]
    after: dict[str, Any]


class WithdrawalNoticeView(_NoticeView, frozen=True, kw_only=True):
    effective_on: date
    reason: str | None


class VersionView(msgspec.Struct, frozen=True):
    """How the organisation was on the days before `valid_until`."""

    valid_until: date
    details: ApplicationDetails
    replaced_by: str
    replaced_at: datetime


class Candidate(msgspec.Struct, frozen=True):
    """An organisation that a notice on paper may be of."""

    id: UUID
    name: str
    municipality: str | None


_LETTERS = """(SELECT coalesce(jsonb_agg(to_jsonb(l) - 'body' - 'headers' ORDER BY l.queued_at), '[]') FROM letter l
  WHERE l.tenant_id = n.tenant_id AND l.about_id = n.id)"""


def _one(table: str) -> Any:
    return text(
        f"""
        SELECT (to_jsonb(n) || jsonb_build_object('organisation_name', o.name, 'letters', {_LETTERS}))::text
        FROM {table} n JOIN organisation o ON o.tenant_id = n.tenant_id AND o.id = n.organisation_id WHERE n.id = :id
        """
    ).bindparams(bindparam("id", type_=Uuid))


_CHANGE, _WITHDRAWAL = _one("change_notice"), _one("withdrawal_notice")

_NOTICES = text(
    """
    WITH notice AS (
      SELECT tenant_id, id, 'CHANGE' AS kind, receipt_number, organisation_id, state, channel, received_at, decided_at,
        NULL::date AS effective_on, ARRAY(SELECT jsonb_object_keys(after)) AS fields FROM change_notice
      UNION ALL SELECT tenant_id, id, 'WITHDRAWAL', receipt_number, organisation_id, state, channel, received_at, decided_at,
        effective_on, '{}' FROM withdrawal_notice
    ), matching AS (
      SELECT * FROM notice WHERE (cardinality(:states) = 0 OR state = ANY (:states))
      AND (cardinality(:organisations) = 0 OR organisation_id = ANY (:organisations))
    ), page AS (SELECT * FROM matching ORDER BY state <> 'RECEIVED',
      CASE WHEN state = 'RECEIVED' THEN received_at END, received_at DESC, id LIMIT :first OFFSET :offset)
    SELECT jsonb_build_object('total', (SELECT count(*) FROM matching), 'items', (SELECT coalesce(jsonb_agg(
      to_jsonb(p) || jsonb_build_object('organisation_name', o.name) ORDER BY p.state <> 'RECEIVED',
      CASE WHEN p.state = 'RECEIVED' THEN p.received_at END, p.received_at DESC, p.id), '[]')
      FROM page p JOIN organisation o ON o.tenant_id = p.tenant_id AND o.id = p.organisation_id))::text
    """
).bindparams(
    bindparam("states", type_=ARRAY(Text)),
    bindparam("organisations", type_=ARRAY(Uuid)),
    *(bindparam(each, type_=Integer) for each in ("first", "offset")),
)


@cache
def _candidates(terms: int) -> TextClause:
    """What stands in the name comes first; the search keeps it, folded, before its first line feed."""
    in_name = (
        " AND ".join(f"split_part(d.folded, chr(10), 1) LIKE :folded{number}" for number in range(terms)) or "true"
    )
    return text(
        f"""
        SELECT o.id, o.name, (SELECT name FROM municipality WHERE code = o.municipality_code AND NOT o.address_confidential)
        FROM organisation o LEFT JOIN search_document d
          ON d.tenant_id = o.tenant_id AND d.kind = 'organisation' AND d.object_id = o.id
        WHERE (o.id IN ({filters.found(terms)}) OR position(lower(:typed) IN lower(o.name)) > 0)
        AND EXISTS (SELECT FROM membership m
          WHERE m.tenant_id = o.tenant_id AND m.organisation_id = o.id AND m.left_on IS NULL)
        ORDER BY ({in_name}) IS TRUE DESC, o.kana NULLS LAST, o.name, o.id LIMIT 30
        """
    ).bindparams(*filters.words(terms), bindparam("typed", type_=Text))


_VERSIONS = text(
    """
    SELECT coalesce(jsonb_agg(to_jsonb(v) ORDER BY v.replaced_at DESC, v.id DESC), '[]')::text FROM (
      SELECT * FROM organisation_version WHERE organisation_id = :id ORDER BY replaced_at DESC, id DESC LIMIT 100) v
    """
).bindparams(bindparam("id", type_=Uuid))


async def change_notice(session: AsyncSession, notice_id: UUID) -> ChangeNoticeView:
    return msgspec.json.decode(await _row(session, _CHANGE, notice_id), type=ChangeNoticeView)


async def withdrawal_notice(session: AsyncSession, notice_id: UUID) -> WithdrawalNoticeView:
    return msgspec.json.decode(await _row(session, _WITHDRAWAL, notice_id), type=WithdrawalNoticeView)


async def field_changes(session: AsyncSession, notice: ChangeNoticeView) -> list[FieldChange]:
    """The difference, field by field in the form's order, beside what stands in the directory now."""
    today = msgspec.to_builtins(await versions.details_of(session, notice.organisation_id))
    before, after = sayings.said(notice.before, notice.after)
    names = [name for name in versions.CHANGEABLE if name in after]
    if not notice.is_open:
        return [FieldChange(name, before[name], after[name], before[name]) for name in names]
    return [
        FieldChange(
            name,
            before[name],
            sayings.outcome(today, name, before[name], after[name]),
            sayings.now_of(today, name, before[name]),
        )
        for name in names
    ]


async def notices(
    session: AsyncSession,
    *,
    states: Sequence[NoticeState] = (),
    organisations: Sequence[UUID] = (),
    first: int = 50,
    offset: int = 0,
) -> Notices:
    """What waits comes first, the oldest on top; then what is decided, the newest on top."""
    values = {
        "states": list(states),
        "organisations": list(organisations),
        "first": min(first, 100),
        "offset": offset,
    }
    return msgspec.json.decode((await session.execute(_NOTICES, values)).scalar_one(), type=Notices)


async def waiting_notices(session: AsyncSession) -> dict[NoticeKind, int]:
    """How many of each kind wait for the secretariat."""

    def waiting(model: type[ChangeNotice] | type[WithdrawalNotice]) -> Any:
        return select(func.count()).select_from(model).where(model.state == NoticeState.RECEIVED).scalar_subquery()

    row = (await session.execute(select(waiting(ChangeNotice), waiting(WithdrawalNotice)))).one()
    return {NoticeKind.CHANGE: row[0], NoticeKind.WITHDRAWAL: row[1]}


async def candidates(session: AsyncSession, wanted: str) -> list[Candidate]:
    """Members in which every word typed stands, in any spelling, those with it in their name first; at most thirty."""
    typed = wanted.replace("\x00", "").strip()
    terms = search_terms(typed)
    if typed and not terms:
        return []
    values = {"typed": typed} | filters.words_of(terms)
    return [Candidate(*row) for row in (await session.execute(_candidates(len(terms)), values)).all()]


async def former_versions(session: AsyncSession, organisation_id: UUID) -> list[VersionView]:
    """The newest first, at most a hundred."""
    return msgspec.json.decode(
        (await session.execute(_VERSIONS, {"id": organisation_id})).scalar_one(), type=list[VersionView]
    )


async def _row(session: AsyncSession, statement: Any, notice_id: UUID) -> str:
    row: str | None = (await session.execute(statement, {"id": notice_id})).scalar_one_or_none()
    if row is None:
        raise NotFound
    return row
