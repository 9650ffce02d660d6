"""The morning letter: one to each receiver, of what still waits, in the dress of the platform that it is about."""

import asyncio
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from uuid import UUID, uuid4

import pytest
import time_machine
from sqlalchemy import select, update

from services.scheduler.timetable import TIMETABLE, run
from shared.identity.models import Account, Role
from shared.identity.notifications import digest
from shared.identity.notifications.facts import DigestDue
from shared.identity.notifications.models import Notification, NotificationKind, NotificationManner
from shared.identity.notifications.queries import Receiver
from shared.identity.notifications.service import News, tell
from shared.kit import clock
from shared.kit.database.session import Database
from shared.kit.outbox import OutboxRow
from shared.kit.post import Letter, Post
from shared.kit.settings import Settings
from shared.members import service as applications
from shared.tenants.letters import sender_of
from shared.tenants.models import Tenant
from tests.factories.identity import MadeAccount, make_account
from tests.factories.members import STAFF, make_application, make_member, make_platform, settle
from tests.factories.notifications import desk_wants, person_wants, waiting
from tests.factories.worker import workbench
from tests.statements import counted

DESK = "desk@pref.example"
NOON = datetime(2027, 1, 12, 12, tzinfo=clock.JST)
MORNING = NOON.replace(day=13, hour=8, minute=31)
DAILY = NotificationManner.DAILY
[ENTRY] = [entry for entry in TIMETABLE if entry.step is digest.gather]


@pytest.fixture
async def platform(worker_database: Database) -> Tenant:
    tenant = await make_platform(worker_database)
    await desk_wants(worker_database, tenant, DAILY, by_night=False)
    return tenant


@pytest.fixture
async def noon(settings: Settings) -> AsyncIterator[time_machine.Traveller]:
    with time_machine.travel(NOON, tick=False) as traveller:
        yield traveller


async def morning(database: Database, settings: Settings, tenant: Tenant) -> list[Letter]:
    """The letters of a run of the timetable in one tenant."""
    async with database.write(tenant.id) as session:
        await digest.gather(session)
    return await settle(settings, tenant)


async def _applied(settings: Settings, database: Database, tenant: Tenant, number: int) -> list[UUID]:
    made = [await make_application(database, tenant) for _ in range(number)]
    await settle(settings, tenant)
    return made


async def test_one_letter_says_what_still_waits(
    settings: Settings, worker_database: Database, platform: Tenant, noon: time_machine.Traveller
) -> None:
    first, done, last = await _applied(settings, worker_database, platform, 3)
    async with worker_database.write(platform.id) as session:
        await applications.reject_application(session, done, message="対象外です", actor=STAFF)
    noon.move_to(MORNING)
    [*_, letter] = await morning(worker_database, settings, platform)
    home = settings.tenant_url(platform.slug)
    links = [line.strip() for line in letter.body.splitlines() if "/staff/" in line]
    assert (letter.to_email, letter.subject) == (DESK, "通知のまとめ（2件）")
    assert links == [f"{home}/staff/applications/{each}" for each in (first, last)] + [f"{home}/staff/notifications"]
    assert ("地域共生課 御中" in letter.body, "■ 入会申請" in letter.body) == (True, True)
    assert await waiting(worker_database, platform) == []
    assert await morning(worker_database, settings, platform) == []


async def test_when_nothing_is_left_there_is_no_letter(
    settings: Settings, worker_database: Database, platform: Tenant, noon: time_machine.Traveller
) -> None:
    [only] = await _applied(settings, worker_database, platform, 1)
    async with worker_database.write(platform.id) as session:
        await applications.return_application(session, only, message="活動の様子は？", actor=STAFF)
    await settle(settings, platform)
    noon.move_to(MORNING)
    assert await morning(worker_database, settings, platform) == []


async def test_what_comes_after_half_past_eight_waits_for_the_next_morning(
    settings: Settings, worker_database: Database, platform: Tenant, noon: time_machine.Traveller
) -> None:
    await _applied(settings, worker_database, platform, 1)
    noon.move_to(MORNING)
    await _applied(settings, worker_database, platform, 1)
    assert [each.subject for each in await morning(worker_database, settings, platform)] == ["通知のまとめ（1件）"]
    noon.move_to(MORNING + timedelta(days=1))
    assert [each.subject for each in await morning(worker_database, settings, platform)] == ["通知のまとめ（1件）"]


async def test_a_program_that_was_off_in_the_morning_makes_up_for_it_but_does_not_wake_anybody(
    settings: Settings, worker_database: Database, platform: Tenant, noon: time_machine.Traveller
) -> None:
    await _applied(settings, worker_database, platform, 1)
    noon.move_to(MORNING.replace(hour=23))
    [letter] = await morning(worker_database, settings, platform)
    assert letter.run_at == MORNING.replace(day=14, hour=7, minute=0)
    assert ENTRY.at_start


async def test_one_address_on_two_platforms_gets_a_letter_of_each_in_its_own_name(
    settings: Settings, worker_database: Database, platform: Tenant, noon: time_machine.Traveller
) -> None:
    other = await make_platform(worker_database)
    await desk_wants(worker_database, other, DAILY, by_night=False)
    for tenant in (platform, other):
        await _applied(settings, worker_database, tenant, 1)
    noon.move_to(MORNING)
    for tenant, foreign in ((platform, other), (other, platform)):
        [letter] = await morning(worker_database, settings, tenant)
        assert (letter.to_email, tenant.name in letter.body, foreign.name in letter.body) == (DESK, True, False)
        assert settings.tenant_url(foreign.slug) not in letter.body


