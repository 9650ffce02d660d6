"""Events from the draft to the report."""

from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import msgspec
import pytest
from sqlalchemy import select

from shared.events import queries, reporting, service
from shared.events.drafts import PhotoDraft, ReportDraft
from shared.events.models import Event, EventKind, EventState
from shared.events.service import AppearanceDraft, EventDraft, SessionDraft
from shared.events.views import EventView
from shared.identity.policy import Actor
from shared.kit import clock, search
from shared.kit.content_version import current
from shared.kit.database.session import Database
from shared.kit.files import FileStore
from shared.kit.outbox import OutboxRow
from shared.kit.refusals import Conflict, NotFound, Refusal
from shared.kit.settings import Settings
from shared.tenants.models import Tenant
from tests.factories.content import EDITOR, make_media
from tests.factories.events import event_draft, make_event
from tests.factories.tenants import make_tenant

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


async def facts(database: Database, tenant: Tenant) -> list[str]:
    async with database.read(tenant.id) as session:
        return list((await session.execute(select(OutboxRow.name).order_by(OutboxRow.recorded_at))).scalars())


async def version(database: Database, tenant: Tenant) -> int:
    async with database.read(tenant.id) as session:
        return await current(session)


async def found(database: Database, tenant: Tenant, text: str) -> list[str]:
    async with database.read(tenant.id) as session:
        return [hit.path for hit in (await search.find(session, text)).hits]


def draft_of(event: Event, **changes: Any) -> EventDraft:
    fields = {name: getattr(event, name) for name in EventDraft.__struct_fields__}
    return msgspec.structs.replace(EventDraft(**fields), **changes)


async def update(database: Database, tenant: Tenant, event: Event, reason: str | None = None, **changes: Any) -> Event:
    async with database.write(tenant.id) as session:
        return await service.update_event(
            session, actor=EDITOR, event_id=event.id, draft=draft_of(event, **changes), reason=reason
        )


async def test_a_draft_is_invisible_until_it_is_published(web_database: Database, tenant: Tenant) -> None:
    before = await version(web_database, tenant)
    event = await make_event(web_database, tenant, published=False, title="灯台の会")
    async with web_database.read(tenant.id) as session:
        assert await queries.event(session, event.id) is None
        for read_list in (queries.upcoming, queries.for_feed, queries.recently_changed, queries.published_dates):
            assert await read_list(session) == []
        for read_page in (queries.agenda, queries.past, queries.listed):
            assert (await read_page(session)).total == 0
        assert (await queries.listed(session, states=[EventState.DRAFT])).total == 0
        assert (await queries.all_for_staff(session)).total == 1
    assert await found(web_database, tenant, "灯台") == []
    assert (await version(web_database, tenant), await facts(web_database, tenant)) == (before, [])


async def test_an_event_is_read_with_its_programme_in_order(web_database: Database, tenant: Tenant) -> None:
    event = await make_event(web_database, tenant)
    view = await read(web_database, tenant, event, drafts=False)
    assert [(part.ordinal, part.label, part.title, part.minutes) for part in view.sessions] == [
        (1, "第1部", "話を聞く", 90),
        (2, "第2部", "話し合う", None),
    ]
    [speaker] = view.sessions[0].appearances
    assert (speaker.person_name, speaker.role_label, speaker.affiliation) == ("試験 太郎", "講師", "試験大学")
    assert await found(web_database, tenant, "試験大学") == [f"/events/{event.id}"]


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


async def test_nothing_is_held_or_reported_before_it_began(web_database: Database, tenant: Tenant) -> None:
    event = await make_event(web_database, tenant)
    async with web_database.write(tenant.id) as session:
        with pytest.raises(Refusal, match="まだ始まっていません"):
            await service.mark_held(session, actor=EDITOR, event_id=event.id)
        with pytest.raises(Refusal, match="まだ始まっていません"):
            await reporting.publish_report(session, actor=EDITOR, event_id=event.id, draft=ReportDraft(body="報告"))


async def test_a_report_with_photographs_closes_the_event(
    web_database: Database, tenant: Tenant, settings: Settings
) -> None:
    event = await make_event(web_database, tenant, starts_at=clock.now() - 2 * DAY)
    pictures = [await make_media(web_database, tenant, FileStore(settings), caption=f"{n}枚目") for n in (1, 2)]
    photos = (PhotoDraft(media_id=pictures[1].id, caption="第2部"), PhotoDraft(media_id=pictures[0].id))
    draft = ReportDraft(body="灯台で集まりました。", photos=photos)
    for body in (draft.body, "岬で集まりました。"):
        async with web_database.write(tenant.id) as session:
            replaced = msgspec.structs.replace(draft, body=body)
            await reporting.publish_report(session, actor=EDITOR, event_id=event.id, draft=replaced)
    view = await read(web_database, tenant, event, drafts=False)
    assert view.report is not None and (view.state, view.report.body) == (EventState.REPORTED, "岬で集まりました。")
    assert [(photo.caption, photo.media.caption) for photo in view.photos] == [("第2部", "2枚目"), (None, "1枚目")]
    assert await found(web_database, tenant, "岬") == [f"/events/{event.id}"]
    assert await facts(web_database, tenant) == ["EventPublished", "EventReportPublished"]


