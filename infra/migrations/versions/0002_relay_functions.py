"""The relay sees due work of all tenants: ids, no content

One role, `tsunagari_outbox`, may pass the tenants' walls of two tables, only by these functions, and only over the columns
that say whether something is due. The worker's role may call them and still reads rows of its bound tenant alone.
"""

from collections.abc import Iterator

from alembic import op

from shared.kit.database.policies import OUTBOX, OWNER, WEB, WORKER

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

FUNCTIONS = (
    "outbox_claim(int, double precision)",
    "letter_claim(int, double precision)",
    "outbox_give_back(int[], uuid[])",
    "outbox_release()",
)


def upgrade() -> None:
    for table, columns in (
        ("outbox", "tenant_id, id, state, run_at, in_hand_until, lease_until"),
        ("letter", "tenant_id, id, state, run_at, in_hand_until, lease_until, to_email, queued_at"),
    ):
        for statement in _let_the_relay_pass(table, columns):
            op.execute(statement)
    op.execute(f"GRANT SELECT (id, state) ON tenant TO {OUTBOX}")
    op.execute(f"SET LOCAL ROLE {OUTBOX}")
    for statement in (OUTBOX_CLAIM, LETTER_CLAIM, OUTBOX_GIVE_BACK, OUTBOX_RELEASE, *_only_for_the_worker()):
        op.execute(statement)
    op.execute(f"SET LOCAL ROLE {OWNER}")


def _let_the_relay_pass(table: str, columns: str) -> Iterator[str]:
    """Both policies name their roles now: any other role, the owner included, finds no policy and so no row."""
    yield f"ALTER POLICY tenant ON {table} TO {WEB}, {WORKER}"
    yield f"ALTER POLICY base ON {table} TO {WEB}, {WORKER}"
    yield f"CREATE POLICY relay ON {table} TO {OUTBOX} USING (true) WITH CHECK (true)"
    yield f"GRANT SELECT ({columns}), UPDATE (in_hand_until, lease_until) ON {table} TO {OUTBOX}"


def _only_for_the_worker() -> Iterator[str]:
    for function in FUNCTIONS:
        yield f"REVOKE ALL ON FUNCTION {function} FROM PUBLIC"
        yield f"GRANT EXECUTE ON FUNCTION {function} TO {WORKER}"


# `busy` hops along the index from tenant to tenant, so a round costs as much as there are tenants with something to do.
# Each tenant may have `share` rows in hand at once, so a noisy one never stands before the others. Rows that are locked are
# being worked on. What is returned is marked as in hand in the same statement: no second relay can get it.
OUTBOX_CLAIM = """
CREATE FUNCTION outbox_claim(share int, lease_seconds double precision) RETURNS TABLE (tenant_id int, id uuid)
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp SET enable_seqscan = off AS $$
  WITH RECURSIVE busy (tenant_id) AS (
    SELECT min(o.tenant_id) FROM outbox o WHERE o.state IN ('WAITING', 'CLAIMED')
    UNION ALL
    SELECT (
      SELECT min(o.tenant_id) FROM outbox o WHERE o.state IN ('WAITING', 'CLAIMED') AND o.tenant_id > busy.tenant_id
    ) FROM busy WHERE busy.tenant_id IS NOT NULL
  ), due AS (
    SELECT picked.tenant_id, picked.id
    FROM busy JOIN tenant ON tenant.id = busy.tenant_id
    CROSS JOIN LATERAL (
      SELECT o.tenant_id, o.id
      FROM outbox o
      WHERE o.tenant_id = busy.tenant_id
        AND o.state IN ('WAITING', 'CLAIMED')
        AND o.run_at <= now()
        AND (o.in_hand_until IS NULL OR o.in_hand_until <= now())
      ORDER BY o.run_at, o.id
      LIMIT greatest(0, share - (
        SELECT count(*) FROM outbox b
        WHERE b.tenant_id = busy.tenant_id AND b.state IN ('WAITING', 'CLAIMED')
          AND b.in_hand_until > now()
      ))
      FOR UPDATE SKIP LOCKED
    ) picked
  )
  UPDATE outbox SET in_hand_until = now() + make_interval(secs => lease_seconds)
  FROM due WHERE outbox.tenant_id = due.tenant_id AND outbox.id = due.id
  RETURNING outbox.tenant_id, outbox.id
$$
"""

