"""Registrations and their seats"""

from typing import Any

import sqlalchemy as sa
from alembic import op

from shared.kit.database.policies import protect_tenant_table

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_COUNTERS = {
    "hall_taken": "people",
    "online_taken": "people",
    "hall_waiting": "registrations",
    "online_waiting": "registrations",
    "last_number": "of registrations; also their order on the waiting lists",
}
_EVENT_CHECKS = {
    "hall_not_oversold": "hall_taken BETWEEN 0 AND coalesce(capacity, hall_taken)",
    "online_not_oversold": "online_taken BETWEEN 0 AND coalesce(online_capacity, online_taken)",
    "waiting_not_negative": "hall_waiting >= 0 AND online_waiting >= 0",
    "party_limit_in_range": "party_limit BETWEEN 1 AND 50",
}


def upgrade() -> None:
    _add_to_event("members_only", sa.Boolean(), "false", "only people of member organisations register")
    _add_to_event("party_limit", sa.Integer(), "1", "most people of one registration: 1 is nobody but oneself")
    for name, comment in _COUNTERS.items():
        _add_to_event(name, sa.Integer(), "0", comment)
    for name, check in _EVENT_CHECKS.items():
        op.create_check_constraint(op.f(f"ck_event_{name}"), "event", check)
    op.create_table(
        "registration",
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False, comment="受付番号 in the event, from 1"),
        sa.Column(
            "turn",
            sa.Integer(),
            nullable=False,
            comment="order on the waiting list: its number, or that of a later change of place",
        ),
        sa.Column(
            "key",
            sa.Text(),
            nullable=False,
            comment="random: opens the person's own page, where it is changed and cancelled",
        ),
        sa.Column(
            "code",
            sa.Text(),
            nullable=False,
            comment="random, short: on the ticket, read at the door; opens nothing",
        ),
        sa.Column(
            "person_key",
            sa.Text(),
            nullable=False,
            comment="folded address, else telephone and name: the same person twice",
        ),
        sa.Column("status", _enum("registrationstatus", "CONFIRMED", "WAITLISTED", "CANCELLED"), nullable=False),
        sa.Column("attendance", _enum("attendance", "HALL", "ONLINE"), nullable=False),
        sa.Column(
            "channel",
            _enum("registrationchannel", "WEB", "PHONE", "FAX", "POST", "EMAIL", "DESK", "WALK_IN", "API"),
            nullable=False,
        ),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("kana", sa.Text(), nullable=True),
        sa.Column("email", sa.Text(), nullable=True),
        sa.Column("phone", sa.Text(), nullable=True),
        sa.Column("organisation_name", sa.Text(), nullable=True, comment="as written; that of the day"),
        sa.Column("organisation_id", sa.Uuid(), nullable=True, comment="the member organisation, where it is known"),
        sa.Column(
            "home_tenant_id",
            sa.Integer(),
            nullable=True,
            comment="the platform that a guest of a symposium comes from",
        ),
        sa.Column("party_size", sa.Integer(), nullable=False, comment="people, the person included"),
        sa.Column("companions", sa.Text(), nullable=True, comment="names of the others, one per line"),
        sa.Column("needs", sa.Text(), nullable=True, comment="参加への配慮: 手話通訳, 車いす …"),
        sa.Column("remarks", sa.Text(), nullable=True, comment="the secretariat's own note"),
        sa.Column("entered_by", sa.Text(), nullable=True, comment="of the secretariat, for telephone and FAX"),
        sa.Column("registered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "passed_over_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="a group for which the free seats did not suffice",
        ),
        sa.Column("cancelled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("cancelled_by", sa.Text(), nullable=True, comment="null: the person"),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("tenant_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("party_size BETWEEN 1 AND 50", name=op.f("ck_registration_party_size_in_range")),
        sa.ForeignKeyConstraint(["home_tenant_id"], ["tenant.id"], name=op.f("fk_registration_home_tenant_id")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "event_id"],
            ["event.tenant_id", "event.id"],
            name=op.f("fk_registration_tenant_id_event_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "organisation_id"],
            ["organisation.tenant_id", "organisation.id"],
            name=op.f("fk_registration_tenant_id_organisation_id"),
        ),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f("fk_registration_tenant_id")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_registration")),
        sa.UniqueConstraint("tenant_id", "code", name=op.f("uq_registration_tenant_id_code")),
        sa.UniqueConstraint("tenant_id", "event_id", "number", name=op.f("uq_registration_tenant_id_event_id_number")),
        sa.UniqueConstraint("tenant_id", "key", name=op.f("uq_registration_tenant_id_key")),
    )
    op.create_index(
        "ix_registration_waiting",
        "registration",
        ["tenant_id", "event_id", "attendance", "turn"],
        postgresql_where=sa.text("status = 'WAITLISTED'"),
    )
    op.create_index(
        "uq_registration_person",
        "registration",
        ["tenant_id", "event_id", "person_key"],
        unique=True,
        postgresql_where=sa.text("status <> 'CANCELLED'"),
    )
    for statement in protect_tenant_table("registration"):
        op.execute(statement)


def _add_to_event(name: str, kind: sa.types.TypeEngine[Any], first_value: str, comment: str) -> None:
    """Rows that are there get the first value; new ones say it themselves."""
    op.add_column("event", sa.Column(name, kind, nullable=False, comment=comment, server_default=sa.text(first_value)))
    op.alter_column("event", name, server_default=None)


def _enum(name: str, *values: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=40)
