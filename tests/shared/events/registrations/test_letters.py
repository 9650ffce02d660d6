"""What people who register get by mail, through the real reactions and post."""

import email
from datetime import datetime, time, timedelta
from email import policy
from pathlib import Path
from typing import Any

import icalendar
import pytest
import time_machine
from sqlalchemy import select

from services.worker.actors import deliver, post
from shared.events import reporting
from shared.events import service as events
from shared.events.registrations import reminders, service, wording
from shared.events.registrations.models import Registration
from shared.events.registrations.wording import LetterKind
from shared.events.report_drafts import ReportDraft
from shared.identity.policy import ANONYMOUS
from shared.kit import clock
from shared.kit.database.session import Database
from shared.kit.outbox import OutboxRow
from shared.kit.post import Letter, LetterState
from shared.kit.settings import Settings
from shared.tenants.models import Tenant
from tests.factories.content import EDITOR
from tests.factories.events import event_draft, make_event
from tests.factories.members import settle
from tests.factories.registrations import SECRETARIAT, make_registration, registration_draft
from tests.factories.tenants import make_tenant
from tests.factories.worker import workbench


async def _told(settings: Settings, tenant: Tenant) -> list[tuple[str, str]]:
    """Recipient and the beginning of the subject, in the order in which the letters were written."""
    letters = sorted(await settle(settings, tenant), key=lambda letter: letter.queued_at)
    return [(letter.to_email, letter.subject.partition("：")[0].partition("】")[0].strip("【")) for letter in letters]


async def _cancel(database: Database, tenant: Tenant, registration: Registration) -> None:
    async with database.write(tenant.id) as session:
        await service.cancel(session, actor=ANONYMOUS, registration_id=registration.id)


async def test_each_registration_has_one_letter_and_a_promotion_another(
    settings: Settings, worker_database: Database
) -> None:
    tenant = await make_tenant(worker_database)
    event = await make_event(worker_database, tenant, capacity=1)
    first = await make_registration(worker_database, tenant, event.id, email="a@example.jp")
    await make_registration(worker_database, tenant, event.id, email="b@example.jp")
    assert await _told(settings, tenant) == [("a@example.jp", "参加確定"), ("b@example.jp", "キャンセル待ち")]
    await _cancel(worker_database, tenant, first)
    assert sorted(await _told(settings, tenant)) == [
        ("a@example.jp", "申込の取消を承りました"),
        ("b@example.jp", "参加確定"),
    ]
    await _cancel(worker_database, tenant, first)
    assert await _told(settings, tenant) == []


async def test_who_waits_and_is_promoted_at_once_gets_no_letter_about_waiting(
    settings: Settings, worker_database: Database
) -> None:
    tenant = await make_tenant(worker_database)
    event = await make_event(worker_database, tenant, capacity=1)
    first = await make_registration(worker_database, tenant, event.id, email="a@example.jp")
    await make_registration(worker_database, tenant, event.id, email="b@example.jp")
    await _cancel(worker_database, tenant, first)
    assert sorted(await _told(settings, tenant)) == [
        ("a@example.jp", "申込の取消を承りました"),
        ("b@example.jp", "参加確定"),
    ]


async def test_a_confirmation_carries_the_link_and_a_calendar_entry_that_a_cancellation_takes_back(
    settings: Settings, worker_database: Database
) -> None:
    tenant = await make_tenant(worker_database)
    event = await make_event(worker_database, tenant, capacity=1)
    registration = await make_registration(worker_database, tenant, event.id)
    (letter,) = await settle(settings, tenant)
    assert f"{settings.tenant_url(tenant.slug)}/registrations/{registration.key}" in letter.body
    assert _entry(letter)["UID"] == f"{event.id}@tsunagari"
    assert _entry(letter)["STATUS"] == "CONFIRMED"
    await _cancel(worker_database, tenant, registration)
    (letter,) = await settle(settings, tenant)
    assert (_entry(letter)["UID"], _entry(letter)["STATUS"]) == (f"{event.id}@tsunagari", "CANCELLED")
    files = sorted((settings.local / "mail").glob("*.eml"), key=lambda file: file.stat().st_mtime)
    assert _attached(files[-1]) == ["event.ics"]