async def test_two_schedulers_at_once_make_one_letter(
    settings: Settings, worker_database: Database, platform: Tenant, noon: time_machine.Traveller
) -> None:
    await _applied(settings, worker_database, platform, 3)
    noon.move_to(MORNING)
    async with workbench(settings) as one, workbench(settings) as two:
        await asyncio.gather(*(run(bench.database, ENTRY) for bench in (one, two, one, two)))
    async with worker_database.read(platform.id) as session:
        facts = await session.scalars(select(OutboxRow.id).where(OutboxRow.name == "DigestDue"))
        assert len(facts.all()) == 1
    assert [each.subject for each in await settle(settings, platform)] == ["通知のまとめ（3件）"]


async def _told(
    database: Database, settings: Settings, tenant: Tenant, to: Receiver, kind: NotificationKind, number: int = 1
) -> None:
    async with database.write(tenant.id) as session:
        Post(session, await sender_of(session, settings))
        for _ in range(number):
            await tell(session, to, _news(kind))


def _news(kind: NotificationKind) -> News:
    return News(
        kind=kind,
        thing_id=uuid4(),
        occasion="試験",
        line="春の会",
        path="/member/news",
        template="kit/trial",
        about_id=uuid4(),
        values={"words": "試験"},
    )


async def _poster(database: Database, tenant: Tenant) -> MadeAccount:
    member = await make_member(database, tenant)
    person = await make_account(database, tenant, Role.ORGANISATION_MANAGER, organisation_id=member)
    await person_wants(database, tenant, person.id, DAILY)
    return person


async def test_who_cannot_sign_in_any_more_gets_nothing(
    settings: Settings, worker_database: Database, platform: Tenant, noon: time_machine.Traveller
) -> None:
    stays, goes = await _poster(worker_database, platform), await _poster(worker_database, platform)
    for person in (stays, goes):
        receiver = Receiver(person.email, person.name, person.id)
        await _told(worker_database, settings, platform, receiver, NotificationKind.POST_RESULT)
    await settle(settings, platform)
    async with worker_database.write(platform.id) as session:
        await session.execute(update(Account).where(Account.id == goes.id).values(disabled_at=clock.now()))
    noon.move_to(MORNING)
    letters = [
        each for each in await morning(worker_database, settings, platform) if each.template == "identity/digest"
    ]
    home = settings.tenant_url(platform.slug)
    assert [each.to_email for each in letters] == [stays.email]
    assert (f"{stays.name} 様" in letters[0].body, f"{home}/member/notifications" in letters[0].body) == (True, True)


async def test_a_long_list_is_cut_and_says_how_much_more_there_is(
    settings: Settings, worker_database: Database, platform: Tenant, noon: time_machine.Traveller
) -> None:
    await _told(worker_database, settings, platform, Receiver(DESK, None), NotificationKind.APPLICATION, 103)
    noon.move_to(MORNING)
    [letter] = await morning(worker_database, settings, platform)
    assert (letter.body.count("・春の会"), "ほかに3件あります" in letter.body) == (100, True)


async def test_a_letter_of_a_hundred_lines_costs_no_more_statements_than_one_of_one(
    settings: Settings, worker_database: Database, platform: Tenant, noon: time_machine.Traveller
) -> None:
    costs = []
    for number, day in ((1, 13), (100, 14)):
        await _told(worker_database, settings, platform, Receiver(DESK, None), NotificationKind.POST, number)
        noon.move_to(MORNING.replace(day=day))
        async with workbench(settings) as bench:
            with counted(bench.database) as statements:
                async with bench.database.write(platform.id) as session:
                    Post(session, await sender_of(session, settings))
                    before = len(statements)
                    fact = DigestDue(on=MORNING.replace(day=day).date())
                    await digest.write_digests(session, fact, Post(session, await sender_of(session, settings)))
            costs.append(len(statements) - before)
    assert costs[0] == costs[1] <= 8


async def test_more_receivers_than_one_transaction_takes_are_all_written_to(
    settings: Settings, worker_database: Database, platform: Tenant, noon: time_machine.Traveller
) -> None:
    for number in range(digest.AT_ONCE + 2):
        receiver = Receiver(f"desk{number:03}@pref.example", None)
        await _told(worker_database, settings, platform, receiver, NotificationKind.POST)
    noon.move_to(MORNING)
    letters = await morning(worker_database, settings, platform)
    assert len({each.to_email for each in letters}) == digest.AT_ONCE + 2


async def test_after_ninety_days_it_is_forgotten(
    settings: Settings, worker_database: Database, platform: Tenant, noon: time_machine.Traveller
) -> None:
    await _told(worker_database, settings, platform, Receiver(DESK, None), NotificationKind.POST)
    for days, left in ((89, 1), (91, 0)):
        noon.move_to(NOON + timedelta(days=days))
        async with worker_database.write(platform.id) as session:
            await digest.forget_old_notifications(session)
            assert len((await session.scalars(select(Notification.id))).all()) == left


async def test_of_three_that_are_told_at_once_one_comes_at_once(
    settings: Settings, worker_database: Database, platform: Tenant, noon: time_machine.Traveller
) -> None:
    await desk_wants(worker_database, platform, NotificationManner.GATHERED, by_night=True)

    async def told() -> None:
        await _told(worker_database, settings, platform, Receiver(DESK, None), NotificationKind.POST)

    await asyncio.gather(told(), told(), told())
    assert (len(await settle(settings, platform)), len(await waiting(worker_database, platform))) == (1, 2)
