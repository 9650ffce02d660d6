"""What the verbs of the day look at before they write, and what they leave in the log."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from shared.events.attendance import queries
from shared.events.attendance.models import Certificate, CheckIn
from shared.events.attendance.queries import GuestView
from shared.identity.policy import Actor
from shared.kit import audit
from shared.kit.refusals import Conflict, NotFound, Refusal


async def guest_of(session: AsyncSession, event_id: UUID, registration_id: UUID) -> GuestView:
    guest = await queries.guest(session, registration_id)
    if guest.event_id != event_id:
        raise NotFound
    return guest


async def checked_in(session: AsyncSession, event_id: UUID, registration_id: UUID) -> CheckIn:
    """Held until the transaction ends."""
    statement = select(CheckIn).where(CheckIn.event_id == event_id, CheckIn.registration_id == registration_id)
    found = await session.scalar(statement.with_for_update())
    if found is None:
        raise Conflict("この方は、まだ受け付けていません。画面を開き直してください。")
    return found


def check_present(guest: GuestView, present: int) -> None:
    if not 1 <= present <= guest.party_size:
        raise Refusal("OUT_OF_RANGE", f"参加した人数は1人から{guest.party_size}人までです。", "present")


async def check_not_certified(
    session: AsyncSession, registration_id: UUID, what: str, *, companions: bool = False
) -> None:
    """Conflict once a certificate says that the person, or one of the `companions` only, took part."""
    certificate = select(Certificate.number).where(
        Certificate.registration_id == registration_id, Certificate.revoked_at.is_(None)
    )
    if companions:
        certificate = certificate.where(Certificate.ordinal > 0)
    if number := await session.scalar(certificate.order_by(Certificate.number).limit(1)):
        raise Conflict(f"証書（{number}）を発行しているため、{what}。先に証書を取り消してください。")


def note(session: AsyncSession, actor: Actor, action: str, guest: GuestView) -> None:
    audit.note(
        session,
        actor_id=actor.account_id,
        actor_name=actor.name,
        action=action,
        object_id=guest.id,
        summary=f"受付番号 {guest.number}",
    )
