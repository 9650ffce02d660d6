"""Events from the draft to the day, moved or called off."""

from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import msgspec
import pytest
import time_machine

from shared.events import queries, service
from shared.events.models import Event, EventState
from shared.events.service import AppearanceDraft, EventDraft, SessionDraft
from shared.events.views import EventView
from shared.identity.policy import Actor
from shared.kit import clock
from shared.kit.database.session import Database
from shared.kit.files import FileStore
from shared.kit.refusals import Conflict, Refusal
from shared.kit.settings import Settings
from shared.tenants.models import Tenant
from tests.factories.content import EDITOR, make_media
from tests.factories.events import event_draft, make_event
from tests.factories.tenants import make_tenant
from tests.shared.looking import facts, found, version

COLLEAGUE = Actor(name="事務局 太郎")
DAY = timedelta(days=1)


@pytest.fixture
async def tenant(worker_database: Database) -> Tenant:
    return await make_tenant(worker_database)


async def read(database: Database, tenant: Tenant, event: Event, *, drafts: bool = True) -> EventView:
    async with database.read(tenant.id) as session:
        view = await queries.event(session, event.id, drafts=drafts)
    assert view is not None
    return view


def draft_of(event: Event, **changes: Any) -> EventDraft:
    fields = {name: getattr(event, name) for name in EventDraft.__struct_fields__}
    return msgspec.structs.replace(EventDraft(**fields), **changes)


async def update(database: Database, tenant: Tenant, event: Event, reason: str | None = None, **changes: Any) -> Event:
    async with database.write(tenant.id) as session:
        return await service.update_event(
            session, actor=EDITOR, event_id=event.id, draft=draft_of(event, **changes), reason=reason
        )


async def test_publishing_opens_registration_when_it_is_wanted_and_its_time_has_come(
    web_database: Database, tenant: Tenant
) -> None:
    soon = clock.now() + DAY
    wanted = await make_event(web_database, tenant)
    later = await make_event(web_database, tenant, registration_opens_at=soon)
    closed = await make_event(web_database, tenant, registration_deadline=clock.now() - DAY)
    unwanted = await make_event(web_database, tenant, takes_registrations=False)
    over = await make_event(web_database, tenant, starts_at=clock.now() - 2 * DAY)
    states = [event.state for event in (wanted, later, closed, unwanted, over)]
    assert states == [EventState.OPEN] + [EventState.ANNOUNCED] * 4


async def test_what_has_begun_without_a_known_end_takes_people_until_midnight(
    web_database: Database, tenant: Tenant
) -> None:
    noon = datetime(2027, 1, 29, 12, 0, tzinfo=clock.JST)
    with time_machine.travel(noon, tick=True):
        event = await make_event(
            web_database, tenant, starts_at=noon - timedelta(minutes=5), ends_at=None, takes_registrations=True
        )
        assert (await read(web_database, tenant, event)).state is EventState.OPEN


async def test_publishing_twice_is_one_publication(web_database: Database, tenant: Tenant) -> None:
    event = await make_event(web_database, tenant)
    before = await version(web_database, tenant)
    async with web_database.write(tenant.id) as session:
        again = await service.publish_event(session, actor=EDITOR, event_id=event.id)
    assert (again.published_at, again.sequence) == (event.published_at, 0)
    assert (await facts(web_database, tenant), await version(web_database, tenant)) == (["EventPublished"], before)


