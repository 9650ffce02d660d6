"""Letters about registrations that would not be written any more are not sent any more, either.

They may have waited for a mail server or for the morning, and promise what was called off meanwhile.
"""

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from shared.events.models import Event, EventState
from shared.events.registrations.models import Registration
from shared.events.registrations.wording import PROMISES, LetterKind
from shared.events.views import EventView
from shared.kit import clock
from shared.kit.database.session import tenant_of
from shared.kit.lapsing import let_lapse
from shared.kit.post import Letter

#: Of no use to anybody who has cancelled.
_TO_PARTICIPANTS = (
    *PROMISES,
    LetterKind.REMINDER,
    LetterKind.EVENT_CHANGED,
    LetterKind.CHANGED,
    LetterKind.ASKED_AGAIN,
)


async def call_back(session: AsyncSession, event: Event | EventView) -> None:
    """What still waits and is untrue since the event has been called off, or has given up its day."""
    kinds = _untrue(event)
    if kinds:
        tenant = Registration.tenant_id == tenant_of(session)
        people = select(Registration.id).where(tenant, Registration.event_id == event.id)
        await let_lapse(session, Letter.about_id.in_(people), _of(kinds))


async def call_back_from(session: AsyncSession, registration: Registration) -> None:
    """What still waits for somebody who has cancelled."""
    await let_lapse(session, Letter.about_id == registration.id, _of(_TO_PARTICIPANTS))


def key_of(kind: LetterKind, about: object, cause: str) -> str:
    """What makes a letter about a registration one; its beginning tells the kind."""
    return f"registration {kind} {about} {cause}".rstrip()


def _of(kinds: Sequence[LetterKind]) -> ColumnElement[bool]:
    return or_(*(Letter.dedupe_key.startswith(f"registration {kind} ", autoescape=True) for kind in kinds))


def _untrue(event: Event | EventView) -> tuple[LetterKind, ...]:
    if event.state is EventState.CANCELLED:
        return (*PROMISES, LetterKind.REMINDER, LetterKind.EVENT_CHANGED)
    if event.state is EventState.POSTPONED:
        return (*PROMISES, LetterKind.REMINDER)
    tomorrow = clock.today() + timedelta(days=1)
    return () if event.starts_at.astimezone(clock.JST).date() == tomorrow else (LetterKind.REMINDER,)
