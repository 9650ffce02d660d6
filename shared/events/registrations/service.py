"""The verbs of 参加申込: registered, changed, cancelled. Each holds the event's row, so seats and waiting list agree at every moment."""

import secrets
from typing import cast
from uuid import UUID

import msgspec
from sqlalchemy import ColumnElement, Table, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from uuid_utils.compat import uuid7

from shared.events.models import Event
from shared.events.registrations import changing, outdated, rules, seats
from shared.events.registrations.drafts import (
    RegistrationDraft,
    checked_registration,
    checked_remarks,
    person_key,
)
from shared.events.registrations.facts import (
    RegistrationAccepted,
    RegistrationAskedAgain,
    RegistrationCancelled,
    RegistrationChanged,
)
from shared.events.registrations.models import (
    Attendance,
    Registration,
    RegistrationChannel,
    RegistrationStatus,
)
from shared.events.registrations.promotion import note_overtaken, promote
from shared.identity.policy import Actor, Permission
from shared.kit import audit, clock
from shared.kit.database.session import tenant_of
from shared.kit.editing import check_revision, locked
from shared.kit.outbox import record
from shared.kit.refusals import Conflict, NotFound, Refusal

_TABLE = Registration.__table__
#: Built once: in a rush building it costs more than running it.
_INSERT = insert(cast(Table, _TABLE)).on_conflict_do_nothing().returning(_TABLE.c.id)
#: Without those that are misread or misheard: 0 O, 1 I L, 2 Z, 5 S, B 8, U V.
_CLEAR = "34679ACDEFGHJKMNPQRTWXY"


class AlreadyRegistered(Refusal):
    """The person has a registration for this event. Only its owner may learn that: see `remind_of_registration`."""

    def __init__(self, event_id: UUID, known_as: str) -> None:
        super().__init__(
            "SEE_YOUR_MAIL",
            "お申し込みの状況を、ご記入のメールアドレスあてにお送りします。届いたメールをご確認ください。",
            "email",
        )
        self.event_id = event_id
        self.known_as = known_as


async def register(
    session: AsyncSession,
    *,
    actor: Actor,
    event_id: UUID,
    draft: RegistrationDraft,
    channel: RegistrationChannel = RegistrationChannel.WEB,
) -> Registration:
    """Confirmed at once when the whole party finds seats, else on the waiting list. AlreadyRegistered for the same person.

    Entered by the secretariat, it may come after the deadline and bring more people; a walk-in is confirmed or refused.
    """
    by_staff = _by_staff(actor)
    draft = checked_registration(draft, by_staff=by_staff)
    taken = await seats.take(session, event_id, await _way(session, event_id, draft), draft.party_size)
    if taken is None:
        raise NotFound
    event = taken.event
    rules.check_open(event, by_staff=by_staff)
    rules.check_party(event, draft, by_staff=by_staff)
    await rules.require_member(session, event, actor, by_staff=by_staff)
    rules.check_walk_in(channel, confirmed=taken.confirmed)
    registration = await _insert(session, actor, taken, draft, channel)
    if taken.confirmed and channel is not RegistrationChannel.WALK_IN:
        await note_overtaken(session, event, registration.attendance)
    await seats.show(session, event)
    fact = RegistrationAccepted(registration_id=registration.id, status=registration.status)
    await record(session, fact, dedupe_key=f"registration-accepted:{registration.id}")
    return registration


async def remind_of_registration(session: AsyncSession, *, event_id: UUID, known_as: str) -> None:
    """Tell the owner of the registration, and nobody else, that it is there: at most once a day."""
    registration_id = await session.scalar(select(Registration.id).where(*_alive(session, event_id, known_as)))
    if registration_id is not None:
        fact = RegistrationAskedAgain(registration_id=registration_id)
        await record(session, fact, dedupe_key=f"registration-asked-again:{registration_id}:{clock.today()}")


