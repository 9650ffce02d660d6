"""`tsunagari import members`: a member list from the command line, by the same steps as on the page.

The batches are the outbox's facts. Whether this command or a running background process takes one, each happens once.
"""

import argparse
import asyncio
from collections.abc import Callable
from contextlib import ExitStack
from datetime import date
from pathlib import Path
from typing import IO
from uuid import UUID

from rich.console import Console
from rich.progress import Progress
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from services.cli.commands import add_command
from services.cli.database import running_database
from services.worker.actors import Workbench, deliver
from shared.identity.policy import INSTALLATION
from shared.kit import clock
from shared.kit.database import policies
from shared.kit.database.engine import create_engine
from shared.kit.database.session import Database
from shared.kit.japanese import Unreadable, eras
from shared.kit.refusals import Refusal
from shared.kit.settings import Settings
from shared.kit.spreadsheets.reading import spooled
from shared.members.imports import queries as import_queries
from shared.members.imports import service as importing
from shared.members.imports.models import MemberImport, Outcome
from shared.members.imports.queries import ImportView
from shared.tenants import queries

Watch = Callable[[ImportView], None]
_PAUSE = 0.2


def add_commands(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    group = commands.add_parser("import", help="lists from Excel and CSV: members")
    verbs = group.add_subparsers(required=True, metavar="WHAT")
    members = add_command(verbs, "members", members_command, "a member list into the ledger of one platform")
    members.add_argument("file", type=Path, help="an Excel workbook or a CSV")
    members.add_argument("--tenant", required=True, help="slug of the platform")
    members.add_argument("--joined-on", help="day of joining of new members whose row says none; today unless told")
    members.add_argument("--check", action="store_true", help="say what would happen and write nothing")


def members_command(settings: Settings, given: argparse.Namespace) -> int:
    with running_database(settings):
        try:
            joined_on = eras.read_date(given.joined_on) if given.joined_on else clock.today()
            return asyncio.run(_members(settings, given.tenant, given.file, joined_on, only_check=given.check))
        except (Refusal, Unreadable, OSError) as problem:
            print(problem)
            return 1


async def bring(
    bench: Workbench,
    tenant_id: int,
    *,
    data: IO[bytes] | bytes,
    file_name: str,
    joined_on: date,
    only_check: bool = False,
    watch: Watch = lambda job: None,
) -> ImportView:
    """Receive, take the columns as guessed or remembered, check, and write unless `only_check`. Raises Refusal."""
    with ExitStack() as stack:
        table = await asyncio.to_thread(stack.enter_context, spooled(data, file_name))
        import_id = await bench.write(tenant_id, importing.receive, table, file_name=file_name, actor=INSTALLATION)
    job = await _view(bench, tenant_id, import_id)
    await bench.write(
        tenant_id,
        importing.choose,
        import_id,
        meanings=job.meanings,
        default_joined_on=joined_on,
        visibility={},
        actor=INSTALLATION,
    )
    job = await _work(bench, tenant_id, import_id, watch)
    if not only_check and not job.stuck:
        await bench.write(tenant_id, importing.start, import_id, actor=INSTALLATION)
        job = await _work(bench, tenant_id, import_id, watch)
    return job


async def _work(bench: Workbench, tenant_id: int, import_id: UUID, watch: Watch) -> ImportView:
    """Deliver the import's facts until it waits for a person, is done, or is stuck."""
    while True:
        job = await _view(bench, tenant_id, import_id)
        watch(job)
        if not job.running or job.stuck:
            return job
        async with bench.database.read(tenant_id) as session:
            fact_id = await _next_fact(session, import_id)
        if fact_id:
            await deliver(bench, tenant_id, fact_id)
        if fact_id is None or await _same(bench, tenant_id, import_id, fact_id):
            await asyncio.sleep(_PAUSE)


async def _next_fact(session: AsyncSession, import_id: UUID) -> UUID | None:
    return await session.scalar(select(MemberImport.fact_id).where(MemberImport.id == import_id))


async def _same(bench: Workbench, tenant_id: int, import_id: UUID, fact_id: UUID) -> bool:
    """Somebody else has the batch in hand, or it waits for its next attempt."""
    async with bench.database.read(tenant_id) as session:
        return await _next_fact(session, import_id) == fact_id


async def _view(bench: Workbench, tenant_id: int, import_id: UUID) -> ImportView:
    async with bench.database.read(tenant_id) as session:
        return await import_queries.member_import(session, import_id)


async def _members(settings: Settings, slug: str, file: Path, joined_on: date, *, only_check: bool) -> int:
    database = Database(create_engine(settings, policies.WORKER, pool_size=2))
    try:
        async with database.read(None) as session:
            tenant_id = next((host.id for host in await queries.all_hosts(session) if host.slug == slug), None)
        if tenant_id is None:
            raise Refusal("TENANT_UNKNOWN", f"There is no platform {slug!r}.")
        bench = Workbench(settings, database)
        with file.open("rb") as data, Progress(console=Console(), transient=True) as progress:
            bar = progress.add_task(file.name, total=None)
            job = await bring(
                bench,
                tenant_id,
                data=data,
                file_name=file.name,
                joined_on=joined_on,
                only_check=only_check,
                watch=lambda job: progress.update(bar, completed=job.done, total=job.of),
            )
        async with database.read(tenant_id) as session:
            problems = [each for each in await import_queries.remarks(session, job.id) if each.kind == "problem"]
        if only_check and not job.stuck:
            await bench.write(tenant_id, importing.discard, job.id, actor=INSTALLATION)
    finally:
        await database.close()
    for each in problems:
        print(f"{each.row}行目 {each.place} {each.label}「{each.value}」 {each.message}")
    print(_summary(job, only_check=only_check))
    return int(bool(problems) or job.stuck)


def _summary(job: ImportView, *, only_check: bool) -> str:
    counts = job.counts
    told = f"new {counts[Outcome.NEW]}, changed {counts[Outcome.CHANGED]}, unchanged {counts[Outcome.UNCHANGED]}"
    begun = "would be" if only_check else "stopped in the middle at" if job.stuck else "written:"
    return f"{job.file_name}: {job.rows} rows; {begun} {told}; faulty {counts[Outcome.FAULTY]}"
