"""後援名義: requests, decisions, logo files"""

import sqlalchemy as sa
from alembic import op

from shared.kit.database.policies import protect_tenant_table

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "name_use_logo",
        sa.Column("name", sa.Text(), nullable=False, comment="what the secretariat calls it: 横組み, 一色"),
        sa.Column("file_key", sa.Text(), nullable=False),
        sa.Column("content_type", sa.Text(), nullable=False),
        sa.Column("byte_size", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("offered", sa.Boolean(), nullable=False, comment="may be chosen for later decisions, too"),
        sa.Column("actor_id", sa.Uuid(), nullable=True),
        sa.Column("actor_name", sa.Text(), nullable=False),
        sa.Column("kept_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("tenant_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f("fk_name_use_logo_tenant_id")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_name_use_logo")),
    )
    op.create_index("ix_name_use_logo_offered", "name_use_logo", ["tenant_id", "offered"], unique=False)
    op.create_table(
        "name_use_request",
        sa.Column("receipt_number", sa.Text(), nullable=False, comment="R8-0001-7K"),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "RECEIVED",
                "IN_REVIEW",
                "APPROVED",
                "REJECTED",
                name="nameusestate",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "channel",
            sa.Enum(
                "WEB",
                "FAX",
                "POST",
                "EMAIL",
                "PHONE",
                "API",
                name="channel",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("email", sa.Text(), nullable=True, comment="who asked, or the organisation's, as of that day"),
        sa.Column(
            "submitted_by", sa.Text(), nullable=False, comment="the member, or the member of staff who typed it in"
        ),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("participants", sa.Integer(), nullable=True, comment="expected"),
        sa.Column("fee", sa.Text(), nullable=True, comment="null: free of charge"),
        sa.Column("materials", sa.Text(), nullable=True, comment="where the name will stand: flyers, site, pamphlet"),
        sa.Column("answer_by", sa.Date(), nullable=True, comment="the day by which the answer is needed"),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by", sa.Text(), nullable=True),
        sa.Column("message", sa.Text(), nullable=True, comment="why it was refused, as the organisation is told"),
        sa.Column("allowed_from", sa.Date(), nullable=True),
        sa.Column("allowed_until", sa.Date(), nullable=True),
        sa.Column("conditions", sa.Text(), nullable=True),
        sa.Column("logo_id", sa.Uuid(), nullable=True),
        sa.Column("result", sa.Text(), nullable=True, comment="結果報告"),
        sa.Column("result_participants", sa.Integer(), nullable=True),
        sa.Column("reported_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("tenant_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "(state = 'APPROVED') = (allowed_from IS NOT NULL)", name=op.f("ck_name_use_request_allowed_when_approved")
        ),
        sa.CheckConstraint(
            "(allowed_from IS NULL) = (allowed_until IS NULL)", name=op.f("ck_name_use_request_allowed_from_and_until")
        ),
        sa.CheckConstraint("allowed_until >= allowed_from", name=op.f("ck_name_use_request_allowed_for_a_while")),
        sa.CheckConstraint("ends_on >= starts_on", name=op.f("ck_name_use_request_ends_after_it_starts")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "logo_id"],
            ["name_use_logo.tenant_id", "name_use_logo.id"],
            name=op.f("fk_name_use_request_tenant_id_logo_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "organisation_id"],
            ["organisation.tenant_id", "organisation.id"],
            name=op.f("fk_name_use_request_tenant_id_organisation_id"),
        ),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f("fk_name_use_request_tenant_id")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_name_use_request")),
        sa.UniqueConstraint("tenant_id", "receipt_number", name=op.f("uq_name_use_request_tenant_id_receipt_number")),
    )
    op.create_index(
        "ix_name_use_request_organisation",
        "name_use_request",
        ["tenant_id", "organisation_id", "received_at"],
        unique=False,
    )
    op.create_index(
        "ix_name_use_request_state", "name_use_request", ["tenant_id", "state", "received_at"], unique=False
    )
    op.create_table(
        "name_use_scan",
        sa.Column("request_id", sa.Uuid(), nullable=False),
        sa.Column("file_key", sa.Text(), nullable=False),
        sa.Column("content_type", sa.Text(), nullable=False),
        sa.Column("byte_size", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("actor_id", sa.Uuid(), nullable=True),
        sa.Column("actor_name", sa.Text(), nullable=False),
        sa.Column("kept_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("tenant_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "request_id"],
            ["name_use_request.tenant_id", "name_use_request.id"],
            name=op.f("fk_name_use_scan_tenant_id_request_id"),
        ),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f("fk_name_use_scan_tenant_id")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_name_use_scan")),
    )
    op.create_index("ix_name_use_scan_request", "name_use_scan", ["tenant_id", "request_id"], unique=False)
    op.add_column(
        "member_rules",
        sa.Column(
            "offers_name_use",
            sa.Boolean(),
            server_default="false",
            nullable=False,
            comment="後援名義: members may ask to use the platform's name and logo",
        ),
    )
    for table in ("name_use_logo", "name_use_request", "name_use_scan"):
        for statement in protect_tenant_table(table):
            op.execute(statement)
