"""A list that is saved, edited in Excel and brought back updates the organisations that it came from."""

import asyncio
import html
import re
from datetime import date
from uuid import UUID, uuid4

import httpx
import pytest

from services.web.site import Site
from shared.kit.database.session import Database
from shared.kit.settings import Settings
from shared.kit.spreadsheets.reading import read_table
from shared.kit.spreadsheets.table import Cell
from shared.members import directory
from shared.members.models import Visibility
from shared.tenants.models import Tenant
from tests.factories.members import make_organisation, make_platform
from tests.services.web.pages.staff.lists import check, send, upload, work, workbook

EXPORT = "/staff/exports/organisations"
FOUNDED = date(2023, 2, 20)
Lines = list[list[Cell]]


@pytest.fixture
async def tenant(worker_database: Database, site: Site) -> Tenant:
    """With organisations that nothing but their id tells apart, or that no list could create as they are."""
    tenant = await make_platform(worker_database)
    await site._reload_hosts()
    twin = {"name": "つなぐ会", "kana": "ツナグカイ", "phone": "088-621-2179"}
    for joined_on, columns in (
        (FOUNDED, twin),
        (FOUNDED, twin),
        (None, {"name": "加入日のわからない会"}),
        (
            FOUNDED,
            {
                "name": "'=合計の会",
                "summary": "'＝x",
                "address": "徳島県阿南市富岡町1",
                "audiences": ["children", "parents"],
            },
        ),
        (date(2030, 4, 1), {"name": "これからの会", "people": 12, "founded_year": 1998}),
    ):
        await make_organisation(worker_database, tenant, joined_on=joined_on, **columns)
    return tenant


class Desk:
    def __init__(self, client: httpx.AsyncClient, settings: Settings, tenant: Tenant, database: Database) -> None:
        self.client, self.settings, self.tenant, self.database = client, settings, tenant, database

    async def saved(self, suffix: str = "xlsx") -> bytes:
        return (await self.client.get(f"{EXPORT}.{suffix}")).content

    async def lines(self) -> Lines:
        table = await asyncio.to_thread(read_table, await self.saved(), "会員名簿.xlsx")
        return [[row.cell(column) for column in range(len(table.rows[0].cells))] for row in table.rows]

    async def check(self, data: bytes, name: str = "会員名簿.xlsx") -> tuple[str, str]:
        path = (await upload(self.client, data, name)).headers["location"]
        return path, html.unescape(await check(self.client, self.settings, self.tenant, path))

    async def apply(self, path: str) -> None:
        await send(self.client, path, "/apply")
        await work(self.client, self.settings, self.tenant, path)

    async def names(self) -> dict[UUID, str]:
        async with self.database.read(self.tenant.id) as session:
            found = await directory.listed(session, first=100, audience=Visibility.SECRETARIAT)
            return {each.id: each.name for each in found.items}


@pytest.fixture
def desk(staff: httpx.AsyncClient, settings: Settings, tenant: Tenant, worker_database: Database) -> Desk:
    return Desk(staff, settings, tenant, worker_database)


def counts(page: str) -> dict[str, int]:
    return {word: int(number) for word, number in re.findall(r"<dt>(\w+)</dt><dd>(\d+)行</dd>", page)}


@pytest.mark.parametrize("suffix", ["xlsx", "csv", "csv?encoding=cp932"])
async def test_a_list_that_comes_back_as_it_was_changes_nothing(desk: Desk, suffix: str) -> None:
    listed = len(await desk.lines()) - 1
    _, page = await desk.check(await desk.saved(suffix), f"会員名簿.{suffix.partition('?')[0]}")
    assert (counts(page), re.findall("変わるところ：[^<]*", page)) == (
        {"新規": 0, "変更": 0, "変更なし": listed, "誤り": 0},
        [],
    )
    assert "台帳に書き込む行はありません" in page


async def test_one_that_is_renamed_is_one_change(desk: Desk) -> None:
    before = await desk.names()
    lines = await desk.lines()
    renamed = next(line for line in lines if line[0] == "つなぐ会")
    renamed[0] = "むすぶ会"
    path, page = await desk.check(workbook(lines))
    assert counts(page) == {"新規": 0, "変更": 1, "変更なし": len(lines) - 2, "誤り": 0}
    assert "変わるところ：団体名" in page
    await desk.apply(path)
    assert await desk.names() == before | {UUID(str(renamed[lines[0].index("台帳ID")])): "むすぶ会"}


async def test_ids_are_known_under_whatever_header_and_win_over_the_name(desk: Desk) -> None:
    known = next(each for each, name in (await desk.names()).items() if name == "つなぐ会")
    _, page = await desk.check(
        workbook([("団体名", "電話番号", "会員番号"), ("ひろげる会", "088-621-2179", str(known))])
    )
    assert counts(page) == {"新規": 0, "変更": 1, "変更なし": 0, "誤り": 0}


async def test_numbers_of_the_secretariat_s_own_are_no_ids(desk: Desk) -> None:
    _, page = await desk.check(workbook([("会員番号", "団体名", "電話番号"), (1, "はじめての会", "088-621-2179")]))
    assert counts(page) == {"新規": 1, "変更": 0, "変更なし": 0, "誤り": 0}


async def test_ids_of_nobody_are_row_errors_and_the_others_stay_usable(desk: Desk) -> None:
    rows = [("ない会", str(uuid4())), ("読めない会", "7番"), ("新しい会", "")]
    _, page = await desk.check(workbook([("団体名", "台帳ID"), *rows]))
    assert counts(page) == {"新規": 1, "変更": 0, "変更なし": 0, "誤り": 2}
    assert re.findall(r"(B\d 台帳ID「[^」]+」)：", page) == [f"B2 台帳ID「{rows[0][1]}」", "B3 台帳ID「7番」"]


async def test_a_number_of_another_organisation_is_a_row_error(desk: Desk) -> None:
    await make_organisation(
        desk.database, desk.tenant, joined_on=FOUNDED, name="番号の会", corporate_number="5050005005266"
    )
    known = next(each for each, name in (await desk.names()).items() if name == "つなぐ会")
    _, page = await desk.check(workbook([("団体名", "法人番号", "ID"), ("つなぐ会", "5050005005266", str(known))]))
    assert (counts(page)["誤り"], "台帳の別の団体の番号です" in page) == (1, True)


async def test_one_organisation_twice_under_its_id_is_a_row_error(desk: Desk) -> None:
    known = next(each for each, name in (await desk.names()).items() if name == "つなぐ会")
    _, page = await desk.check(workbook([("団体名", "ID"), ("甲の会", str(known)), ("乙の会", str(known))]))
    assert (counts(page)["変更"], counts(page)["誤り"], "2行目と同じ団体です" in page) == (1, 1, True)
