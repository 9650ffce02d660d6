"""Where an event stands, and from where there is a way back: what was held stays held, what only the clock called held does not."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import exists, select
from sqlalchemy.ext.asyncio import AsyncSession

from shared.events.attendance.models import CheckIn, OnlineAttendance
from shared.events.models import Event, EventReport, EventState, is_over
from shared.kit import clock
from shared.kit.database.session import tenant_of
from shared.kit.refusals import Conflict, Refusal

TO_BE_HELD = (EventState.ANNOUNCED, EventState.OPEN, EventState.FULL, EventState.POSTPONED)
_PAST = (EventState.HELD, EventState.REPORTED)


def public_state(event: Event) -> EventState:
    """予告, or 受付中 while registration is wanted, has begun and goes on."""
    now, deadline = clock.now(), event.registration_deadline
    over = is_over(event.starts_at, event.ends_at, all_day=event.all_day, now=now)
    closed = over or (deadline is not None and deadline <= now)
    return EventState.OPEN if begun(event) and not closed else EventState.ANNOUNCED


def begun(event: Event) -> bool:
    """Registration is wanted and its first moment has come."""
    now = clock.now()
    return event.takes_registrations and (event.registration_opens_at or now) <= now


async def check_changeable(session: AsyncSession, event: Event, verb: str) -> None:
    """That it is to be held, or was called held though nobody came: snow closes halls, and the clock does not know."""
    if event.state in TO_BE_HELD:
        return
    if event.state not in _PAST:
        raise Conflict(f"この行事は今の状態では{verb}できません。画面を開き直して、状態を確かめてください。")
    if await took_place(session, event.id):
        raise Conflict(
            f"この行事は、受付・参加の記録か開催報告があるため、{verb}できません。"
            "開いた行事の日時や会場を正すときは、行事の編集の画面で直してください。"
        )


async def comes_back(session: AsyncSession, event: Event, starts_at: datetime) -> bool:
    """Called held, it gets a day that is still to come. Refused when it was held indeed."""
    if event.state not in _PAST or starts_at == event.starts_at or starts_at <= clock.now():
        return False
    if await took_place(session, event.id):
        raise Refusal(
            "WAS_HELD",
            "この行事は、受付・参加の記録か開催報告があるため、これからの日時には変えられません。"
            "もう一度開くときは、「複製して新しい行事を作る」から準備してください。",
            "starts_at",
        )
    return True


def check_can_be_taken_back(event: Event) -> None:
    """Until the end of its last day: the next morning the clock would call it held again."""
    if event.state is EventState.REPORTED:
        raise Conflict("開催報告を公開しているため、終了を取り消せません。")
    if event.state is not EventState.HELD:
        raise Conflict("この行事は終了していません。画面を開き直して、状態を確かめてください。")
    if not can_be_taken_back(event.ends_at or event.starts_at):
        raise Conflict(
            "終了を取り消せるのは、開催した日のうちだけです。開けなかった行事は、「中止」か「延期」にしてください。"
        )


def can_be_taken_back(last: datetime) -> bool:
    """`last`: when the event ends, or begins."""
    return last.astimezone(clock.JST).date() >= clock.today()


async def took_place(session: AsyncSession, event_id: UUID) -> bool:
    """Somebody was seen there, or it was reported of."""
    tenant = tenant_of(session)
    traces = [
        exists().where(table.tenant_id == tenant, table.event_id == event_id)
        for table in (CheckIn, OnlineAttendance, EventReport)
    ]
    return any((await session.execute(select(*traces))).one())
