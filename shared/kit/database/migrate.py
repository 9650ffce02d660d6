"""Bring a database to today's shape: roles, then Alembic's migrations, run as the owner of the tables."""

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, make_url, text
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

from shared.kit.database.engine import admin_url
from shared.kit.database.policies import OWNER
from shared.kit.database.roles import ensure_roles
from shared.kit.settings import ROOT, Settings

#: Any number will do; it keeps two starting processes from migrating at once.
MIGRATION_LOCK = 7_400_001


def alembic_config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(ROOT / "infra" / "migrations"))
    config.set_main_option("path_separator", "os")
    return config


async def migrate(settings: Settings) -> None:
    url = make_url(admin_url(settings)).set(drivername="postgresql+asyncpg")
    engine = create_async_engine(url, poolclass=NullPool)
    try:
        async with engine.begin() as connection:
            await connection.execute(text(f"SELECT pg_advisory_xact_lock({MIGRATION_LOCK})"))
            await ensure_roles(connection, settings)
            await connection.execute(text(f"SET LOCAL ROLE {OWNER}"))
            await connection.run_sync(_upgrade)
    finally:
        await engine.dispose()


def _upgrade(connection: Connection) -> None:
    config = alembic_config()
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
