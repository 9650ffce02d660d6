"""A list of events from a municipality's file: read as people write it, looked at first, and never doubled."""

import csv
import io
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

import pytest
import xlsxwriter

from shared.events import list_import, open_data, queries
from shared.events.list_import import Done, Outcome, Planned
from shared.events.list_reading import Line, read_list
from shared.events.models import Event, EventKind, EventState
from shared.events.views import EventView
from shared.kit import clock
from shared.kit.database.session import Database
from shared.kit.refusals import Refusal
from shared.kit.spreadsheets.reading import read_table
from shared.kit.spreadsheets.writing import Sheet, write_csv, write_xlsx
from shared.tenants.models import Tenant
from shared.tenants.queries import profile
from tests.factories.content import EDITOR
from tests.factories.events import make_event
from tests.factories.tenants import make_tenant
from tests.shared.looking import facts, version

BASE = "https://one.example.jp"
STARTS = datetime(2027, 4, 1, 13, 30, tzinfo=clock.JST)
HOUR = timedelta(hours=1)


@pytest.fixture
async def tenant(worker_database: Database) -> Tenant:
    return await make_tenant(worker_database)


def sheet(*rows: dict[str, str], encoding: str = "utf-8-sig", title: str = "") -> bytes:
    headers = list(dict.fromkeys(name for row in rows for name in row))
    target = io.StringIO()
    writer = csv.writer(target)
    if title:
        writer.writerow([title])
    writer.writerows([headers, *([row.get(name, "") for name in headers] for row in rows)])
    return target.getvalue().encode(encoding)


def lines_of(data: bytes, name: str = "events.csv") -> list[Line]:
    return read_list(read_table(data, name), base_url=BASE)


async def look(database: Database, tenant: Tenant, data: bytes, name: str = "events.csv") -> list[Planned]:
    async with database.read(tenant.id) as session:
        return await list_import.plan(session, lines_of(data, name), kind=EventKind.MEETING)


async def take(database: Database, tenant: Tenant, data: bytes, *, update: bool = False) -> Done:
    async with database.write(tenant.id) as session:
        planned = await list_import.plan(session, lines_of(data), kind=EventKind.MEETING)
        return await list_import.apply(session, planned, actor=EDITOR, update=update)


async def all_events(database: Database, tenant: Tenant) -> list[EventView]:
    async with database.read(tenant.id) as session:
        return (await queries.all_for_staff(session)).items


def outcomes(planned: Sequence[Planned]) -> list[Outcome]:
    return [each.outcome for each in planned]


FESTIVAL = {
    "全国地方公共団体コード": "362018",
    "ID": "2027-15",
    "イベント名": "つながり講演会",
    "開始日": "令和９年４月１日",
    "終了日": "2027/4/1",
    "開始時間": "午後１時半",
    "終了時間": "16:00",
    "説明": "**どなたでも**どうぞ。",
    "料金（基本）": "500円",
    "連絡先電話番号": "886212179",
    "主催者": "試験市",
    "場所名称": "市民会館",
    "所在地_連結表記": "試験市幸町2-5",
    "定員": "先着１２０名",
    "参加申込終了日": "R9.3.20",
    "参加申込方法": "電話",
    "備考": "雨天決行",
    "URL": "https://city.example.jp/1",
}


async def test_a_row_of_a_municipality_becomes_a_draft(worker_database: Database, tenant: Tenant) -> None:
    before = await version(worker_database, tenant)
    assert await take(worker_database, tenant, sheet(FESTIVAL)) == Done(1, 0)
    [event] = await all_events(worker_database, tenant)
    assert (event.state, event.kind, event.title, event.organiser) == (
        EventState.DRAFT,
        EventKind.SEMINAR,
        "つながり講演会",
        "試験市",
    )
    assert (event.starts_at, event.ends_at, event.all_day) == (STARTS, STARTS + 2.5 * HOUR, False)
    assert event.registration_deadline == datetime(2027, 3, 20, 23, 59, tzinfo=clock.JST)
    assert (event.venue, event.capacity, event.contact_phone) == ("市民会館（試験市幸町2-5）", 120, "088-621-2179")
    assert (
        event.description == "**どなたでも**どうぞ。\n\n料金：500円\n\n雨天決行\n\n詳しくは https://city.example.jp/1"
    )
    assert (await facts(worker_database, tenant), await version(worker_database, tenant)) == ([], before)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp932"])
def test_every_usual_encoding_is_read(encoding: str) -> None:
    [line] = lines_of(sheet(FESTIVAL, encoding=encoding, title="令和9年度 イベント一覧"))
    assert (line.row, line.title, line.problems) == (3, "つながり講演会", [])


