"""Notifications: what somebody wants to be told, and what waits to be told together"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from shared.kit.database.policies import protect_tenant_table

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

_TABLES = ("notification", "notification_choice")
_KINDS = ("APPLICATION", "NOTICE", "POST", "NAME_USE", "POST_RESULT")


def upgrade() -> None:
    _notifications()
    _choices()
    for table in _TABLES:
        for statement in protect_tenant_table(table):
            op.execute(statement)


def _notifications() -> None:
    op.create_table(
        "notification",
        sa.Column("receiver", sa.Text(), nullable=False, comment="mail address"),
        sa.Column("receiver_name", sa.Text(), nullable=True),
        sa.Column("account_id", sa.Uuid(), nullable=True, comment="null: the desk"),
        sa.Column(
            "kind",
            sa.Enum(*_KINDS, name="notificationkind", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.Column("thing_id", sa.Uuid(), nullable=False, comment="the application, notice, post … that it is about"),
        sa.Column(
            "occasion",
            sa.Text(),
            nullable=False,
            comment="which of the thing's occasions: received, mended, reported",
        ),
        sa.Column("line", sa.Text(), nullable=False, comment="how the morning letter says it"),
        sa.Column("path", sa.Text(), nullable=False, comment="the page on which it is dealt with"),
        sa.Column("noted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("at_once", sa.Boolean(), nullable=False, comment="it had a letter of its own"),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("tenant_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_notification_account_id")),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f("fk_notification_tenant_id")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_notification")),
        sa.UniqueConstraint(
            "tenant_id",
            "receiver",
            "kind",
            "thing_id",
            "occasion",
            name=op.f("uq_notification_tenant_id_receiver_kind_thing_id_occasion"),
        ),
    )
    op.create_index("ix_notification_thing", "notification", ["tenant_id", "thing_id"], unique=False)
    op.create_index(
        "ix_notification_waiting",
        "notification",
        ["tenant_id", "receiver"],
        unique=False,
        postgresql_where=sa.text("told_at IS NULL AND settled_at IS NULL"),
    )


def _choices() -> None:
    op.create_table(
        "notification_choice",
        sa.Column("account_id", sa.Uuid(), nullable=True, comment="null: the desk"),
        sa.Column("manners", JSONB(astext_type=sa.Text()), nullable=False, comment="kind: manner"),
        sa.Column(
            "by_night",
            sa.Boolean(),
            nullable=False,
            comment="the desk's: letters of this platform that can wait go by night, too",
        ),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("tenant_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_notification_choice_account_id")),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f("fk_notification_choice_tenant_id")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_notification_choice")),
        sa.UniqueConstraint(
            "tenant_id",
            "account_id",
            name=op.f("uq_notification_choice_tenant_id_account_id"),
            postgresql_nulls_not_distinct=True,
        ),
    )
