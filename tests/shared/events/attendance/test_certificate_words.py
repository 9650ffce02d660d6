"""Installations that had issued certificates before these kept their own words."""

from alembic import command
from sqlalchemy import Connection, make_url, text
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

from shared.events.attendance import certificates
from shared.kit.database.engine import admin_url
from shared.kit.database.migrate import alembic_config
from shared.kit.database.policies import OWNER
from shared.kit.database.session import Database
from shared.kit.settings import Settings
from tests.factories.event_days import RULE
from tests.factories.tenants import make_tenant
from tests.shared.events.attendance.coming import do, issue, make_event_of_today, make_guest

_WORDS = ("body", "issuer", "event_title", "starts_at", "ends_at", "all_day")


def _upgrade(connection: Connection) -> None:
    config = alembic_config()
    config.attributes["connection"] = connection
    command.upgrade(config, "0012")


async def test_certificates_of_all_platforms_get_the_words_of_their_rule_and_event(
    settings: Settings, worker_database: Database
) -> None:
    expected = set()
    for number in range(2):
        tenant = await make_tenant(worker_database)
        event = await make_event_of_today(worker_database, tenant, title=f"行事 {number}")
        await do(
            worker_database, tenant, certificates.set_rule, event_id=event.id, **RULE | {"issuer": f"会長 {number}"}
        )
        await make_guest(worker_database, tenant, event)
        [made] = await issue(worker_database, tenant, event.id)
        own = (RULE["body"], f"会長 {number}", event.title, event.starts_at, event.ends_at, False)
        expected.add((made.id, *own))
    url = make_url(admin_url(settings)).set(drivername="postgresql+asyncpg")
    engine = create_async_engine(url, poolclass=NullPool)
    async with engine.connect() as connection:
        await connection.execute(text(f"SET LOCAL ROLE {OWNER}"))
        for word in _WORDS:
            await connection.execute(text(f"ALTER TABLE certificate DROP COLUMN {word}"))
        await connection.execute(text("ALTER TABLE check_in DROP COLUMN counted_by"))
        await connection.execute(text("DROP TABLE online_attendance"))
        await connection.execute(text("UPDATE alembic_version SET version_num = '0011'"))
        await connection.run_sync(_upgrade)
        await connection.execute(text("RESET ROLE"))
        found = await connection.execute(text(f"SELECT id, {', '.join(_WORDS)} FROM certificate"))
        assert expected <= {tuple(row) for row in found}
        await connection.rollback()
    await engine.dispose()
