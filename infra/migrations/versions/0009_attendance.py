"""The day of an event: check-in, tables, viewing, certificates"""

import sqlalchemy as sa
from alembic import op

from shared.kit.database.policies import protect_tenant_table

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

_TABLES = ("check_in", "seating", "seat", "viewing", "play", "certificate_rule", "certificate", "certificate_counter")


def upgrade() -> None:
    _viewing_keys()
    _door()
    _tables()
    _viewing()
    _certificates()
    for table in _TABLES:
        for statement in protect_tenant_table(table):
            op.execute(statement)


def _viewing_keys() -> None:
    """Registrations that are there get one each, too: the default is volatile."""
    op.add_column(
        "registration",
        sa.Column(
            "viewing_key",
            sa.Text(),
            server_default=sa.text("replace(gen_random_uuid()::text, '-', '')"),
            nullable=False,
            comment="random: opens the stream for this person, /watch/…",
        ),
    )
    op.create_unique_constraint(
        op.f("uq_registration_tenant_id_viewing_key"), "registration", ["tenant_id", "viewing_key"]
    )


def _door() -> None:
    op.create_table(
        "check_in",
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("registration_id", sa.Uuid(), nullable=False),
        sa.Column(
            "manner",
            sa.Enum("QR", "LIST", "WALK_IN", name="manner", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.Column("present", sa.Integer(), nullable=False, comment="people of the party who came"),
        sa.Column(
            "checked_in_at",
            sa.DateTime(timezone=True),
            nullable=False,
            comment="when it was scanned, if the tablet was offline",
        ),
        sa.Column("checked_in_by", sa.Text(), nullable=False),
        sa.Column("place", sa.Text(), nullable=True, comment="the desk's name, as its staff wrote it: 東口"),
        sa.Column("scan_id", sa.Text(), nullable=True, comment="the tablet's own id of the scan"),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False, comment="when it reached the server"),
        sa.Column(
            "again_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="the last other scan of the same registration",
        ),
        sa.Column("again_by", sa.Text(), nullable=True),
        sa.Column("again_place", sa.Text(), nullable=True),
        sa.Column("checked_out_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("checked_out_by", sa.Text(), nullable=True),
        sa.Column("tenant_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("present BETWEEN 1 AND 50", name=op.f("ck_check_in_present_in_range")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "event_id"], ["event.tenant_id", "event.id"], name=op.f("fk_check_in_tenant_id_event_id")
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "registration_id"],
            ["registration.tenant_id", "registration.id"],
            name=op.f("fk_check_in_tenant_id_registration_id"),
        ),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f("fk_check_in_tenant_id")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_check_in")),
        sa.UniqueConstraint("tenant_id", "registration_id", name=op.f("uq_check_in_tenant_id_registration_id")),
    )
    op.create_index("ix_check_in_event", "check_in", ["tenant_id", "event_id"], unique=False)


def _tables() -> None:
    op.create_table(
        "seating",
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False, comment="people at one table: 4人1組"),
        sa.Column(
            "basis",
            sa.Enum("CONFIRMED", "PRESENT", name="basis", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.Column(
            "tables", sa.Integer(), nullable=False, comment="how many there are; the last ones may have become empty"
        ),
        sa.Column("composed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("composed_by", sa.Text(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("tenant_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("size BETWEEN 2 AND 10", name=op.f("ck_seating_size_in_range")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "event_id"],
            ["event.tenant_id", "event.id"],
            name=op.f("fk_seating_tenant_id_event_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f("fk_seating_tenant_id")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_seating")),
        sa.UniqueConstraint("tenant_id", "event_id", name=op.f("uq_seating_tenant_id_event_id")),
    )
    op.create_table(
        "seat",
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("registration_id", sa.Uuid(), nullable=False),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column("table_number", sa.Integer(), nullable=False),
        sa.Column("tenant_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("table_number >= 1", name=op.f("ck_seat_table_number_from_one")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "event_id"],
            ["event.tenant_id", "event.id"],
            name=op.f("fk_seat_tenant_id_event_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "registration_id"],
            ["registration.tenant_id", "registration.id"],
            name=op.f("fk_seat_tenant_id_registration_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f("fk_seat_tenant_id")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_seat")),
        sa.UniqueConstraint(
            "tenant_id", "registration_id", "ordinal", name=op.f("uq_seat_tenant_id_registration_id_ordinal")
        ),
    )
    op.create_index("ix_seat_event", "seat", ["tenant_id", "event_id", "table_number"], unique=False)


def _viewing() -> None:
    op.create_table(
        "viewing",
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("stream_url", sa.Text(), nullable=True, comment="https"),
        sa.Column("archive_url", sa.Text(), nullable=True, comment="https; 後日視聴"),
        sa.Column(
            "archive_until", sa.Date(), nullable=True, comment="the last day, in Japan; null: as long as it is there"
        ),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_by", sa.Text(), nullable=False),
        sa.Column("tenant_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "event_id"],
            ["event.tenant_id", "event.id"],
            name=op.f("fk_viewing_tenant_id_event_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f("fk_viewing_tenant_id")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_viewing")),
        sa.UniqueConstraint("tenant_id", "event_id", name=op.f("uq_viewing_tenant_id_event_id")),
    )
    op.create_table(
        "play",
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("registration_id", sa.Uuid(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum("LIVE", "ARCHIVE", name="playkind", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.Column("played_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("tenant_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "event_id"], ["event.tenant_id", "event.id"], name=op.f("fk_play_tenant_id_event_id")
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "registration_id"],
            ["registration.tenant_id", "registration.id"],
            name=op.f("fk_play_tenant_id_registration_id"),
        ),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f("fk_play_tenant_id")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_play")),
    )
    op.create_index("ix_play_event", "play", ["tenant_id", "event_id", "registration_id"], unique=False)


def _certificates() -> None:
    op.create_table(
        "certificate_rule",
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False, comment="修了証, 参加証"),
        sa.Column("body", sa.Text(), nullable=False, comment="what it certifies, in one sentence"),
        sa.Column("issuer", sa.Text(), nullable=False, comment="who signs: office and name, line by line"),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("tenant_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "event_id"],
            ["event.tenant_id", "event.id"],
            name=op.f("fk_certificate_rule_tenant_id_event_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f("fk_certificate_rule_tenant_id")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_certificate_rule")),
        sa.UniqueConstraint("tenant_id", "event_id", name=op.f("uq_certificate_rule_tenant_id_event_id")),
    )
    op.create_table(
        "certificate",
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("registration_id", sa.Uuid(), nullable=False),
        sa.Column("ordinal", sa.Integer(), nullable=False, comment="in the party: 0 is who registered"),
        sa.Column("number", sa.Text(), nullable=False, comment="tokushima-2026-0001"),
        sa.Column("code", sa.Text(), nullable=False, comment="random: in the address by which anybody verifies it"),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("issued_on", sa.Date(), nullable=False),
        sa.Column("issued_by", sa.Text(), nullable=False),
        sa.Column("reissues", sa.Integer(), nullable=False),
        sa.Column("reissued_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_reason", sa.Text(), nullable=True),
        sa.Column("tenant_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "event_id"], ["event.tenant_id", "event.id"], name=op.f("fk_certificate_tenant_id_event_id")
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "registration_id"],
            ["registration.tenant_id", "registration.id"],
            name=op.f("fk_certificate_tenant_id_registration_id"),
        ),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f("fk_certificate_tenant_id")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_certificate")),
        sa.UniqueConstraint("tenant_id", "code", name=op.f("uq_certificate_tenant_id_code")),
        sa.UniqueConstraint("tenant_id", "number", name=op.f("uq_certificate_tenant_id_number")),
        sa.UniqueConstraint(
            "tenant_id", "registration_id", "ordinal", name=op.f("uq_certificate_tenant_id_registration_id_ordinal")
        ),
    )
    op.create_index("ix_certificate_event", "certificate", ["tenant_id", "event_id"], unique=False)
    op.create_table(
        "certificate_counter",
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.Column("tenant_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f("fk_certificate_counter_tenant_id")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_certificate_counter")),
        sa.UniqueConstraint("tenant_id", "year", name=op.f("uq_certificate_counter_tenant_id_year")),
    )
