"""Screening: findings are recorded with who and when, and applications that passed are admitted, one or many."""

from datetime import date
from enum import StrEnum
from uuid import UUID

import msgspec
from sqlalchemy.ext.asyncio import AsyncSession

from shared.identity.policy import Actor
from shared.kit import audit, clock
from shared.kit.editing import locked
from shared.kit.japanese import normalise
from shared.kit.refusals import Conflict, Refusal
from shared.members import criteria, days, service
from shared.members.criteria import CheckView, CriterionView
from shared.members.models import ApplicationState, MembershipApplication
from shared.members.screening_models import CheckResult, CriterionCheck, CriterionKind

LONGEST_NOTE = 500
_DECIDED = (ApplicationState.APPROVED, ApplicationState.REJECTED)


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """What was found about one criterion. `recommender_id` belongs to a RECOMMENDATION, `happened_on` to a PLEDGE or a MEETING."""

    criterion: str
    result: CheckResult
    note: str = ""
    recommender_id: UUID | None = None
    happened_on: date | None = None


class Admission(StrEnum):
    """What became of one application of a batch."""

    APPROVED = "APPROVED"
    ALREADY = "ALREADY"


async def record_findings(
    session: AsyncSession, application_id: UUID, findings: list[Finding], *, actor: Actor
) -> list[CheckView]:
    """Add what differs from the last finding. Refusals name the field `check_<slug>`; Conflict once it is decided."""
    application = await locked(session, MembershipApplication, application_id)
    if application.state in _DECIDED:
        raise Conflict("この申請はすでに決定しているため、確認の記録は変えられません。")
    known = {each.slug: each for each in await criteria.criteria(session)}
    last = {each.slug: each for each in await criteria.checks(session, application_id)}
    for finding in findings:
        criterion = known.get(finding.criterion)
        if criterion is None:
            raise Refusal("INVALID_INPUT", "この確認項目はありません。画面を開き直してください。", "checks")
        read = await _read(session, criterion, finding)
        if not _same(read, last[criterion.slug]):
            _add(session, application, criterion, read, actor)
    await session.flush()
    return await criteria.checks(session, application_id)


async def _read(session: AsyncSession, criterion: CriterionView, finding: Finding) -> Finding:
    field = f"check_{criterion.slug}"
    note = normalise.clean_lines(finding.note).strip()
    if len(note) > LONGEST_NOTE:
        raise Refusal("TOO_LONG", f"「{criterion.name}」のメモは{LONGEST_NOTE}文字までです。", field)
    if finding.result is CheckResult.NOT_MET and not note:
        raise Refusal("INVALID_INPUT", f"「{criterion.name}」を満たしていない理由をメモに入力してください。", field)
    recommender = await _recommender(session, criterion, finding, field)
    return msgspec.structs.replace(
        finding, note=note, recommender_id=recommender, happened_on=_day(criterion, finding, field)
    )


async def _recommender(session: AsyncSession, criterion: CriterionView, finding: Finding, field: str) -> UUID | None:
    if criterion.kind is not CriterionKind.RECOMMENDATION or finding.result is not CheckResult.MET:
        return None
    wanted = finding.recommender_id
    if wanted is None or not await criteria.members_of_today(session, organisation_id=wanted):
        raise Refusal("INVALID_INPUT", f"「{criterion.name}」をした参加団体を選んでください。", field)
    return finding.recommender_id


def _day(criterion: CriterionView, finding: Finding, field: str) -> date | None:
    if finding.result is not CheckResult.MET:
        return None
    if criterion.kind is CriterionKind.PLEDGE:
        return _not_later(finding.happened_on or clock.today(), clock.today(), criterion, field)
    if criterion.kind is CriterionKind.MEETING:
        if finding.happened_on is None:
            raise Refusal("INVALID_INPUT", f"「{criterion.name}」の日付を入力してください。", field)
        return _not_later(finding.happened_on, days.latest(), criterion, field)
    return None


def _not_later(day: date, latest: date, criterion: CriterionView, field: str) -> date:
    if day > latest:
        raise Refusal("INVALID_INPUT", f"「{criterion.name}」の日付が先すぎます。年をお確かめください。", field)
    return day


def _same(finding: Finding, last: CheckView) -> bool:
    before = (last.result, last.note or "", last.recommender_id, last.happened_on)
    return before == (finding.result, finding.note, finding.recommender_id, finding.happened_on)


def _add(
    session: AsyncSession, application: MembershipApplication, criterion: CriterionView, finding: Finding, actor: Actor
) -> None:
    session.add(
        CriterionCheck(
            application_id=application.id,
            criterion_id=criterion.id,
            result=finding.result,
            note=finding.note or None,
            recommender_id=finding.recommender_id,
            happened_on=finding.happened_on,
            actor_id=actor.account_id,
            actor_name=actor.name,
            checked_at=clock.now(),
        )
    )
    audit.note(
        session,
        actor_id=actor.account_id,
        actor_name=actor.name,
        action="application.check",
        object_id=application.id,
        summary=f"{application.receipt_number} {criterion.slug} {finding.result}",
    )


async def admit_one_of_many(
    session: AsyncSession,
    application_id: UUID,
    *,
    effective_on: date,
    findings: list[Finding],
    revision: int,
    actor: Actor,
) -> Admission:
    """One application of a batch, in the caller's transaction. ALREADY when it was approved before: that is no mishap.

    `findings` hold for the whole batch; where somebody has looked already, met or not, it stays as it was found.
    """
    application = await locked(session, MembershipApplication, application_id)
    if application.state is ApplicationState.APPROVED:
        return Admission.ALREADY
    unseen = {each.slug for each in await criteria.checks(session, application_id) if each.result is CheckResult.OPEN}
    missing = [finding for finding in findings if finding.criterion in unseen]
    if missing and application.state is not ApplicationState.REJECTED:
        await record_findings(session, application_id, missing, actor=actor)
    await service.approve_application(
        session, application_id, effective_on=effective_on, actor=actor, revision=revision
    )
    return Admission.APPROVED
