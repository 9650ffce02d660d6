"""One background process per broker; a test kills it and starts it anew, the next test goes on with that one."""

import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, nullcontext
from pathlib import Path

import asyncpg
import pytest
from sqlalchemy import make_url

from shared.kit.database.engine import without_driver
from shared.kit.database.session import Database
from shared.kit.settings import ROOT, Settings
from tests.databases import owner_connection, settings, web_database, worker_database
from tests.factories.sink import Sink, mail_server
from tests.faults.servers import rabbitmq, redis
from tests.faults.stage import Stage

__all__ = ["owner_connection", "settings", "web_database", "worker_database"]

BROKERS: dict[str, Callable[[], AbstractContextManager[str | None]]] = {
    "in-process": lambda: nullcontext(None),
    "rabbitmq": rabbitmq,
    "redis": redis,
}
LEASE = 1.5


class Background:
    """The process under test. `kill` is kill -9."""

    def __init__(
        self,
        settings: Settings,
        smtp_url: str,
        broker_url: str | None,
        log: Path,
        module: str = "tests.faults.launch",
    ) -> None:
        self.log = log
        self.module = module
        self.environment = {
            "PATH": os.environ["PATH"],
            "DATABASE_URL": settings.database_url or "",
            "SECRET_KEY": settings.secret_key,
            "LOCAL_DIR": str(settings.local),
            "SMTP_URL": smtp_url,
            "BROKER_URL": broker_url or "",
            "FAULT_LEASE": str(LEASE),
        }
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        with self.log.open("ab") as output:
            self.process = subprocess.Popen(
                [sys.executable, "-m", self.module],
                cwd=ROOT,
                env=self.environment,
                stdout=output,
                stderr=output,
            )

    def freeze(self) -> None:
        self._tell(signal.SIGSTOP)

    def kill(self) -> None:
        self._tell(signal.SIGKILL).wait()

    def end(self) -> None:
        """Whatever its state: it is gone."""
        if self.process is not None and self.process.poll() is None:
            self.kill()

    def stop(self) -> int:
        """As a service manager does it; the exit code. TimeoutExpired after the 10 s that are promised."""
        return self._tell(signal.SIGTERM).wait(10)

    def _tell(self, sign: signal.Signals) -> "subprocess.Popen[bytes]":
        assert self.process is not None
        assert self.process.poll() is None, self.log.read_text()
        self.process.send_signal(sign)
        return self.process


@pytest.fixture(scope="module")
def sink() -> Sink:
    return Sink()


@pytest.fixture(scope="module", params=list(BROKERS))
def background(
    request: pytest.FixtureRequest, settings: Settings, sink: Sink, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Background]:
    with ExitStack() as stack:
        smtp_url = stack.enter_context(mail_server(sink))
        broker_url = stack.enter_context(BROKERS[request.param]())
        process = Background(settings, smtp_url, broker_url, tmp_path_factory.mktemp("background") / "log")
        process.start()
        yield process
        process.end()


@pytest.fixture
async def admin(settings: Settings) -> AsyncIterator["asyncpg.Connection[asyncpg.Record]"]:
    """Holds locks and looks at rows, past every wall."""
    connection = await asyncpg.connect(without_driver(make_url(settings.database_url or "")))
    yield connection
    await connection.close()


@pytest.fixture
def stage(worker_database: Database, admin: "asyncpg.Connection[asyncpg.Record]", sink: Sink) -> Stage:
    return Stage(worker_database, admin, sink)