async def test_moving_a_public_event_is_told_in_its_history_and_to_its_followers(
    web_database: Database, tenant: Tenant
) -> None:
    starts_at = datetime(2027, 1, 12, 13, 30, tzinfo=clock.JST)
    event = await make_event(web_database, tenant, starts_at=starts_at, ends_at=None, venue="ろうきんホール")
    await update(
        web_database, tenant, event, "講師の都合", starts_at=starts_at + DAY, ends_at=None, venue="アスティとくしま"
    )
    view = await read(web_database, tenant, event)
    assert [change.summary for change in view.changes] == [
        "当初は令和9年（2027年）1月12日（火）13時30分〜の予定でしたが、令和9年（2027年）1月13日（水）13時30分〜に変わりました。"
        "会場は、当初は「ろうきんホール」の予定でしたが、「アスティとくしま」に変わりました。理由：講師の都合"
    ]
    assert (view.sequence, view.changes[0].changed_on) == (1, clock.today())
    assert await facts(web_database, tenant) == ["EventPublished", "EventChanged"]


async def test_other_words_raise_the_sequence_but_are_no_news(web_database: Database, tenant: Tenant) -> None:
    event = await make_event(web_database, tenant)
    before = await version(web_database, tenant)
    await update(web_database, tenant, event, description="もう少し詳しく。")
    view = await read(web_database, tenant, event)
    assert (view.sequence, view.changes, view.description) == (1, [], "もう少し詳しく。")
    assert await facts(web_database, tenant) == ["EventPublished"]
    assert await version(web_database, tenant) == before + 1


async def test_a_correction_of_what_was_held_is_no_change_of_plans(web_database: Database, tenant: Tenant) -> None:
    event = await make_event(web_database, tenant, starts_at=clock.now() - 2 * DAY)
    async with web_database.write(tenant.id) as session:
        event = await service.mark_held(session, actor=EDITOR, event_id=event.id)
    await update(web_database, tenant, event, venue="正しい会場")
    view = await read(web_database, tenant, event)
    assert (view.state, view.venue, view.changes) == (EventState.HELD, "正しい会場", [])
    assert await facts(web_database, tenant) == ["EventPublished"]


async def test_saving_without_a_change_changes_nothing(web_database: Database, tenant: Tenant) -> None:
    event = await make_event(web_database, tenant)
    before = await version(web_database, tenant)
    same = await update(web_database, tenant, event)
    assert (same.sequence, same.revision, await version(web_database, tenant)) == (0, event.revision, before)


async def test_a_draft_changes_without_a_history(web_database: Database, tenant: Tenant) -> None:
    event = await make_event(web_database, tenant, published=False)
    await update(web_database, tenant, event, venue="別の会場")
    view = await read(web_database, tenant, event)
    assert (view.venue, view.changes, view.sequence, view.revision) == ("別の会場", [], 0, 2)


async def test_the_programme_is_replaced_as_a_whole(web_database: Database, tenant: Tenant) -> None:
    event = await make_event(web_database, tenant)
    person = AppearanceDraft(person_name="岬 次郎", role_label="司会")
    parts = [SessionDraft(title="討論", label="①", appearances=(person,)), SessionDraft(title="閉会")]
    async with web_database.write(tenant.id) as session:
        await service.set_sessions(session, actor=EDITOR, event_id=event.id, sessions=parts)
    view = await read(web_database, tenant, event)
    assert [(part.ordinal, part.title, len(part.appearances)) for part in view.sessions] == [
        (1, "討論", 1),
        (2, "閉会", 0),
    ]
    assert (await found(web_database, tenant, "岬 次郎"), await found(web_database, tenant, "試験大学")) == (
        [f"/events/{event.id}"],
        [],
    )


async def test_a_cancelled_event_stays_with_its_reason(web_database: Database, tenant: Tenant) -> None:
    event = await make_event(web_database, tenant)
    for _ in range(2):
        async with web_database.write(tenant.id) as session:
            await service.cancel_event(session, actor=EDITOR, event_id=event.id, reason="大雪のため")
    view = await read(web_database, tenant, event, drafts=False)
    assert (view.state, view.sequence, [change.summary for change in view.changes]) == (
        EventState.CANCELLED,
        1,
        ["中止になりました。理由：大雪のため"],
    )
    assert await facts(web_database, tenant) == ["EventPublished", "EventCancelled"]
    async with web_database.read(tenant.id) as session:
        assert [each.id for each in await queries.upcoming(session)] == [event.id]


