"""Scheduler and worker in one process, beside the web process: `python -m services.background`.

All that a small installation needs. With BROKER_URL further workers and schedulers may run on other machines.
"""

import asyncio
import signal
from datetime import timedelta

from services.broker import make_broker
from services.scheduler import main as scheduler
from services.worker.main import GRACE, make_worker
from shared.kit.outbox import LEASE
from shared.kit.settings import Settings


async def run(settings: Settings, *, lease: timedelta = LEASE) -> None:
    """Until SIGTERM or SIGINT; then ends within 10 s: what is in hand may end, the rest becomes due at the next start."""
    broker = make_broker(settings)
    worker = make_worker(settings, broker, lease=lease)
    relaying = asyncio.create_task(scheduler.run(settings, broker, lease=lease))
    for sign in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(sign, relaying.cancel)
    await asyncio.to_thread(worker.start)
    await asyncio.wait({relaying})
    await asyncio.to_thread(worker.stop, GRACE)
    broker.close()


def main() -> None:
    asyncio.run(run(Settings.from_environment()))


if __name__ == "__main__":
    main()
