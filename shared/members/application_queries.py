"""Reads of the applications: the secretariat's desk, and the applicant's own two pages."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import msgspec
from sqlalchemy import bindparam, func, select, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.types import Integer, Text, Uuid

from shared.kit import clock
from shared.kit.post import LetterState
from shared.kit.refusals import NotFound
from shared.members.details import ApplicationDetails
from shared.members.models import ApplicationState, Channel, MembershipApplication
from shared.members.screening_models import RETIRED

#: What can be decided.
OPEN = (ApplicationState.RECEIVED, ApplicationState.IN_REVIEW)


class StepView(msgspec.Struct, frozen=True):
    state: ApplicationState
    message: str | None
    actor_name: str
    happened_at: datetime


class LetterLine(msgspec.Struct, frozen=True):
    """A letter about the application, and how far it is."""

    id: UUID
    subject: str
    to_email: str
    state: LetterState
    queued_at: datetime
    sent_at: datetime | None


class ScanView(msgspec.Struct, frozen=True):
    """A paper as it came; the bytes stand in the file store."""

    id: UUID
    file_key: str
    content_type: str
    byte_size: int
    actor_name: str
    kept_at: datetime


class ApplicationView(msgspec.Struct, frozen=True, kw_only=True):
    """Everything about one application; for the secretariat. `revision` is what a decision has to name."""

    id: UUID
    receipt_number: str
    receipt_key: str
    state: ApplicationState
    channel: Channel
    organisation_name: str
    email: str | None
    details: ApplicationDetails
    charter_version: int | None
    organisation_id: UUID | None
    received_at: datetime
    decided_at: datetime | None
    revision: int
    steps: list[StepView]
    letters: list[LetterLine]
    scans: list[ScanView]
    pledged_version: int | None = None

    @property
    def is_open(self) -> bool:
        return self.state in OPEN


class ApplicationLine(msgspec.Struct, frozen=True, kw_only=True):
    """One line of the desk's list; `open_checks` are the required criteria that are not met, by name."""

    id: UUID
    receipt_number: str
    state: ApplicationState
    channel: Channel
    organisation_name: str
    received_at: datetime
    decided_at: datetime | None
    revision: int
    open_checks: list[str]

    @property
    def is_open(self) -> bool:
        return self.state in OPEN

    @property
    def waiting_days(self) -> int:
        """Days in Japan since it came, until the decision."""
        until = self.decided_at or clock.now()
        return (until.astimezone(clock.JST).date() - self.received_at.astimezone(clock.JST).date()).days


class Applications(msgspec.Struct, frozen=True):
    total: int
    items: list[ApplicationLine]


class Receipt(msgspec.Struct, frozen=True):
    """What the applicant sees right after sending; nothing that another reader of the address could misuse."""

    receipt_number: str
    organisation_name: str
    has_email: bool


class ToMend(msgspec.Struct, frozen=True):
    """A returned application in the applicant's hands."""

    id: UUID
    receipt_number: str
    channel: Channel
    details: ApplicationDetails
    message: str | None


_APPLICATION = text(
    """
    SELECT (to_jsonb(a) || jsonb_build_object(
      'steps', (SELECT jsonb_agg(to_jsonb(s) ORDER BY s.happened_at, s.id) FROM application_step s
        WHERE s.tenant_id = a.tenant_id AND s.application_id = a.id),
      'letters', (SELECT coalesce(jsonb_agg(to_jsonb(l) - 'body' - 'headers' ORDER BY l.queued_at), '[]') FROM letter l
        WHERE l.tenant_id = a.tenant_id AND l.about_id = a.id),
      'scans', (SELECT coalesce(jsonb_agg(to_jsonb(s) ORDER BY s.kept_at, s.id), '[]') FROM application_scan s
        WHERE s.tenant_id = a.tenant_id AND s.application_id = a.id),
      'pledged_version', (SELECT max(p.charter_version) FROM confidentiality_pledge p
        WHERE p.tenant_id = a.tenant_id AND p.application_id = a.id)))::text
    FROM membership_application a WHERE a.id = :id
    """
).bindparams(bindparam("id", type_=Uuid))

