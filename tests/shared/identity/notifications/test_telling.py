"""The desk and posters are told at once, with the morning letter, or not at all; and not of what is done."""

from datetime import datetime, timedelta
from uuid import UUID

import pytest
import time_machine
from sqlalchemy import select

from services.worker.actors import post
from shared.events import discarding, proposals
from shared.events.proposals import ProposalKind
from shared.identity.models import Role
from shared.identity.notifications.models import NotificationManner
from shared.kit import clock
from shared.kit.database.session import Database
from shared.kit.files import FileStore
from shared.kit.post import Letter, LetterState
from shared.kit.settings import Settings
from shared.members import service as applications
from shared.members.models import Channel
from shared.members.name_use import service as name_use
from shared.members.notices import service as notices
from shared.tenants.models import Tenant
from tests.factories.identity import MadeAccount, make_account
from tests.factories.letters import queue_letter
from tests.factories.members import STAFF, make_application, make_member, make_platform, settle
from tests.factories.name_use import DECIDER, make_name_use, manager_of, offer_name_use
from tests.factories.notifications import desk_wants, person_wants, waiting
from tests.factories.worker import workbench

DESK = "desk@pref.example"
NOON = datetime(2027, 1, 12, 12, tzinfo=clock.JST)
NIGHT = NOON.replace(hour=22)
AT_ONCE, DAILY, NEVER = NotificationManner.AT_ONCE, NotificationManner.DAILY, NotificationManner.NEVER


@pytest.fixture
async def platform(worker_database: Database) -> Tenant:
    return await make_platform(worker_database)


async def to_desk(settings: Settings, tenant: Tenant) -> list[str]:
    """Beginnings of the subjects of what the desk has just been written."""
    return [each.subject.partition("（")[0] for each in await settle(settings, tenant) if each.to_email == DESK]


async def the_desks(database: Database, tenant: Tenant) -> list[Letter]:
    async with database.read(tenant.id) as session:
        statement = select(Letter).where(Letter.to_email == DESK).order_by(Letter.queued_at, Letter.id)
        return list(await session.scalars(statement))


async def _change(database: Database, tenant: Tenant, member: UUID, *, decide: bool = False) -> UUID:
    async with database.write(tenant.id) as session:
        changes = {"contact_name": "阿波 花"}
        actor = manager_of(member)
        notice = await notices.submit_change(session, member, changes, channel=Channel.WEB, actor=actor)
        if decide:
            await notices.refuse_change(session, notice.id, message="お電話でうかがいます", actor=STAFF)
    return notice.id


async def _post(
    database: Database, tenant: Tenant, member: UUID, title: str, *, item: UUID | None = None, revision: int = 0
) -> UUID:
    async with database.write(tenant.id) as session:
        return await proposals.save_news(
            session,
            actor=manager_of(member),
            organisation_id=member,
            announcement_id=item,
            revision=revision,
            title=title,
            body="みんなで集まります。",
            propose=True,
        )


async def _manager(database: Database, tenant: Tenant, member: UUID) -> MadeAccount:
    return await make_account(database, tenant, Role.ORGANISATION_MANAGER, organisation_id=member)


async def test_the_first_of_a_day_comes_at_once_and_the_rest_is_gathered_until_half_past_eight(
    settings: Settings, worker_database: Database, platform: Tenant
) -> None:
    first = "新しい入会のお申込みがあります"
    for moment, told in (
        (NOON, [first]),
        (NOON + timedelta(hours=1), []),
        (NOON.replace(day=13, hour=8, minute=29), []),
        (NOON.replace(day=13, hour=8, minute=31), [first]),
        (NOON.replace(day=13, hour=8, minute=32), []),
    ):
        with time_machine.travel(moment, tick=False):
            await make_application(worker_database, platform)
            assert (moment, await to_desk(settings, platform)) == (moment, told)
    assert len(await waiting(worker_database, platform)) == 3


