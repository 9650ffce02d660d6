"""後援名義 on its way: asked for by a member or typed in by the secretariat, decided once, and told how it went."""

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from uuid_utils.compat import uuid7

from shared.identity.policy import Actor, Permission
from shared.kit import audit, clock, outbox
from shared.kit.database.session import tenant_of
from shared.kit.editing import locked
from shared.kit.idempotency import once
from shared.kit.japanese import eras, normalise
from shared.kit.refusals import Conflict, Forbidden, NotFound, Refusal, Refusals
from shared.members import versions
from shared.members.models import Channel, Organisation
from shared.members.name_use import queries
from shared.members.name_use.details import FURTHEST, LONG, Asked, people, read
from shared.members.name_use.facts import NameUseApproved, NameUseRefused, NameUseReported, NameUseRequested
from shared.members.name_use.models import NameUseLogo, NameUseRequest, NameUseState
from shared.members.name_use.queries import OPEN, STATES, NameUseView
from shared.members.policy import may_act_for
from shared.members.portal_models import MemberRules
from shared.members.receipts import next_receipt_number


async def request_name_use(
    session: AsyncSession,
    organisation_id: UUID,
    asked: Asked,
    *,
    channel: Channel,
    actor: Actor,
    idempotency_key: str | None = None,
) -> NameUseView:
    """By the organisation's manager, or by the secretariat for what came on paper. Raises Refusals with every problem."""

    async def effect() -> dict[str, Any]:
        return {"id": str(await _receive(session, organisation_id, asked, channel, actor))}

    body = {"organisation": organisation_id, "asked": asked, "channel": channel}
    answer = await once(session, actor=f"name-use {actor.key}", key=idempotency_key, body=body, effect=effect)
    return await queries.name_use(session, UUID(answer["id"]))


async def _receive(session: AsyncSession, organisation_id: UUID, asked: Asked, channel: Channel, actor: Actor) -> UUID:
    if not may_act_for(actor, organisation_id):
        raise Forbidden
    if not await queries.offered(session):
        raise Refusal("NOT_OFFERED", "このプラットフォームでは、後援名義の申請を受け付けていません。")
    organisation = await locked(session, Organisation, organisation_id)
    await versions.require_listed(session, organisation_id)
    columns = read(asked)
    typed_in = actor.may(Permission.APPLICATION_DECIDE)
    request = NameUseRequest(
        receipt_number=await next_receipt_number(session),
        organisation_id=organisation_id,
        channel=channel,
        email=organisation.email if typed_in else actor.email or organisation.email,
        submitted_by=actor.name,
        received_at=clock.now(),
        **columns,
    )
    session.add(request)
    await session.flush()
    _note(session, request, actor, "submit")
    fact = NameUseRequested(request_id=request.id, typed_in=typed_in)
    await outbox.record(session, fact, dedupe_key=f"name use requested {request.id}")
    return request.id


async def take_up(session: AsyncSession, request_id: UUID, *, actor: Actor, revision: int | None = None) -> NameUseView:
    """受付 → 確認中."""
    request = await _open(session, request_id, actor, revision, [NameUseState.RECEIVED])
    request.state, request.revision = NameUseState.IN_REVIEW, request.revision + 1
    await session.flush()
    _note(session, request, actor, "take-up")
    return await queries.name_use(session, request_id)


async def approve(
    session: AsyncSession,
    request_id: UUID,
    *,
    allowed_from: date | None,
    allowed_until: date | None,
    conditions: str = "",
    logo_id: UUID | None = None,
    actor: Actor,
    revision: int | None = None,
) -> NameUseView:
    """承認 for a period. The file is handed out while it lasts."""
    request = await _open(session, request_id, actor, revision, OPEN)
    _check_period(allowed_from, allowed_until)
    words = _lines(conditions, "conditions")
    if logo_id is not None:
        await locked(session, NameUseLogo, logo_id)
    request.allowed_from, request.allowed_until = allowed_from, allowed_until
    request.conditions, request.logo_id = words or None, logo_id
    await _decide(session, request, NameUseState.APPROVED, actor, "approve")
    await outbox.record(session, NameUseApproved(request_id=request_id), dedupe_key=f"name use decided {request_id}")
    return await queries.name_use(session, request_id)


async def refuse(
    session: AsyncSession, request_id: UUID, *, message: str, actor: Actor, revision: int | None = None
) -> NameUseView:
    """不承認, with the reason that the organisation is told."""
    request = await _open(session, request_id, actor, revision, OPEN)
    words = _lines(message, "message")
    if not words:
        raise Refusal("INVALID_INPUT", "団体にお伝えする理由を入力してください。", "message")
    request.message = words
    await _decide(session, request, NameUseState.REJECTED, actor, "reject")
    await outbox.record(session, NameUseRefused(request_id=request_id), dedupe_key=f"name use decided {request_id}")
    return await queries.name_use(session, request_id)


