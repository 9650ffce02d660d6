"""受付: the verbs of the door. A ticket is answered, never refused: whoever holds the tablet is told what to do."""

from datetime import datetime, timedelta
from uuid import UUID

import msgspec
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from shared.events.attendance import answers, queries
from shared.events.attendance.answers import DoorAnswer, Outcome
from shared.events.attendance.guarding import check_not_certified, check_present, checked_in, guest_of, note
from shared.events.attendance.models import CheckIn, Manner
from shared.events.attendance.queries import CheckInView, GuestView
from shared.events.attendance.tickets import read_ticket
from shared.events.models import Event, EventState
from shared.events.registrations import seats, service
from shared.events.registrations.drafts import RegistrationDraft
from shared.events.registrations.models import Attendance, Registration, RegistrationChannel, RegistrationStatus
from shared.events.registrations.promotion import seat_at_the_door
from shared.identity.policy import Actor
from shared.kit import clock, idempotency
from shared.kit.database.session import tenant_of
from shared.kit.editing import locked
from shared.kit.japanese.normalise import clean_text
from shared.kit.refusals import Conflict, NotFound, Refusal

#: A tablet's clock that lies further back is not believed.
OLDEST_SCAN = timedelta(days=3)
LONGEST_PLACE = 40
LONGEST_SCAN_ID = 100
_CALLED_OFF = {
    EventState.POSTPONED: "この行事は延期になりました。受付はできません。",
    EventState.CANCELLED: "この行事は中止になりました。受付はできません。",
}


class Scan(msgspec.Struct, frozen=True, kw_only=True):
    """A ticket at the door. `at` and `id` are the tablet's own, of a scan that it made without network."""

    given: str
    manner: Manner = Manner.QR
    present: int | None = None
    place: str | None = None
    at: datetime | None = None
    id: str | None = None


async def scan(session: AsyncSession, *, actor: Actor, event_id: UUID, scan: Scan) -> DoorAnswer:
    """Admitted once. The same scan again is answered as the first time; another scan of the same person is told of the first.

    Of two scans made offline the earlier one counts, whichever arrives first.
    """
    event = await _held(session, event_id)
    if scan.id is None:
        return await _answer(session, actor, event, scan)

    async def effect() -> dict[str, object]:
        answer = await _answer(session, actor, event, scan)
        guest_id = str(answer.guest.id) if answer.guest else None
        return {"outcome": answer.outcome.value, "message": answer.message, "guest": guest_id}

    body = {"event": str(event_id), "given": scan.given}
    key = f"scan {scan.id[:LONGEST_SCAN_ID]}"
    kept = await idempotency.once(session, actor="door", key=key, body=body, effect=effect)
    known = await queries.guest(session, UUID(kept["guest"])) if kept["guest"] else None
    return DoorAnswer(Outcome(kept["outcome"]), kept["message"], known)


async def admit(
    session: AsyncSession, *, actor: Actor, event_id: UUID, registration_id: UUID, place: str | None = None
) -> DoorAnswer:
    """Who waits, or meant to watch online, gets a seat that is free and is checked in. Refusal where there is none.

    Who is checked in already, however it came to that, is answered like at any second scan.
    """
    # Whoever registers queues before the event's row, too: the other way round the two would wait for each other.
    await seats.queue(session, event_id)
    event = await locked(session, Event, event_id)
    registration = await locked(session, Registration, registration_id)
    guest = await guest_of(session, event_id, registration_id)
    if guest.check_in is None:
        await _seat(session, actor, event, registration, guest)
    found = Scan(given=registration.code, manner=Manner.LIST, place=place)
    return await scan(session, actor=actor, event_id=event_id, scan=found)


async def _seat(
    session: AsyncSession, actor: Actor, event: Event, registration: Registration, guest: GuestView
) -> None:
    if registration.status is RegistrationStatus.CANCELLED:
        raise Refusal("CANCELLED", answers.CANCELLED)
    if _elsewhere(event, guest):
        if guest.online:
            raise Conflict(answers.TOOK_PART_ONLINE)
        kept = {name: getattr(registration, name) for name in RegistrationDraft.__struct_fields__}
        draft = RegistrationDraft(**kept | {"attendance": Attendance.HALL})
        await service.change(session, actor=actor, registration_id=guest.id, draft=draft)
    if registration.status is RegistrationStatus.WAITLISTED:
        await seat_at_the_door(session, event, registration)


