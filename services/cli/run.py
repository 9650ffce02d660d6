"""`tsunagari run`: everything on one machine, from an empty folder to six live platforms."""

import argparse
import asyncio
import contextlib
import ctypes
import signal
import socket
import sys
import time
from collections.abc import Iterator
from itertools import groupby

import httpx
from rich.console import Console

from services.cli import tenants
from services.cli.commands import add_command
from services.cli.demo import DemoSignIn, ensure_demo
from shared.kit.database import embedded
from shared.kit.database.migrate import migrate
from shared.kit.settings import Settings
from shared.tenants.manifest_reading import ManifestRefused

console = Console(highlight=False)
#: Seconds that a process gets for a clean end before it is killed.
PATIENCE = 12


def add_commands(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    add_command(commands, "run", run, "start everything here and serve until Ctrl-C")


def run(settings: Settings, given: argparse.Namespace) -> int:
    if _port_is_taken(settings.port):
        console.print(f"Port {settings.port} is in use. Stop the other program or choose one: PORT=8001 make run")
        return 1
    try:
        return asyncio.run(_run(settings))
    except ManifestRefused as refused:
        tenants.tell(refused)
        return 1
    finally:
        if settings.embedded:
            embedded.stop(settings.local)
            console.print("Stopped. The data stay in .local/.")


async def _run(settings: Settings) -> int:
    begun = time.monotonic()
    sign_ins = await prepare(settings)
    stop = asyncio.Event()
    for name in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(name, stop.set)
    kept = [asyncio.create_task(_keep_running(name, stop)) for name in ("web", "background")]
    await _until_ready(settings, stop)
    if not stop.is_set():
        _announce(settings, sign_ins, time.monotonic() - begun)
    await stop.wait()
    console.print("\nStopping …")
    await asyncio.gather(*kept)
    return 0


async def prepare(settings: Settings) -> list[DemoSignIn]:
    """Database, migrations, tenants, and (in the embedded demo only) people to sign in as."""
    if settings.embedded:
        with _step("PostgreSQL"):
            embedded.start(settings.local)
    with _step("Migrations"):
        await migrate(settings)
    with _step("Tenants"):
        changes: list[str] = []
        await tenants.apply_all(settings, say=changes.append)
        console.print(f"  {len(changes)} changes (`tsunagari tenant apply` names them)" if changes else "  unchanged")
    if not settings.embedded:
        return []
    with _step("Demo sign-ins"):
        return await ensure_demo(settings)


async def _keep_running(name: str, stop: asyncio.Event) -> None:
    """Start a process of ours, start it again when it dies, end it when we are told to stop."""
    pause = 0.5
    while not stop.is_set():
        # A session of its own: Ctrl-C reaches us alone, and we end the children in order.
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "services.cli.main", name, start_new_session=True, preexec_fn=_end_with_parent
        )
        ended = asyncio.create_task(process.wait())
        stopped = asyncio.create_task(stop.wait())
        await asyncio.wait({ended, stopped}, return_when=asyncio.FIRST_COMPLETED)
        stopped.cancel()
        if not stop.is_set():
            console.print(f"The {name} process ended with {process.returncode}; starting it again.")
            await asyncio.sleep(pause)
            pause = min(pause * 2, 30)
            continue
        await _end(process, ended)


def _end_with_parent() -> None:
    """Linux: should we be killed outright, the children are told to end as well. Elsewhere they stay."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(1, signal.SIGTERM)


async def _end(process: asyncio.subprocess.Process, ended: "asyncio.Task[int]") -> None:
    with contextlib.suppress(ProcessLookupError):
        process.terminate()
    try:
        await asyncio.wait_for(asyncio.shield(ended), PATIENCE)
    except TimeoutError:
        process.kill()
        await ended


async def _until_ready(settings: Settings, stop: asyncio.Event) -> None:
    async with httpx.AsyncClient() as client:
        while not stop.is_set():
            with contextlib.suppress(httpx.HTTPError):
                answer = await client.get(f"http://127.0.0.1:{settings.port}/health/ready")
                if answer.status_code == 200:
                    return
            await asyncio.sleep(0.1)


def _announce(settings: Settings, sign_ins: list[DemoSignIn], seconds: float) -> None:
    console.print(f"\n[bold]つながり[/bold] is ready after {seconds:.1f} s:  {settings.base_url}\n")
    for url, group in groupby(sign_ins, key=lambda each: each.url):
        console.print(f"  {url}", soft_wrap=True)
        for each in group:
            console.print(f"    {each.email:<30} {each.purpose}", soft_wrap=True, markup=False)
    if sign_ins:
        console.print(f"\nPassword of all: {settings.demo_password}", markup=False)
    console.print("Ctrl-C stops everything.")


@contextlib.contextmanager
def _step(name: str) -> Iterator[None]:
    begun = time.monotonic()
    console.print(f"{name} …")
    yield
    console.print(f"{name}: done in {time.monotonic() - begun:.1f} s")


def _port_is_taken(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0