_APPLICATIONS = text(
    """
    WITH matching AS (
      SELECT * FROM membership_application
      WHERE (cardinality(:states) = 0 OR state = ANY (:states)) AND (cardinality(:ids) = 0 OR id = ANY (:ids))),
    page AS (
      SELECT m.*, ARRAY(
        SELECT c.name FROM criterion c WHERE c.required AND c.ordinal <> :retired AND m.state NOT IN ('APPROVED', 'REJECTED')
          AND 'MET' IS DISTINCT FROM (
            SELECT k.result FROM criterion_check k
            WHERE k.tenant_id = c.tenant_id AND k.application_id = m.id AND k.criterion_id = c.id
            ORDER BY k.checked_at DESC, k.id DESC LIMIT 1)
        ORDER BY c.ordinal, c.slug) AS open_checks
      FROM matching m ORDER BY m.received_at, m.id LIMIT :first OFFSET :offset)
    SELECT jsonb_build_object(
      'total', (SELECT count(*) FROM matching),
      'items', (SELECT coalesce(jsonb_agg(to_jsonb(p) - 'details' ORDER BY received_at, id), '[]') FROM page p))::text
    """
).bindparams(
    bindparam("states", type_=ARRAY(Text)),
    bindparam("ids", type_=ARRAY(Uuid)),
    bindparam("retired", RETIRED, type_=Integer),
    *(bindparam(each, type_=Integer) for each in ("first", "offset")),
)


async def application(session: AsyncSession, application_id: UUID) -> ApplicationView:
    row = (await session.execute(_APPLICATION, {"id": application_id})).scalar_one_or_none()
    if row is None:
        raise NotFound
    return msgspec.json.decode(row, type=ApplicationView)


async def applications(
    session: AsyncSession,
    *,
    states: Sequence[ApplicationState] = (),
    ids: Sequence[UUID] = (),
    first: int = 50,
    offset: int = 0,
) -> Applications:
    """Oldest first, because that one has waited longest. `ids`: only these."""
    values = {"states": list(states), "ids": list(ids), "first": min(first, 100), "offset": offset}
    return msgspec.json.decode((await session.execute(_APPLICATIONS, values)).scalar_one(), type=Applications)


async def application_counts(session: AsyncSession) -> dict[ApplicationState, int]:
    """Every state, also those without any."""
    statement = select(MembershipApplication.state, func.count()).group_by(MembershipApplication.state)
    counted = {row[0]: row[1] for row in await session.execute(statement)}
    return {state: counted.get(state, 0) for state in ApplicationState}


async def receipt(session: AsyncSession, receipt_key: str) -> Receipt:
    columns = (
        MembershipApplication.receipt_number,
        MembershipApplication.organisation_name,
        MembershipApplication.email.is_not(None),
    )
    statement = select(*columns).where(MembershipApplication.receipt_key == _key(receipt_key))
    row = (await session.execute(statement)).one_or_none()
    if row is None:
        raise NotFound
    return Receipt(*row)


async def application_to_mend(session: AsyncSession, mend_key: str) -> ToMend:
    """The key is void as soon as the application has been sent again or decided."""
    statement = select(MembershipApplication.id).where(
        MembershipApplication.mend_key == _key(mend_key), MembershipApplication.state == ApplicationState.RETURNED
    )
    application_id = (await session.execute(statement)).scalar_one_or_none()
    if application_id is None:
        raise NotFound(
            "このアドレスからの修正は、すでに送られたか、期限が切れています。ご不明な点は事務局へお問い合わせください。"
        )
    known = await application(session, application_id)
    return ToMend(known.id, known.receipt_number, known.channel, known.details, known.steps[-1].message)


def _key(given: str) -> str:
    """PostgreSQL takes no NUL in a text; an address may carry one."""
    return given.replace("\x00", "")
