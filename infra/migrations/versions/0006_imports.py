"""Imports: organisations found by indexed names and by their 台帳ID, rows beyond the limit, final counts"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "organisation",
        sa.Column(
            "name_key", sa.Text(), nullable=True, comment="names.name_key of it; empty until an import asks for it"
        ),
    )
    op.create_index(op.f("ix_organisation_name_key"), "organisation", ["tenant_id", "name_key"])
    op.add_column(
        "import_row",
        sa.Column("ledger_id", sa.Uuid(), nullable=True, comment="the organisation that the list names by its 台帳ID"),
    )
    op.create_index(op.f("ix_import_row_keys"), "import_row", ["keys"], postgresql_using="gin")
    for name, comment in (
        ("unread", "spreadsheets.table.Unread: rows beyond the limit"),
        ("final", "rows by outcome, and applied, when it ended"),
    ):
        op.add_column("member_import", sa.Column(name, postgresql.JSONB(), nullable=True, comment=comment))
