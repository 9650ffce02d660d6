"""The secretariat's first morning: its Excel list of 97 organisations becomes the ledger."""

import asyncio
import io
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

import httpx
import pytest
import xlsxwriter

from services.web.site import Site
from shared.identity.models import Role
from shared.kit.database.session import Database
from shared.kit.settings import Settings
from shared.kit.spreadsheets.reading import read_table
from shared.members import queries
from shared.tenants.models import Tenant
from tests.factories.identity import make_account, signed_in
from tests.factories.members import make_platform
from tests.services.web.conftest import ClientFor
from tests.services.web.pages.staff.forms import fields_of
from tests.services.web.pages.staff.lists import PATH, bring, send, upload, work

FOUNDED = date(2023, 2, 20)
HEADERS = ("No.", "団体名", "フリガナ", "〒", "住所", "TEL", "メールアドレス", "団体区分", "活動分野", "入会日", "備考")


@pytest.fixture
async def tenant(worker_database: Database, site: Site) -> Tenant:
    """With words of its own for 区分 and 分野."""
    tenant = await make_platform(worker_database)
    await site._reload_hosts()
    return tenant


def members(number: int) -> list[list[Any]]:
    """As a secretariat keeps them: a title above, dates of the founding day, later ones in 和暦."""
    later = {90: "令和5年7月14日", 95: "R6.4.26"}
    joined: Any = FOUNDED
    rows = []
    for index in range(number):
        joined = later.get(index, joined)
        kana = "ﾂﾅｶﾞﾙｶｲ" + "アイウエオカキクケコ"[index // 10] + "アイウエオカキクケコ"[index % 10]
        rows.append(
            [
                index + 1,
                f"つながる会{index + 1:02}",
                kana,
                "7708570",
                "徳島市万代町1-1",
                886212179,
                "",
                "NPO法人",
                "子育て",
                joined,
                "",
            ]
        )
    return rows


def book(rows: Sequence[Sequence[Any]], headers: Sequence[str] = HEADERS) -> bytes:
    target = io.BytesIO()
    with xlsxwriter.Workbook(target) as workbook:
        page = workbook.add_worksheet("会員名簿")
        day = workbook.add_format({"num_format": "yyyy/mm/dd"})
        page.write(0, 0, "会員名簿（令和6年4月26日現在）")
        page.write_row(2, 0, headers)
        for number, row in enumerate(rows, start=3):
            for column, cell in enumerate(row):
                if isinstance(cell, date):
                    page.write_datetime(number, column, cell, day)
                else:
                    page.write(number, column, cell)
    return target.getvalue()


async def test_97_organisations_come_from_an_excel_file(
    staff: httpx.AsyncClient, client_for: ClientFor, settings: Settings, tenant: Tenant, worker_database: Database
) -> None:
    answer = await upload(staff, book(members(97)))
    assert answer.status_code == 303, answer.text
    path = answer.headers["location"]
    columns = (await staff.get(path)).text
    assert ("97行を読みました" in columns, "3行目を見出し" in columns) == (True, True)
    chosen = fields_of(columns, "/columns")
    assert [chosen[f"column_{number}"] for number in range(11)] == [
        "", "name", "kana", "postal_code", "address", "phone", "email", "category", "fields", "joined_on", "",
    ]  # fmt: skip
    assert (await send(staff, path, "/columns")).headers["location"] == path
    running = (await staff.get(path)).text
    assert ('http-equiv="refresh"' in running, "97行のうち0行（0%）" in running) == (True, True)
    checked = await work(staff, settings, tenant, path)
    assert "新規97行と変更0行を取り込む" in checked
    assert (await send(staff, path, "/apply")).status_code == 303
    assert "97団体の行を台帳に書き込みました" in await work(staff, settings, tenant, path)
    async with worker_database.read(tenant.id) as session:
        days = [FOUNDED - timedelta(1), FOUNDED, date(2023, 7, 14), date(2024, 4, 26)]
        assert [(await queries.member_count(session, day)).count for day in days] == [0, 90, 95, 97]
    listed = (await client_for(tenant).get("/organisations?q=つながる会97")).text
    assert ("つながる会97" in listed, "088-621-2179" in listed) == (True, False)


async def test_the_list_again_changes_nothing_and_says_so(
    staff: httpx.AsyncClient, settings: Settings, tenant: Tenant
) -> None:
    data = book(members(12))
    await bring(staff, settings, tenant, data)
    path = (await upload(staff, data)).headers["location"]
    await send(staff, path, "/columns")
    page = await work(staff, settings, tenant, path)
    assert ("台帳に書き込む行はありません" in page, "変更なし（12）" in page) == (True, True)


async def test_errors_are_told_by_row_and_column_and_can_be_taken_along(
    staff: httpx.AsyncClient, settings: Settings, tenant: Tenant
) -> None:
    rows = members(3)
    rows[1][5] = "でんわ"
    path, page = await bring(staff, settings, tenant, book(rows))
    assert ("F5 電話番号「でんわ」：" in page, "2団体の行を台帳に書き込みました" in page) == (True, True)
    file = await staff.get(f"{path}/remarks.xlsx")
    table = await asyncio.to_thread(read_table, file.content, "確認.xlsx")
    assert [row.cells[:3] for row in table.rows if "誤り" in row.cells] == [("5", "F5", "電話番号")]


async def test_the_same_file_twice_at_once_is_refused_with_words(
    staff: httpx.AsyncClient, settings: Settings, tenant: Tenant
) -> None:
    data = book(members(3))
    path = (await upload(staff, data)).headers["location"]
    await send(staff, path, "/columns")
    answer = await upload(staff, data)
    assert (answer.status_code, "同じファイル（会員名簿.xlsx）を、いま点検しています" in answer.text) == (409, True)
    await work(staff, settings, tenant, path)


async def test_files_that_are_no_lists_are_refused_with_words(staff: httpx.AsyncClient) -> None:
    files = {
        "空.xlsx": b"",
        "名簿.xls": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"0" * 512,
        "絵.xlsx": b"PK\x03\x04" + b"0" * 99,
    }
    answers = [await upload(staff, data, name) for name, data in files.items()]
    assert [(answer.status_code, "error-summary" in answer.text) for answer in answers] == [(422, True)] * 3


async def test_the_columns_must_name_the_organisation(staff: httpx.AsyncClient) -> None:
    path = (await upload(staff, book(members(2)))).headers["location"]
    answer = await send(staff, path, "/columns", column_1="")
    assert (answer.status_code, "「団体名」の列を選んでください" in answer.text) == (422, True)
    again = await send(staff, path, "/columns", joined_on_year="きのう")
    assert (again.status_code, "加入日" in again.text) == (422, True)


async def test_whoever_is_no_secretariat_sees_nothing_of_it(
    staff: httpx.AsyncClient,
    other_staff: httpx.AsyncClient,
    client_for: ClientFor,
    worker_database: Database,
    tenant: Tenant,
) -> None:
    path = (await upload(staff, book(members(2)))).headers["location"]
    stranger = await signed_in(client_for(tenant), await make_account(worker_database, tenant, Role.CASEWORKER))
    assert [(await other_staff.get(path)).status_code, (await stranger.get(path)).status_code] == [404, 403]
    assert (await client_for(tenant).get(PATH)).status_code == 303
