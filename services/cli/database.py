"""Commands on the database: migrate, print the schema, look at the outbox."""

import argparse
import asyncio
from collections.abc import Iterator
from contextlib import contextmanager

import asyncpg
from rich.console import Console
from rich.table import Table

from services.cli.commands import add_command
from shared.kit.database import embedded
from shared.kit.database.engine import admin_url
from shared.kit.database.migrate import migrate
from shared.kit.settings import Settings


def add_commands(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    add_command(commands, "migrate", migrate_database, "bring the database to today's shape")
    add_command(commands, "outbox", outbox, "what waits, and what has failed, by tenant")
    add_command(commands, "schema", schema, "print the GraphQL schema into services/web/graphql/schema.graphql")


@contextmanager
def running_database(settings: Settings) -> Iterator[None]:
    """The embedded server for the time of a command, unless it runs already or a real one is set."""
    started = settings.embedded and embedded.start(settings.local)
    try:
        yield
    finally:
        if started:
            embedded.stop(settings.local)


def migrate_database(settings: Settings, given: argparse.Namespace) -> None:
    with running_database(settings):
        asyncio.run(migrate(settings))


def outbox(settings: Settings, given: argparse.Namespace) -> None:
    with running_database(settings):
        rows = asyncio.run(_outbox_rows(settings))
    table = Table("platform", "kind", "state", "rows", "oldest")
    for row in rows:
        table.add_row(*(str(value) for value in row))
    Console().print(table)


async def _outbox_rows(settings: Settings) -> list[asyncpg.Record]:
    """Counts only, read by the administrator under the backup role, which may read everything and write nothing."""
    connection = await asyncpg.connect(admin_url(settings))
    try:
        await connection.execute("SET ROLE svc_backup")
        return list(
            await connection.fetch(
                """
                SELECT t.slug, k.kind, k.state, count(*), min(k.run_at)::timestamptz(0)
                FROM (SELECT tenant_id, 'fact' AS kind, state, run_at FROM outbox WHERE state <> 'DONE'
                      UNION ALL SELECT tenant_id, 'letter', state, run_at FROM letter WHERE state <> 'SENT') k
                JOIN tenant t ON t.id = k.tenant_id GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
                """
            )
        )
    finally:
        await connection.close()


def schema(settings: Settings, given: argparse.Namespace) -> None:
    from services.web.graphql.schema import write_schema  # noqa: PLC0415 - strawberry is not loaded for other commands

    print(write_schema())