async def change(
    session: AsyncSession,
    *,
    actor: Actor,
    registration_id: UUID,
    draft: RegistrationDraft,
    revision: int | None = None,
) -> Registration:
    """Everything of it anew but the event. More people, or another way of attending, only where they fit; fewer free seats.

    A confirmed registration stays confirmed; a waiting one keeps its turn unless it moves to the other waiting list.
    """
    by_staff = _by_staff(actor)
    event, registration = await _both(session, registration_id)
    draft = changing.checked_change(registration, draft, by_staff=by_staff)
    if registration.status is RegistrationStatus.CANCELLED:
        raise Conflict("この申込は取り消されています。参加をご希望のときは、もう一度お申し込みください。")
    if revision is not None:
        await check_revision(session, registration.id, current=registration.revision, read=revision)
    rules.check_open(event, by_staff=by_staff)
    rules.check_party(event, draft, by_staff=by_staff, before=registration.party_size)
    if by_staff:
        await _check_still_alone(session, registration, draft)
    way, differs = rules.chosen_way(event, draft.attendance), _differs(registration, draft)
    moves = way is not registration.attendance
    await changing.check_those_present(session, registration, moves=moves, party=draft.party_size)
    _move(event, registration, way, draft.party_size)
    for name, value in _columns(draft).items():
        setattr(registration, name, value)
    registration.revision += 1
    await session.flush()
    await promote(session, event)
    if moves and registration.status is RegistrationStatus.CONFIRMED:
        await note_overtaken(session, event, way)
    _note(session, actor, "registration.change", registration)
    if differs or moves:
        fact = RegistrationChanged(registration_id=registration.id, revision=registration.revision)
        await record(session, fact, dedupe_key=fact.key)
    return registration


async def cancel(
    session: AsyncSession, *, actor: Actor, registration_id: UUID, remarks: str | None = None
) -> Registration:
    """Its seats go to those who wait, in this transaction. Cancelling again changes nothing; what is over stays as it was.

    `remarks` is the secretariat's note afterwards; null leaves the one that is there.
    """
    event, registration = await _both(session, registration_id)
    if registration.status is RegistrationStatus.CANCELLED:
        return registration
    if rules.over(event) and not _by_staff(actor):
        raise Refusal("TOO_LATE", "この行事は終了したため、取り消しの手続きは必要ありません。")
    await changing.check_did_not_come(session, registration_id)
    if remarks is not None:
        registration.remarks = checked_remarks(remarks)
    _give_back(event, registration)
    registration.status = RegistrationStatus.CANCELLED
    registration.cancelled_at = clock.now()
    registration.cancelled_by = actor.name if _by_staff(actor) else None
    registration.revision += 1
    await session.flush()
    await promote(session, event)
    await outdated.call_back_from(session, registration)
    _note(session, actor, "registration.cancel", registration)
    fact = RegistrationCancelled(registration_id=registration.id)
    await record(session, fact, dedupe_key=f"registration-cancelled:{registration.id}")
    return registration


async def _way(session: AsyncSession, event_id: UUID, draft: RegistrationDraft) -> Attendance:
    """What was said is checked under the lock; only for who did not say, the event is read first."""
    if draft.attendance is not None:
        return draft.attendance
    event = await session.get(Event, (tenant_of(session), event_id))
    if event is None:
        raise NotFound
    return seats.ways(event)[0]


async def _insert(
    session: AsyncSession, actor: Actor, taken: seats.Taken, draft: RegistrationDraft, channel: RegistrationChannel
) -> Registration:
    """The unique person decides: a second one of the same rolls everything back, its seats too."""
    now, known_as = clock.now(), person_key(draft)
    values = _columns(draft) | {
        "tenant_id": taken.event.tenant_id,
        "id": uuid7(),
        "event_id": taken.event.id,
        "number": taken.number,
        "turn": taken.number,
        "key": secrets.token_urlsafe(24),
        "viewing_key": secrets.token_urlsafe(24),
        "code": "".join(secrets.choice(_CLEAR) for _ in range(10)),
        "person_key": known_as,
        "status": RegistrationStatus.CONFIRMED if taken.confirmed else RegistrationStatus.WAITLISTED,
        "attendance": rules.chosen_way(taken.event, draft.attendance),
        "channel": channel,
        "entered_by": actor.name if _by_staff(actor) else None,
        "registered_at": now,
        "confirmed_at": now if taken.confirmed else None,
        "revision": 1,
    }
    if (await session.execute(_INSERT, values)).scalar_one_or_none() is None:
        raise await _already(session, actor, taken.event, known_as)
    # Not the session's own: who wants to change it reads it under the lock.
    return Registration(**values)


