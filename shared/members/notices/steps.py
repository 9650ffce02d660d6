"""What 変更届 and 退会届 have in common on their way: received, opened by one at a time, decided once."""

from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from shared.identity.policy import Actor, Permission
from shared.kit import audit, clock, outbox
from shared.kit.editing import locked
from shared.kit.japanese import eras, normalise
from shared.kit.refusals import Conflict, Forbidden, Refusal
from shared.members.facts import NoticeReceived
from shared.members.form_readers import TEXT_LENGTH
from shared.members.models import ChangeNotice, Channel, NoticeState, Organisation, WithdrawalNotice
from shared.members.policy import may_act_for
from shared.members.receipts import next_receipt_number
from shared.members.words import NOTICE_STATES

Notice = TypeVar("Notice", ChangeNotice, WithdrawalNotice)


async def common_columns(
    session: AsyncSession, organisation: Organisation, channel: Channel, actor: Actor
) -> dict[str, Any]:
    typed_in = actor.may(Permission.APPLICATION_DECIDE)
    return {
        "receipt_number": await next_receipt_number(session),
        "organisation_id": organisation.id,
        "channel": channel,
        "email": organisation.email if typed_in else actor.email or organisation.email,
        "submitted_by": actor.name,
        "received_at": clock.now(),
    }


async def enter(session: AsyncSession, notice: ChangeNotice | WithdrawalNotice, actor: Actor) -> UUID:
    session.add(notice)
    await session.flush()
    _note(session, notice, actor, "submit")
    fact = NoticeReceived(
        notice_id=notice.id,
        kind="CHANGE" if isinstance(notice, ChangeNotice) else "WITHDRAWAL",
        typed_in=actor.may(Permission.APPLICATION_DECIDE),
    )
    await outbox.record(session, fact, dedupe_key=f"notice received {notice.id}")
    return notice.id


async def open_notice(session: AsyncSession, kind: type[Notice], notice_id: UUID, revision: int | None) -> Notice:
    """The row, locked until the commit; Conflict when somebody has been faster."""
    notice = await locked(session, kind, notice_id)
    if notice.state is NoticeState.RECEIVED and revision in (None, notice.revision):
        return notice
    when = eras.japanese_moment(notice.decided_at) if notice.decided_at else ""
    raise Conflict(
        f"この届は、{when}に{notice.decided_by}さんが「{NOTICE_STATES[notice.state]}」にしました。最新の内容をご確認ください。"
        if notice.decided_by
        else "この届は、画面を開いた後に変わりました。最新の内容をご確認ください。"
    )


async def decide(
    session: AsyncSession, notice: ChangeNotice | WithdrawalNotice, state: NoticeState, actor: Actor, message: str = ""
) -> None:
    notice.state, notice.decided_at, notice.decided_by = state, clock.now(), actor.name
    notice.message, notice.revision = message or None, notice.revision + 1
    await session.flush()
    _note(session, notice, actor, "accept" if state is NoticeState.ACCEPTED else "refuse")


async def refuse(
    session: AsyncSession, kind: type[Notice], notice_id: UUID, message: str, actor: Actor, revision: int | None
) -> None:
    words = words_of(message, "message")
    if not words:
        raise Refusal("INVALID_INPUT", "団体にお伝えする理由を入力してください。", "message")
    await decide(session, await open_notice(session, kind, notice_id, revision), NoticeState.REFUSED, actor, words)


def words_of(given: str, field: str) -> str:
    words = normalise.clean_lines(given).strip()
    if len(words) > TEXT_LENGTH:
        raise Refusal("INVALID_INPUT", f"{TEXT_LENGTH}文字以内で入力してください。", field)
    return words


def require_right(actor: Actor, organisation_id: UUID) -> None:
    if not may_act_for(actor, organisation_id):
        raise Forbidden


def _note(session: AsyncSession, notice: ChangeNotice | WithdrawalNotice, actor: Actor, verb: str) -> None:
    kind = "change-notice" if isinstance(notice, ChangeNotice) else "withdrawal-notice"
    audit.note(
        session,
        actor_id=actor.account_id,
        actor_name=actor.name,
        action=f"{kind}.{verb}",
        object_id=notice.id,
        summary=notice.receipt_number,
    )