async def test_the_same_list_again_changes_nothing(worker_database: Database, tenant: Tenant) -> None:
    nameless = {"イベント名": "番号のない会", "開始日": "2027-05-01", "ID": ""}
    data = sheet(FESTIVAL, nameless)
    assert await take(worker_database, tenant, data) == Done(2, 0)
    assert outcomes(await look(worker_database, tenant, data)) == [Outcome.UNCHANGED] * 2
    assert await take(worker_database, tenant, data, update=True) == Done(0, 0)
    assert len(await all_events(worker_database, tenant)) == 2


async def test_a_changed_row_changes_the_draft_only_when_that_is_wanted(
    worker_database: Database, tenant: Tenant
) -> None:
    await take(worker_database, tenant, sheet(FESTIVAL))
    changed = sheet(FESTIVAL | {"場所名称": "公民館", "開始時間": "14:00"})
    [planned] = await look(worker_database, tenant, changed)
    assert (planned.outcome, planned.changed) == (Outcome.CHANGED, ("starts_at", "venue"))
    assert await take(worker_database, tenant, changed) == Done(0, 0)
    assert await take(worker_database, tenant, changed, update=True) == Done(0, 1)
    [event] = await all_events(worker_database, tenant)
    assert (event.venue, event.starts_at) == ("公民館（試験市幸町2-5）", STARTS + HOUR / 2)


async def test_the_same_number_of_another_municipality_is_another_event(
    worker_database: Database, tenant: Tenant
) -> None:
    await take(worker_database, tenant, sheet(FESTIVAL))
    assert outcomes(await look(worker_database, tenant, sheet(FESTIVAL | {"全国地方公共団体コード": "362034"}))) == [
        Outcome.NEW
    ]


async def test_blank_cells_take_nothing_away(worker_database: Database, tenant: Tenant) -> None:
    await take(worker_database, tenant, sheet(FESTIVAL))
    bare = {name: FESTIVAL[name] for name in ("全国地方公共団体コード", "ID", "イベント名", "開始日")}
    assert outcomes(await look(worker_database, tenant, sheet(bare | {"説明": "", "開始時間": ""}))) == [
        Outcome.UNCHANGED
    ]


async def every_kind_of_event(database: Database, tenant: Tenant) -> None:
    await make_event(
        database,
        tenant,
        starts_at=STARTS,
        ends_at=STARTS + HOUR,
        online=True,
        capacity=80,
        registration_deadline=STARTS - HOUR,
        accessibility="手話通訳\n字幕",
        description="=1+1\n\n「引用」, カンマ",
        contact_phone="088-621-2179",
        how_to_apply="電話で",
        organiser=None,
    )
    day = datetime(2023, 4, 21, tzinfo=clock.JST)
    await make_event(database, tenant, starts_at=day, ends_at=None, all_day=True, venue=None, online=True)
    await make_event(database, tenant, starts_at=day, ends_at=day + 40 * HOUR, all_day=True)
    await make_event(database, tenant, starts_at=STARTS, ends_at=None, title="+夜の会")
    called_off = await make_event(database, tenant, starts_at=STARTS, ends_at=STARTS + 30 * HOUR)
    async with database.write(tenant.id) as session:
        (await session.get_one(Event, (tenant.id, called_off.id))).state = EventState.CANCELLED


@pytest.mark.parametrize("form", ["csv", "xlsx"])
async def test_what_is_exported_comes_back_without_a_change(
    worker_database: Database, tenant: Tenant, form: str
) -> None:
    await every_kind_of_event(worker_database, tenant)
    async with worker_database.read(tenant.id) as session:
        events, own = await queries.for_feed(session), await profile(session)
    rows = [open_data.row_of(event, own, "試験県", "試験市", BASE) for event in events]
    if form == "csv":
        data = write_csv([list(open_data.HEADERS), *rows])[0]
    else:
        data = write_xlsx([Sheet("イベント一覧", open_data.HEADERS, rows)])
    planned = await look(worker_database, tenant, data, f"events.{form}")
    assert [(each.outcome, each.changed, each.line.problems) for each in planned] == [(Outcome.UNCHANGED, (), [])] * 5


async def test_what_is_public_is_not_changed_by_a_list(worker_database: Database, tenant: Tenant) -> None:
    event = await make_event(worker_database, tenant, starts_at=STARTS, ends_at=None)
    data = sheet({"NO": str(event.id), "イベント名": "別の題", "開始日": "2027-04-01", "開始時間": "13:30"})
    [planned] = await look(worker_database, tenant, data)
    assert (planned.outcome, planned.changed, planned.event_id) == (Outcome.PUBLIC, ("title",), event.id)
    assert await take(worker_database, tenant, data, update=True) == Done(0, 0)
    assert [each.title for each in await all_events(worker_database, tenant)] == [event.title]


