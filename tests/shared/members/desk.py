"""A secretariat with its lists, its ledger and its background process."""

import io
from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

import xlsxwriter

from shared.kit.database.session import Database
from shared.kit.settings import Settings
from shared.kit.spreadsheets.reading import spooled
from shared.members import directory
from shared.members.imports import queries as import_queries
from shared.members.imports import service as importing
from shared.members.imports.queries import ImportView
from shared.taxonomy.models import Municipality
from shared.tenants.models import Tenant
from tests.factories.members import STAFF, settle

HEADERS = ["団体名", "フリガナ", "法人番号", "住所", "電話番号", "区分", "分野", "加入日", "退会日", "募集経路"]
FOUNDED = date(2023, 2, 20)


def book(rows: Sequence[Sequence[Any]], headers: Sequence[str] = HEADERS) -> bytes:
    target = io.BytesIO()
    with xlsxwriter.Workbook(target, {"strings_to_numbers": False}) as workbook:
        page = workbook.add_worksheet("会員名簿")
        day = workbook.add_format({"num_format": "yyyy/mm/dd"})
        for number, row in enumerate([headers, *rows]):
            for column, cell in enumerate(row):
                if isinstance(cell, date):
                    page.write_datetime(number, column, cell, day)
                else:
                    page.write(number, column, cell)
    return target.getvalue()


def row(name: str, *, number: str = "", joined: Any = FOUNDED, phone: str = "088-621-2179", **more: Any) -> list[Any]:
    kana, left, source = more.get("kana", "カイ"), more.get("left", ""), more.get("source", "この指とまれ")
    return [
        name,
        kana,
        number,
        more.get("address", "徳島県阿南市富岡町1"),
        phone,
        "NPO法人",
        "子育て、防災",
        joined,
        left,
        source,
    ]


class Desk:
    """A secretariat with its database and its background process."""

    def __init__(self, database: Database, settings: Settings, tenant: Tenant) -> None:
        self.database, self.settings, self.tenant = database, settings, tenant

    async def write(self, verb: Any, *args: Any, **kwargs: Any) -> Any:
        async with self.database.write(self.tenant.id) as session:
            return await verb(session, *args, **kwargs)

    async def read(self, query: Any, *args: Any, **kwargs: Any) -> Any:
        async with self.database.read(self.tenant.id) as session:
            return await query(session, *args, **kwargs)

    async def settle(self) -> None:
        """Each batch asks for the next one, so the background is woken until nothing is left."""
        for _ in range(100):
            async with self.database.read(self.tenant.id) as session:
                jobs = await import_queries.imports(session)
            if not any(job.running for job in jobs):
                return
            await settle(self.settings, self.tenant)
        raise AssertionError("the import does not end")

    async def receive(self, data: bytes, name: str = "会員名簿.xlsx") -> UUID:
        with spooled(data, name) as table:
            found: UUID = await self.write(importing.receive, table, file_name=name, actor=STAFF)
        return found

    async def check(self, data: bytes, **choices: Any) -> ImportView:
        import_id = await self.receive(data)
        meanings = (await self.view(import_id)).meanings
        given = {"meanings": meanings, "default_joined_on": date(2024, 4, 1), "visibility": {}} | choices
        await self.write(importing.choose, import_id, actor=STAFF, **given)
        await self.settle()
        return await self.view(import_id)

    async def bring(self, data: bytes, **choices: Any) -> ImportView:
        job = await self.check(data, **choices)
        await self.write(importing.start, job.id, actor=STAFF)
        await self.settle()
        return await self.view(job.id)

    async def view(self, import_id: UUID) -> ImportView:
        view: ImportView = await self.read(import_queries.member_import, import_id)
        return view

    async def messages(self, job: ImportView, kind: str = "problem") -> list[str]:
        found = await self.read(import_queries.remarks, job.id)
        return [f"{each.place} {each.message}" for each in found if each.kind == kind]

    async def jobs(self) -> list[ImportView]:
        found: list[ImportView] = await self.read(import_queries.imports)
        return found

    async def names(self) -> list[str]:
        return [each.name for each in (await self.read(directory.listed, first=100)).items]


async def stand_in_tokushima(database: Database, tenant: Tenant) -> None:
    """So that the platform's lists know the prefecture's municipalities."""
    town = Municipality(
        code=tenant.code, prefecture_code="360007", prefecture="徳島県", name=tenant.slug, kana="シケン"
    )
    async with database.write(tenant.id) as session:
        session.add(town)