async def test_each_calendar_file_of_a_person_is_newer_than_the_one_before(
    settings: Settings, worker_database: Database
) -> None:
    """RFC 5546, 2.1.4 and 2.1.5: a withdrawal has a higher SEQUENCE; of equal ones the later DTSTAMP wins."""
    tenant = await make_tenant(worker_database)
    event = await make_event(worker_database, tenant)
    files: list[Any] = []
    for hours in range(0, 6, 2):
        with time_machine.travel(clock.now() + timedelta(hours=hours), tick=True):
            registration = await make_registration(worker_database, tenant, event.id, email="a@example.jp")
            files += map(_entry, await settle(settings, tenant))
        with time_machine.travel(clock.now() + timedelta(hours=hours + 1), tick=True):
            await _cancel(worker_database, tenant, registration)
            files += map(_entry, await settle(settings, tenant))
    assert [(each["STATUS"], each["SEQUENCE"]) for each in files] == [
        ("CONFIRMED", 0),
        ("CANCELLED", 1),
        ("CONFIRMED", 1),
        ("CANCELLED", 2),
        ("CONFIRMED", 2),
        ("CANCELLED", 3),
    ]
    stamps = [each["DTSTAMP"].dt for each in files]
    assert stamps == sorted(set(stamps))


def _entry(letter: Letter) -> icalendar.Component:
    calendar = icalendar.Calendar.from_ical(letter.attachments[0]["text"])
    return calendar.walk("VEVENT")[0]


def _attached(file: Path) -> list[str | None]:
    message = email.message_from_bytes(file.read_bytes(), policy=policy.default)
    return [part.get_filename() for part in message.iter_attachments()]


async def test_who_registers_again_is_told_once_a_day(settings: Settings, worker_database: Database) -> None:
    tenant = await make_tenant(worker_database)
    event = await make_event(worker_database, tenant)
    await make_registration(worker_database, tenant, event.id, email="a@example.jp")
    await settle(settings, tenant)
    for _ in range(2):
        async with worker_database.write(tenant.id) as session:
            await service.remind_of_registration(session, event_id=event.id, known_as="mail a@example.jp")
    assert await _told(settings, tenant) == [("a@example.jp", "お申し込みの状況")]


async def test_nothing_is_written_about_what_is_over(settings: Settings, worker_database: Database) -> None:
    tenant = await make_tenant(worker_database)
    event = await make_event(worker_database, tenant)
    await make_registration(worker_database, tenant, event.id)
    with time_machine.travel(clock.now() + timedelta(days=31), tick=True):
        assert await settle(settings, tenant) == []


async def test_a_letter_that_comes_too_late_lapses(settings: Settings, worker_database: Database) -> None:
    """The mail server was down until the event was over."""
    tenant = await make_tenant(worker_database)
    event = await make_event(worker_database, tenant)
    await make_registration(worker_database, tenant, event.id)
    async with worker_database.write(tenant.id) as session:
        fact_id = (await session.scalars(select(OutboxRow.id).where(OutboxRow.name == "RegistrationAccepted"))).one()
    async with workbench(settings) as bench:
        await deliver(bench, tenant.id, fact_id)
        async with worker_database.write(tenant.id) as session:
            letter = (await session.scalars(select(Letter))).one()
            assert letter.worthless_after == event.ends_at
            letter.worthless_after = clock.now() - timedelta(minutes=1)
        await post(bench, tenant.id, letter.id)
    async with worker_database.read(tenant.id) as session:
        assert (await session.scalars(select(Letter.state))).one() is LetterState.LAPSED


async def test_everybody_is_told_of_a_new_day_and_of_the_end(settings: Settings, worker_database: Database) -> None:
    tenant = await make_tenant(worker_database)
    event = await make_event(worker_database, tenant, capacity=1)
    for name in ("a", "b"):
        await make_registration(worker_database, tenant, event.id, email=f"{name}@example.jp")
    gone = await make_registration(worker_database, tenant, event.id, email="c@example.jp")
    await _cancel(worker_database, tenant, gone)
    await settle(settings, tenant)
    async with worker_database.write(tenant.id) as session:
        moved = event_draft(title=event.title, starts_at=event.starts_at + timedelta(days=7), capacity=1)
        await events.update_event(session, actor=EDITOR, event_id=event.id, draft=moved)
    assert sorted(await _told(settings, tenant)) == [
        ("a@example.jp", "大切なお知らせ"),
        ("b@example.jp", "大切なお知らせ"),
    ]
    async with worker_database.write(tenant.id) as session:
        await events.cancel_event(session, actor=EDITOR, event_id=event.id, reason="台風のため")
    letters = await settle(settings, tenant)
    assert sorted(letter.to_email for letter in letters) == ["a@example.jp", "b@example.jp"]
    assert ["台風のため" in letter.body for letter in letters] == [True, True]