async def test_an_event_of_another_platform_is_not_known(worker_database: Database, tenant: Tenant) -> None:
    elsewhere = await make_tenant(worker_database)
    event = await make_event(worker_database, elsewhere)
    data = sheet({"NO": str(event.id), "イベント名": "別の題", "開始日": "2027-04-01"})
    assert outcomes(await look(worker_database, tenant, data)) == [Outcome.NEW]


@pytest.mark.parametrize(
    ("cells", "column"),
    [
        ({"イベント名": ""}, "イベント名"),
        ({"開始日": ""}, "開始日"),
        ({"開始日": "2027-02-30"}, "開始日"),
        ({"開始日": "春ごろ"}, "開始日"),
        ({"開始時間": "25時"}, "開始時間"),
        ({"終了日": "2027-03-31"}, ""),
        ({"定員": "たくさん"}, "定員"),
        ({"参加申込終了日": "2027-04-05"}, ""),
        ({"連絡先電話番号": "市役所"}, ""),
        ({"イベント名": "行" * 201}, ""),
    ],
)
async def test_a_row_that_cannot_be_taken_says_where_it_is_wrong(
    worker_database: Database, tenant: Tenant, cells: dict[str, str], column: str
) -> None:
    data = sheet(FESTIVAL | cells, {**FESTIVAL, "ID": "2"})
    first, second = await look(worker_database, tenant, data)
    assert (first.outcome, [name for name, _ in first.line.problems]) == (Outcome.FAULTY, [column])
    assert (first.line.row, second.outcome) == (2, Outcome.NEW)
    assert await take(worker_database, tenant, data) == Done(1, 0)


async def test_a_row_that_stands_twice_is_named(worker_database: Database, tenant: Tenant) -> None:
    first, second = await look(worker_database, tenant, sheet(FESTIVAL, FESTIVAL))
    assert (first.outcome, second.outcome) == (Outcome.NEW, Outcome.FAULTY)
    assert second.line.problems == [("NO", "2行目と同じ行事です。どちらかを消してください。")]


def test_dates_times_and_formulas_of_excel_are_read() -> None:
    target = io.BytesIO()
    with xlsxwriter.Workbook(target) as book:
        page = book.add_worksheet()
        day, clocked = book.add_format({"num_format": "yyyy/mm/dd"}), book.add_format({"num_format": "hh:mm"})
        page.write_row(0, 0, ["NO", "イベント名", "開始日", "開始時間", "終了時間", "定員"])
        page.write_row(1, 0, [15, "春の会"])
        page.write_datetime(1, 2, date(2027, 4, 1), day)
        page.write_number(1, 3, 13.5 / 24, clocked)
        page.write_number(1, 4, 15.5 / 24)
        page.write_formula(1, 5, "=60*2", None, 120)
    table = read_table(target.getvalue(), "events.xlsx")
    [line] = read_list(table, base_url=BASE)
    assert (line.number, line.values["starts_at"], line.values["ends_at"], line.values["capacity"]) == (
        "15",
        STARTS,
        STARTS + 2 * HOUR,
        120,
    )
    assert [note.place for note in table.notes] == ["F2"]


@pytest.mark.parametrize(
    "data",
    [
        sheet({"団体名": "つなぐ会", "電話番号": "088-621-2179"}),
        sheet({"イベント名": "会", "場所": "会館"}),
        b"\x00\x01\x02",
        b"",
        b"%PDF-1.7\n",
    ],
)
def test_a_file_that_is_no_list_of_events_is_said_to_be_none(data: bytes) -> None:
    with pytest.raises(Refusal) as refused:
        lines_of(data)
    assert refused.value.field == "file"


async def test_five_thousand_rows_are_taken_and_no_more(worker_database: Database, tenant: Tenant) -> None:
    rows: list[dict[str, Any]] = [
        {"NO": str(number), "イベント名": f"会{number}", "開始日": "2027-04-01"} for number in range(5_001)
    ]
    with pytest.raises(Refusal) as refused:
        await look(worker_database, tenant, sheet(*rows))
    assert refused.value.code == "TOO_MANY"
    assert await take(worker_database, tenant, sheet(*rows[:5_000])) == Done(5_000, 0)
    assert set(outcomes(await look(worker_database, tenant, sheet(*rows[:5_000])))) == {Outcome.UNCHANGED}
