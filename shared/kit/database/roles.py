"""The database's roles, made before the first migration and kept as they must be on every start."""

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from shared.kit.database import policies
from shared.kit.database.engine import role_password
from shared.kit.settings import Settings


async def ensure_roles(connection: AsyncConnection, settings: Settings) -> None:
    """Needs an administrator (CREATEROLE). The owner cannot sign in, the services own nothing."""
    await _ensure(connection, policies.OWNER, "NOLOGIN")
    await _ensure(connection, policies.OUTBOX, "NOLOGIN")
    await _ensure(connection, policies.BACKUP, "NOLOGIN BYPASSRLS")
    await connection.execute(text(f"GRANT pg_read_all_data TO {policies.BACKUP}"))
    for role in policies.SERVICES:
        # ALTER ROLE takes no bind parameters; the password is a hex digest of ours.
        password = role_password(settings, role)
        await _ensure(connection, role, f"LOGIN NOINHERIT PASSWORD '{password}'")
    await connection.execute(text(f"GRANT {policies.OWNER}, {policies.OUTBOX} TO CURRENT_USER"))
    await connection.execute(text(f"GRANT CREATE, USAGE ON SCHEMA public TO {policies.OWNER}, {policies.OUTBOX}"))
    await connection.execute(text("REVOKE CREATE ON SCHEMA public FROM PUBLIC"))


async def _ensure(connection: AsyncConnection, role: str, attributes: str) -> None:
    known = await connection.scalar(text("SELECT 1 FROM pg_roles WHERE rolname = :role"), {"role": role})
    await connection.exec_driver_sql(f"{'ALTER' if known else 'CREATE'} ROLE {role} {attributes}")
