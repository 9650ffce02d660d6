"""The worker's process: `python -m services.worker.main`. Any number of them may run beside each other."""

import asyncio
import signal
import threading
from collections.abc import Coroutine
from datetime import timedelta
from typing import Any

import dramatiq
from dramatiq.asyncio import get_event_loop_thread

from services.broker import make_broker
from services.worker.actors import Workbench, register
from shared.kit.database import policies
from shared.kit.database.engine import create_engine
from shared.kit.database.session import Database
from shared.kit.outbox import LEASE
from shared.kit.settings import Settings

THREADS = 8
#: Milliseconds for the work in hand when the process is told to stop.
GRACE = 5000


class _Bench(dramatiq.Middleware):
    """Opens the workbench in the worker's own loop when that begins, and clears it when the last actor has ended."""

    def __init__(self, settings: Settings, lease: timedelta) -> None:
        self.settings = settings
        self.lease = lease
        self.bench: Workbench | None = None

    def __call__(self) -> Workbench:
        if self.bench is None:
            raise RuntimeError("the worker has not begun")
        return self.bench

    def before_worker_boot(self, broker: dramatiq.Broker, worker: dramatiq.Worker) -> None:
        _in_loop(self._open())

    def after_worker_shutdown(self, broker: dramatiq.Broker, worker: dramatiq.Worker) -> None:
        _in_loop(self._close())

    async def _open(self) -> None:
        engine = create_engine(self.settings, policies.WORKER, pool_size=THREADS)
        self.bench = Workbench(self.settings, Database(engine), lease=self.lease)

    async def _close(self) -> None:
        unfinished = asyncio.all_tasks() - {asyncio.current_task()}
        for task in unfinished:
            task.cancel()
        if unfinished:
            await asyncio.wait(unfinished, timeout=2)
        try:
            async with asyncio.timeout(1):
                await self().database.close()
        except TimeoutError:
            return  # A connection is held by what could not be cancelled; the process ends anyway.


def _in_loop(coroutine: Coroutine[Any, Any, None]) -> None:
    thread = get_event_loop_thread()
    if thread is None:
        raise RuntimeError("the broker lacks its AsyncIO middleware")
    thread.run_coroutine(coroutine)


def make_worker(settings: Settings, broker: dramatiq.Broker, *, lease: timedelta = LEASE) -> dramatiq.Worker:
    """Not yet started. `stop(GRACE)` lets the work in hand end, drops the rest: its rows become due again."""
    bench = _Bench(settings, lease)
    # After AsyncIO, which is there already: the loop must run before and still run after.
    broker.add_middleware(bench)
    register(broker, bench)
    return dramatiq.Worker(broker, worker_threads=THREADS, worker_timeout=200)


def main() -> None:
    settings = Settings.from_environment()
    broker = make_broker(settings)
    stopping = threading.Event()
    for sign in (signal.SIGTERM, signal.SIGINT):
        signal.signal(sign, lambda *_: stopping.set())
    worker = make_worker(settings, broker)
    worker.start()
    stopping.wait()
    worker.stop(GRACE)
    broker.close()


if __name__ == "__main__":
    main()
