"""繰り上げ: seats that became free go to those who wait, in their order, in the transaction that freed them."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from shared.events.models import Event
from shared.events.registrations import seats
from shared.events.registrations.facts import RegistrationPassedOver, RegistrationPromoted
from shared.events.registrations.models import Attendance, Registration, RegistrationStatus
from shared.events.registrations.rules import TO_BE_HELD
from shared.kit import clock
from shared.kit.outbox import record
from shared.kit.refusals import Refusal

#: Rows of the waiting list that are looked at in one go.
AT_ONCE = 500


async def promote(session: AsyncSession, event: Event) -> list[Registration]:
    """Everybody who fits, first come first served. `event` is locked. Nobody is promoted for what is over or called off.

    A group fits whole or is passed over, with one notice; it keeps its place for the next seats.
    """
    if event.state not in TO_BE_HELD or event.over(clock.now()):
        return []
    promoted = [each for way in seats.ways(event) for each in await _promote(session, event, way)]
    await seats.show(session, event)
    return promoted


async def seat_at_the_door(session: AsyncSession, event: Event, registration: Registration) -> None:
    """Who waits and has come gets a seat that is free, before those who wait at home. Both rows are locked."""
    left = seats.free(event, registration.attendance)
    if left is not None and registration.party_size > left:
        raise Refusal(
            "NO_SEAT",
            f"空いている席が{left}席のため、確定にできません。来ていない方の申込を取り消すか、定員を増やしてください。",
        )
    await _seat(session, event, registration)
    await seats.show(session, event)


async def note_overtaken(session: AsyncSession, event: Event, attendance: Attendance) -> None:
    """Somebody new has got seats while others wait, who are groups for which these do not suffice. `event` is locked.

    Where nobody waits, nothing is asked.
    """
    if seats.waiting(event, attendance):
        await _note_passed_over(session, event, attendance)


async def _promote(session: AsyncSession, event: Event, attendance: Attendance) -> list[Registration]:
    promoted: list[Registration] = []
    while fitting := await _fitting(session, event, attendance):
        for registration in fitting:
            left = seats.free(event, attendance)
            if left is None or registration.party_size <= left:
                await _seat(session, event, registration)
                promoted.append(registration)
    if promoted:
        await _note_passed_over(session, event, attendance, Registration.turn < promoted[-1].turn)
    return promoted


async def _fitting(session: AsyncSession, event: Event, attendance: Attendance) -> Sequence[Registration]:
    """Those of the waiting list whose whole party would find seats now, in their order."""
    left = seats.free(event, attendance)
    if left == 0:
        return []
    statement = select(Registration).where(*_waiting(event, attendance))
    if left is not None:
        statement = statement.where(Registration.party_size <= left)
    rows = await session.scalars(statement.order_by(Registration.turn).limit(AT_ONCE).with_for_update())
    return rows.all()


async def _seat(session: AsyncSession, event: Event, registration: Registration) -> None:
    registration.status = RegistrationStatus.CONFIRMED
    registration.confirmed_at = clock.now()
    registration.revision += 1
    seats.count(event, registration.attendance, taken=registration.party_size, waiting=-1)
    fact = RegistrationPromoted(registration_id=registration.id)
    await record(session, fact, dedupe_key=f"registration-promoted:{registration.id}:{registration.revision}")


async def _note_passed_over(
    session: AsyncSession, event: Event, attendance: Attendance, *ahead: ColumnElement[bool]
) -> None:
    statement = (
        update(Registration)
        .where(*_waiting(event, attendance), *ahead, Registration.passed_over_at.is_(None))
        .values(passed_over_at=clock.now())
        .returning(Registration.id)
    )
    for registration_id in (await session.scalars(statement)).all():
        fact = RegistrationPassedOver(registration_id=registration_id)
        await record(session, fact, dedupe_key=f"registration-passed-over:{registration_id}")


def _waiting(event: Event, attendance: Attendance) -> tuple[ColumnElement[bool], ...]:
    return (
        Registration.tenant_id == event.tenant_id,
        Registration.event_id == event.id,
        Registration.attendance == attendance,
        Registration.status == RegistrationStatus.WAITLISTED,
    )
