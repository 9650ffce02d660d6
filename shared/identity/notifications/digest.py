"""The morning letter: what has come since the last one and still waits, in one letter to each receiver."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, delete, exists, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from shared.identity.models import Account, RoleAssignment
from shared.identity.notifications import queries
from shared.identity.notifications.facts import DigestDue
from shared.identity.notifications.models import Notification
from shared.identity.notifications.service import DESK_PAGE, PERSON_PAGE, in_turn
from shared.identity.notifications.words import KINDS
from shared.kit import clock
from shared.kit.database.session import tenant_of
from shared.kit.japanese.eras import both_calendars
from shared.kit.outbox import record
from shared.kit.post import LetterClass, Post

#: Receivers of one transaction: far below the lease of a fact.
AT_ONCE = 100
#: Lines of one letter; the rest is a number.
LONGEST = 100
KEPT = timedelta(days=90)


async def gather(session: AsyncSession) -> int:
    """For the timetable: may run any number of times after 8:30. 1 when somebody is to be written to."""
    until = queries.last_digest(clock.now())
    waiting = select(Notification.id).where(_waits(session, until)).limit(1)
    if (await session.execute(waiting)).scalar_one_or_none() is None:
        return 0
    await _go_on(session, DigestDue(on=until.date()))
    return 1


async def write_digests(session: AsyncSession, fact: DigestDue, letters: Post) -> None:
    """The next receivers; then the fact for those after them. Who cannot sign in here any more gets nothing."""
    await in_turn(session)
    until = datetime.combine(fact.on, queries.DIGEST_AT, tzinfo=clock.JST)
    receivers = await _next_receivers(session, until, fact.after)
    told = await _told(session, until, receivers)
    not_before = await queries.not_before(session) if told else None
    for _, lines in groupby(told, key=lambda line: (line.receiver, line.account_id)):
        await _write(letters, fact, list(lines), not_before)
    if len(receivers) == AT_ONCE:
        await _go_on(session, msgspec.structs.replace(fact, after=receivers[-1]))


async def forget_old_notifications(session: AsyncSession) -> int:
    old = Notification.noted_at < clock.now() - KEPT
    gone = await session.execute(
        delete(Notification).where(Notification.tenant_id == tenant_of(session), old).returning(Notification.id)
    )
    return len(gone.all())


async def _go_on(session: AsyncSession, fact: DigestDue) -> None:
    await record(session, fact, dedupe_key=f"digest due {fact.on} {fact.after}")


def _waits(session: AsyncSession, until: datetime) -> ColumnElement[bool]:
    return (
        (Notification.tenant_id == tenant_of(session))
        & Notification.told_at.is_(None)
        & Notification.settled_at.is_(None)
        & (Notification.noted_at < until)
    )


async def _next_receivers(session: AsyncSession, until: datetime, after: str) -> Sequence[str]:
    statement = select(Notification.receiver).distinct().where(_waits(session, until), Notification.receiver > after)
    return (await session.execute(statement.order_by(Notification.receiver).limit(AT_ONCE))).scalars().all()


async def _told(session: AsyncSession, until: datetime, receivers: Sequence[str]) -> list[Any]:
    """Marked as told and returned in one statement; by receiver, kind and time."""
    here = exists().where(
        RoleAssignment.account_id == Notification.account_id,
        Account.id == Notification.account_id,
        Account.disabled_at.is_(None),
    )
    columns = ("receiver", "receiver_name", "account_id", "kind", "line", "path", "noted_at", "id")
    statement = (
        update(Notification)
        .where(
            _waits(session, until),
            Notification.receiver.in_(receivers),
            or_(Notification.account_id.is_(None), here),
        )
        .values(told_at=clock.now())
        .returning(*(getattr(Notification, name) for name in columns))
    )
    rows = (await session.execute(statement)).all()
    order = list(KINDS)
    return sorted(
        rows, key=lambda row: (row.receiver, str(row.account_id), order.index(row.kind), row.noted_at, row.id)
    )


async def _write(letters: Post, fact: DigestDue, lines: list[Any], not_before: datetime | None) -> None:
    first, shown = lines[0], lines[:LONGEST]
    groups = [(KINDS[kind], list(each)) for kind, each in groupby(shown, key=lambda line: line.kind)]
    await letters.write(
        template="identity/digest",
        to_email=first.receiver,
        to_name=first.receiver_name,
        about_id=None,
        letter_class=LetterClass.MUST_ARRIVE,
        dedupe_key=f"digest {fact.on} {first.account_id or 'desk'} {first.receiver}",
        values={
            "desk": first.account_id is None,
            "day": both_calendars(fact.on),
            "groups": groups,
            "total": len(lines),
            "more": len(lines) - len(shown),
            "choice_path": DESK_PAGE if first.account_id is None else PERSON_PAGE,
        },
        not_before=not_before,
    )
