"""Members: kana of persons"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_FORCED = ("organisation", "membership_application")
#: Whoever has changed since then keeps no other person's kana: the name has to be the one of the form still.
_CARRY_OVER = """
    UPDATE organisation o SET
      representative_kana = CASE WHEN o.representative_name = a.details ->> 'representative_name'
        THEN nullif(a.details ->> 'representative_kana', '') END,
      contact_kana = CASE WHEN o.contact_name = a.details ->> 'contact_name'
        THEN nullif(a.details ->> 'contact_kana', '') END
    FROM (
      SELECT DISTINCT ON (tenant_id, organisation_id) tenant_id, organisation_id, details FROM membership_application
      WHERE state = 'APPROVED' AND organisation_id IS NOT NULL
      ORDER BY tenant_id, organisation_id, decided_at DESC, id DESC
    ) a
    WHERE a.tenant_id = o.tenant_id AND a.organisation_id = o.id
"""


def upgrade() -> None:
    op.add_column("organisation", sa.Column("representative_kana", sa.Text(), nullable=True))
    op.add_column("organisation", sa.Column("contact_kana", sa.Text(), nullable=True))
    # Of all platforms at once, so for this statement even their owner is not bound to one of them.
    for table in _FORCED:
        op.execute(f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY")
    op.execute(_CARRY_OVER)
    for table in _FORCED:
        op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