async def test_each_kind_has_a_first_of_its_own(
    settings: Settings, worker_database: Database, platform: Tenant
) -> None:
    with time_machine.travel(NOON, tick=False):
        member = await make_member(worker_database, platform)
        await settle(settings, platform)
        await make_application(worker_database, platform)
        await _change(worker_database, platform, member)
        assert await to_desk(settings, platform) == ["新しい入会のお申込みがあります", "変更届が届きました"]


@pytest.mark.parametrize(("manner", "told", "gathered"), [(AT_ONCE, 2, 0), (DAILY, 0, 2), (NEVER, 0, 0)])
async def test_each_manner_does_what_it_says(
    settings: Settings,
    worker_database: Database,
    platform: Tenant,
    manner: NotificationManner,
    told: int,
    gathered: int,
) -> None:
    await desk_wants(worker_database, platform, manner)
    for _ in range(2):
        await make_application(worker_database, platform)
    letters = await to_desk(settings, platform)
    assert (len(letters), len(await waiting(worker_database, platform))) == (told, gathered)


async def test_what_was_chosen_never_to_hear_of_waits_no_more(
    settings: Settings, worker_database: Database, platform: Tenant
) -> None:
    await desk_wants(worker_database, platform, DAILY)
    await make_application(worker_database, platform)
    await settle(settings, platform)
    assert len(await waiting(worker_database, platform)) == 1
    await desk_wants(worker_database, platform, NEVER)
    assert await waiting(worker_database, platform) == []


async def test_an_application_that_is_decided_or_returned_waits_no_more_and_a_mended_one_again(
    settings: Settings, worker_database: Database, platform: Tenant
) -> None:
    await desk_wants(worker_database, platform, DAILY)
    approved, rejected, returned, open_one = [await make_application(worker_database, platform) for _ in range(4)]
    await settle(settings, platform)
    assert len(await waiting(worker_database, platform)) == 4
    async with worker_database.write(platform.id) as session:
        await applications.approve_application(session, approved, effective_on=clock.today(), actor=STAFF)
        await applications.reject_application(session, rejected, message="対象外です", actor=STAFF)
        await applications.return_application(session, returned, message="活動の様子は？", actor=STAFF)
        view = await applications.take_up(session, open_one, actor=STAFF)
    await settle(settings, platform)
    line = f"{view.organisation_name}（{view.receipt_number}）"
    assert await waiting(worker_database, platform) == [(DESK, line)]


async def test_what_was_decided_before_anybody_was_told_is_not_told(
    settings: Settings, worker_database: Database, platform: Tenant
) -> None:
    member = await make_member(worker_database, platform)
    await offer_name_use(worker_database, platform)
    await _change(worker_database, platform, member, decide=True)
    request = await make_name_use(worker_database, platform, member)
    async with worker_database.write(platform.id) as session:
        await name_use.refuse(session, request.id, message="対象外です", actor=DECIDER)
    assert await to_desk(settings, platform) == []
    assert await waiting(worker_database, platform) == []


async def test_notices_requests_and_posts_that_are_dealt_with_wait_no_more(
    settings: Settings, worker_database: Database, platform: Tenant
) -> None:
    await desk_wants(worker_database, platform, DAILY)
    member = await make_member(worker_database, platform)
    await settle(settings, platform)
    await offer_name_use(worker_database, platform)
    notice = await _change(worker_database, platform, member)
    request = await make_name_use(worker_database, platform, member)
    kept, returned, thrown_away = [await _post(worker_database, platform, member, f"{each}の会") for each in "春夏秋"]
    await settle(settings, platform)
    assert len(await waiting(worker_database, platform)) == 5
    async with worker_database.write(platform.id) as session:
        await notices.accept_change(session, notice, actor=STAFF)
        await name_use.refuse(session, request.id, message="対象外です", actor=DECIDER)
        await proposals.send_back(
            session, ProposalKind.NEWS, returned, actor=DECIDER, revision=2, message="日時を書いてください"
        )
        await discarding.discard(
            session,
            FileStore(settings),
            ProposalKind.NEWS,
            thrown_away,
            actor=manager_of(member),
            organisation_id=member,
        )
    await settle(settings, platform)
    assert [line.partition("（")[0] for _, line in await waiting(worker_database, platform)] == ["お知らせ「春の会」"]
    async with worker_database.write(platform.id) as session:
        await proposals.release(session, ProposalKind.NEWS, kept, actor=DECIDER, revision=2)
    await settle(settings, platform)
    assert await waiting(worker_database, platform) == []


