"""Discussion: tags of opinions, and what became of them; pictures with their consent, flyers with their PDF"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from shared.kit.database.policies import protect_tenant_table

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

_TAGS = {"targets": "whom it speaks of", "methods": "how", "timings": "when"}


def upgrade() -> None:
    op.add_column(
        "event",
        sa.Column("questionnaire_url", sa.Text(), nullable=True, comment="https; shown once the event has begun"),
    )
    _pictures()
    op.create_table(
        "follow_up",
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "NOT_STARTED",
                "CONSIDERING",
                "DONE",
                "DECLINED",
                name="followupstate",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("responsible", sa.Text(), nullable=True, comment="who sees to it; for the secretariat"),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("result", sa.Text(), nullable=True, comment="what came of it, for everybody"),
        sa.Column("note", sa.Text(), nullable=True, comment="for the secretariat"),
        sa.Column("published", sa.Boolean(), nullable=False, comment="shown on the event's page"),
        sa.Column("linked_event_id", sa.Uuid(), nullable=True),
        sa.Column("announcement_id", sa.Uuid(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("tenant_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f("fk_follow_up_tenant_id")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "event_id"],
            ["event.tenant_id", "event.id"],
            name=op.f("fk_follow_up_tenant_id_event_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "linked_event_id"],
            ["event.tenant_id", "event.id"],
            name=op.f("fk_follow_up_tenant_id_linked_event_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "announcement_id"],
            ["announcement.tenant_id", "announcement.id"],
            name=op.f("fk_follow_up_tenant_id_announcement_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_follow_up")),
    )
    op.create_index("ix_follow_up_event", "follow_up", ["tenant_id", "event_id"], unique=False)
    for name, comment in _TAGS.items():
        column = sa.Column(name, postgresql.ARRAY(sa.Text()), server_default="{}", nullable=False, comment=comment)
        op.add_column("opinion", column)
    op.add_column("opinion", sa.Column("follow_up_id", sa.Uuid(), nullable=True, comment="what became of it"))
    op.create_foreign_key(
        op.f("fk_opinion_tenant_id_follow_up_id"),
        "opinion",
        "follow_up",
        ["tenant_id", "follow_up_id"],
        ["tenant_id", "id"],
    )
    op.create_index("ix_opinion_follow_up", "opinion", ["tenant_id", "follow_up_id"], unique=False)
    for statement in (*protect_tenant_table("follow_up"), *protect_tenant_table("media_document")):
        op.execute(statement)


def _pictures() -> None:
    op.add_column(
        "media",
        sa.Column(
            "withheld",
            sa.Boolean(),
            server_default=sa.false(),
            nullable=False,
            comment="for the secretariat's eyes: 撮影の同意 is not confirmed",
        ),
    )
    op.add_column(
        "media", sa.Column("uploaded_by", sa.Uuid(), nullable=True, comment="account; null: a manifest or a program")
    )
    op.create_table(
        "media_document",
        sa.Column("media_id", sa.Uuid(), nullable=False),
        sa.Column("file_name", sa.Text(), nullable=False, comment="as it came; only its end is ours: .pdf"),
        sa.Column("path", sa.Text(), nullable=False, comment="in the file store"),
        sa.Column("byte_size", sa.Integer(), nullable=False),
        sa.Column("pages", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("tenant_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f("fk_media_document_tenant_id")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "media_id"],
            ["media.tenant_id", "media.id"],
            name=op.f("fk_media_document_tenant_id_media_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_media_document")),
        sa.UniqueConstraint("tenant_id", "media_id", name=op.f("uq_media_document_tenant_id_media_id")),
    )
    # What is shown already was put there by people who were asked to have the consent; what comes now must say so.
    op.add_column("report_photo", sa.Column("consented", sa.Boolean(), server_default=sa.true(), nullable=False))
    op.add_column("report_photo", sa.Column("credit", sa.Text(), nullable=True))
    for table, column in (("media", "withheld"), ("report_photo", "consented")):
        op.alter_column(table, column, server_default=None)
