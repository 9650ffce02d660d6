"""Letters say what holds when they are written, to those whom it concerns then."""

from datetime import timedelta
from typing import Any

import msgspec
import pytest
import time_machine

from shared.events import reporting
from shared.events import service as events
from shared.events.attendance import check_in, viewing
from shared.events.attendance.viewing_queries import viewing as watched
from shared.events.models import Event
from shared.events.registrations import reminders, retention, service
from shared.events.registrations.drafts import RegistrationDraft
from shared.events.registrations.models import Attendance, Registration, RegistrationStatus
from shared.events.report_drafts import ReportDraft
from shared.identity.policy import ANONYMOUS
from shared.kit import clock
from shared.kit.database.session import Database
from shared.kit.post import Letter
from shared.kit.settings import Settings
from shared.tenants.models import Tenant
from tests.factories.content import EDITOR
from tests.factories.events import event_draft, make_event
from tests.factories.members import settle
from tests.factories.registrations import make_registration, registration_draft
from tests.factories.tenants import make_tenant
from tests.shared.events.attendance.coming import do, make_event_of_today, make_guest


@pytest.fixture
async def tenant(worker_database: Database) -> Tenant:
    return await make_tenant(worker_database)


async def _edit(database: Database, tenant: Tenant, verb: Any, event: Event, **values: Any) -> None:
    async with database.write(tenant.id) as session:
        await verb(session, actor=EDITOR, event_id=event.id, **values)


async def _move(database: Database, tenant: Tenant, event: Event, **fields: Any) -> None:
    draft = event_draft(**{"title": event.title, "starts_at": event.starts_at} | fields)
    await _edit(database, tenant, events.update_event, event, draft=draft)


async def _change(database: Database, tenant: Tenant, registration: Registration, **fields: Any) -> None:
    kept = {name: getattr(registration, name) for name in RegistrationDraft.__struct_fields__}
    draft = msgspec.structs.replace(RegistrationDraft(**kept), **fields)
    async with database.write(tenant.id) as session:
        await service.change(session, actor=ANONYMOUS, registration_id=registration.id, draft=draft)


def _begun(letters: list[Letter]) -> list[tuple[str, str]]:
    return sorted((each.to_email, each.subject.partition("：")[0].partition("】")[0].strip("【")) for each in letters)


async def test_a_postponed_event_is_not_over_when_its_old_day_has_passed(
    settings: Settings, worker_database: Database, tenant: Tenant
) -> None:
    event = await make_event(worker_database, tenant)
    first, second = [await make_registration(worker_database, tenant, event.id) for _ in range(2)]
    await settle(settings, tenant)
    await _edit(worker_database, tenant, events.postpone_event, event, reason="会場の都合で")
    with time_machine.travel(clock.now() + retention.KEPT - timedelta(days=2), tick=True):
        told = await settle(settings, tenant)
        assert [(letter.subject[:7], letter.worthless_after) for letter in told] == [("大切なお知らせ", None)] * 2
        async with worker_database.write(tenant.id) as session:
            assert await retention.forget_registrants(session) == 0
            gone = await service.cancel(session, actor=ANONYMOUS, registration_id=first.id)
        assert gone.status is RegistrationStatus.CANCELLED
        assert _begun(await settle(settings, tenant)) == [(first.email, "申込の取消を承りました")]
        await _edit(worker_database, tenant, events.cancel_event, event, reason="日程が見つからず")
        (letter,) = await settle(settings, tenant)
    assert (letter.to_email, letter.subject[:7], letter.worthless_after) == (second.email, "中止のお知らせ", None)


async def test_nobody_is_promised_a_seat_at_what_was_called_off_meanwhile(
    settings: Settings, worker_database: Database, tenant: Tenant
) -> None:
    off, later = await make_event(worker_database, tenant), await make_event(worker_database, tenant)
    for event in (off, later):
        await make_registration(worker_database, tenant, event.id, email="a@example.jp")
    await _edit(worker_database, tenant, events.cancel_event, off, reason="台風のため")
    await _edit(worker_database, tenant, events.postpone_event, later, reason="台風のため")
    assert _begun(await settle(settings, tenant)) == [
        ("a@example.jp", "中止のお知らせ"),
        ("a@example.jp", "大切なお知らせ"),
    ]


