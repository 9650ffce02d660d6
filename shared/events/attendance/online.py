"""オンライン参加: who took part in an event from afar. Said by the secretariat, never by a page that was opened; no check-in."""

from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from uuid_utils.compat import uuid7

from shared.events.attendance.guarding import check_not_certified, check_present, guest_of, note
from shared.events.attendance.models import CheckIn, OnlineAttendance, Play, PlayKind
from shared.events.attendance.queries import GuestView
from shared.events.models import Event, EventState
from shared.events.registrations.models import Attendance, Registration, RegistrationStatus
from shared.identity.policy import Actor
from shared.kit import audit, clock
from shared.kit.database.session import tenant_of
from shared.kit.editing import locked
from shared.kit.refusals import Conflict, NotFound, Refusal


async def record_online(
    session: AsyncSession, *, actor: Actor, event_id: UUID, registration_id: UUID, present: int | None = None
) -> OnlineAttendance:
    """Somebody took part from afar, all of the party unless `present` says how many. Again writes the number anew."""
    await _begun(session, event_id)
    guest = await guest_of(session, event_id, registration_id)
    await locked(session, Registration, registration_id)
    guest = await guest_of(session, event_id, guest.id)
    _check_online(guest)
    count = guest.party_size if present is None else present
    check_present(guest, count)
    known = await _known(session, registration_id)
    if known is None:
        known = OnlineAttendance(event_id=event_id, registration_id=registration_id, by_play=False)
        session.add(known)
    elif count < known.present:
        await check_not_certified(session, registration_id, "人数を減らせません", companions=True)
    known.present, known.recorded_at, known.recorded_by = count, clock.now(), actor.name
    await session.flush()
    note(session, actor, "online.record", guest)
    return known


async def record_viewers(session: AsyncSession, *, actor: Actor, event_id: UUID) -> int:
    """Everybody online who pressed 視聴する while it was live and is not recorded yet. How many were new.

    A press tells of one person: how many of a party sat before the screen, somebody has to say.
    """
    await _begun(session, event_id)
    rows = [
        {
            "tenant_id": tenant_of(session),
            "id": uuid7(),
            "event_id": event_id,
            "registration_id": registration_id,
            "present": 1,
            "by_play": True,
            "recorded_at": clock.now(),
            "recorded_by": actor.name,
        }
        for registration_id in await session.scalars(_viewers(session, event_id))
    ]
    if not rows:
        return 0
    statement = insert(OnlineAttendance).on_conflict_do_nothing(index_elements=["tenant_id", "registration_id"])
    made = (await session.scalars(statement.returning(OnlineAttendance.id), rows)).all()
    audit.note(
        session,
        actor_id=actor.account_id,
        actor_name=actor.name,
        action="online.viewers",
        object_id=event_id,
        summary=f"{len(made)}件",
    )
    return len(made)


async def forget_online(session: AsyncSession, *, actor: Actor, event_id: UUID, registration_id: UUID) -> None:
    """Somebody else was meant. Again changes nothing. Conflict once a certificate says that the person took part."""
    guest = await guest_of(session, event_id, registration_id)
    await locked(session, Registration, registration_id)
    known = await _known(session, registration_id)
    if known is None:
        return
    await check_not_certified(session, registration_id, "記録を取り消せません")
    await session.delete(known)
    await session.flush()
    note(session, actor, "online.undo", guest)


def _check_online(guest: GuestView) -> None:
    if guest.check_in is not None:
        raise Conflict("会場で受け付けている方です。オンライン参加としては記録できません。")
    if guest.status is not RegistrationStatus.CONFIRMED:
        raise Refusal("NO_SEAT", "参加が確定していない申込のため、オンライン参加を記録できません。")
    if guest.attendance is not Attendance.ONLINE:
        raise Refusal("HALL", "会場参加の申込です。来場した方は「受付」で記録してください。")


async def _begun(session: AsyncSession, event_id: UUID) -> None:
    event = await session.get(Event, (tenant_of(session), event_id), populate_existing=True)
    if event is None or event.state is EventState.DRAFT:
        raise NotFound
    if event.state in (EventState.CANCELLED, EventState.POSTPONED):
        raise Refusal("NOT_HELD", "開催していない行事の参加は、記録できません。")
    if event.starts_at > clock.now():
        raise Refusal("NOT_YET", "行事が始まる前は、オンライン参加を記録できません。")


async def _known(session: AsyncSession, registration_id: UUID) -> OnlineAttendance | None:
    """Held: whoever issues a certificate holds it, too."""
    statement = select(OnlineAttendance).where(OnlineAttendance.registration_id == registration_id)
    return await session.scalar(statement.with_for_update())


def _viewers(session: AsyncSession, event_id: UUID) -> Select[UUID]:
    """Held, so that nobody is admitted to the hall or cancels meanwhile."""
    live = select(Play.id).where(Play.registration_id == Registration.id, Play.kind == PlayKind.LIVE)
    return (
        select(Registration.id)
        .where(
            Registration.tenant_id == tenant_of(session),
            Registration.event_id == event_id,
            Registration.status == RegistrationStatus.CONFIRMED,
            Registration.attendance == Attendance.ONLINE,
            live.exists(),
            ~select(CheckIn.id).where(CheckIn.registration_id == Registration.id).exists(),
            ~select(OnlineAttendance.id).where(OnlineAttendance.registration_id == Registration.id).exists(),
        )
        .order_by(Registration.number)
        .with_for_update(key_share=True)
    )
