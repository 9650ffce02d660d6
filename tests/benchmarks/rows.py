"""The rows that are measured: 20 upcoming events with sessions and people, among 200 that are over."""

from datetime import UTC, datetime, timedelta

from sqlalchemy import select

from shared.events.models import Appearance, Event, EventKind, EventState, Session
from shared.kit import clock
from shared.kit.content_version import bump
from shared.kit.database.session import Database
from shared.tenants.models import Tenant


async def make_events(database: Database, slug: str = "tokushima") -> int:
    """The tenant's id. Called twice it adds nothing."""
    async with database.read(None) as session:
        tenant = (await session.execute(select(Tenant.id).where(Tenant.slug == slug))).scalar_one()
    async with database.write(tenant) as session:
        if (await session.execute(select(Event.id).where(Event.key == "bench-0"))).first() is None:
            events = [_event(number) for number in range(220)]
            sessions = [_session(event, ordinal) for event in events for ordinal in (1, 2)]
            people = [_appearance(part, ordinal) for part in sessions for ordinal in (1, 2)]
            for rows in (events, sessions, people):
                session.add_all(rows)
                await session.flush()
            await bump(session)
    return tenant


def _event(number: int) -> Event:
    first = datetime(2027, 1, 10, 4, 30, tzinfo=UTC) if number < 20 else datetime(2020, 1, 10, 4, 30, tzinfo=UTC)
    begins = first + timedelta(days=number)
    now = clock.now()
    return Event(
        key=f"bench-{number}",
        kind=EventKind.SEMINAR,
        state=EventState.ANNOUNCED if number < 20 else EventState.HELD,
        title=f"つながりを考える連続講座 第{number + 1}回",
        starts_at=begins,
        ends_at=begins + timedelta(hours=2),
        venue="県民会館 大会議室",
        organiser="とくしまの事務局",
        description="測定のための行事です。",
        published_at=now,
        created_at=now,
        updated_at=now,
    )


def _session(event: Event, ordinal: int) -> Session:
    return Session(event_id=event.id, ordinal=ordinal, label=f"第{ordinal}部", title="講演と対話", minutes=60)


def _appearance(part: Session, ordinal: int) -> Appearance:
    return Appearance(
        session_id=part.id,
        ordinal=ordinal,
        person_name=f"測定 {ordinal}郎",
        role_label="講師",
        affiliation="測定協会 理事",
    )
