"""Organisations from one Excel file into an empty ledger: seconds, and the memory of all processes that do it, together.

What counts is everything that the importing process holds, the interpreter and its libraries too, and the reading process while it
reads; PostgreSQL is not counted.
"""

import asyncio
import json
import subprocess
import sys
import tempfile
import time
from datetime import date, timedelta
from pathlib import Path
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
from shared.members import ledger
from shared.tenants.models import Tenant
from tests.benchmarks.memory import Peak

ROWS, LONG = 10_000, 30_000
SLUG, SLUG_OF_LONG = "hyogo", "komatsushima"
_HEADERS = (
    "団体名", "フリガナ", "郵便番号", "住所", "電話番号", "メールアドレス", "代表者", "担当者", "活動分野", "主な活動", "対象者",
    "加入日", "募集経路",
)  # fmt: skip
_TOWNS = ("神戸市中央区", "姫路市", "尼崎市", "明石市", "西宮市", "洲本市", "芦屋市", "伊丹市")
_FIRST_DAY = date(2023, 2, 20)
_TRIES = 5


class Imported(NamedTuple):
    seconds: float
    megabytes: float
    breakdown: float


def measured(rows: int, slug: str) -> Imported:
    """In a process of its own, as the worker is one, watched from this one. The environment says which database."""
    with tempfile.TemporaryDirectory(dir="/tmp") as folder:
        file = Path(folder) / "会員名簿.xlsx"
        write_workbook(file, rows)
        command = [sys.executable, "-m", "tests.benchmarks.importing", str(file), slug, str(rows)]
        process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        with Peak(process.pid) as peak:
            told, error = process.communicate()
    if process.returncode:
        raise RuntimeError(error)
    seconds, breakdown = json.loads(told.splitlines()[-1])
    return Imported(seconds, peak.megabytes, breakdown)


def write_workbook(file: Path, rows: int) -> None:
    """As a secretariat would keep it, dates in both calendars."""
    with xlsxwriter.Workbook(file, {"constant_memory": True}) as book:
        page = book.add_worksheet("会員名簿")
        day = book.add_format({"num_format": "yyyy/mm/dd"})
        page.write_row(0, 0, _HEADERS)
        for number in range(1, rows + 1):
            _write_row(page, number, day)


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


async def _import(file: Path, slug: str, rows: int) -> tuple[float, float]:
    """Seconds of the import, and milliseconds of the ledger's sums over what came in."""
    settings = Settings.from_environment()
    database = Database(create_engine(settings, policies.WORKER, pool_size=2))
    try:
        async with database.read(None) as session:
            tenant_id = (await session.execute(select(Tenant.id).where(Tenant.slug == slug))).scalar_one()
        begun = time.monotonic()
        with file.open("rb") as data:
            bench = Workbench(settings, database)
            job = await bring(bench, tenant_id, data=data, file_name=file.name, joined_on=clock.today())
        seconds = time.monotonic() - begun
        if job.applied != rows:
            raise RuntimeError(f"{job.applied} of {rows} rows were written: {job.counts}")
        breakdown = min([await _sums(database, tenant_id) for _ in range(_TRIES)])
    finally:
        await database.close()
    return seconds, breakdown


async def _sums(database: Database, tenant_id: int) -> float:
    async with database.read(tenant_id) as session:
        begun = time.monotonic()
        await ledger.breakdown(session, clock.today())
        return (time.monotonic() - begun) * 1000


if __name__ == "__main__":
    print(json.dumps(asyncio.run(_import(Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])))))
