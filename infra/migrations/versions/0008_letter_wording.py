"""Letters lapse and carry a calendar entry; their wording is each platform's own"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from shared.kit.database.policies import protect_tenant_table

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

_STATES = ("QUEUED", "CLAIMED", "HANDING_OVER", "SENT", "UNCERTAIN", "FAILED", "LAPSED")


def upgrade() -> None:
    op.drop_constraint(op.f("ck_letter_letterstate"), "letter")
    op.create_check_constraint(op.f("ck_letter_letterstate"), "letter", sa.column("state").in_(_STATES))
    op.add_column(
        "letter",
        sa.Column(
            "attachments",
            postgresql.JSONB(),
            nullable=False,
            comment="name, media type, text",
            server_default=sa.text("'[]'"),
        ),
    )
    op.alter_column("letter", "attachments", server_default=None)
    op.add_column(
        "letter",
        sa.Column(
            "worthless_after",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="what it speaks of is over then: it is not sent",
        ),
    )
    op.create_table(
        "letter_wording",
        sa.Column("kind", sa.Text(), nullable=False, comment="LetterKind"),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("changed_by", sa.Text(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("tenant_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f("fk_letter_wording_tenant_id")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_letter_wording")),
        sa.UniqueConstraint("tenant_id", "kind", name=op.f("uq_letter_wording_tenant_id_kind")),
    )
    for statement in protect_tenant_table("letter_wording"):
        op.execute(statement)
