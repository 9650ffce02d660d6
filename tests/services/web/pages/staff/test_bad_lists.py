"""Lists as they really come: each wrong row is named, the good ones are usable, and nothing is half-stored."""

import asyncio
import html
import io
import zipfile
from collections.abc import Sequence
from datetime import date
from typing import Any

import httpx
import pytest
import xlsxwriter

from services.web.site import Site
from shared.kit.database.session import Database
from shared.kit.settings import Settings
from shared.kit.spreadsheets.limits import MAX_ROWS
from shared.kit.spreadsheets.reading import read_table
from shared.members import directory
from shared.members.imports import queries as import_queries
from shared.members.models import Visibility
from shared.members.queries import OrganisationView
from shared.tenants.models import Tenant
from tests.factories.members import make_platform
from tests.services.web.pages.staff.lists import PATH, bring, check, send, upload, work, workbook

HEADERS = ("団体名", "フリガナ", "法人番号", "電話番号", "入会日")
GOOD = ("つなぐ会", "ツナグカイ", "", "088-621-2179", date(2023, 2, 20))


@pytest.fixture
async def tenant(worker_database: Database, site: Site) -> Tenant:
    tenant = await make_platform(worker_database)
    await site._reload_hosts()
    return tenant


class Desk:
    """The secretariat's browser, its background process, and a look into its ledger."""

    def __init__(self, client: httpx.AsyncClient, settings: Settings, tenant: Tenant, database: Database) -> None:
        self.client, self.settings, self.tenant, self.database = client, settings, tenant, database

    async def bring(self, *rows: Sequence[Any], headers: Sequence[str] = HEADERS) -> str:
        return await self.bring_file(workbook([headers, *rows]))

    async def bring_file(self, data: bytes) -> str:
        _, page = await bring(self.client, self.settings, self.tenant, data)
        return html.unescape(page)

    async def ledger(self) -> list[OrganisationView]:
        async with self.database.read(self.tenant.id) as session:
            return (await directory.listed(session, first=100, audience=Visibility.SECRETARIAT)).items

    async def names(self) -> list[str]:
        return sorted(each.name for each in await self.ledger())

    async def jobs(self) -> int:
        async with self.database.read(self.tenant.id) as session:
            return len(await import_queries.imports(session))


@pytest.fixture
def desk(staff: httpx.AsyncClient, settings: Settings, tenant: Tenant, worker_database: Database) -> Desk:
    return Desk(staff, settings, tenant, worker_database)


async def test_merged_cells_are_told_and_their_rows_are_read(desk: Desk) -> None:
    target = io.BytesIO()
    with xlsxwriter.Workbook(target) as book:
        page = book.add_worksheet()
        page.write_row(0, 0, ["団体名", "区分", "電話番号"])
        page.write_column(1, 0, ["つなぐ会", "ひらく会"])
        page.merge_range(1, 1, 2, 1, "NPO法人")
    page_text = await desk.bring_file(target.getvalue())
    assert "B2:B3：結合されたセルです。値は左上のB2だけのものとして読みました。" in page_text
    found = {each.name: each.category.name if each.category else "" for each in await desk.ledger()}
    assert found == {"つなぐ会": "NPO法人", "ひらく会": ""}


@pytest.mark.parametrize("data", [b"", b" \r\n", b",,,\n,,\n", workbook([]), workbook([HEADERS])])
async def test_an_empty_file_is_refused_and_leaves_nothing(desk: Desk, data: bytes) -> None:
    answer = await upload(desk.client, data)
    assert (answer.status_code, "error-summary" in answer.text, await desk.jobs()) == (422, True, 0)


async def test_a_zip_bomb_is_refused_and_leaves_nothing(desk: Desk) -> None:
    bomb = io.BytesIO(workbook([HEADERS, GOOD]))
    with zipfile.ZipFile(bomb, "a", zipfile.ZIP_DEFLATED) as package:
        package.writestr("xl/worksheets/sheet2.xml", b"<worksheet>" + b" " * 90_000_000)
    answer = await upload(desk.client, bomb.getvalue())
    assert (answer.status_code, "安全のため読み込めません" in answer.text, await desk.jobs()) == (422, True, 0)


async def test_days_in_both_calendars_are_read_and_a_day_that_is_none_is_named(desk: Desk) -> None:
    days = [date(2023, 7, 14), "令和5年7月14日", "R5.7.14", "2023/7/14", "５年７月"]
    page = await desk.bring(*([f"会{number}", "カイ", "", "", day] for number, day in enumerate(days)))
    assert "E6 加入日「５年７月」：" in page
    found = {each.name: each.joined_on for each in await desk.ledger()}
    assert found == {f"会{number}": date(2023, 7, 14) for number in range(4)}


