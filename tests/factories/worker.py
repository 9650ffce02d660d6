"""The background process in the test's own loop: the real relay, reactions and post, until nothing is due."""

import asyncio
import email
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from email import policy
from email.message import EmailMessage
from pathlib import Path
from uuid import UUID

import asyncpg
from sqlalchemy import make_url

from services.scheduler.relay import Relay
from services.worker.actors import Workbench, deliver, post
from shared.kit.database import policies
from shared.kit.database.engine import create_engine, url_for, without_driver
from shared.kit.database.session import Database
from shared.kit.settings import Settings

WORK = {"deliver": deliver, "post": post}


@asynccontextmanager
async def workbench(settings: Settings) -> AsyncIterator[Workbench]:
    database = Database(create_engine(settings, policies.WORKER, pool_size=2))
    try:
        yield Workbench(settings, database)
    finally:
        await database.close()


@asynccontextmanager
async def worker_connection(settings: Settings) -> AsyncIterator["asyncpg.Connection[asyncpg.Record]"]:
    """A bare connection of the worker's role, as the relay has one."""
    connection = await asyncpg.connect(without_driver(make_url(url_for(settings, policies.WORKER))))
    try:
        yield connection
    finally:
        await connection.close()


async def run_until_idle(settings: Settings) -> list[EmailMessage]:
    """Deliver all due facts and post all due letters of this test process's database, and what follows from them.

    Returns the mails that this run put into the folder `settings.local / "mail"` (none with an `smtp_url`), oldest first.
    What waits for its next attempt is not due and stays.
    """
    before = set(mail_files(settings))
    due: list[tuple[str, int, UUID]] = []
    async with workbench(settings) as bench, worker_connection(settings) as connection:
        relay = Relay(connection, lambda *row: due.append(row))
        while await relay.round():
            while due:
                actor, tenant_id, row_id = due.pop(0)
                await WORK[actor](bench, tenant_id, row_id)
    return [read_mail(file) for file in await asyncio.to_thread(mail_files, settings) if file not in before]


def mail_files(settings: Settings) -> list[Path]:
    return sorted((settings.local / "mail").glob("*.eml"))


def read_mail(file: Path) -> EmailMessage:
    return email.message_from_bytes(file.read_bytes(), _class=EmailMessage, policy=policy.default)


def text_of(mail: EmailMessage) -> str:
    """The words of a mail, as its reader sees them."""
    return str(mail.get_content()).replace("\r\n", "\n")
