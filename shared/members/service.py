"""入会申請: from the form to the ledger. 受付 → 確認中 → 差戻し → 承認 / 不承認, each step with who and when."""

import secrets
from collections.abc import Iterable
from datetime import date, datetime
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy.ext.asyncio import AsyncSession

from shared.identity.policy import Actor
from shared.kit import audit, clock, outbox
from shared.kit.editing import locked
from shared.kit.idempotency import once
from shared.kit.japanese import normalise
from shared.kit.refusals import Conflict, Refusal
from shared.members import admission, application_queries, criteria, pledges
from shared.members.application_queries import ApplicationView
from shared.members.details import ApplicationDetails, check
from shared.members.facts import (
    ApplicationApproved,
    ApplicationMended,
    ApplicationReceived,
    ApplicationRejected,
    ApplicationReturned,
)
from shared.members.form_readers import TEXT_LENGTH
from shared.members.models import ApplicationState, ApplicationStep, Channel, MembershipApplication
from shared.members.receipts import next_receipt_number
from shared.members.words import STATES
from shared.taxonomy import queries as taxonomy
from shared.tenants import queries as tenants

APPLICANT = "申請者"
_OPEN = (ApplicationState.RECEIVED, ApplicationState.IN_REVIEW)


async def submit_application(
    session: AsyncSession,
    details: ApplicationDetails,
    *,
    channel: Channel,
    actor: Actor,
    received_at: datetime | None = None,
    idempotency_key: str | None = None,
) -> ApplicationView:
    """Receive one application. The same key and the same content is the same application, however often it is sent.

    `received_at` is now, unless it came on paper before somebody typed it in.
    """
    cleaned = await checked(session, details, channel=channel)

    async def effect() -> dict[str, Any]:
        return {"application_id": str(await _receive(session, cleaned, channel, actor, received_at or clock.now()))}

    body = {"details": msgspec.to_builtins(cleaned), "channel": channel}
    answer = await once(session, actor=f"application {actor.key}", key=idempotency_key, body=body, effect=effect)
    return await application_queries.application(session, UUID(answer["application_id"]))


async def checked(session: AsyncSession, details: ApplicationDetails, *, channel: Channel) -> ApplicationDetails:
    """What the form would be stored as; Refusals with every problem. Writes nothing."""
    profile = await tenants.profile(session)
    code = details.municipality_code.strip()
    known = await taxonomy.municipality(session, code) if code.isascii() and code.isdigit() else None
    return check(details, profile, channel=channel, municipalities=[known.code] if known else [])


async def _receive(
    session: AsyncSession, details: ApplicationDetails, channel: Channel, actor: Actor, received_at: datetime
) -> UUID:
    application = MembershipApplication(
        receipt_number=await next_receipt_number(session),
        receipt_key=secrets.token_urlsafe(24),
        channel=channel,
        organisation_name=details.name,
        email=details.email or None,
        details=msgspec.to_builtins(details),
        charter_version=details.charter_version,
        received_at=received_at,
    )
    session.add(application)
    await session.flush()
    await _step(session, application, ApplicationState.RECEIVED, actor)
    await pledges.sign_with_application(session, application, details)
    _note(session, application, actor, "submit")
    fact = ApplicationReceived(application_id=application.id)
    await outbox.record(session, fact, dedupe_key=f"application received {application.id}")
    return application.id


async def take_up(
    session: AsyncSession, application_id: UUID, *, actor: Actor, revision: int | None = None
) -> ApplicationView:
    """受付 → 確認中."""
    application = await _open(session, application_id, revision, [ApplicationState.RECEIVED])
    await _step(session, application, ApplicationState.IN_REVIEW, actor)
    _note(session, application, actor, "take-up")
    return await application_queries.application(session, application_id)


async def return_application(
    session: AsyncSession, application_id: UUID, *, message: str, actor: Actor, revision: int | None = None
) -> ApplicationView:
    """差戻し: the applicant is asked, by mail, to mend it through a link of its own."""
    asked = _message(message, "申請者に直していただきたいことを入力してください。")
    application = await _open(session, application_id, revision, _OPEN)
    application.mend_key = secrets.token_urlsafe(24)
    step = await _step(session, application, ApplicationState.RETURNED, actor, asked)
    _note(session, application, actor, "return")
    await outbox.record(session, ApplicationReturned(application_id=application_id, step_id=step.id))
    return await application_queries.application(session, application_id)


async def resubmit(
    session: AsyncSession, mend_key: str, *, details: ApplicationDetails, idempotency_key: str | None = None
) -> ApplicationView:
    """The applicant has mended a returned application: back to 受付 under the same receipt number."""

    async def effect() -> dict[str, Any]:
        return {"application_id": str(await _mend(session, mend_key, details))}

    body = msgspec.to_builtins(details)
    answer = await once(session, actor=f"mend {mend_key}", key=idempotency_key, body=body, effect=effect)
    return await application_queries.application(session, UUID(answer["application_id"]))


