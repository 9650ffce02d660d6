"""夜間: news that nobody has just asked for waits until seven; what is pressing, and answers, go at once."""

from datetime import datetime, timedelta

import pytest
import time_machine

from shared.events import reporting
from shared.events import service as events
from shared.events.registrations import service
from shared.events.report_drafts import ReportDraft
from shared.identity.notifications.models import NotificationManner
from shared.identity.policy import ANONYMOUS
from shared.kit import clock
from shared.kit.database.session import Database
from shared.kit.post import Letter
from shared.kit.settings import Settings
from shared.tenants.models import Tenant
from tests.factories.content import EDITOR
from tests.factories.events import make_event
from tests.factories.members import settle
from tests.factories.notifications import desk_wants
from tests.factories.registrations import make_registration
from tests.factories.tenants import make_tenant

NIGHT = datetime(2027, 1, 12, 22, tzinfo=clock.JST)
MORNING = NIGHT.replace(day=13, hour=7)
SOON, LATER = NIGHT + timedelta(hours=20), NIGHT + timedelta(days=9)


@pytest.fixture
async def tenant(worker_database: Database) -> Tenant:
    return await make_tenant(worker_database)


def _waits(letters: list[Letter]) -> dict[str, bool]:
    """By the beginning of the subject: does the letter wait for the morning?"""
    return {each.subject.partition("：")[0].partition("】")[0].strip("【"): each.run_at == MORNING for each in letters}


@pytest.mark.parametrize(("starts_at", "waits"), [(LATER, True), (SOON, False)])
async def test_a_promotion_waits_unless_the_event_begins_within_a_day_and_answers_never(
    settings: Settings, worker_database: Database, tenant: Tenant, starts_at: datetime, waits: bool
) -> None:
    with time_machine.travel(NIGHT, tick=False):
        event = await make_event(worker_database, tenant, capacity=1, starts_at=starts_at)
        first = await make_registration(worker_database, tenant, event.id, email="a@example.jp")
        await make_registration(worker_database, tenant, event.id, email="b@example.jp")
        assert _waits(await settle(settings, tenant)) == {"参加確定": False, "キャンセル待ち": False}
        async with worker_database.write(tenant.id) as session:
            await service.cancel(session, actor=ANONYMOUS, registration_id=first.id)
        assert _waits(await settle(settings, tenant)) == {"申込の取消を承りました": False, "参加確定": waits}


@pytest.mark.parametrize(
    ("was", "becomes", "waits"), [(LATER, LATER, True), (LATER, SOON, False), (SOON, LATER, False)]
)
async def test_a_new_day_waits_unless_the_old_or_the_new_one_is_near(
    settings: Settings, worker_database: Database, tenant: Tenant, was: datetime, becomes: datetime, waits: bool
) -> None:
    with time_machine.travel(NIGHT, tick=False):
        event = await make_event(worker_database, tenant, starts_at=was)
        await make_registration(worker_database, tenant, event.id)
        await settle(settings, tenant)
        async with worker_database.write(tenant.id) as session:
            await events.postpone_event(
                session,
                actor=EDITOR,
                event_id=event.id,
                reason="講師の都合のため",
                starts_at=becomes + timedelta(hours=1),
                ends_at=becomes + timedelta(hours=2),
            )
        assert list(_waits(await settle(settings, tenant)).values()) == [waits]


@pytest.mark.parametrize(("starts_at", "waits"), [(LATER, True), (SOON, False)])
async def test_a_cancellation_waits_unless_the_event_would_begin_within_a_day(
    settings: Settings, worker_database: Database, tenant: Tenant, starts_at: datetime, waits: bool
) -> None:
    with time_machine.travel(NIGHT, tick=False):
        event = await make_event(worker_database, tenant, starts_at=starts_at)
        await make_registration(worker_database, tenant, event.id)
        await settle(settings, tenant)
        async with worker_database.write(tenant.id) as session:
            await events.cancel_event(session, actor=EDITOR, event_id=event.id, reason="大雨のため")
        assert _waits(await settle(settings, tenant)) == {"中止のお知らせ": waits}


@pytest.mark.parametrize("by_night", [False, True])
async def test_thanks_wait_unless_the_platform_writes_by_night(
    settings: Settings, worker_database: Database, tenant: Tenant, by_night: bool
) -> None:
    await desk_wants(worker_database, tenant, NotificationManner.AT_ONCE, by_night=by_night)
    event = await make_event(worker_database, tenant, starts_at=NIGHT - timedelta(hours=4))
    await make_registration(worker_database, tenant, event.id)
    await settle(settings, tenant)
    with time_machine.travel(NIGHT, tick=False):
        async with worker_database.write(tenant.id) as session:
            await events.mark_held(session, actor=EDITOR, event_id=event.id)
            draft = ReportDraft(body="よい会でした。")
            await reporting.publish_report(session, actor=EDITOR, event_id=event.id, draft=draft)
        assert list(_waits(await settle(settings, tenant)).values()) == [not by_night]
