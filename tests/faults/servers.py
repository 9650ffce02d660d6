"""Real brokers for the fault tests: installed where this run may do so, started in a folder, stopped by their process ids."""

import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.factories.sink import free_port

RABBITMQ = Path("/usr/lib/rabbitmq/bin/rabbitmq-server")


@contextmanager
def redis(port: int = 0) -> Iterator[str]:
    program = shutil.which("redis-server") or _install("redis-server") or _left_out("redis-server")
    port = port or free_port()
    with _folder() as folder:
        command = [program, "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--dir", str(folder)]
        with _running(command, {"PATH": os.environ["PATH"]}, folder, port):
            yield f"redis://127.0.0.1:{port}/0"


@contextmanager
def rabbitmq() -> Iterator[str]:
    program = str(RABBITMQ) if RABBITMQ.exists() else _install("rabbitmq-server") or _left_out("rabbitmq-server")
    port, distribution, mapper = free_port(), free_port(), free_port()
    with _folder() as folder:
        environment = {
            "PATH": os.environ["PATH"],
            "HOME": str(folder),
            "LANG": "C.UTF-8",
            "ERL_EPMD_PORT": str(mapper),
            "ERL_EPMD_ADDRESS": "127.0.0.1",
            "RABBITMQ_NODENAME": "tsunagari@localhost",
            "RABBITMQ_NODE_IP_ADDRESS": "127.0.0.1",
            "RABBITMQ_NODE_PORT": str(port),
            "RABBITMQ_DIST_PORT": str(distribution),
            "RABBITMQ_MNESIA_BASE": str(folder / "mnesia"),
            "RABBITMQ_LOG_BASE": str(folder / "log"),
            "RABBITMQ_ENABLED_PLUGINS_FILE": str(folder / "plugins"),
            "RABBITMQ_CONFIG_FILE": str(folder / "none"),
            "RABBITMQ_CONF_ENV_FILE": str(folder / "none"),
        }
        try:
            with _running([program], environment, folder, port):
                yield f"amqp://guest:guest@127.0.0.1:{port}/"
        finally:
            subprocess.run(["epmd", "-port", str(mapper), "-kill"], capture_output=True, check=False)


def _install(package: str) -> str | None:
    """By Debian's own client, as root only; the packages' services are not started."""
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        return None
    quietly = os.environ | {"DEBIAN_FRONTEND": "noninteractive", "RUNLEVEL": "1"}
    for command in (["update", "-qq"], ["install", "-y", "-qq", "--no-install-recommends", package]):
        if subprocess.run(["apt-get", *command], env=quietly, capture_output=True, check=False).returncode:
            return None
    return str(RABBITMQ) if package == "rabbitmq-server" else shutil.which(package)


def _left_out(package: str) -> str:
    pytest.skip(f"LEFT OUT: {package} is not installed and this run may not install it (apt-get as root)")


@contextmanager
def _folder() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="tsunagari-broker-", dir="/tmp"))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _running(command: list[str], environment: dict[str, str], folder: Path, port: int) -> Iterator[None]:
    with (folder / "output").open("w") as output:
        process = subprocess.Popen(
            command, env=environment, cwd=folder, stdout=output, stderr=output, start_new_session=True
        )
    try:
        _await_port(port, folder / "output")
        yield
    finally:
        # The whole group that we started: RabbitMQ's script has the server as its child.
        os.killpg(process.pid, signal.SIGTERM)
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def _await_port(port: int, output: Path) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise RuntimeError(f"the broker did not start:\n{output.read_text()}")
