"""What organisations and the secretariat are written about 後援名義."""

from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from shared.identity.notifications import queries as notifications
from shared.identity.notifications.models import NotificationKind
from shared.identity.notifications.service import News, in_turn, settle, tell
from shared.kit.japanese.eras import both_calendars
from shared.kit.post import LetterClass, Post
from shared.members.letters import DESK
from shared.members.name_use import queries
from shared.members.name_use.facts import NameUseApproved, NameUseRefused, NameUseReported, NameUseRequested
from shared.members.name_use.queries import NameUseView
from shared.members.words import CHANNELS

_REQUESTED = "requested"


async def confirm_request(session: AsyncSession, fact: NameUseRequested, letters: Post) -> None:
    await _to_member(letters, await queries.name_use(session, fact.request_id), "received")


async def tell_desk_of_request(session: AsyncSession, fact: NameUseRequested, letters: Post) -> None:
    """Not of what it has typed in itself, nor of what it has decided meanwhile."""
    if fact.typed_in:
        return
    await in_turn(session)
    request = await queries.name_use(session, fact.request_id)
    if request.state in queries.OPEN:
        await _to_desk(session, request, reported=False)


async def announce_permission(session: AsyncSession, fact: NameUseApproved, letters: Post) -> None:
    await _to_member(letters, await queries.name_use(session, fact.request_id), "approved")


async def announce_refusal(session: AsyncSession, fact: NameUseRefused, letters: Post) -> None:
    await _to_member(letters, await queries.name_use(session, fact.request_id), "refused")


async def tell_desk_of_report(session: AsyncSession, fact: NameUseReported, letters: Post) -> None:
    if not fact.typed_in:
        await _to_desk(session, await queries.name_use(session, fact.request_id), reported=True)


async def settle_request(session: AsyncSession, fact: NameUseApproved | NameUseRefused, letters: Post) -> None:
    await settle(session, fact.request_id, NotificationKind.NAME_USE, occasion=_REQUESTED)


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


async def _to_desk(session: AsyncSession, request: NameUseView, *, reported: bool) -> None:
    desk = await notifications.desk(session, DESK)
    if desk is None:
        return
    words = "結果報告" if reported else "申請"
    news = News(
        kind=NotificationKind.NAME_USE,
        thing_id=request.id,
        occasion="reported" if reported else _REQUESTED,
        line=f"{words}　{request.organisation_name}「{request.title}」（{request.receipt_number}）",
        path=f"/staff/name-use/{request.id}",
        template="members/name_use_for_desk",
        about_id=request.id,
        values={**_values(request), "channel": CHANNELS[request.channel], "reported": reported},
    )
    await tell(session, desk, news)


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