# As above; besides, letters to one address leave in the order in which they were written, and suspended platforms are silent.
LETTER_CLAIM = """
CREATE FUNCTION letter_claim(share int, lease_seconds double precision) RETURNS TABLE (tenant_id int, id uuid)
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp SET enable_seqscan = off AS $$
  WITH RECURSIVE busy (tenant_id) AS (
    SELECT min(o.tenant_id) FROM letter o WHERE o.state IN ('QUEUED', 'CLAIMED', 'HANDING_OVER')
    UNION ALL
    SELECT (
      SELECT min(o.tenant_id) FROM letter o WHERE o.state IN ('QUEUED', 'CLAIMED', 'HANDING_OVER') AND o.tenant_id > busy.tenant_id
    ) FROM busy WHERE busy.tenant_id IS NOT NULL
  ), due AS (
    SELECT picked.tenant_id, picked.id
    FROM busy JOIN tenant ON tenant.id = busy.tenant_id
    CROSS JOIN LATERAL (
      SELECT l.tenant_id, l.id
      FROM letter l
      WHERE l.tenant_id = busy.tenant_id
        AND l.state IN ('QUEUED', 'CLAIMED', 'HANDING_OVER')
        AND l.run_at <= now()
        AND (l.in_hand_until IS NULL OR l.in_hand_until <= now())
        AND l.id = (
          SELECT e.id FROM letter e
          WHERE e.tenant_id = busy.tenant_id AND e.to_email = l.to_email
            AND e.state IN ('QUEUED', 'CLAIMED', 'HANDING_OVER')
          ORDER BY e.queued_at, e.id LIMIT 1
        )
      ORDER BY l.run_at, l.id
      LIMIT greatest(0, share - (
        SELECT count(*) FROM letter b
        WHERE b.tenant_id = busy.tenant_id AND b.state IN ('QUEUED', 'CLAIMED', 'HANDING_OVER')
          AND b.in_hand_until > now()
      ))
      FOR UPDATE SKIP LOCKED
    ) picked
    WHERE tenant.state NOT IN ('SUSPENDED', 'CLOSED')
  )
  UPDATE letter SET in_hand_until = now() + make_interval(secs => lease_seconds)
  FROM due WHERE letter.tenant_id = due.tenant_id AND letter.id = due.id
  RETURNING letter.tenant_id, letter.id
$$
"""

# The broker is down: what could not be handed to it is due again at once. Rows that a worker has claimed stay as they are.
OUTBOX_GIVE_BACK = """
CREATE FUNCTION outbox_give_back(tenant_ids int[], ids uuid[]) RETURNS void
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
  UPDATE outbox SET in_hand_until = NULL
  FROM unnest(tenant_ids, ids) AS given (tenant_id, id)
  WHERE outbox.tenant_id = given.tenant_id AND outbox.id = given.id
    AND (outbox.lease_until IS NULL OR outbox.lease_until <= now());
  UPDATE letter SET in_hand_until = NULL
  FROM unnest(tenant_ids, ids) AS given (tenant_id, id)
  WHERE letter.tenant_id = given.tenant_id AND letter.id = given.id
    AND (letter.lease_until IS NULL OR letter.lease_until <= now());
$$
"""

# For the in-process broker alone: when its process starts, whoever held these leases is gone.
OUTBOX_RELEASE = """
CREATE FUNCTION outbox_release() RETURNS int
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
  WITH facts AS (
    UPDATE outbox SET in_hand_until = NULL, lease_until = NULL
    WHERE state IN ('WAITING', 'CLAIMED') AND in_hand_until > now() RETURNING 1
  ), letters AS (
    UPDATE letter SET in_hand_until = NULL, lease_until = NULL
    WHERE state IN ('QUEUED', 'CLAIMED', 'HANDING_OVER') AND in_hand_until > now() RETURNING 1
  )
  SELECT ((SELECT count(*) FROM facts) + (SELECT count(*) FROM letters))::int
$$
"""
