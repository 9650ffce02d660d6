"""What calendars are told, by the rules of RFC 5545 and RFC 5546."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from icalendar import Calendar

from shared.events import queries, service
from shared.events.calendar import calendar_file, calendar_of
from shared.events.models import Event, EventState
from shared.events.report_drafts import ReportDraft
from shared.events.reporting import publish_report
from shared.events.service import AppearanceDraft, SessionDraft
from shared.events.views import EventView
from shared.kit import clock
from shared.kit.database.session import Database
from shared.tenants.models import Tenant
from tests.factories.content import EDITOR
from tests.factories.events import make_event
from tests.factories.tenants import make_tenant
from tests.shared.events.test_events import read, update

STARTS = datetime(2099, 1, 12, 13, 30, tzinfo=clock.JST)
HOUR = timedelta(hours=1)


@pytest.fixture
async def tenant(worker_database: Database) -> Tenant:
    return await make_tenant(worker_database)


async def seminar(database: Database, tenant: Tenant, **fields: Any) -> Event:
    values: dict[str, Any] = {"title": "冬の会", "starts_at": STARTS, "ends_at": STARTS + 2 * HOUR}
    return await make_event(database, tenant, **values | fields)


def entry_of(view: EventView, base_url: str = "https://one.example.jp", **how: Any) -> Any:
    [entry] = Calendar.from_ical(calendar_file(view, base_url=base_url, **how)).walk("VEVENT")
    return entry


async def test_a_file_of_one_event_says_all_that_one_needs_on_the_day(web_database: Database, tenant: Tenant) -> None:
    people = (AppearanceDraft(person_name="山田 花子", role_label="講師"), AppearanceDraft(person_name="髙橋 一"))
    parts = (
        SessionDraft(label="第1部", title="話を聞く", starts_at=STARTS + HOUR / 6, appearances=people),
        SessionDraft(title="話し合う"),
    )
    event = await seminar(
        web_database,
        tenant,
        sessions=parts,
        description="**どなたでも**どうぞ。",
        how_to_apply="電話かFAXで。",
        registration_deadline=STARTS - 24 * HOUR,
        contact_phone="088-621-2179",
        contact_email="desk@example.jp",
        online=True,
    )
    entry = entry_of(await read(web_database, tenant, event))
    assert str(entry["description"]) == (
        "どなたでもどうぞ。\n\nプログラム\n13時40分 第1部 話を聞く（講師 山田 花子、髙橋 一）\n話し合う\n\n"
        "電話かFAXで。\n申込の締切　令和81年1月11日（日）13時30分\n\n問い合わせ　電話 088-621-2179"
    )
    assert (str(entry["location"]), str(entry["url"])) == (
        "試験会館 大ホール・オンライン",
        f"https://one.example.jp/events/{event.id}",
    )
    assert (str(entry["organizer"]), entry["organizer"].params["CN"]) == ("mailto:desk@example.jp", "試験町 福祉課")


async def test_the_entry_stays_the_same_one_under_another_address(web_database: Database, tenant: Tenant) -> None:
    view = await read(web_database, tenant, await seminar(web_database, tenant))
    entries = [entry_of(view, base) for base in ("http://x.localhost:8000", "https://kodoku.example.jp")]
    assert {str(entry["uid"]) for entry in entries} == {f"{view.id}@tsunagari"}


async def test_every_public_change_raises_the_sequence(web_database: Database, tenant: Tenant) -> None:
    event = await seminar(web_database, tenant, starts_at=clock.now() + 48 * HOUR, ends_at=None)
    seen = [await read(web_database, tenant, event)]
    event = await update(web_database, tenant, event, venue="別の会場")
    seen.append(await read(web_database, tenant, event))
    async with web_database.write(tenant.id) as session:
        await service.set_sessions(session, actor=EDITOR, event_id=event.id, sessions=())
    seen.append(await read(web_database, tenant, event))
    past = clock.now() - 48 * HOUR
    async with web_database.write(tenant.id) as session:
        await service.postpone_event(session, actor=EDITOR, event_id=event.id, reason="大雪", starts_at=past)
    seen.append(await read(web_database, tenant, event))
    async with web_database.write(tenant.id) as session:
        await publish_report(session, actor=EDITOR, event_id=event.id, draft=ReportDraft(body="開きました。"))
    seen.append(await read(web_database, tenant, event))
    entries = [entry_of(view) for view in seen]
    assert [entry["sequence"] for entry in entries] == [0, 1, 2, 3, 4]
    stamps = [entry["last-modified"].dt for entry in entries]
    assert stamps == sorted(stamps)
    assert {stamp.utcoffset() for stamp in stamps} == {timedelta(0)}


async def test_a_file_says_when_it_was_made_and_the_feed_when_the_event_was_changed(
    web_database: Database, tenant: Tenant
) -> None:
    """RFC 5545, 3.8.7.2: with a method the one, without the other."""
    view = await read(web_database, tenant, await seminar(web_database, tenant))
    later = (clock.now() + HOUR).replace(microsecond=0)
    with time_machine.travel(later, tick=False):
        files = [
            calendar_file(view, base_url="https://one.example.jp"),
            calendar_of([view], name="会の行事", base_url="https://one.example.jp"),
        ]
    read_back: list[Any] = [Calendar.from_ical(each) for each in files]
    told = [(each.get("method"), each.walk("VEVENT")[0]["dtstamp"].dt) for each in read_back]
    assert told == [("PUBLISH", later), (None, view.updated_at.replace(microsecond=0))]


@pytest.mark.parametrize(
    ("state", "status", "title"),
    [
        (EventState.OPEN, "CONFIRMED", "冬の会"),
        (EventState.HELD, "CONFIRMED", "冬の会"),
        (EventState.CANCELLED, "CANCELLED", "【中止】冬の会"),
        (EventState.POSTPONED, "TENTATIVE", "【延期】冬の会"),
    ],
)
async def test_the_status_is_one_that_calendars_know(
    web_database: Database, tenant: Tenant, state: EventState, status: str, title: str
) -> None:
    event = await seminar(web_database, tenant)
    async with web_database.write(tenant.id) as session:
        (await session.get_one(Event, (tenant.id, event.id))).state = state
    entry = entry_of(await read(web_database, tenant, event))
    assert (entry["status"], str(entry["summary"])) == (status, title)


async def test_who_does_not_come_any_more_loses_the_entry(web_database: Database, tenant: Tenant) -> None:
    view = await read(web_database, tenant, await seminar(web_database, tenant))
    calendar = Calendar.from_ical(calendar_file(view, base_url="https://one.example.jp", withdrawn=True))
    [entry] = calendar.walk("VEVENT")
    assert (calendar["method"], entry["status"], entry["uid"]) == ("CANCEL", "CANCELLED", f"{view.id}@tsunagari")


@pytest.mark.parametrize(
    ("ends_at", "all_day", "start", "end"),
    [
        (None, False, STARTS, None),
        (STARTS, False, STARTS, None),
        (STARTS + HOUR, False, STARTS, STARTS + HOUR),
        (None, True, date(2099, 1, 12), date(2099, 1, 13)),
        (STARTS + 48 * HOUR, True, date(2099, 1, 12), date(2099, 1, 15)),
    ],
)
async def test_an_end_is_later_than_the_start_or_not_given(
    web_database: Database, tenant: Tenant, ends_at: Any, all_day: bool, start: Any, end: Any
) -> None:
    event = await seminar(web_database, tenant, ends_at=ends_at, all_day=all_day)
    entry = entry_of(await read(web_database, tenant, event))
    assert (entry["dtstart"].dt, entry["dtend"].dt if "dtend" in entry else None) == (start, end)


async def test_files_keep_the_rules_of_the_standard(web_database: Database, tenant: Tenant) -> None:
    await seminar(
        web_database,
        tenant,
        title='長い、；題名\\と"引用"' * 8,
        organiser='主催"の"会',
        description="一行目\n\n" + "𠮷" * 300,
    )
    await seminar(web_database, tenant, all_day=True)
    async with web_database.read(tenant.id) as session:
        views = await queries.for_feed(session)
    for content in (
        calendar_of(views, name="会の行事", base_url="https://one.example.jp"),
        *(calendar_file(view, base_url="https://one.example.jp") for view in views),
    ):
        assert content.count(b"\n") == content.count(b"\r\n")
        lines = content.removesuffix(b"\r\n").split(b"\r\n")
        assert (lines[0], lines[-1]) == (b"BEGIN:VCALENDAR", b"END:VCALENDAR")
        assert max(map(len, lines)) <= 75
        assert [line.decode() for line in lines] != []
        check_by_the_standard(Calendar.from_ical(content))


def check_by_the_standard(calendar: Any) -> None:
    assert (calendar["version"], calendar["prodid"] != "") == ("2.0", True)
    zones = {str(zone["tzid"]) for zone in calendar.walk("VTIMEZONE")}
    for entry in calendar.walk("VEVENT"):
        assert entry.errors == []
        assert {"UID", "DTSTAMP", "DTSTART", "SUMMARY", "ORGANIZER", "SEQUENCE"} <= set(entry)
        assert "ATTENDEE" not in entry
        for name in ("DTSTART", "DTEND"):
            if "TZID" in entry[name].params:
                assert entry[name].params["TZID"] in zones
            else:
                assert entry[name].params["VALUE"] == "DATE"
