"""Row level security and grants as statements, one DDL per statement so that Citus can pass each on.

Every tenant table gets a RESTRICTIVE policy, which no later accidental policy can widen, plus a permissive base
(RESTRICTIVE alone grants nothing), FORCEd so that even the owner is bound.
"""

from collections.abc import Iterator, Mapping

CURRENT_TENANT = "NULLIF(current_setting('app.tenant', true), '')::int"

#: Roles that processes sign in as, and the one that owns the tables. None of the services owns a table or bypasses RLS.
OWNER = "tsunagari_owner"
#: Owns only the functions by which the relay sees due work of all tenants (ids, no content).
OUTBOX = "tsunagari_outbox"
WEB = "svc_web"
WORKER = "svc_worker"
CASE = "svc_case"
STATISTICS = "svc_statistics"
BACKUP = "svc_backup"
SERVICES = (WEB, WORKER, CASE, STATISTICS)

READ_WRITE = "SELECT, INSERT, UPDATE, DELETE"
DEFAULT_GRANTS: Mapping[str, str] = {WEB: READ_WRITE, WORKER: READ_WRITE}


def protect_tenant_table(table: str, grants: Mapping[str, str] = DEFAULT_GRANTS) -> Iterator[str]:
    yield f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY"
    yield f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY"
    yield (
        f"CREATE POLICY tenant ON {table} AS RESTRICTIVE "
        f"USING (tenant_id = {CURRENT_TENANT}) WITH CHECK (tenant_id = {CURRENT_TENANT})"
    )
    yield f"CREATE POLICY base ON {table} USING (true) WITH CHECK (true)"
    yield from grant(table, grants)


def protect_reference_table(table: str, grants: Mapping[str, str], *, write_check: str = "true") -> Iterator[str]:
    """Readable in every tenant; what may be written is decided by the grants and by `write_check`."""
    yield f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY"
    yield f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY"
    yield f"CREATE POLICY everyone_reads ON {table} FOR SELECT USING (true)"
    yield f"CREATE POLICY may_insert ON {table} FOR INSERT WITH CHECK ({write_check})"
    yield f"CREATE POLICY may_update ON {table} FOR UPDATE USING ({write_check}) WITH CHECK ({write_check})"
    yield f"CREATE POLICY may_delete ON {table} FOR DELETE USING ({write_check})"
    yield from grant(table, grants)


def grant(table: str, grants: Mapping[str, str]) -> Iterator[str]:
    yield f"REVOKE ALL ON {table} FROM PUBLIC"
    for role, privileges in grants.items():
        yield f"GRANT {privileges} ON {table} TO {role}"