async def _mend(session: AsyncSession, mend_key: str, details: ApplicationDetails) -> UUID:
    known = await application_queries.application_to_mend(session, mend_key)
    cleaned = await checked(session, details, channel=known.channel)
    application = await _open(session, known.id, None, [ApplicationState.RETURNED])
    application.organisation_name, application.email = cleaned.name, cleaned.email or None
    application.details, application.charter_version = msgspec.to_builtins(cleaned), cleaned.charter_version
    application.mend_key = None
    await pledges.sign_with_application(session, application, cleaned)
    step = await _step(session, application, ApplicationState.RECEIVED, Actor())
    _note(session, application, Actor(), "mend")
    await outbox.record(session, ApplicationMended(application_id=application.id, step_id=step.id))
    return application.id


async def approve_application(
    session: AsyncSession,
    application_id: UUID,
    *,
    effective_on: date,
    actor: Actor,
    revision: int | None = None,
    rejoins: UUID | None = None,
) -> ApplicationView:
    """承認: the organisation enters the directory and, from `effective_on`, the ledger. Exactly once.

    `rejoins`: the organisation that has left and comes back; found by its 法人番号 when not named. Conflict when one
    with that number is a member already.
    """
    application = await _open(session, application_id, revision, _OPEN)
    await criteria.require_met(session, application_id)
    details = msgspec.convert(application.details, ApplicationDetails)
    organisation = await admission.admit(
        session, details, application_id=application_id, joined_on=effective_on, actor=actor, rejoins=rejoins
    )
    application.organisation_id = organisation.id
    await _step(session, application, ApplicationState.APPROVED, actor)
    _note(session, application, actor, "approve")
    fact = ApplicationApproved(application_id=application_id)
    await outbox.record(session, fact, dedupe_key=f"application approved {application_id}")
    return await application_queries.application(session, application_id)


async def reject_application(
    session: AsyncSession, application_id: UUID, *, message: str, actor: Actor, revision: int | None = None
) -> ApplicationView:
    """不承認, with the reason that the applicant is told."""
    reason = _message(message, "申請者にお伝えする理由を入力してください。")
    application = await _open(session, application_id, revision, _OPEN)
    await _step(session, application, ApplicationState.REJECTED, actor, reason)
    _note(session, application, actor, "reject")
    fact = ApplicationRejected(application_id=application_id)
    await outbox.record(session, fact, dedupe_key=f"application rejected {application_id}")
    return await application_queries.application(session, application_id)


async def _open(
    session: AsyncSession, application_id: UUID, revision: int | None, states: Iterable[ApplicationState]
) -> MembershipApplication:
    """The row, locked until the commit; Conflict when somebody has been faster or the state does not allow the step."""
    application = await locked(session, MembershipApplication, application_id)
    if application.state not in states or revision not in (None, application.revision):
        raise Conflict(await _what_happened(session, application_id))
    return application


async def _what_happened(session: AsyncSession, application_id: UUID) -> str:
    step = (await application_queries.application(session, application_id)).steps[-1]
    moment = step.happened_at.astimezone(clock.JST)
    when = f"{moment.month}月{moment.day}日{moment.hour}時{moment.minute:02}分"
    who = step.actor_name if step.actor_name == APPLICANT else f"{step.actor_name}さん"
    return f"この申請は、{when}に{who}が「{STATES[step.state]}」にしました。最新の内容をご確認ください。"


async def _step(
    session: AsyncSession,
    application: MembershipApplication,
    state: ApplicationState,
    actor: Actor,
    message: str | None = None,
) -> ApplicationStep:
    now = clock.now()
    decided = state in (ApplicationState.APPROVED, ApplicationState.REJECTED)
    application.state, application.decided_at = state, now if decided else None
    application.revision += 1
    step = ApplicationStep(
        application_id=application.id,
        state=state,
        message=message,
        actor_id=actor.account_id,
        actor_name=actor.name or APPLICANT,
        happened_at=now,
    )
    session.add(step)
    await session.flush()
    return step


def _message(text: str, problem: str) -> str:
    message = normalise.clean_lines(text).strip()
    if not message:
        raise Refusal("INVALID_INPUT", problem, "message")
    if len(message) > TEXT_LENGTH:
        raise Refusal("INVALID_INPUT", f"{TEXT_LENGTH}文字以内で入力してください。", "message")
    return message


def _note(session: AsyncSession, application: MembershipApplication, actor: Actor, verb: str) -> None:
    audit.note(
        session,
        actor_id=actor.account_id,
        actor_name=actor.name or APPLICANT,
        action=f"application.{verb}",
        object_id=application.id,
        summary=application.receipt_number,
    )