async def test_a_reminder_that_was_overtaken_is_not_sent(
    settings: Settings, worker_database: Database, tenant: Tenant
) -> None:
    noon = clock.now().astimezone(clock.JST).replace(hour=12, minute=0, second=0, microsecond=0)
    event = await make_event(worker_database, tenant, starts_at=noon + timedelta(days=1))
    await make_registration(worker_database, tenant, event.id, email="a@example.jp")
    await settle(settings, tenant)
    with time_machine.travel(noon, tick=True):
        async with worker_database.write(tenant.id) as session:
            assert await reminders.remind_of_tomorrow(session) == 1
    await _move(worker_database, tenant, event, starts_at=noon + timedelta(days=8))
    assert _begun(await settle(settings, tenant)) == [("a@example.jp", "大切なお知らせ")]


async def test_who_sits_in_the_hall_already_is_written_no_confirmation(
    settings: Settings, worker_database: Database, tenant: Tenant
) -> None:
    event = await make_event_of_today(worker_database, tenant)
    await do(worker_database, tenant, check_in.walk_in, event_id=event.id, draft=registration_draft())
    assert await settle(settings, tenant) == []


async def test_thanks_reach_those_who_watched_and_not_those_who_stayed_away(
    settings: Settings, worker_database: Database, tenant: Tenant
) -> None:
    event = await make_event_of_today(worker_database, tenant, online=True)
    await make_guest(worker_database, tenant, event, email="hall@example.jp", attendance=Attendance.HALL)
    online: dict[str, Any] = {"attendance": Attendance.ONLINE}
    viewer = await make_registration(worker_database, tenant, event.id, email="online@example.jp", **online)
    await make_registration(worker_database, tenant, event.id, email="away@example.jp", **online)
    await do(
        worker_database,
        tenant,
        viewing.set_addresses,
        event_id=event.id,
        stream_url="https://stream.example/live",
        archive_url="",
        archive_until=None,
    )
    async with worker_database.write(tenant.id) as session:
        await viewing.record_play(session, registration_id=viewer.id)
        assert (await watched(session, event.id)).viewers == 1
    await settle(settings, tenant)
    await _edit(worker_database, tenant, events.mark_held, event)
    await _edit(worker_database, tenant, reporting.publish_report, event, draft=ReportDraft(body="よい会でした。"))
    told = await settle(settings, tenant)
    assert sorted(letter.to_email for letter in told) == ["hall@example.jp", "online@example.jp"]


async def test_a_change_is_told_though_the_row_was_touched_again(
    settings: Settings, worker_database: Database, tenant: Tenant
) -> None:
    event = await make_event(worker_database, tenant, capacity=1, party_limit=2)
    first = await make_registration(worker_database, tenant, event.id)
    waiting = await make_registration(worker_database, tenant, event.id, email="b@example.jp", party_size=1)
    await settle(settings, tenant)
    await _change(worker_database, tenant, waiting, name="改めた 名")
    async with worker_database.write(tenant.id) as session:
        await service.cancel(session, actor=ANONYMOUS, registration_id=first.id)
    to_b = [each for each in _begun(await settle(settings, tenant)) if each[0] == "b@example.jp"]
    assert to_b == [("b@example.jp", "参加確定"), ("b@example.jp", "申込内容の変更を承りました")]


async def test_two_quick_changes_of_a_registration_are_one_letter_with_what_holds_now(
    settings: Settings, worker_database: Database, tenant: Tenant
) -> None:
    event = await make_event(worker_database, tenant, party_limit=5)
    registration = await make_registration(worker_database, tenant, event.id)
    await settle(settings, tenant)
    for size in (2, 3):
        await _change(worker_database, tenant, registration, party_size=size)
    (letter,) = await settle(settings, tenant)
    assert "人数　3人" in letter.body


async def test_two_quick_changes_of_an_event_are_told_each_in_its_own_words(
    settings: Settings, worker_database: Database, tenant: Tenant
) -> None:
    event = await make_event(worker_database, tenant)
    await make_registration(worker_database, tenant, event.id)
    await settle(settings, tenant)
    for hall in ("東の館", "西の館"):
        await _move(worker_database, tenant, event, venue=hall)
    told = await settle(settings, tenant)
    news = [next(line for line in letter.body.splitlines() if "に変わりました" in line) for letter in told]
    assert sorted(news) == [
        "会場は、当初は「東の館」の予定でしたが、「西の館」に変わりました。",
        "会場は、当初は「試験会館 大ホール」の予定でしたが、「東の館」に変わりました。",
    ]


async def test_who_did_not_cancel_himself_is_not_thanked_for_it(
    settings: Settings, worker_database: Database, tenant: Tenant
) -> None:
    event = await make_event(worker_database, tenant)
    registration = await make_registration(worker_database, tenant, event.id)
    await settle(settings, tenant)
    await do(worker_database, tenant, service.cancel, registration_id=registration.id)
    (letter,) = await settle(settings, tenant)
    assert "ご連絡ありがとう" not in letter.body
