"""Certificates keep what they said; who took part from afar; who counted a party by hand"""

import sqlalchemy as sa
from alembic import op

from shared.kit.database.policies import protect_tenant_table

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

#: Read and written here across all tenants: the owner is bound by the wall like everybody else.
_FORCED = ("certificate", "certificate_rule", "event")
_WORDS = {
    "body": sa.Text(),
    "issuer": sa.Text(),
    "event_title": sa.Text(),
    "starts_at": sa.DateTime(timezone=True),
    "all_day": sa.Boolean(),
}
#: What they would have said if they had been printed again until now. A rule is never dropped once one is issued.
_AS_OF_NOW = """
    UPDATE certificate c SET body = u.body, issuer = u.issuer, event_title = e.title,
      starts_at = e.starts_at, ends_at = e.ends_at, all_day = e.all_day
    FROM certificate_rule u, event e
    WHERE u.tenant_id = c.tenant_id AND u.event_id = c.event_id AND e.tenant_id = c.tenant_id AND e.id = c.event_id
"""


def upgrade() -> None:
    for name, kind in _WORDS.items():
        comment = "of the event, as it was said" if name == "starts_at" else None
        op.add_column("certificate", sa.Column(name, kind, nullable=True, comment=comment))
    op.add_column("certificate", sa.Column("ends_at", sa.DateTime(timezone=True), nullable=True))
    _fill()
    for name in _WORDS:
        op.alter_column("certificate", name, nullable=False)
    counted = sa.Column(
        "counted_by",
        sa.Text(),
        nullable=True,
        comment="who wrote that number by hand; null: as the first scan said",
    )
    op.add_column("check_in", counted)
    _online_attendance()


def _fill() -> None:
    for table in _FORCED:
        op.execute(f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY")
    op.execute(_AS_OF_NOW)
    for table in _FORCED:
        op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")


def _online_attendance() -> None:
    op.create_table(
        "online_attendance",
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("registration_id", sa.Uuid(), nullable=False),
        sa.Column("present", sa.Integer(), nullable=False, comment="people of the party who took part"),
        sa.Column(
            "by_play",
            sa.Boolean(),
            nullable=False,
            comment="found by a press of 視聴する while it was live, not by hand",
        ),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.Text(), nullable=False),
        sa.Column("tenant_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("present BETWEEN 1 AND 50", name=op.f("ck_online_attendance_present_in_range")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "event_id"],
            ["event.tenant_id", "event.id"],
            name=op.f("fk_online_attendance_tenant_id_event_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "registration_id"],
            ["registration.tenant_id", "registration.id"],
            name=op.f("fk_online_attendance_tenant_id_registration_id"),
        ),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f("fk_online_attendance_tenant_id")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_online_attendance")),
        sa.UniqueConstraint(
            "tenant_id", "registration_id", name=op.f("uq_online_attendance_tenant_id_registration_id")
        ),
    )
    op.create_index("ix_online_attendance_event", "online_attendance", ["tenant_id", "event_id"], unique=False)
    for statement in protect_tenant_table("online_attendance"):
        op.execute(statement)