async def test_a_long_list_is_told_in_pieces_and_nobody_twice(
    settings: Settings, worker_database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("shared.events.registrations.letters.AT_ONCE", 2)
    tenant = await make_tenant(worker_database)
    event = await make_event(worker_database, tenant)
    for _ in range(5):
        await make_registration(worker_database, tenant, event.id)
    await settle(settings, tenant)
    async with worker_database.write(tenant.id) as session:
        await events.cancel_event(session, actor=EDITOR, event_id=event.id, reason="台風のため")
    letters = await settle(settings, tenant)
    assert (len(letters), len({letter.to_email for letter in letters})) == (5, 5)


async def test_the_day_before_those_with_a_seat_are_reminded_once(
    settings: Settings, worker_database: Database
) -> None:
    tenant = await make_tenant(worker_database)
    noon = clock.now().astimezone(clock.JST).replace(hour=12, minute=0, second=0, microsecond=0)
    event = await make_event(worker_database, tenant, capacity=1, starts_at=noon + timedelta(days=1))
    for name in ("a", "b"):
        await make_registration(worker_database, tenant, event.id, email=f"{name}@example.jp")
    await settle(settings, tenant)
    with time_machine.travel(noon, tick=True):
        for _ in range(2):
            async with worker_database.write(tenant.id) as session:
                await reminders.remind_of_tomorrow(session)
        assert await _told(settings, tenant) == [("a@example.jp", "いよいよ明日です")]


async def test_nobody_is_reminded_before_ten_nor_on_the_day_itself(
    settings: Settings, worker_database: Database
) -> None:
    """Whenever the program was started; and an event of several days is announced once, before the first."""
    tenant = await make_tenant(worker_database)
    first = datetime.combine(clock.today() + timedelta(days=5), time(), tzinfo=clock.JST)
    lasting: dict[str, Any] = {"starts_at": first + timedelta(hours=13), "ends_at": first + timedelta(days=2, hours=15)}
    event = await make_event(worker_database, tenant, **lasting)
    await make_registration(worker_database, tenant, event.id)
    await settle(settings, tenant)
    found = []
    for hours in (-23.9, -14.1, -14, -1, 0.1, 12, 34):
        with time_machine.travel(first + timedelta(hours=hours), tick=True):
            async with worker_database.write(tenant.id) as session:
                found.append(await reminders.remind_of_tomorrow(session))
    assert found == [0, 0, 1, 1, 0, 0, 0]
    with time_machine.travel(first - timedelta(hours=1), tick=True):
        (letter,) = await settle(settings, tenant)
    assert (letter.subject[:8], letter.worthless_after) == ("いよいよ明日です", first)


async def test_thanks_go_out_with_the_report(settings: Settings, worker_database: Database) -> None:
    tenant = await make_tenant(worker_database)
    event = await make_event(worker_database, tenant)
    await make_registration(worker_database, tenant, event.id, email="a@example.jp")
    await settle(settings, tenant)
    with time_machine.travel(event.starts_at + timedelta(days=1), tick=True):
        async with worker_database.write(tenant.id) as session:
            await events.mark_held(session, actor=EDITOR, event_id=event.id)
            await reporting.publish_report(
                session, actor=EDITOR, event_id=event.id, draft=ReportDraft(body="よい会でした。")
            )
        assert await _told(settings, tenant) == [("a@example.jp", "ご参加ありがとうございました")]


async def test_a_platform_writes_in_its_own_words_and_the_others_in_the_standard(
    settings: Settings, worker_database: Database
) -> None:
    tenant, other = await make_tenant(worker_database), await make_tenant(worker_database)
    async with worker_database.write(tenant.id) as session:
        await wording.save(
            session,
            actor=SECRETARIAT,
            kind=LetterKind.CONFIRMED,
            subject="お待ちしています（【行事名】）",
            body="【お名前】さん {{ 7 * 7 }}\n【なぞ】\n【アンケート】\n【確認ページ】",
            revision=0,
        )
    for each in (tenant, other):
        event = await make_event(worker_database, each, title="春の会")
        await make_registration(worker_database, each, event.id, name="【行事名】 太郎")
    (own,), (standard,) = await settle(settings, tenant), await settle(settings, other)
    assert own.subject == "お待ちしています（春の会）"
    assert own.body.startswith("【行事名】 太郎さん {{ 7 * 7 }}\n【なぞ】\nhttp://")
    assert standard.subject == "【参加確定】春の会（受付番号 0001）"


async def test_on_the_telephone_without_an_address_no_letter_is_written(
    settings: Settings, worker_database: Database
) -> None:
    tenant = await make_tenant(worker_database)
    event = await make_event(worker_database, tenant)
    async with worker_database.write(tenant.id) as session:
        await service.register(
            session,
            actor=SECRETARIAT,
            event_id=event.id,
            draft=registration_draft(email=None, phone="088-621-2179"),
        )
    assert await settle(settings, tenant) == []
