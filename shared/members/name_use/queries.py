"""Reads of 後援名義: the secretariat's list, an organisation's own, one request, and the files that are handed out."""

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

import msgspec
from sqlalchemy import bindparam, select, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.types import Integer, Text, Uuid

from shared.identity.policy import Actor, Permission
from shared.kit import clock
from shared.kit.refusals import NotFound
from shared.members.application_queries import LetterLine, ScanView
from shared.members.models import Channel
from shared.members.name_use.models import NameUseLogo, NameUseScan, NameUseState
from shared.members.portal_models import MemberRules

MOST_LOGOS = 50
#: What can be decided.
OPEN = (NameUseState.RECEIVED, NameUseState.IN_REVIEW)
STATES: dict[NameUseState, str] = {
    NameUseState.RECEIVED: "受付",
    NameUseState.IN_REVIEW: "確認中",
    NameUseState.APPROVED: "承認",
    NameUseState.REJECTED: "不承認",
}
OVER = "期間終了"


class _Stage:
    """What is computed of a request's state on the day on which it is looked at."""

    state: NameUseState
    allowed_from: date | None
    allowed_until: date | None

    @property
    def is_open(self) -> bool:
        return self.state in OPEN

    @property
    def over(self) -> bool:
        return self.allowed_until is not None and self.allowed_until < clock.today()

    @property
    def lasts(self) -> bool:
        """Today is a day on which the name may be used."""
        return self.allowed_from is not None and self.allowed_from <= clock.today() and not self.over

    @property
    def words(self) -> str:
        return OVER if self.over else STATES[self.state]


class NameUseLine(msgspec.Struct, _Stage, frozen=True, kw_only=True):
    id: UUID
    receipt_number: str
    organisation_id: UUID
    organisation_name: str
    state: NameUseState
    channel: Channel
    title: str
    starts_on: date
    ends_on: date
    answer_by: date | None
    received_at: datetime
    allowed_from: date | None
    allowed_until: date | None
    reported_at: datetime | None

    @property
    def late(self) -> bool:
        """The organisation needed the answer before today."""
        return self.is_open and self.answer_by is not None and self.answer_by < clock.today()


class NameUses(msgspec.Struct, frozen=True):
    total: int
    items: list[NameUseLine]


class LogoView(msgspec.Struct, frozen=True):
    """A file to hand out; the bytes stand in the file store."""

    id: UUID
    name: str
    file_key: str
    content_type: str
    byte_size: int
    offered: bool
    actor_name: str
    kept_at: datetime


class NameUseView(msgspec.Struct, _Stage, frozen=True, kw_only=True):
    """Everything about one request. `revision` is what a decision has to name."""

    id: UUID
    receipt_number: str
    organisation_id: UUID
    organisation_name: str
    state: NameUseState
    channel: Channel
    email: str | None
    submitted_by: str
    title: str
    starts_on: date
    ends_on: date
    place: str
    purpose: str
    participants: int | None
    fee: str | None
    materials: str | None
    answer_by: date | None
    received_at: datetime
    decided_at: datetime | None
    decided_by: str | None
    message: str | None
    allowed_from: date | None
    allowed_until: date | None
    conditions: str | None
    logo: LogoView | None
    result: str | None
    result_participants: int | None
    reported_at: datetime | None
    revision: int
    letters: list[LetterLine]
    scans: list[ScanView]


_ONE = text(
    """
    SELECT (to_jsonb(n) || jsonb_build_object('organisation_name', o.name,
      'logo', (SELECT to_jsonb(g) FROM name_use_logo g WHERE g.tenant_id = n.tenant_id AND g.id = n.logo_id),
      'letters', (SELECT coalesce(jsonb_agg(to_jsonb(l) - 'body' - 'headers' ORDER BY l.queued_at), '[]') FROM letter l
        WHERE l.tenant_id = n.tenant_id AND l.about_id = n.id),
      'scans', (SELECT coalesce(jsonb_agg(to_jsonb(s) ORDER BY s.kept_at, s.id), '[]') FROM name_use_scan s
        WHERE s.tenant_id = n.tenant_id AND s.request_id = n.id)))::text
    FROM name_use_request n JOIN organisation o ON o.tenant_id = n.tenant_id AND o.id = n.organisation_id WHERE n.id = :id
    """
).bindparams(bindparam("id", type_=Uuid))

