"""What a change of a registration must respect: the address it came from, and the people who sit there already."""

import msgspec
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from shared.events.attendance.models import CheckIn
from shared.events.registrations import rules
from shared.events.registrations.drafts import RegistrationDraft, checked_registration
from shared.events.registrations.models import Registration
from shared.kit.refusals import Conflict


def checked_change(registration: Registration, draft: RegistrationDraft, *, by_staff: bool) -> RegistrationDraft:
    """The address stays unless the secretariat changes it: else anybody could ask by it who is registered, and send mail."""
    if by_staff:
        return checked_registration(draft, by_staff=True)
    rules.check_address_kept(registration.email, draft.email)
    kept = msgspec.structs.replace(draft, email=registration.email)
    return checked_registration(kept, by_staff=registration.email is None)


async def check_those_present(session: AsyncSession, registration: Registration, *, moves: bool, party: int) -> None:
    """Who has been checked in sits where he sits: a seat is never given away under somebody."""
    present = await session.scalar(select(CheckIn.present).where(CheckIn.registration_id == registration.id))
    if present is None:
        return
    if moves:
        raise Conflict(
            "来場の受付が済んでいるため、参加方法は変えられません。受付の間違いのときは、先に受付を取り消してください。"
        )
    if party < present:
        raise Conflict(
            f"すでに{present}人の来場を受け付けているため、それより少ない人数にはできません。受付の間違いのときは、先に受付の人数を直してください。"
        )
