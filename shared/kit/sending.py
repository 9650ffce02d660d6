"""The steps by which a letter leaves the house. Each is one transaction of its own, made by the worker.

A claim is fenced by its attempt number: a worker that was overtaken (its lease ran out) changes nothing any more.
"""

import random
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import ColumnElement, and_, case, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from shared.kit.backoff import backoff
from shared.kit.database.session import tenant_of
from shared.kit.outbox import LEASE, MOST_ATTEMPTS, wake
from shared.kit.post import Letter, LetterClass, LetterState

FIRST_PAUSE, LONGEST_PAUSE = timedelta(seconds=30), timedelta(hours=2)
#: While no server answers: wait as long again as the letter has waited, but at most this.
LONGEST_OUTAGE_PAUSE = timedelta(minutes=15)
#: Nobody mends a mail server for four days: then a human should see the letter.
LONGEST_OUTAGE = timedelta(days=4)

_ACTIVE = (LetterState.QUEUED, LetterState.CLAIMED, LetterState.HANDING_OVER)


class Claim(msgspec.Struct, frozen=True):
    """The right to send one letter, and what stands on it."""

    id: UUID
    attempt: int
    letter_class: LetterClass
    to_email: str
    to_name: str | None
    subject: str
    body: str
    headers: dict[str, Any]
    attachments: list[dict[str, Any]]
    message_id: str
    queued_at: datetime
    resent: bool


async def claim(session: AsyncSession, letter_id: UUID, *, lease: timedelta = LEASE) -> Claim | None:
    """Count an attempt and take the lease; commit before anything is sent.

    None: finished, not yet due, in somebody's hands, or it just became UNCERTAIN (a crash while handing over), FAILED
    (the attempts are used up) or LAPSED (what it speaks of is over).
    """
    statement = (
        select(Letter, func.now())
        .where(_is(session, letter_id), Letter.state.in_(_ACTIVE), Letter.run_at <= func.now())
        .with_for_update(skip_locked=True)
    )
    row = (await session.execute(statement)).one_or_none()
    if row is None:
        return None
    letter, now = row
    if letter.state is not LetterState.QUEUED and letter.lease_until is not None and letter.lease_until > now:
        return None
    return _take(letter, now, now + lease)


def _take(letter: Letter, now: datetime, lease_until: datetime) -> Claim | None:
    letter.lease_until = letter.in_hand_until = None
    if letter.state is LetterState.HANDING_OVER and (letter.resent or letter.letter_class is LetterClass.AT_MOST_ONCE):
        letter.state = LetterState.UNCERTAIN
        letter.error = "the worker died while handing over"
        return None
    if letter.worthless_after is not None and letter.worthless_after <= now:
        letter.state = LetterState.LAPSED
        return None
    if letter.attempts >= MOST_ATTEMPTS:
        letter.state = LetterState.FAILED
        letter.error = letter.error or "the worker died"
        return None
    letter.resent = letter.resent or letter.state is LetterState.HANDING_OVER
    letter.state, letter.attempts = LetterState.CLAIMED, letter.attempts + 1
    letter.lease_until = letter.in_hand_until = lease_until
    return Claim(
        id=letter.id,
        attempt=letter.attempts,
        letter_class=letter.letter_class,
        to_email=letter.to_email,
        to_name=letter.to_name,
        subject=letter.subject,
        body=letter.body,
        headers=letter.headers,
        attachments=letter.attachments,
        message_id=letter.message_id,
        queued_at=letter.queued_at,
        resent=letter.resent,
    )


async def handing_over(session: AsyncSession, claimed: Claim, *, lease: timedelta = LEASE) -> bool:
    """To be committed between the body and the final dot. False: overtaken, so break off without the dot."""
    until = func.now() + lease
    return await _move(session, claimed, state=LetterState.HANDING_OVER, lease_until=until, in_hand_until=until)


async def sent(session: AsyncSession, claimed: Claim) -> None:
    await _move(session, claimed, state=LetterState.SENT, sent_at=func.now(), error=None)
    await wake(session)


async def refused(session: AsyncSession, claimed: Claim, error: str) -> None:
    """The server said no for good (5xx)."""
    await _move(session, claimed, state=LetterState.FAILED, error=error)
    await wake(session)


async def deferred(session: AsyncSession, claimed: Claim, error: str) -> None:
    """The server said not now (4xx): ten times over about six hours, then FAILED."""
    state = LetterState.FAILED if claimed.attempt >= MOST_ATTEMPTS else LetterState.QUEUED
    pause = backoff(claimed.attempt, first=FIRST_PAUSE, longest=LONGEST_PAUSE)
    await _move(session, claimed, state=state, run_at=func.now() + pause, error=error)


async def unreachable(session: AsyncSession, claimed: Claim, error: str) -> None:
    """No server answered, so the letter is not to blame: its attempt is given back, for up to four days."""
    waited = func.now() - Letter.queued_at
    pause = func.least(func.greatest(waited, FIRST_PAUSE), LONGEST_OUTAGE_PAUSE)
    await _move(
        session,
        claimed,
        state=case((waited > LONGEST_OUTAGE, LetterState.FAILED), else_=LetterState.QUEUED),
        attempts=Letter.attempts - 1,
        run_at=func.now() + pause * random.uniform(0.75, 1.25),  # noqa: S311 - no secret
        error=error,
    )


async def in_doubt(session: AsyncSession, claimed: Claim, error: str) -> None:
    """The dot was sent and no answer came: once more and marked, if it must arrive; else a human decides."""
    once_more = claimed.letter_class is LetterClass.MUST_ARRIVE and not claimed.resent
    await _move(
        session,
        claimed,
        state=LetterState.QUEUED if once_more else LetterState.UNCERTAIN,
        resent=claimed.resent or once_more,
        run_at=func.now() + backoff(claimed.attempt, first=FIRST_PAUSE, longest=LONGEST_PAUSE),
        error=error,
    )


def _is(session: AsyncSession, letter_id: UUID) -> ColumnElement[bool]:
    return and_(Letter.tenant_id == tenant_of(session), Letter.id == letter_id)


async def _move(session: AsyncSession, claimed: Claim, **values: Any) -> bool:
    ours = and_(
        _is(session, claimed.id),
        Letter.state.in_((LetterState.CLAIMED, LetterState.HANDING_OVER)),
        Letter.attempts == claimed.attempt,
    )
    free = {"lease_until": None, "in_hand_until": None}
    moved = await session.execute(update(Letter).where(ours).values(**free | values).returning(Letter.id))
    return moved.scalar_one_or_none() is not None