async def _already(session: AsyncSession, actor: Actor, event: Event, known_as: str) -> Refusal:
    """The secretariat is told at once; others by mail."""
    if not _by_staff(actor):
        return AlreadyRegistered(event.id, known_as)
    number = await session.scalar(select(Registration.number).where(*_alive(session, event.id, known_as)))
    return Refusal("ALREADY_REGISTERED", f"この方の申込は、受付番号{number:04}ですでに入っています。", "name")


async def _both(session: AsyncSession, registration_id: UUID) -> tuple[Event, Registration]:
    """The event's row first, always: two who want the same seats queue there and nowhere else."""
    found = await session.get(Registration, (tenant_of(session), registration_id))
    if found is None:
        raise NotFound
    await seats.queue(session, found.event_id)
    event = await locked(session, Event, found.event_id)
    return event, await locked(session, Registration, registration_id)


async def _check_still_alone(session: AsyncSession, registration: Registration, draft: RegistrationDraft) -> None:
    known_as = person_key(draft)
    same = _alive(session, registration.event_id, known_as)
    if await session.scalar(select(Registration.id).where(*same, Registration.id != registration.id)) is not None:
        raise Refusal("NOT_POSSIBLE", "このメールアドレス（電話番号）には変更できません。", "email")
    registration.person_key = known_as


def _move(event: Event, registration: Registration, attendance: Attendance, party: int) -> None:
    """Give the old seats back, take the new ones. Refusal, and everything as before, when they do not suffice."""
    _give_back(event, registration)
    left, moves = seats.free(event, attendance), attendance is not registration.attendance
    registration.attendance = attendance
    if registration.status is RegistrationStatus.WAITLISTED:
        if moves:
            event.last_number += 1
            registration.turn = event.last_number
        seats.count(event, attendance, waiting=1)
    elif left is None or party <= left:
        seats.count(event, attendance, taken=party)
    else:
        raise Refusal(
            "NO_SEAT",
            f"空いている席が{left}席のため、この内容には変更できません。いまのお申し込みは、そのまま残っています。",
            "attendance" if moves else "party_size",
        )


def _give_back(event: Event, registration: Registration) -> None:
    if registration.status is RegistrationStatus.CONFIRMED:
        seats.count(event, registration.attendance, taken=-registration.party_size)
    else:
        seats.count(event, registration.attendance, waiting=-1)


def _alive(session: AsyncSession, event_id: UUID, known_as: str) -> tuple[ColumnElement[bool], ...]:
    return (
        Registration.tenant_id == tenant_of(session),
        Registration.event_id == event_id,
        Registration.person_key == known_as,
        Registration.status != RegistrationStatus.CANCELLED,
    )


def _columns(draft: RegistrationDraft) -> dict[str, object]:
    values = msgspec.structs.asdict(draft)
    del values["attendance"]
    return values


def _differs(registration: Registration, draft: RegistrationDraft) -> bool:
    """In what concerns the person: the secretariat's note is its own."""
    return any(getattr(registration, name) != value for name, value in _columns(draft).items() if name != "remarks")


def _by_staff(actor: Actor) -> bool:
    return actor.may(Permission.REGISTRATION_WRITE)


def _note(session: AsyncSession, actor: Actor, action: str, registration: Registration) -> None:
    audit.note(
        session,
        actor_id=actor.account_id,
        actor_name=actor.name or "申込者",
        action=action,
        object_id=registration.id,
        summary=f"受付番号 {registration.number}",
    )
