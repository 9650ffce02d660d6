"""What the house promises when something that it stands on goes away for a while."""

import asyncio
import shutil
import tempfile
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import asyncpg
import msgspec
import pytest

from services.scheduler.main import LEADER_LOCK
from shared.kit.database import embedded, policies
from shared.kit.database.engine import create_engine
from shared.kit.database.migrate import migrate
from shared.kit.database.session import Database
from shared.kit.post import Letter, LetterClass, LetterState
from shared.kit.settings import Settings
from tests.factories.letters import letter_row, queue_letter
from tests.factories.sink import Sink, free_port, mail_server
from tests.factories.tenants import make_tenant
from tests.faults.conftest import Background
from tests.faults.servers import redis
from tests.faults.stage import LOCKS, ONCE, Stage


@contextmanager
def running(background: Background) -> Iterator[Background]:
    background.start()
    try:
        yield background
    finally:
        background.end()


@pytest.fixture
def smtp_url(sink: Sink) -> Iterator[str]:
    with mail_server(sink) as url:
        yield url


@pytest.fixture
async def own_server(settings: Settings) -> AsyncIterator[Settings]:
    """A database server that a test may stop: nobody else's rows are on it."""
    folder = Path(tempfile.mkdtemp(prefix="tsunagari-outage-", dir="/tmp"))
    await asyncio.to_thread(embedded.start, folder, durable=False)
    own = msgspec.structs.replace(settings, database_url=embedded.url(folder), local=folder)
    await migrate(own)
    yield own
    await asyncio.to_thread(embedded.stop, folder)
    shutil.rmtree(folder, ignore_errors=True)


async def _stage_on(own: Settings, sink: Sink) -> Stage:
    database = Database(create_engine(own, policies.WORKER, pool_size=1))
    return Stage(database, await asyncpg.connect(own.database_url), sink)


async def _leave(stage: Stage) -> None:
    await stage.admin.close()
    await stage.database.close()


async def test_the_database_restarts_and_the_work_goes_on(
    own_server: Settings, sink: Sink, smtp_url: str, tmp_path: Path
) -> None:
    with running(Background(own_server, smtp_url, None, tmp_path / "log")):
        before = await _stage_on(own_server, sink)
        await before.raise_alarm()
        assert await before.ends() == ONCE
        await _leave(before)
        # The next letter has been accepted when the database goes: that must be written down afterwards.
        during = await _stage_on(own_server, sink)
        with sink.holding("DATA") as here:
            await during.raise_alarm()
            assert await asyncio.to_thread(here.wait, 20)
            await _leave(during)
            await asyncio.to_thread(embedded.stop, own_server.local)
        await asyncio.sleep(0.5)
        await asyncio.to_thread(embedded.start, own_server.local, durable=False)
        back = await _stage_on(own_server, sink)
        back.alarm = during.alarm
        assert await back.ends() == ONCE
        after = Stage(back.database, back.admin, sink)
        await after.raise_alarm()
        assert await after.ends() == ONCE
        await _leave(back)


async def test_when_the_leader_dies_another_process_takes_over(
    settings: Settings, smtp_url: str, stage: Stage, tmp_path: Path
) -> None:
    leads = f"SELECT count(*) FROM {LOCKS} AND objid = {LEADER_LOCK} AND granted"
    stands = "datname = current_database() AND query LIKE '%pg_try_advisory_lock%' AND pid <> pg_backend_pid()"
    first = Background(settings, smtp_url, None, tmp_path / "first")
    first.start()
    await stage.until(f"SELECT ({leads}) = 1")
    with running(Background(settings, smtp_url, None, tmp_path / "second")):
        await stage.until(f"SELECT count(*) = 1 FROM pg_stat_activity WHERE {stands}")
        assert await stage.admin.fetchval(leads) == 1
        first.freeze()
        await stage.raise_alarm()
        first.kill()
        assert await stage.ends() == ONCE


async def test_the_broker_goes_away_and_comes_back(
    settings: Settings, smtp_url: str, stage: Stage, tmp_path: Path
) -> None:
    port = free_port()
    with running(Background(settings, smtp_url, f"redis://127.0.0.1:{port}/0", tmp_path / "log")):
        await stage.raise_alarm()
        await asyncio.sleep(1.5)
        assert await stage.admin.fetchval("SELECT count(*) FROM letter WHERE about_id = $1", stage.alarm) == 0
        with redis(port):
            began = time.monotonic()
            assert await stage.ends() == ONCE
            assert time.monotonic() - began < 8


async def test_told_to_stop_it_does_not_wait_for_a_mail_server_that_hangs(
    settings: Settings, sink: Sink, smtp_url: str, stage: Stage, tmp_path: Path
) -> None:
    background = Background(settings, smtp_url, None, tmp_path / "log")
    background.start()
    with sink.holding("DATA") as here:
        await stage.raise_alarm(LetterClass.MUST_ARRIVE)
        assert await asyncio.to_thread(here.wait, 20)
        began = time.monotonic()
        assert await asyncio.to_thread(background.stop) == 0
        assert time.monotonic() - began < 10
        await stage.letter_is("HANDING_OVER")
    with running(background):
        assert await stage.ends() == ("SENT", [None, "yes"])


async def test_scheduler_and_workers_may_be_processes_of_their_own(
    settings: Settings, sink: Sink, smtp_url: str, worker_database: Database, tmp_path: Path
) -> None:
    tenant = await make_tenant(worker_database)
    with redis() as broker_url, ExitStack() as stack:
        given = (settings, smtp_url, broker_url)
        worker, spare, scheduler = (
            stack.enter_context(running(Background(*given, tmp_path / module, module)))
            for module in ("services.worker.main", "services.worker.main", "services.scheduler.main")
        )
        first = await queue_letter(worker_database, settings, tenant.id)
        await _until_sent(worker_database, first)
        worker.kill()
        second = await queue_letter(worker_database, settings, tenant.id)
        await _until_sent(worker_database, second)
        marks = {mail["Message-ID"]: mail["X-Tsunagari-Resent"] for mail in sink.mails}
        assert {first.message_id, second.message_id} <= {name for name, mark in marks.items() if mark is None}
        for process in (scheduler, spare):
            assert await asyncio.to_thread(process.stop) == 0


async def _until_sent(database: Database, letter: Letter) -> None:
    async with asyncio.timeout(20):
        while (await letter_row(database, letter.tenant_id, letter.id)).state is not LetterState.SENT:  # noqa: ASYNC110
            await asyncio.sleep(0.05)
