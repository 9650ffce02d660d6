"""Members: what their lists look up, what an import has been checked against, and comments that name what there is"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


_COMMENTS = (
    ("organisation", "audiences", "tags.AUDIENCES, to be filtered by"),
    ("organisation", "resources", "what it can give: tags.RESOURCES"),
    ("member_import", "meanings", "columns.MEANINGS, empty for a column that is left out"),
)


def upgrade() -> None:
    """The stays and the people of one organisation, and the organisations whose names no import has made findable yet."""
    op.create_index("ix_membership_organisation", "membership", ["tenant_id", "organisation_id", "joined_on"])
    op.create_index("ix_role_assignment_organisation", "role_assignment", ["tenant_id", "organisation_id"])
    op.create_index(
        "ix_organisation_without_name_key",
        "organisation",
        ["tenant_id", "id"],
        postgresql_where=sa.text("name_key IS NULL"),
    )
    op.add_column(
        "import_row",
        sa.Column(
            "before",
            postgresql.JSONB(),
            nullable=True,
            comment="what the ledger said where the check has found a difference: only that is overwritten",
        ),
    )
    for table, column, comment in _COMMENTS:
        op.alter_column(table, column, comment=comment)