async def test_a_report_takes_only_pictures_of_its_own_tenant(
    web_database: Database, tenant: Tenant, settings: Settings
) -> None:
    event = await make_event(web_database, tenant, starts_at=clock.now() - 2 * DAY)
    foreign = await make_media(web_database, await make_tenant(web_database), FileStore(settings))
    draft = ReportDraft(body="報告", photos=(PhotoDraft(media_id=foreign.id),))
    async with web_database.write(tenant.id) as session:
        with pytest.raises(Refusal) as refused:
            await reporting.publish_report(session, actor=EDITOR, event_id=event.id, draft=draft)
    assert refused.value.field == "photos"


async def test_a_flyer_needs_words(web_database: Database, tenant: Tenant, settings: Settings) -> None:
    flyer = await make_media(web_database, tenant, FileStore(settings), alt="", decorative=True)
    async with web_database.write(tenant.id) as session:
        for flyer_id, code in ((flyer.id, "ALT_MISSING"), (uuid4(), "NOT_FOUND")):
            with pytest.raises(Refusal) as refused:
                await service.create_event(session, actor=EDITOR, draft=event_draft(flyer_id=flyer_id))
            assert (refused.value.field, refused.value.code) == ("flyer_id", code)


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


async def test_another_tenants_event_is_missing_like_any_other(web_database: Database, tenant: Tenant) -> None:
    event = await make_event(web_database, tenant)
    other = await make_tenant(web_database)
    for event_id in (event.id, uuid4()):
        async with web_database.read(other.id) as session:
            assert await queries.event(session, event_id, drafts=True) is None
        with pytest.raises(NotFound):
            async with web_database.write(other.id) as session:
                await service.cancel_event(session, actor=EDITOR, event_id=event_id, reason="理由")


async def test_what_is_to_come_is_told_from_what_is_over(web_database: Database, tenant: Tenant) -> None:
    now = clock.now()
    far = await make_event(web_database, tenant, starts_at=now + 20 * DAY, kind=EventKind.COURSE)
    near = await make_event(web_database, tenant, starts_at=now + 2 * DAY)
    running = await make_event(web_database, tenant, starts_at=now - timedelta(hours=1))
    today = await make_event(
        web_database, tenant, starts_at=now.astimezone(clock.JST).replace(hour=0), all_day=True, ends_at=None
    )
    old = await make_event(web_database, tenant, starts_at=now - 9 * DAY)
    older = await make_event(web_database, tenant, starts_at=now - 19 * DAY)
    names = {event.id: name for name, event in locals().items() if isinstance(event, Event)}
    async with web_database.read(tenant.id) as session:
        upcoming = [names[view.id] for view in await queries.upcoming(session)]
        past = [names[view.id] for view in (await queries.past(session)).items]
        agenda = [names[view.id] for view in (await queries.agenda(session)).items]
        courses = [names[view.id] for view in (await queries.agenda(session, kind=EventKind.COURSE)).items]
        between = await queries.listed(session, from_=now, to=now + 10 * DAY)
        views = {names[view.id]: view for view in await queries.for_feed(session)}
    assert set(upcoming[:2]) == {"running", "today"} and upcoming[2:] == ["near", "far"]
    assert past == ["old", "older"]
    assert set(agenda[:2]) == {"running", "today"} and agenda[2:] == ["near", "far", "old", "older"]
    assert (courses, [names[view.id] for view in between.items]) == (["far"], ["near"])
    assert {name for name, view in views.items() if view.over(now)} == {"old", "older"}


async def test_an_event_stands_for_its_readers_where_the_hour_has_brought_it(
    web_database: Database, tenant: Tenant
) -> None:
    now = clock.now()
    made = {
        "opens later": await make_event(web_database, tenant, registration_opens_at=now + 2 * DAY),
        "open": await make_event(web_database, tenant, registration_deadline=now + 2 * DAY),
        "announced": await make_event(web_database, tenant, takes_registrations=False),
        "short": await make_event(web_database, tenant, starts_at=now + DAY),
    }
    phases = {}
    for name, event in made.items():
        view = await read(web_database, tenant, event)
        phases[name] = [view.phase(now + days * DAY).value for days in (0, 3, 60)]
    assert phases == {
        "opens later": ["ANNOUNCED", "OPEN", "PAST"],
        "open": ["OPEN", "CLOSED", "PAST"],
        "announced": ["ANNOUNCED", "ANNOUNCED", "PAST"],
        "short": ["OPEN", "PAST", "PAST"],
    }


async def test_a_list_goes_on_where_it_stopped(web_database: Database, tenant: Tenant) -> None:
    now = clock.now()
    in_order = [await make_event(web_database, tenant, starts_at=now + day * DAY) for day in (1, 2, 3, 4, 5)]
    ids = [event.id for event in in_order]
    async with web_database.read(tenant.id) as session:
        for newest_first, expected in ((False, ids), (True, ids[::-1])):
            first = await queries.listed(session, first=2, newest_first=newest_first)
            second = await queries.listed(session, first=2, after=first.items[-1].id, newest_first=newest_first)
            third = await queries.listed(session, first=2, after=second.items[-1].id, newest_first=newest_first)
            assert [view.id for part in (first, second, third) for view in part.items] == expected
            assert [(part.total, part.more) for part in (first, second, third)] == [(5, True), (5, True), (5, False)]
