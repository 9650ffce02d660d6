"""The whole program as `make run` starts it, in a folder and on a port of its own."""

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Self

import httpx

from shared.kit.settings import ROOT

#: Seconds. The first start migrates and applies six tenants on a busy machine.
PATIENCE = 120


class Installation:
    """`with Installation(folder) as running:` … then `running.url("tokushima", "/join")`, `running.letters()`."""

    def __init__(self, folder: Path, **environment: str) -> None:
        self.folder = folder
        self.port = _free_port()
        self._log = folder / "run.log"
        self._environment = environment

    def __enter__(self) -> Self:
        self.folder.mkdir(parents=True, exist_ok=True)
        environment = {name: value for name, value in os.environ.items() if not name.startswith(("PYTEST", "COV"))}
        for name in ("DATABASE_URL", "BROKER_URL", "SMTP_URL", "FILES_URL", "BASE_URL"):
            environment.pop(name, None)
        environment |= {
            "PORT": str(self.port),
            "LOCAL_DIR": str(self.folder),
            "PYTHONUNBUFFERED": "1",
        } | self._environment
        with self._log.open("w") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "services.cli.main", "run"],
                cwd=ROOT,
                env=environment,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        try:
            self._wait_until_ready()
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def stop(self) -> None:
        if self._process.poll() is None:
            self._process.send_signal(signal.SIGINT)
        self._process.wait(60)

    def output(self) -> str:
        return self._log.read_text()

    def url(self, slug: str, path: str = "/") -> str:
        host = "localhost" if slug == "national" else f"{slug}.localhost"
        return f"http://{host}:{self.port}{path}"

    def letters(self) -> list[str]:
        """The letters sent so far, oldest first, as they would reach a mail program's decoder."""
        return [file.read_text() for file in sorted((self.folder / "mail").glob("*.eml"))]

    def _wait_until_ready(self) -> None:
        """Ready is what `run` itself says; the address answers a moment earlier."""
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            if self._process.poll() is not None:
                raise RuntimeError(f"the program ended with {self._process.returncode}:\n{self.output()}")
            if "is ready after" in self.output():
                return
            time.sleep(0.1)
        raise TimeoutError(self.output())

    def get(self, slug: str, path: str) -> httpx.Response:
        """Names below localhost need not resolve on every machine, so the host is sent by hand."""
        host = httpx.URL(self.url(slug)).netloc.decode()
        return httpx.get(f"http://127.0.0.1:{self.port}{path}", headers={"host": host})


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