async def walk_in(
    session: AsyncSession, *, actor: Actor, event_id: UUID, draft: RegistrationDraft, place: str | None = None
) -> DoorAnswer:
    """当日受付: registered and checked in at once, or refused where there is no seat."""
    event = await _held(session, event_id)
    way = Attendance.HALL if _has_hall(event) else seats.ways(event)[0]
    try:
        registration = await service.register(
            session,
            actor=actor,
            event_id=event_id,
            draft=msgspec.structs.replace(draft, attendance=way),
            channel=RegistrationChannel.WALK_IN,
        )
    except service.AlreadyRegistered as known:
        raise Refusal(
            "ALREADY_REGISTERED", "同じ連絡先の申込があります。名前で探して受け付けてください。", known.field
        ) from known
    found = Scan(given=registration.code, manner=Manner.WALK_IN, place=place)
    return await scan(session, actor=actor, event_id=event_id, scan=found)


async def check_out(
    session: AsyncSession,
    *,
    actor: Actor,
    event_id: UUID,
    registration_id: UUID,
    out: bool = True,
    at: datetime | None = None,
) -> None:
    """退場. Again changes nothing; `out=False` is for somebody who came back, or a slip of the finger.

    `at` is the time of a tablet that was without network; nobody leaves before they came.
    """
    check_in = await checked_in(session, event_id, registration_id)
    if out == (check_in.checked_out_at is not None):
        return
    check_in.checked_out_at = max(_believed(at), check_in.checked_in_at) if out else None
    check_in.checked_out_by = actor.name if out else None
    await session.flush()


async def check_out_once(
    session: AsyncSession, *, actor: Actor, event_id: UUID, registration_id: UUID, at: datetime | None, scan_id: str
) -> None:
    """退場 from a tablet: sent again, it does not send away who has come back meanwhile."""

    async def effect() -> dict[str, object]:
        await check_out(session, actor=actor, event_id=event_id, registration_id=registration_id, at=at)
        return {}

    body = {"event": str(event_id), "leaves": str(registration_id)}
    await idempotency.once(session, actor="door", key=f"scan {scan_id[:LONGEST_SCAN_ID]}", body=body, effect=effect)


async def set_present(
    session: AsyncSession, *, actor: Actor, event_id: UUID, registration_id: UUID, present: int
) -> None:
    """How many of a party came, as somebody has counted: no scan that comes in later changes it.

    More than it has seats are registered as walk-ins. Conflict when a companion of a whole party has a certificate.
    """
    await locked(session, Registration, registration_id)
    check_in = await checked_in(session, event_id, registration_id)
    guest = await queries.guest(session, registration_id)
    check_present(guest, present)
    if present < check_in.present:
        await check_not_certified(session, registration_id, "人数を減らせません", companions=True)
    check_in.present, check_in.counted_by = present, actor.name
    await session.flush()
    note(session, actor, "check-in.count", guest)


async def undo(session: AsyncSession, *, actor: Actor, event_id: UUID, registration_id: UUID) -> None:
    """Somebody else's name was pressed. Again changes nothing. Conflict once a certificate says that the person came."""
    guest = await guest_of(session, event_id, registration_id)
    await locked(session, Registration, registration_id)
    # Held before the certificates are looked for: whoever issues one holds the check-in, too.
    check_in = await session.scalar(select(CheckIn).where(CheckIn.registration_id == registration_id).with_for_update())
    if check_in is None:
        return
    await check_not_certified(session, registration_id, "受付を取り消せません")
    await session.delete(check_in)
    await session.flush()
    note(session, actor, "check-in.undo", guest)


