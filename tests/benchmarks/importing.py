"""10,000 organisations from one Excel file into an empty ledger: seconds, and the memory of the process that does it."""

import asyncio
import io
import json
import resource
import subprocess
import sys
import time
from datetime import date, timedelta
from typing import NamedTuple

import xlsxwriter
from sqlalchemy import select

from services.cli.imports import bring
from services.worker.actors import Workbench
from shared.kit import clock
from shared.kit.database import policies
from shared.kit.database.engine import create_engine
from shared.kit.database.session import Database
from shared.kit.settings import ROOT, Settings
from shared.members import queries
from shared.tenants.models import Tenant

ROWS = 10_000
SLUG = "hyogo"
_HEADERS = (
    "団体名", "フリガナ", "郵便番号", "住所", "電話番号", "メールアドレス", "代表者", "担当者", "活動分野", "主な活動", "対象者",
    "加入日", "募集経路",
)  # fmt: skip
_TOWNS = ("神戸市中央区", "姫路市", "尼崎市", "明石市", "西宮市", "洲本市", "芦屋市", "伊丹市")
_FIRST_DAY = date(2023, 2, 20)


class Imported(NamedTuple):
    seconds: float
    megabytes: float
    reader_megabytes: float
    members: int


def measured() -> Imported:
    """In a process of its own, as the worker is one. The environment says which database."""
    command = [sys.executable, "-m", "tests.benchmarks.importing"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(done.stderr)
    return Imported(*json.loads(done.stdout.splitlines()[-1]))


def workbook(rows: int = ROWS) -> bytes:
    """As a secretariat would keep it; every tenth has left again, dates in both calendars."""
    target = io.BytesIO()
    with xlsxwriter.Workbook(target, {"constant_memory": True}) as book:
        page = book.add_worksheet("会員名簿")
        day = book.add_format({"num_format": "yyyy/mm/dd"})
        page.write_row(0, 0, _HEADERS)
        for number in range(1, rows + 1):
            _write_row(page, number, day)
    return target.getvalue()


def _write_row(page: xlsxwriter.worksheet.Worksheet, number: int, day: object) -> None:
    town = _TOWNS[number % len(_TOWNS)]
    joined = _FIRST_DAY + timedelta(number % 700)
    cells = (
        f"特定非営利活動法人ひょうごの居場所第{number}号",
        "トクテイヒエイリカツドウホウジンヒョウゴノイバショ",
        f"65{number % 10}-{number % 10_000:04}",
        f"兵庫県{town}中央通{number % 30 + 1}丁目{number % 9 + 1}番地",
        f"078-{number % 900 + 100}-{number % 10_000:04}",
        f"desk{number}@ibasho.example",
        f"代表 {number}郎",
        f"担当 {number}子",
        "子育て、防災",
        f"月に{number % 8 + 1}回、だれでも立ち寄れる場をひらき、食事と学びをともにしています。",
        "子どもとその家族、ひとりで暮らす方",
    )
    page.write_row(number, 0, cells)
    if number % 2:
        page.write_datetime(number, len(cells), joined, day)
    else:
        page.write(number, len(cells), f"令和{joined.year - 2018}年{joined.month}月{joined.day}日")
    page.write(number, len(cells) + 1, "この指とまれ")


async def _import() -> Imported:
    settings = Settings.from_environment()
    data = await asyncio.to_thread(workbook)
    database = Database(create_engine(settings, policies.WORKER, pool_size=2))
    try:
        async with database.read(None) as session:
            tenant_id = (await session.execute(select(Tenant.id).where(Tenant.slug == SLUG))).scalar_one()
        begun = time.monotonic()
        job = await bring(
            Workbench(settings, database), tenant_id, data=data, file_name="会員名簿.xlsx", joined_on=clock.today()
        )
        seconds = time.monotonic() - begun
        if job.applied != ROWS:
            raise RuntimeError(f"{job.applied} of {ROWS} rows were written: {job.counts}")
        async with database.read(tenant_id) as session:
            members = (await queries.member_count(session)).count
    finally:
        await database.close()
    return Imported(seconds, _peak(resource.RUSAGE_SELF), _peak(resource.RUSAGE_CHILDREN), members)


def _peak(who: int) -> float:
    return resource.getrusage(who).ru_maxrss / 1024


if __name__ == "__main__":
    print(json.dumps(asyncio.run(_import())))