async def report(
    session: AsyncSession, request_id: UUID, *, result: str, participants: str = "", actor: Actor
) -> NameUseView:
    """結果報告, once, from the first day of the event."""
    request = await locked(session, NameUseRequest, request_id)
    if not may_act_for(actor, request.organisation_id):
        raise NotFound
    if request.state is not NameUseState.APPROVED:
        raise Conflict("承認された後援名義だけ、結果を報告できます。")
    if request.reported_at is not None:
        raise Conflict(f"結果報告は、{eras.japanese_moment(request.reported_at)}に受け取っています。")
    if clock.today() < request.starts_on:
        raise Refusal("TOO_EARLY", "結果は、行事が始まってからお知らせください。", "result")
    problems: list[Refusal] = []
    number, words = people(participants, "result_participants", problems), _lines(result, "result")
    if not words:
        problems.insert(0, Refusal("REQUIRED", "結果を入力してください。", "result"))
    if problems:
        raise Refusals(problems)
    request.result, request.result_participants, request.reported_at = words, number, clock.now()
    request.revision += 1
    await session.flush()
    _note(session, request, actor, "report")
    fact = NameUseReported(request_id=request_id, typed_in=actor.may(Permission.APPLICATION_DECIDE))
    await outbox.record(session, fact, dedupe_key=f"name use reported {request_id}")
    return await queries.name_use(session, request_id)


async def offer(session: AsyncSession, *, actor: Actor, wanted: bool) -> None:
    """Whether members of this platform may ask."""
    if not actor.may(Permission.PROFILE_EDIT):
        raise Forbidden
    row = {"tenant_id": tenant_of(session), "id": uuid7(), "offers_name_use": wanted}
    statement = insert(MemberRules).values(**row)
    await session.execute(
        statement.on_conflict_do_update(index_elements=["tenant_id"], set_={"offers_name_use": wanted})
    )
    audit.note(
        session,
        actor_id=actor.account_id,
        actor_name=actor.name,
        action="member-rules.edit",
        summary="後援名義を受け付ける" if wanted else "後援名義を受け付けない",
    )


async def _open(
    session: AsyncSession, request_id: UUID, actor: Actor, revision: int | None, states: Sequence[NameUseState]
) -> NameUseRequest:
    """The row, locked until the commit; Conflict when somebody has been faster."""
    if not actor.may(Permission.APPLICATION_DECIDE):
        raise Forbidden
    request = await locked(session, NameUseRequest, request_id)
    if request.state in states and revision in (None, request.revision):
        return request
    if request.decided_at is not None:
        when = eras.japanese_moment(request.decided_at)
        raise Conflict(
            f"この申請は、{when}に{request.decided_by}さんが「{STATES[request.state]}」にしました。最新の内容をご確認ください。"
        )
    raise Conflict("この申請は、画面を開いた後に変わりました。最新の内容をご確認ください。")


def _check_period(allowed_from: date | None, allowed_until: date | None) -> None:
    problems = []
    if allowed_from is None:
        problems.append(Refusal("REQUIRED", "使ってよい期間の始まりを入力してください。", "allowed_from"))
    if allowed_until is None:
        problems.append(Refusal("REQUIRED", "使ってよい期間の終わりを入力してください。", "allowed_until"))
    elif allowed_from and allowed_until < allowed_from:
        problems.append(Refusal("INVALID_INPUT", "期間の終わりが、始まりより前になっています。", "allowed_until"))
    elif allowed_until < clock.today():
        problems.append(Refusal("INVALID_INPUT", "期間の終わりが、もう過ぎています。", "allowed_until"))
    elif allowed_until > clock.today() + FURTHEST:
        problems.append(Refusal("INVALID_INPUT", "期間の終わりは、3年以内の日付にしてください。", "allowed_until"))
    if problems:
        raise Refusals(problems)


async def _decide(session: AsyncSession, request: NameUseRequest, state: NameUseState, actor: Actor, verb: str) -> None:
    request.state, request.decided_at, request.decided_by = state, clock.now(), actor.name
    request.revision += 1
    await session.flush()
    _note(session, request, actor, verb)


def _lines(given: str, field: str) -> str:
    words = normalise.clean_lines(given).strip()
    if len(words) > LONG:
        raise Refusal("TOO_LONG", f"{LONG}文字以内で入力してください。", field)
    return words


def _note(session: AsyncSession, request: NameUseRequest, actor: Actor, verb: str) -> None:
    audit.note(
        session,
        actor_id=actor.account_id,
        actor_name=actor.name,
        action=f"name-use.{verb}",
        object_id=request.id,
        summary=request.receipt_number,
    )
