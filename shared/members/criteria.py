"""The checklist: what a tenant looks at before it admits an organisation, and what was found."""

from collections.abc import Iterable
from datetime import date, datetime
from uuid import UUID

import msgspec
from sqlalchemy import bindparam, select, text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.types import Date, Integer, Text, Uuid

from shared.kit import clock
from shared.kit.refusals import Refusal
from shared.members.screening_models import RETIRED, CheckResult, Criterion, CriterionKind


class CriterionView(msgspec.Struct, frozen=True):
    id: UUID
    slug: str
    name: str
    kind: CriterionKind
    required: bool
    hint: str | None
    ordinal: int

    @property
    def retired(self) -> bool:
        return self.ordinal == RETIRED


class CheckView(msgspec.Struct, frozen=True, kw_only=True):
    """One line of the checklist for one application, with its last result; OPEN while nobody has looked.

    A `retired` one is there because somebody had looked; it is required no more.
    """

    slug: str
    name: str
    kind: CriterionKind
    required: bool
    hint: str | None
    result: CheckResult
    note: str | None
    recommender_id: UUID | None
    recommender: str | None
    happened_on: date | None
    actor_name: str | None
    checked_at: datetime | None
    retired: bool

    @property
    def stands_in_the_way(self) -> bool:
        return self.required and self.result is not CheckResult.MET


class MemberName(msgspec.Struct, frozen=True):
    id: UUID
    name: str


_CRITERIA = select(
    Criterion.id,
    Criterion.slug,
    Criterion.name,
    Criterion.kind,
    Criterion.required,
    Criterion.hint,
    Criterion.ordinal,
).order_by(Criterion.ordinal, Criterion.slug)

#: The last check of each criterion counts.
_CHECKS = text(
    """
    SELECT coalesce(jsonb_agg(jsonb_build_object(
      'slug', c.slug, 'name', c.name, 'kind', c.kind, 'hint', c.hint,
      'required', c.required AND c.ordinal <> :retired, 'retired', c.ordinal = :retired,
      'result', coalesce(k.result, 'OPEN'), 'note', k.note, 'recommender_id', k.recommender_id, 'recommender', r.name,
      'happened_on', k.happened_on, 'actor_name', k.actor_name, 'checked_at', k.checked_at)
      ORDER BY c.ordinal = :retired, c.ordinal, c.slug), '[]')::text
    FROM criterion c
    LEFT JOIN LATERAL (
      SELECT * FROM criterion_check x
      WHERE x.tenant_id = c.tenant_id AND x.application_id = :application_id AND x.criterion_id = c.id
      ORDER BY x.checked_at DESC, x.id DESC LIMIT 1) k ON true
    LEFT JOIN organisation r ON r.tenant_id = k.tenant_id AND r.id = k.recommender_id
    WHERE c.ordinal <> :retired OR k.result <> 'OPEN'
    """
).bindparams(bindparam("application_id", type_=Uuid), bindparam("retired", RETIRED, type_=Integer))

_MEMBERS = text(
    """
    SELECT coalesce(jsonb_agg(jsonb_build_object('id', id, 'name', name) ORDER BY kana, name), '[]')::text FROM (
      SELECT o.id, o.name, o.kana FROM organisation o
      JOIN membership m ON m.tenant_id = o.tenant_id AND m.organisation_id = o.id
      WHERE m.joined_on <= :today AND (m.left_on IS NULL OR m.left_on > :today)
        AND (:name = '' OR o.name = :name) AND (CAST(:id AS uuid) IS NULL OR o.id = :id)
      ORDER BY o.kana, o.name LIMIT 500) found
    """
).bindparams(bindparam("today", type_=Date), bindparam("name", type_=Text), bindparam("id", type_=Uuid))


async def criteria(session: AsyncSession) -> list[CriterionView]:
    """What is asked now, in the order of the checklist."""
    rows = await session.execute(_CRITERIA.where(Criterion.ordinal != RETIRED).limit(100))
    return [CriterionView(*row) for row in rows]


async def retired_criteria(session: AsyncSession) -> list[CriterionView]:
    rows = await session.execute(_CRITERIA.where(Criterion.ordinal == RETIRED).limit(100))
    return [CriterionView(*row) for row in rows]


async def checks(session: AsyncSession, application_id: UUID) -> list[CheckView]:
    row = (await session.execute(_CHECKS, {"application_id": application_id})).scalar_one()
    return msgspec.json.decode(row, type=list[CheckView])


async def members_of_today(
    session: AsyncSession, *, named: str = "", organisation_id: UUID | None = None
) -> list[MemberName]:
    """Who can recommend, by reading: the first 500, or those of exactly this name, or one."""
    values = {"today": clock.today(), "name": named, "id": organisation_id}
    row = (await session.execute(_MEMBERS, values)).scalar_one()
    return msgspec.json.decode(row, type=list[MemberName])


async def require_met(session: AsyncSession, application_id: UUID) -> None:
    """Refusal that names every required line that is not met."""
    in_the_way = [check for check in await checks(session, application_id) if check.stands_in_the_way]
    if in_the_way:
        raise Refusal("CHECKS_OPEN", f"承認の前に確かめることが残っています（{named(in_the_way)}）。", "checks")


def named(checks: Iterable[CheckView]) -> str:
    return "、".join(
        f"{check.name}：{'満たしていない' if check.result is CheckResult.NOT_MET else '未確認'}" for check in checks
    )
