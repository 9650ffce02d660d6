"""What a change of a registration must respect: the address it came from, and the people who sit there already."""

from uuid import UUID

import msgspec
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from shared.events.attendance.models import CheckIn, OnlineAttendance
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
    """Who has been checked in sits where he sits: a seat is never given away under somebody.

    Who is known to have taken part from afar is not moved to the hall, nor made fewer than took part.
    """
    online = await session.scalar(
        select(OnlineAttendance.present).where(OnlineAttendance.registration_id == registration.id)
    )
    if online is not None and (moves or party < online):
        raise Conflict(
            "オンライン参加の記録があるため、参加方法を変えたり、記録した人数より少なくしたりできません。"
            "記録の間違いのときは、先に記録を直してください。"
        )
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


async def check_did_not_come(session: AsyncSession, registration_id: UUID) -> None:
    """Who was there has not cancelled."""
    if await session.scalar(select(CheckIn.id).where(CheckIn.registration_id == registration_id)) is not None:
        raise Conflict(
            "来場の受付が済んでいるため、取り消せません。受付の間違いのときは、先に受付を取り消してください。"
        )
    online = select(OnlineAttendance.id).where(OnlineAttendance.registration_id == registration_id)
    if await session.scalar(online) is not None:
        raise Conflict(
            "オンライン参加の記録があるため、取り消せません。記録の間違いのときは、先に記録を取り消してください。"
        )