async def test_a_poster_is_told_by_the_own_choice_and_not_of_what_was_answered(
    settings: Settings, worker_database: Database, platform: Tenant
) -> None:
    member = await make_member(worker_database, platform)
    person = await _manager(worker_database, platform, member)
    await person_wants(worker_database, platform, person.id, DAILY)
    item = await _post(worker_database, platform, member, "春の会")
    async with worker_database.write(platform.id) as session:
        await proposals.send_back(
            session, ProposalKind.NEWS, item, actor=DECIDER, revision=2, message="日時を書いてください"
        )
    await settle(settings, platform)
    assert await waiting(worker_database, platform) == [
        (person.email, "お知らせ「春の会」：事務局からお願いがあります")
    ]
    await _post(worker_database, platform, member, "春の会", item=item, revision=3)
    await settle(settings, platform)
    assert [each for each in await waiting(worker_database, platform) if each[0] == person.email] == []


async def test_by_night_the_first_letter_waits_until_seven_and_what_is_done_meanwhile_stays_here(
    settings: Settings, worker_database: Database, platform: Tenant
) -> None:
    with time_machine.travel(NIGHT, tick=False):
        application_id = await make_application(worker_database, platform)
        await settle(settings, platform)
        [letter] = await the_desks(worker_database, platform)
        assert (letter.state, letter.run_at) == (LetterState.QUEUED, NIGHT.replace(day=13, hour=7))
        async with worker_database.write(platform.id) as session:
            await applications.reject_application(session, application_id, message="対象外です", actor=STAFF)
        await settle(settings, platform)
    [letter] = await the_desks(worker_database, platform)
    assert letter.state is LetterState.LAPSED


async def test_a_platform_may_write_by_night(settings: Settings, worker_database: Database, platform: Tenant) -> None:
    await desk_wants(worker_database, platform, AT_ONCE, by_night=True)
    with time_machine.travel(NIGHT, tick=False):
        await make_application(worker_database, platform)
        await settle(settings, platform)
    [letter] = await the_desks(worker_database, platform)
    assert letter.state is LetterState.SENT


async def test_a_letter_of_the_night_does_not_keep_back_an_answer_to_the_same_address(
    settings: Settings, worker_database: Database, platform: Tenant
) -> None:
    asleep = await queue_letter(
        worker_database, settings, platform.id, to_email=DESK, not_before=clock.now() + timedelta(hours=8)
    )
    answer = await queue_letter(worker_database, settings, platform.id, to_email=DESK)
    async with workbench(settings) as bench:
        for each in (asleep, answer):
            await post(bench, platform.id, each.id)
    states = {each.id: each.state for each in await the_desks(worker_database, platform)}
    assert states == {answer.id: LetterState.SENT, asleep.id: LetterState.QUEUED}


async def test_every_such_letter_says_where_it_can_be_chosen(
    settings: Settings, worker_database: Database, platform: Tenant
) -> None:
    await desk_wants(worker_database, platform, AT_ONCE)
    member = await make_member(worker_database, platform)
    person = await _manager(worker_database, platform, member)
    item = await _post(worker_database, platform, member, "春の会")
    async with worker_database.write(platform.id) as session:
        await proposals.release(session, ProposalKind.NEWS, item, actor=DECIDER, revision=2)
    await make_application(worker_database, platform, email="who@applies.example")
    letters = {each.to_email: each.body for each in await settle(settings, platform)}
    home = settings.tenant_url(platform.slug)
    said = {
        address: [line for line in body.splitlines() if "/notifications" in line] for address, body in letters.items()
    }
    assert (said[DESK], said[person.email]) == ([f"{home}/staff/notifications"], [f"{home}/member/notifications"])
    assert said["who@applies.example"] == []