_ORDER = "m.state NOT IN ('RECEIVED', 'IN_REVIEW'), m.due NULLS LAST, m.received_at DESC, m.id"
_MANY = text(
    f"""
    WITH matching AS (
      SELECT *, CASE WHEN state IN ('RECEIVED', 'IN_REVIEW') THEN answer_by END AS due FROM name_use_request
      WHERE (cardinality(:states) = 0 OR state = ANY (:states))
        AND (cardinality(:organisations) = 0 OR organisation_id = ANY (:organisations))
    ), page AS (SELECT m.*, o.name AS organisation_name,
        row_number() OVER (ORDER BY {_ORDER}) AS turn
      FROM matching m JOIN organisation o ON o.tenant_id = m.tenant_id AND o.id = m.organisation_id
      ORDER BY turn LIMIT :first OFFSET :offset)
    SELECT jsonb_build_object('total', (SELECT count(*) FROM matching),
      'items', (SELECT coalesce(jsonb_agg(to_jsonb(p) ORDER BY p.turn), '[]') FROM page p))::text
    """
).bindparams(
    bindparam("states", type_=ARRAY(Text)),
    bindparam("organisations", type_=ARRAY(Uuid)),
    *(bindparam(each, type_=Integer) for each in ("first", "offset")),
)


async def name_use(session: AsyncSession, request_id: UUID) -> NameUseView:
    row = (await session.execute(_ONE, {"id": request_id})).scalar_one_or_none()
    if row is None:
        raise NotFound
    return msgspec.json.decode(row, type=NameUseView)


async def own_name_use(session: AsyncSession, request_id: UUID, *, actor: Actor) -> NameUseView:
    """For people of the organisation that asked, and for the secretariat; to others it looks like none."""
    found = await name_use(session, request_id)
    if found.organisation_id not in actor.organisation_ids and not actor.may(Permission.APPLICATION_READ):
        raise NotFound
    return found


async def name_uses(
    session: AsyncSession,
    *,
    states: Sequence[NameUseState] = (),
    organisations: Sequence[UUID] = (),
    first: int = 50,
    offset: int = 0,
) -> NameUses:
    """What waits first, by the day on which the answer is needed; then the newest."""
    values = {"states": list(states), "organisations": list(organisations), "first": min(first, 100), "offset": offset}
    return msgspec.json.decode((await session.execute(_MANY, values)).scalar_one(), type=NameUses)


_WAITING = text(
    "SELECT count(*) AS number, min(answer_by) AS earliest FROM name_use_request WHERE state IN ('RECEIVED', 'IN_REVIEW')"
)


async def waiting(session: AsyncSession) -> tuple[int, date | None]:
    """How many requests wait for a decision, and the earliest day on which one of them is needed."""
    row = (await session.execute(_WAITING)).one()
    return int(row.number), row.earliest


async def offered(session: AsyncSession) -> bool:
    """Whether members of this platform may ask for its name; not unless the platform says so."""
    return bool((await session.execute(select(MemberRules.offers_name_use))).scalar_one_or_none())


_LOGO_COLUMNS = [getattr(NameUseLogo, name) for name in LogoView.__struct_fields__]


async def logos(session: AsyncSession) -> list[LogoView]:
    """Those that may be chosen for a decision, the newest first."""
    statement = select(*_LOGO_COLUMNS).where(NameUseLogo.offered).order_by(NameUseLogo.kept_at.desc())
    return [LogoView(*row) for row in await session.execute(statement.limit(MOST_LOGOS))]


async def logo(session: AsyncSession, logo_id: UUID) -> LogoView:
    """For the secretariat."""
    row = (await session.execute(select(*_LOGO_COLUMNS).where(NameUseLogo.id == logo_id))).one_or_none()
    if row is None:
        raise NotFound
    return LogoView(*row)


async def logo_of(session: AsyncSession, request_id: UUID, *, actor: Actor) -> LogoView:
    """The file that was handed out: for the organisation while it may use the name, for the secretariat always."""
    found = await own_name_use(session, request_id, actor=actor)
    if found.logo is None or not (found.lasts or actor.may(Permission.APPLICATION_READ)):
        raise NotFound
    return found.logo


async def scan(session: AsyncSession, request_id: UUID, scan_id: UUID) -> ScanView:
    """NotFound also for a scan that belongs to another request."""
    columns = [getattr(NameUseScan, name) for name in ScanView.__struct_fields__]
    statement = select(*columns).where(NameUseScan.id == scan_id, NameUseScan.request_id == request_id)
    row = (await session.execute(statement)).one_or_none()
    if row is None:
        raise NotFound
    return ScanView(*row)
