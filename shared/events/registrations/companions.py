"""同行者のお名前, written by the secretariat, also when the event is over: a certificate needs them."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from shared.events.registrations.drafts import TEXTS
from shared.events.registrations.models import Registration, RegistrationStatus
from shared.events.registrations.retention import FORGOTTEN
from shared.identity.policy import Actor, Permission
from shared.kit import audit
from shared.kit.editing import locked
from shared.kit.japanese.normalise import clean_lines
from shared.kit.refusals import Conflict, Forbidden, Refusal

_LONGEST = next(longest for field, _, longest in TEXTS if field == "companions")


async def name_companions(
    session: AsyncSession, *, actor: Actor, registration_id: UUID, companions: str
) -> Registration:
    """One name in a line, no more than came along. Nothing else of the registration changes, and nobody is written to."""
    if not actor.may(Permission.REGISTRATION_WRITE):
        raise Forbidden
    registration = await locked(session, Registration, registration_id)
    if registration.status is RegistrationStatus.CANCELLED or registration.name == FORGOTTEN:
        raise Conflict("取り消された申込、または個人の情報を消去した申込のため、同行者のお名前は書けません。")
    cleaned = _checked(companions, registration.party_size - 1)
    if cleaned == (registration.companions or ""):
        return registration
    registration.companions = cleaned or None
    registration.revision += 1
    await session.flush()
    audit.note(
        session,
        actor_id=actor.account_id,
        actor_name=actor.name,
        action="registration.companions",
        object_id=registration.id,
        summary=f"受付番号 {registration.number}",
    )
    return registration


def _checked(companions: str, most: int) -> str:
    cleaned = clean_lines(companions)
    names = [line for line in cleaned.splitlines() if line.strip()]
    if len(names) > most:
        raise Refusal("TOO_MANY", f"同行者は{most}人までです。お名前は1行に1人ずつ入力してください。", "companions")
    if len(cleaned) > _LONGEST:
        raise Refusal("TOO_LONG", f"同行者のお名前は{_LONGEST:,}文字までで入力してください。", "companions")
    return cleaned
