"""The scheduler: `python -m services.scheduler.main`. Several may run; the leader, by advisory lock, relays and keeps the timetable."""

import asyncio
import signal
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from functools import partial

import asyncpg
import dramatiq
import structlog
from sqlalchemy.ext.asyncio import AsyncEngine

from services.broker import in_process, make_broker, send
from services.scheduler.relay import Relay
from services.scheduler.timetable import keep_timetable
from shared.kit.database import policies
from shared.kit.database.engine import create_engine
from shared.kit.database.lost import is_lost
from shared.kit.database.session import Database
from shared.kit.outbox import LEASE
from shared.kit.settings import Settings

#: Any number will do; whoever holds it in this database is the leader.
LEADER_LOCK = 7_400_002
#: Seconds between two looks whether the leader is gone.
CANDIDACY = 1.0
#: Seconds to wait after a lost connection, longer each time.
RECONNECT = (0.2, 0.5, 1, 2, 5)
#: Whose connection held for so many seconds begins again with the shortest pause.
SETTLED = 10

#: So that the server notices within a minute that a leader's machine has vanished, and frees its lock.
KEEPALIVE = "SET tcp_keepalives_idle = 30; SET tcp_keepalives_interval = 10; SET tcp_keepalives_count = 3"

log = structlog.get_logger("tsunagari.scheduler")


async def run(settings: Settings, broker: dramatiq.Broker, *, lease: timedelta = LEASE) -> None:
    """For ever, until cancelled: stand for leader, lead, and after any failure begin again."""
    engine = create_engine(settings, policies.WORKER, pool_size=3)
    failures = 0
    # With the broker in this process, whoever held a lease when it starts is gone; later the holder may be ourselves.
    take_over = in_process(settings)
    try:
        while True:
            began = time.monotonic()
            try:
                async with _leadership(engine) as connection:
                    if take_over:
                        await connection.execute("SELECT outbox_release()")
                        take_over = False
                    await _lead(settings, engine, connection, broker, lease)
            except Exception as error:
                _report(error)
            failures = 0 if time.monotonic() - began > SETTLED else failures + 1
            await asyncio.sleep(RECONNECT[min(failures, len(RECONNECT) - 1)])
    finally:
        await _close(engine)


@asynccontextmanager
async def _leadership(engine: AsyncEngine) -> AsyncIterator["asyncpg.Connection[asyncpg.Record]"]:
    """Wait for the lock; it is held as long as this one connection lives."""
    async with engine.connect() as wrapped:
        connection = (await wrapped.get_raw_connection()).driver_connection
        if connection is None:
            raise ConnectionError("no connection")
        try:
            await connection.execute(KEEPALIVE)
            while not await _try_lock(connection):  # noqa: ASYNC110 - the event happens in another process
                await asyncio.sleep(CANDIDACY)
            yield connection
        finally:
            # Never back to the pool with the lock and the listener still on it.
            connection.terminate()
            await wrapped.invalidate()


async def _try_lock(connection: "asyncpg.Connection[asyncpg.Record]") -> bool:
    return bool(await connection.fetchval("SELECT pg_try_advisory_lock($1)", LEADER_LOCK, timeout=10))


async def _lead(
    settings: Settings,
    engine: AsyncEngine,
    connection: "asyncpg.Connection[asyncpg.Record]",
    broker: dramatiq.Broker,
    lease: timedelta,
) -> None:
    log.info("leading")
    async with asyncio.TaskGroup() as duties:
        duties.create_task(Relay(connection, partial(send, broker), lease=lease).run())
        duties.create_task(keep_timetable(Database(engine)))


def _report(error: Exception) -> None:
    causes = error.exceptions if isinstance(error, ExceptionGroup) else (error,)
    if all(is_lost(cause) for cause in causes):
        log.warning("database away", error=[type(cause).__name__ for cause in causes])
    else:
        log.error("scheduler failed, begins again", exc_info=error)


async def _close(engine: AsyncEngine) -> None:
    try:
        async with asyncio.timeout(2):
            await engine.dispose()
    except TimeoutError:
        log.warning("connections left open")


async def _until_told(settings: Settings) -> None:
    broker = make_broker(settings)
    if in_process(settings):
        raise SystemExit("Without BROKER_URL scheduler and worker are one process: python -m services.background")
    task = asyncio.create_task(run(settings, broker))
    for sign in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(sign, task.cancel)
    await asyncio.wait({task})
    broker.close()


def main() -> None:
    asyncio.run(_until_told(Settings.from_environment()))


if __name__ == "__main__":
    main()