async def _answer(session: AsyncSession, actor: Actor, event: Event, scan: Scan) -> DoorAnswer:
    guest = await _find(session, event, scan.given)
    if guest is None:
        return answers.UNKNOWN
    if guest.event_id != event.id:
        other = await session.get(Event, (tenant_of(session), guest.event_id))
        return answers.other_event(guest, other.title if other else "")
    # Two tablets, and somebody who cancels, queue at the registration.
    registration = await locked(session, Registration, guest.id)
    guest = await queries.guest(session, guest.id)
    if guest.check_in is not None:
        return await _again(session, actor, guest, guest.check_in, scan)
    if registration.status is RegistrationStatus.WAITLISTED:
        return DoorAnswer(Outcome.WAITING, answers.WAITING, guest)
    if registration.status is RegistrationStatus.CANCELLED:
        return DoorAnswer(Outcome.CANCELLED, answers.CANCELLED, guest)
    if _elsewhere(event, guest):
        return DoorAnswer(Outcome.ONLINE, answers.TOOK_PART_ONLINE if guest.online else answers.ONLINE, guest)
    return await _first(session, actor, guest, scan)


async def _first(session: AsyncSession, actor: Actor, guest: GuestView, scan: Scan) -> DoorAnswer:
    present = _said(guest, scan)
    check_present(guest, present)
    check_in = CheckIn(
        event_id=guest.event_id,
        registration_id=guest.id,
        manner=scan.manner,
        present=present,
        checked_in_at=_believed(scan.at),
        checked_in_by=actor.name,
        place=_place(scan),
        scan_id=scan.id,
        recorded_at=clock.now(),
    )
    session.add(check_in)
    await session.flush()
    return answers.admitted(await queries.guest(session, guest.id))


async def _again(session: AsyncSession, actor: Actor, guest: GuestView, known: CheckInView, scan: Scan) -> DoorAnswer:
    check_in = await session.get_one(CheckIn, (tenant_of(session), known.id))
    moment, by, place = _believed(scan.at), actor.name, _place(scan)
    before = moment < check_in.checked_in_at
    if before:
        moment, check_in.checked_in_at = check_in.checked_in_at, moment
        by, check_in.checked_in_by = check_in.checked_in_by, by
        place, check_in.place = check_in.place, place
        check_in.manner, check_in.scan_id = scan.manner, scan.id
        if check_in.counted_by is None:
            check_in.present = _said(guest, scan)
    check_in.again_at, check_in.again_by, check_in.again_place = moment, by, place
    await session.flush()
    guest = await queries.guest(session, guest.id)
    return answers.earlier(guest, known) if before else answers.already(guest, known)


def _said(guest: GuestView, scan: Scan) -> int:
    """How many came by the scan: all who are registered, unless it says."""
    present = guest.party_size if scan.present is None else scan.present
    # Of a tablet whose list is older than the registration: that somebody came must not be lost over a number.
    return present if scan.id is None else min(max(present, 1), guest.party_size)


async def _find(session: AsyncSession, event: Event, given: str) -> GuestView | None:
    ticket = read_ticket(given)
    if ticket.number is not None:
        return await queries.guest_by_number(session, event.id, ticket.number)
    if ticket.key is not None:
        return await queries.guest_by_key(session, ticket.key)
    return await queries.guest_by_code(session, ticket.code) if ticket.code else None


async def _held(session: AsyncSession, event_id: UUID) -> Event:
    event = await session.get(Event, (tenant_of(session), event_id), populate_existing=True)
    if event is None or event.state is EventState.DRAFT:
        raise NotFound
    if event.state in _CALLED_OFF:
        raise Refusal("NOT_HELD", _CALLED_OFF[event.state])
    return event


def _believed(at: datetime | None) -> datetime:
    now = clock.now()
    return at if at is not None and now - OLDEST_SCAN < at < now else now


def _place(scan: Scan) -> str | None:
    return clean_text(scan.place or "")[:LONGEST_PLACE] or None


def _elsewhere(event: Event, guest: GuestView) -> bool:
    return guest.attendance is Attendance.ONLINE and _has_hall(event)


def _has_hall(event: Event) -> bool:
    return Attendance.HALL in seats.ways(event)