async def test_a_reason_is_asked_for(web_database: Database, tenant: Tenant) -> None:
    event = await make_event(web_database, tenant)
    async with web_database.write(tenant.id) as session:
        with pytest.raises(Refusal) as refused:
            await service.cancel_event(session, actor=EDITOR, event_id=event.id, reason="　")
    assert refused.value.field == "reason"


async def test_what_was_never_public_cannot_be_called_off(web_database: Database, tenant: Tenant) -> None:
    event = await make_event(web_database, tenant, published=False)
    async with web_database.write(tenant.id) as session:
        for verb in (service.cancel_event, service.postpone_event):
            with pytest.raises(Conflict):
                await verb(session, actor=EDITOR, event_id=event.id, reason="理由")
        with pytest.raises(Conflict):
            await service.mark_held(session, actor=EDITOR, event_id=event.id)


async def test_a_postponed_event_waits_for_its_day_and_then_gets_it(web_database: Database, tenant: Tenant) -> None:
    event = await make_event(web_database, tenant)
    async with web_database.write(tenant.id) as session:
        await service.postpone_event(session, actor=EDITOR, event_id=event.id, reason="会場の都合")
    assert (await read(web_database, tenant, event)).state is EventState.POSTPONED
    new_day = event.starts_at + 30 * DAY
    await update(web_database, tenant, event, starts_at=new_day, ends_at=new_day + timedelta(hours=2))
    view = await read(web_database, tenant, event)
    assert (view.state, len(view.changes), view.sequence) == (EventState.OPEN, 2, 2)
    assert await facts(web_database, tenant) == ["EventPublished", "EventChanged", "EventChanged"]


async def test_postponing_to_a_known_day(web_database: Database, tenant: Tenant) -> None:
    event = await make_event(web_database, tenant)
    async with web_database.write(tenant.id) as session:
        new_day = event.starts_at + 7 * DAY
        await service.postpone_event(session, actor=EDITOR, event_id=event.id, reason="台風", starts_at=new_day)
    view = await read(web_database, tenant, event)
    assert (view.state, view.starts_at, view.changes[0].summary.endswith("に延期になりました。理由：台風")) == (
        EventState.OPEN,
        new_day,
        True,
    )


async def test_a_flyer_is_a_known_picture_that_everybody_may_see(
    web_database: Database, tenant: Tenant, settings: Settings
) -> None:
    files = FileStore(settings)
    decoration = await make_media(web_database, tenant, files, alt="", decorative=True)
    withheld = await make_media(web_database, tenant, files, withheld=True)
    async with web_database.write(tenant.id) as session:
        await service.create_event(session, actor=EDITOR, draft=event_draft(flyer_id=decoration.id))
        for flyer_id in (withheld.id, uuid4()):
            with pytest.raises(Refusal) as refused:
                await service.create_event(session, actor=EDITOR, draft=event_draft(flyer_id=flyer_id))
            assert (refused.value.field, refused.value.code) == ("flyer_id", "NOT_FOUND")


async def test_the_second_of_two_editors_learns_who_was_first(web_database: Database, tenant: Tenant) -> None:
    event = await make_event(web_database, tenant)
    draft = draft_of(event, title="太郎の題")
    async with web_database.write(tenant.id) as session:
        await service.update_event(session, actor=COLLEAGUE, event_id=event.id, draft=draft, revision=event.revision)
    for verb, what in ((service.update_event, {"draft": draft}), (service.set_sessions, {"sessions": ()})):
        with pytest.raises(Conflict, match="事務局 太郎さん"):
            async with web_database.write(tenant.id) as session:
                await verb(session, actor=EDITOR, event_id=event.id, revision=event.revision, **what)
    assert (await read(web_database, tenant, event)).title == "太郎の題"
