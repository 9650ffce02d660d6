"""What organisations and the secretariat are written about 後援名義."""

from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from shared.kit.japanese.eras import both_calendars
from shared.kit.post import LetterClass, Post
from shared.members.letters import DESK
from shared.members.name_use import queries
from shared.members.name_use.facts import NameUseApproved, NameUseRefused, NameUseReported, NameUseRequested
from shared.members.name_use.queries import NameUseView
from shared.members.words import CHANNELS
from shared.tenants import queries as tenants


async def confirm_request(session: AsyncSession, fact: NameUseRequested, letters: Post) -> None:
    await _to_member(letters, await queries.name_use(session, fact.request_id), "received")


async def tell_desk_of_request(session: AsyncSession, fact: NameUseRequested, letters: Post) -> None:
    """Not of what it has typed in itself."""
    if not fact.typed_in:
        await _to_desk(session, letters, await queries.name_use(session, fact.request_id), reported=False)


async def announce_permission(session: AsyncSession, fact: NameUseApproved, letters: Post) -> None:
    await _to_member(letters, await queries.name_use(session, fact.request_id), "approved")


async def announce_refusal(session: AsyncSession, fact: NameUseRefused, letters: Post) -> None:
    await _to_member(letters, await queries.name_use(session, fact.request_id), "refused")


async def tell_desk_of_report(session: AsyncSession, fact: NameUseReported, letters: Post) -> None:
    if not fact.typed_in:
        await _to_desk(session, letters, await queries.name_use(session, fact.request_id), reported=True)


async def _to_member(letters: Post, request: NameUseView, name: str) -> None:
    """Without an address the secretariat answers on paper."""
    if request.email is None:
        return
    await letters.write(
        template=f"members/name_use_{name}",
        to_email=request.email,
        to_name=request.organisation_name,
        about_id=request.id,
        letter_class=LetterClass.MUST_ARRIVE,
        dedupe_key=f"name use {name} {request.id} {request.email}",
        values=_values(request),
    )


async def _to_desk(session: AsyncSession, letters: Post, request: NameUseView, *, reported: bool) -> None:
    contacts = [contact for contact in (await tenants.profile(session)).contacts if contact.email]
    desk = next((contact for contact in contacts if DESK in contact.purpose), contacts[0] if contacts else None)
    if desk is None or desk.email is None:
        return
    await letters.write(
        template="members/name_use_for_desk",
        to_email=desk.email,
        to_name=desk.department,
        about_id=request.id,
        letter_class=LetterClass.MUST_ARRIVE,
        dedupe_key=f"name use for desk {reported} {request.id} {desk.email}",
        values={**_values(request), "channel": CHANNELS[request.channel], "reported": reported},
    )


def _values(request: NameUseView) -> dict[str, Any]:
    until = request.allowed_until
    return {
        "receipt_number": request.receipt_number,
        "request_id": request.id,
        "organisation_name": request.organisation_name,
        "title": request.title,
        "answer_by": both_calendars(request.answer_by) if request.answer_by else "",
        "message": request.message or "",
        "allowed_from": both_calendars(request.allowed_from, weekday=False) if request.allowed_from else "",
        "allowed_until": both_calendars(until, weekday=False) if until else "",
        "conditions": request.conditions or "",
        "has_logo": request.logo is not None,
    }
