"""What the catalogue of the migrated database must say. These rules are the wall between tenants: no exception is silent."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, make_url
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

from shared.kit.database.base import Base
from shared.kit.database.policies import CURRENT_TENANT, OUTBOX, OWNER, SERVICES
from shared.kit.settings import Settings

#: Tables that every tenant may read. Nothing personal, nothing confidential may ever stand in them.
REFERENCE_TABLES = {
    "account",
    "municipality",
    "national_category",
    "national_field",
    "published_count",
    "rate_limit",
    "tenant",
}
#: Functions that run with their owner's rights: they show the relay which ids are due, no content.
SECURITY_DEFINERS_OWNER = OUTBOX


@pytest.fixture
async def rows(owner_connection: Any) -> AsyncIterator[Any]:
    async def fetch(query: str, *values: Any) -> list[tuple[Any, ...]]:
        return [tuple(row) for row in await owner_connection.fetch(query, *values)]

    yield fetch


async def tenant_tables(rows: Any) -> set[str]:
    found = await rows(
        """
        SELECT c.table_name FROM information_schema.columns c JOIN information_schema.tables t USING (table_schema, table_name)
        WHERE table_schema = 'public' AND column_name = 'tenant_id' AND table_type = 'BASE TABLE'
        """
    )
    return {name for (name,) in found} - REFERENCE_TABLES


async def test_every_table_is_either_a_tenants_or_a_known_reference_table(rows: Any) -> None:
    every = {name for (name,) in await rows("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")}
    assert every - await tenant_tables(rows) == REFERENCE_TABLES | {"alembic_version"}


async def test_every_table_has_forced_row_level_security(rows: Any) -> None:
    open_tables = await rows(
        """
        SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p')
        AND relname <> 'alembic_version' AND NOT (relrowsecurity AND relforcerowsecurity)
        """
    )
    assert open_tables == []


async def test_every_tenant_table_has_the_restrictive_policy_for_all_roles(rows: Any) -> None:
    policies = await rows(
        """
        SELECT tablename, qual, with_check FROM pg_policies
        WHERE permissive = 'RESTRICTIVE' AND cmd = 'ALL' AND roles = '{public}'
        """
    )
    guarded = {table for table, qual, check in policies if qual == check and "app.tenant" in qual}
    # The relay's two tables restrict the service roles by name instead; see infra/migrations.
    by_name = await rows(
        """
        SELECT DISTINCT tablename FROM pg_policies
        WHERE permissive = 'RESTRICTIVE' AND cmd = 'ALL' AND qual = with_check AND qual LIKE '%app.tenant%'
        """
    )
    assert await tenant_tables(rows) == {name for (name,) in by_name}
    assert await tenant_tables(rows) - guarded <= {"outbox", "letter"}
    assert "app.tenant" in CURRENT_TENANT


async def test_keys_start_with_the_tenant(rows: Any) -> None:
    """Primary keys and unique constraints contain tenant_id, or a row of one tenant would be an oracle about another's."""
    unique = await rows(
        """
        SELECT t.relname, i.relname, array_agg(a.attname::text)
        FROM pg_index x JOIN pg_class t ON t.oid = x.indrelid JOIN pg_class i ON i.oid = x.indexrelid
        JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = ANY (x.indkey)
        WHERE x.indisunique AND t.relnamespace = 'public'::regnamespace GROUP BY 1, 2
        """
    )
    owned = await tenant_tables(rows)
    assert [index for table, index, columns in unique if table in owned and "tenant_id" not in columns] == []