async def test_half_width_kana_and_rare_kanji_come_in_as_people_write_them(desk: Desk) -> None:
    await desk.bring(
        ["㈱髙﨑𠮷商店", "ｶﾌﾞｼｷｶﾞｲｼｬﾀｶｻｷﾖｼｼｮｳﾃﾝ", "", "０８８ー６２１ー２１７９", ""],
        ["ﾂﾅｸﾞ会", "ﾂﾅｸﾞｶｲ", "", "", ""],
    )
    found = {each.name: (each.kana, each.phone) for each in await desk.ledger()}
    assert found["㈱髙﨑𠮷商店"] == ("カブシキガイシャタカサキヨシショウテン", "088-621-2179")
    assert [kana for name, (kana, _) in found.items() if name != "㈱髙﨑𠮷商店"] == ["ツナグカイ"]


async def test_a_formula_gives_its_last_value_and_a_broken_one_nothing(desk: Desk) -> None:
    target = io.BytesIO()
    with xlsxwriter.Workbook(target) as book:
        page = book.add_worksheet()
        page.write_row(0, 0, ["団体名", "電話番号"])
        page.write_formula(1, 0, '="つなぐ"&"会"', None, "つなぐ会")
        page.write(2, 0, "ひらく会")
        page.write_formula(2, 1, "=VLOOKUP(A3,Z:Z,1)", None, "#N/A")
    text = await desk.bring_file(target.getvalue())
    assert ("A2：数式のセルです" in text, "B3：エラーの値なので、空として" in text) == (True, True)
    assert {each.name: each.phone for each in await desk.ledger()} == {"つなぐ会": None, "ひらく会": None}


async def test_what_looks_like_a_formula_is_text_and_runs_nowhere(desk: Desk) -> None:
    await desk.bring(["'=HYPERLINK(A1)の会", "カイ", "", "", ""], headers=HEADERS)
    assert await desk.names() == ["=HYPERLINK(A1)の会"]
    file = await desk.client.get("/staff/exports/organisations.csv")
    assert '"\'=HYPERLINK(A1)の会"' in file.text


async def test_a_wrong_corporate_number_is_named_and_its_row_stays_out(desk: Desk) -> None:
    page = await desk.bring(GOOD, ["ひらく会", "ヒラクカイ", "5050005005267", "", ""])
    assert ("C3 法人番号「5050005005267」：" in page, await desk.names()) == (True, ["つなぐ会"])


async def test_the_same_file_again_while_the_first_runs_is_refused_and_changes_nothing(desk: Desk) -> None:
    data = workbook([HEADERS, GOOD])
    path = (await upload(desk.client, data)).headers["location"]
    await send(desk.client, path, "/columns")
    assert ((await upload(desk.client, data)).status_code, await desk.jobs()) == (409, 1)
    await work(desk.client, desk.settings, desk.tenant, path)
    await send(desk.client, path, "/apply")
    assert ((await upload(desk.client, data)).status_code, await desk.jobs()) == (409, 1)
    await work(desk.client, desk.settings, desk.tenant, path)
    assert await desk.names() == ["つなぐ会"]


async def test_a_hundred_thousand_rows_are_kept_and_what_is_beyond_is_named(desk: Desk) -> None:
    lines = "".join(f"会{number}\n" for number in range(MAX_ROWS + 7))
    answer = await upload(desk.client, f"団体名\n{lines}".encode(), "名簿.csv")
    assert answer.status_code == 303, answer.text
    page = (await desk.client.get(answer.headers["location"])).text
    told = "100,002行目から下の7行は、一度に読み込める100,001行を超えるため、読んでいません。"
    assert ("100,000行を読みました" in page, told in page) == (True, True)
    remarks = await desk.client.get(f"{answer.headers['location']}/remarks.xlsx")
    rows = (await asyncio.to_thread(read_table, remarks.content, "確認.xlsx")).rows
    assert [(row.cells[0], row.cells[4]) for row in rows[1:]] == [("100002", "誤り")]


async def test_columns_that_were_chosen_are_remembered_by_this_platform_alone(
    desk: Desk, other_staff: httpx.AsyncClient
) -> None:
    headers = ("グループ", "れんらく")
    path = (await upload(desk.client, workbook([headers, ("つなぐ会", "088-621-2179")]))).headers["location"]
    await send(desk.client, path, "/columns", column_0="name", column_1="phone")
    chosen = {}
    for who, client in (("here", desk.client), ("there", other_staff)):
        again = (await upload(client, workbook([headers, ("ひらく会", "")]))).headers["location"]
        page = (await client.get(again)).text
        chosen[who] = page.count('<option value="phone" selected>')
    assert chosen == {"here": 1, "there": 0}


async def test_a_list_that_is_taken_back_and_chosen_anew_says_only_the_new(desk: Desk) -> None:
    path = (await upload(desk.client, workbook([HEADERS, ["つなぐ会", "カイ", "でんわ", "", ""]]))).headers["location"]
    assert "C2 法人番号「でんわ」：" in html.unescape(await check(desk.client, desk.settings, desk.tenant, path))
    await send(desk.client, f"{path}?step=columns", "/columns", column_2="")
    page = await work(desk.client, desk.settings, desk.tenant, path)
    assert ("新規1行と変更0行を取り込む" in page, "でんわ" in page) == (True, False)


async def test_the_page_says_what_it_takes(desk: Desk) -> None:
    assert "100,000行、30MBまで" in (await desk.client.get(PATH)).text