async def test_foreign_keys_between_tenant_tables_carry_the_tenant_and_never_set_null(rows: Any) -> None:
    keys = await rows(
        """
        SELECT k.conname, s.relname, d.relname, k.confdeltype::text,
          (SELECT array_agg(a.attname::text) FROM pg_attribute a WHERE a.attrelid = k.conrelid AND a.attnum = ANY (k.conkey))
        FROM pg_constraint k JOIN pg_class s ON s.oid = k.conrelid JOIN pg_class d ON d.oid = k.confrelid
        WHERE k.contype = 'f' AND s.relnamespace = 'public'::regnamespace
        """
    )
    owned = await tenant_tables(rows)
    between = [key for key in keys if key[1] in owned and key[2] in owned]
    assert [name for name, _, _, _, columns in between if "tenant_id" not in columns] == []
    assert [name for name, _, _, action, _ in keys if action in ("n", "d")] == []


async def test_no_triggers_no_views_that_run_as_their_owner_no_materialised_views(rows: Any) -> None:
    triggers = await rows("SELECT tgname FROM pg_trigger WHERE NOT tgisinternal")
    views = await rows(
        """
        SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace
        AND (relkind = 'm' OR (relkind = 'v' AND NOT coalesce(reloptions::text LIKE '%security_invoker=true%', false)))
        """
    )
    assert (triggers, views) == ([], [])


async def test_security_definer_functions_belong_to_the_relay_alone_and_pin_their_search_path(rows: Any) -> None:
    functions = await rows(
        """
        SELECT p.proname, pg_get_userbyid(p.proowner)::text, coalesce(p.proconfig::text, ''),
          has_function_privilege('svc_web', p.oid, 'EXECUTE'), has_function_privilege('svc_worker', p.oid, 'EXECUTE')
        FROM pg_proc p WHERE p.pronamespace = 'public'::regnamespace AND p.prosecdef
        """
    )
    assert functions, "the relay's functions are missing"
    for _, owner, settings, web_may, worker_may in functions:
        assert (owner, "search_path" in settings, web_may, worker_may) == (SECURITY_DEFINERS_OWNER, True, False, True)


async def test_service_roles_own_nothing_bypass_nothing_and_cannot_become_anybody(rows: Any) -> None:
    owners = {
        owner for (owner,) in await rows("SELECT DISTINCT tableowner::text FROM pg_tables WHERE schemaname = 'public'")
    }
    assert owners == {OWNER}
    for role in SERVICES:
        flags = await rows(
            "SELECT rolsuper, rolbypassrls, rolcreaterole, rolcreatedb, rolreplication FROM pg_roles WHERE rolname = $1",
            role,
        )
        memberships = await rows(
            "SELECT 1 FROM pg_auth_members m JOIN pg_roles r ON r.oid = m.member WHERE r.rolname = $1", role
        )
        assert (role, flags, memberships) == (role, [(False, False, False, False, False)], [])


async def test_services_hold_no_truncate_references_or_trigger_right(rows: Any) -> None:
    rights = await rows(
        """
        SELECT grantee::text, table_name::text, privilege_type::text FROM information_schema.role_table_grants
        WHERE table_schema = 'public' AND grantee = ANY ($1) AND privilege_type IN ('TRUNCATE', 'REFERENCES', 'TRIGGER')
        """,
        [*SERVICES, "PUBLIC"],
    )
    assert rights == []


async def test_the_case_and_statistics_roles_read_no_tenants_rows(rows: Any) -> None:
    rights = await rows(
        "SELECT DISTINCT table_name::text FROM information_schema.role_table_grants "
        "WHERE grantee IN ('svc_case', 'svc_statistics') AND table_schema = 'public'"
    )
    assert {table for (table,) in rights} <= REFERENCE_TABLES


async def test_the_migrations_build_exactly_what_the_models_say(settings: Settings) -> None:
    def differences(connection: Connection) -> list[Any]:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        return list(compare_metadata(context, Base.metadata))

    url = make_url(settings.database_url or "").set(drivername="postgresql+asyncpg")
    engine = create_async_engine(url, poolclass=NullPool)
    async with engine.connect() as connection:
        found = await connection.run_sync(differences)
    await engine.dispose()
    assert found == []
