"""The first shape"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from shared.kit.database.policies import protect_reference_table, protect_tenant_table

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "account",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("email", sa.Text(), nullable=False, comment="folded: lower case, NFKC"),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("password_hash", sa.Text(), nullable=True, comment="argon2id"),
        sa.Column(
            "password_changed_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="sessions begun before it are over, everywhere",
        ),
        sa.Column("disabled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_account")),
        sa.UniqueConstraint("email", name=op.f("uq_account_email")),
        info={
            "reference": True,
            "grants": {"svc_web": "SELECT, INSERT, UPDATE", "svc_worker": "SELECT, INSERT, UPDATE"},
        },
    )
    op.create_table(
        "municipality",
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("prefecture_code", sa.Text(), nullable=False),
        sa.Column("prefecture", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("kana", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_municipality")),
        info={"reference": True, "grants": {"svc_web": "SELECT", "svc_worker": "SELECT, INSERT, UPDATE"}},
    )
    op.create_table(
        "national_category",
        sa.Column("slug", sa.Text(), nullable=False),
        sa.Column("parent_slug", sa.Text(), nullable=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["parent_slug"], ["national_category.slug"], name=op.f("fk_national_category_parent_slug")
        ),
        sa.PrimaryKeyConstraint("slug", name=op.f("pk_national_category")),
        info={"reference": True, "grants": {"svc_web": "SELECT", "svc_worker": "SELECT, INSERT, UPDATE"}},
    )
    op.create_table(
        "national_field",
        sa.Column("slug", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("slug", name=op.f("pk_national_field")),
        info={"reference": True, "grants": {"svc_web": "SELECT", "svc_worker": "SELECT, INSERT, UPDATE"}},
    )
    op.create_table(
        "rate_limit",
        sa.Column("bucket", sa.Text(), nullable=False),
        sa.Column("window_ends", sa.DateTime(timezone=True), nullable=False),
        sa.Column("hits", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("bucket", name=op.f("pk_rate_limit")),
        info={"reference": True, "grants": {"svc_web": "SELECT, INSERT, UPDATE", "svc_worker": "SELECT, DELETE"}},
        prefixes=["UNLOGGED"],
    )
    op.create_table(
        "tenant",
        sa.Column("id", sa.Integer(), sa.Identity(always=False, start=2), nullable=False, comment="1 is the nation"),
        sa.Column("slug", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False, comment="全国地方公共団体コード; 000000 for the nation"),
        sa.Column(
            "level",
            sa.Enum(
                "NATION",
                "PREFECTURE",
                "SUBREGION",
                "MUNICIPALITY",
                name="level",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("parent_id", sa.Integer(), nullable=True),
        sa.Column(
            "state",
            sa.Enum(
                "DRAFT",
                "LIVE",
                "SUSPENDED",
                "CLOSED",
                name="tenantstate",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("host", sa.Text(), nullable=True, comment="custom host, lower case, without port"),
        sa.Column("name", sa.Text(), nullable=False, comment="正式名"),
        sa.Column("short_name", sa.Text(), nullable=False),
        sa.Column("region_name", sa.Text(), nullable=False, comment="徳島県, 阿南市, …"),
        sa.Column("aliases", sa.ARRAY(sa.Text()), nullable=False),
        sa.Column("slogan", sa.Text(), nullable=True),
        sa.Column("vision", sa.Text(), nullable=True),
        sa.Column("lead", sa.Text(), nullable=False, comment="one sentence: what this is"),
        sa.Column("lead_easy", sa.Text(), nullable=True, comment="the same in やさしい日本語"),
        sa.Column("founded_on", sa.Date(), nullable=True),
        sa.Column("fields_open", sa.Boolean(), nullable=False, comment="the document's list of 分野 closes with …"),
        sa.Column(
            "theme",
            postgresql.JSONB(astext_type=sa.Text()),
            nullable=False,
            comment="key, accent, motif: see manifest.Theme",
        ),
        sa.Column("sender_email", sa.Text(), nullable=False),
        sa.Column(
            "help_line",
            postgresql.JSONB(astext_type=sa.Text()),
            nullable=True,
            comment="相談先: title, body, phone, url; shown only if set",
        ),
        sa.Column("digest", sa.Text(), nullable=True, comment="SHA-256 of the manifest last applied"),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "revision", sa.Integer(), nullable=False, comment="rises with each edit of the profile; guards two editors"
        ),
        sa.ForeignKeyConstraint(["parent_id"], ["tenant.id"], name=op.f("fk_tenant_parent_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tenant")),
        sa.UniqueConstraint("code", name=op.f("uq_tenant_code")),
        sa.UniqueConstraint("host", name=op.f("uq_tenant_host")),
        sa.UniqueConstraint("slug", name=op.f("uq_tenant_slug")),
        info={
            "reference": True,
            "write_check": "NULLIF(current_setting('app.tenant', true), '')::int IN (id, 1)",
            "grants": {
                "svc_web": "SELECT, INSERT, UPDATE",
                "svc_worker": "SELECT, INSERT, UPDATE",
                "svc_case": "SELECT",
            },
        },
    )
    op.create_index("ix_tenant_parent_id", "tenant", ["parent_id"], unique=False)
    op.create_table(
        "api_client",
        sa.Column("client_id", sa.Text(), nullable=False),
        sa.Column("secret_hash", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column(
            "role",
            sa.Enum(
                "SECRETARIAT_ADMIN",
                "SECRETARIAT",
                "ORGANISATION_MANAGER",
                "ORGANISATION_USER",
                "CASEWORKER",
                "NATIONAL_VIEWER",
                "OPERATOR",
                name="role",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("disabled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("tenant_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f("fk_api_client_tenant_id")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_api_client")),
        sa.UniqueConstraint("tenant_id", "client_id", name=op.f("uq_api_client_tenant_id_client_id")),
    )
    op.create_table(
        "audit_entry",
        sa.Column("happened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor_id", sa.Uuid(), nullable=True),
        sa.Column("actor_name", sa.Text(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False, comment="noun.verb: announcement.publish"),
        sa.Column("object_id", sa.Uuid(), nullable=True),
        sa.Column("summary", sa.Text(), nullable=True, comment="for people; no personal data of third parties"),
        sa.Column("tenant_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f("fk_audit_entry_tenant_id")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_audit_entry")),
        info={"grants": {"svc_web": "SELECT, INSERT", "svc_worker": "SELECT, INSERT"}},
    )
    op.create_index("ix_audit_entry_object", "audit_entry", ["tenant_id", "object_id"], unique=False)
    op.create_table(
        "category",
        sa.Column("slug", sa.Text(), nullable=False),
        sa.Column("parent_id", sa.Uuid(), nullable=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("open_ended", sa.Boolean(), nullable=False),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column("national_slug", sa.Text(), nullable=True),
        sa.Column("tenant_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["national_slug"], ["national_category.slug"], name=op.f("fk_category_national_slug")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "parent_id"],
            ["category.tenant_id", "category.id"],
            name=op.f("fk_category_tenant_id_parent_id"),
        ),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f("fk_category_tenant_id")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_category")),
        sa.UniqueConstraint("tenant_id", "slug", name=op.f("uq_category_tenant_id_slug")),
    )
    op.create_table(
        "charter",
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("adopted_on", sa.Date(), nullable=True),
        sa.Column("body", sa.Text(), nullable=False, comment="Markdown"),
        sa.Column("tenant_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f("fk_charter_tenant_id")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_charter")),
        sa.UniqueConstraint("tenant_id", "version", name=op.f("uq_charter_tenant_id_version")),
    )
    op.create_table(
        "contact",
        sa.Column("purpose", sa.Text(), nullable=False, comment="入会, セミナー, …"),
        sa.Column("department", sa.Text(), nullable=False),
        sa.Column("desk", sa.Text(), nullable=True),
        sa.Column("phone", sa.Text(), nullable=True),
        sa.Column("fax", sa.Text(), nullable=True),
        sa.Column("email", sa.Text(), nullable=True),
        sa.Column("postal_code", sa.Text(), nullable=True),
        sa.Column("address", sa.Text(), nullable=True),
        sa.Column("valid_from", sa.Date(), nullable=True),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column("tenant_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f("fk_contact_tenant_id")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_contact")),
    )
    op.create_table(
        "content_version",
        sa.Column("tenant_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f("fk_content_version_tenant_id")),
        sa.PrimaryKeyConstraint("tenant_id", name=op.f("pk_content_version")),
        info={"grants": {"svc_web": "SELECT, INSERT, UPDATE", "svc_worker": "SELECT, INSERT, UPDATE"}},
    )
    op.create_table(
        "criterion",
        sa.Column("slug", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "STATEMENT",
                "RECOMMENDATION",
                "PLEDGE",
                "MEETING",
                name="criterionkind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("required", sa.Boolean(), nullable=False),
        sa.Column("hint", sa.Text(), nullable=True),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column("tenant_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f("fk_criterion_tenant_id")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_criterion")),
        sa.UniqueConstraint("tenant_id", "slug", name=op.f("uq_criterion_tenant_id_slug")),
    )
    op.create_table(
        "field",
        sa.Column("slug", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column("aliases", sa.ARRAY(sa.Text()), nullable=False),
        sa.Column("national_slug", sa.Text(), nullable=True),
        sa.Column("tenant_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["national_slug"], ["national_field.slug"], name=op.f("fk_field_national_slug")),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f("fk_field_tenant_id")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_field")),
        sa.UniqueConstraint("tenant_id", "slug", name=op.f("uq_field_tenant_id_slug")),
    )
    op.create_table(
        "figure",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("value", sa.Integer(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("approximate", sa.Boolean(), nullable=False),
        sa.Column("as_of", sa.Date(), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("source", sa.Text(), nullable=True),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column("tenant_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f("fk_figure_tenant_id")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_figure")),
        sa.UniqueConstraint("tenant_id", "name", "as_of", name=op.f("uq_figure_tenant_id_name_as_of")),
    )
    op.create_table(
        "idempotency_key",
        sa.Column("actor", sa.Text(), nullable=False, comment="account id, client id or 'anonymous'"),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("body_sha256", sa.Text(), nullable=False),
        sa.Column("response", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("tenant_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f("fk_idempotency_key_tenant_id")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_idempotency_key")),
        sa.UniqueConstraint("tenant_id", "actor", "key", name=op.f("uq_idempotency_key_tenant_id_actor_key")),
    )
    op.create_table(
        "import_columns",
        sa.Column("signature", sa.Text(), nullable=False),
        sa.Column("meanings", sa.ARRAY(sa.Text()), nullable=False),
        sa.Column("chosen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("tenant_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f("fk_import_columns_tenant_id")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_import_columns")),
        sa.UniqueConstraint("tenant_id", "signature", name=op.f("uq_import_columns_tenant_id_signature")),
    )
    op.create_table(
        "letter",
        sa.Column("template", sa.Text(), nullable=False, comment="slice/name of the text file"),
        sa.Column(
            "letter_class",
            sa.Enum(
                "MUST_ARRIVE", "AT_MOST_ONCE", name="letterclass", native_enum=False, create_constraint=True, length=40
            ),
            nullable=False,
        ),
        sa.Column("dedupe_key", sa.Text(), nullable=False),
        sa.Column("about_id", sa.Uuid(), nullable=True, comment="the application, registration … it speaks of"),
        sa.Column("to_email", sa.Text(), nullable=False),
        sa.Column("to_name", sa.Text(), nullable=True),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("headers", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("message_id", sa.Text(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "QUEUED",
                "CLAIMED",
                "HANDING_OVER",
                "SENT",
                "UNCERTAIN",
                "FAILED",
                name="letterstate",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("resent", sa.Boolean(), nullable=False, comment="handed over twice, the second time marked as such"),
        sa.Column("run_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("in_hand_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("queued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("tenant_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f("fk_letter_tenant_id")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_letter")),
        sa.UniqueConstraint("tenant_id", "dedupe_key", name=op.f("uq_letter_tenant_id_dedupe_key")),
        info={"grants": {"svc_web": "SELECT, UPDATE", "svc_worker": "SELECT, INSERT, UPDATE, DELETE"}},
    )
    op.create_index("ix_letter_about", "letter", ["tenant_id", "about_id"], unique=False)
    op.create_index(
        "ix_letter_due",
        "letter",
        ["tenant_id", "run_at"],
        unique=False,
        postgresql_where=sa.text("state IN ('QUEUED', 'CLAIMED', 'HANDING_OVER')"),
    )
    op.create_index(
        "ix_letter_in_hand",
        "letter",
        ["tenant_id", "in_hand_until"],
        unique=False,
        postgresql_where=sa.text("state IN ('QUEUED', 'CLAIMED', 'HANDING_OVER') AND in_hand_until IS NOT NULL"),
    )
    op.create_index(
        "ix_letter_recipient",
        "letter",
        ["tenant_id", "to_email", "queued_at", "id"],
        unique=False,
        postgresql_where=sa.text("state IN ('QUEUED', 'CLAIMED', 'HANDING_OVER')"),
    )
    op.create_table(
        "manifest_row",
        sa.Column("table_name", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("object_id", sa.Uuid(), nullable=False),
        sa.Column(
            "applied",
            postgresql.JSONB(astext_type=sa.Text()),
            nullable=False,
            comment="the columns and values that were written",
        ),
        sa.Column("tenant_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f("fk_manifest_row_tenant_id")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_manifest_row")),
        sa.UniqueConstraint("tenant_id", "table_name", "key", name=op.f("uq_manifest_row_tenant_id_table_name_key")),
        info={"grants": {"svc_web": "SELECT, INSERT", "svc_worker": "SELECT, INSERT, UPDATE, DELETE"}},
    )
    op.create_table(
        "media",
        sa.Column("name", sa.Text(), nullable=False, comment="file name in the manifest, or a random one"),
        sa.Column("content_type", sa.Text(), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.Column("byte_size", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column(
            "sizes",
            postgresql.JSONB(astext_type=sa.Text()),
            nullable=False,
            comment='{"original": path, "1200": path, "thumb": path} in the file store',
        ),
        sa.Column("alt", sa.Text(), nullable=False),
        sa.Column("decorative", sa.Boolean(), nullable=False),
        sa.Column("caption", sa.Text(), nullable=True),
        sa.Column("credit", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("tenant_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("decorative OR length(btrim(alt)) > 0", name=op.f("ck_media_alt_or_decorative")),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f("fk_media_tenant_id")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_media")),
        sa.UniqueConstraint("tenant_id", "name", name=op.f("uq_media_tenant_id_name")),
    )
    op.create_table(
        "member_import",
        sa.Column("file_name", sa.Text(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False, comment="of the file's bytes"),
        sa.Column("sheet", sa.Text(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "UPLOADED",
                "CHECKING",
                "CHECKED",
                "APPLYING",
                "DONE",
                "DISCARDED",
                name="importstate",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("header", sa.Integer(), nullable=False, comment="number of the header's row"),
        sa.Column("titles", sa.ARRAY(sa.Text()), nullable=False),
        sa.Column(
            "meanings",
            sa.ARRAY(sa.Text()),
            nullable=False,
            comment="import_columns.MEANINGS, empty for a column that is left out",
        ),
        sa.Column(
            "signature", sa.Text(), nullable=False, comment="of the titles: under it the meanings are remembered"
        ),
        sa.Column(
            "file_notes",
            postgresql.JSONB(astext_type=sa.Text()),
            nullable=False,
            comment="what the reading of the file had to say",
        ),
        sa.Column("default_joined_on", sa.Date(), nullable=True, comment="加入日 of rows that say none"),
        sa.Column(
            "visibility",
            postgresql.JSONB(astext_type=sa.Text()),
            nullable=False,
            comment="of new organisations' contact columns",
        ),
        sa.Column("rows", sa.Integer(), nullable=False, comment="below the header"),
        sa.Column("fact_id", sa.Uuid(), nullable=True, comment="the outbox row of the batch that comes next"),
        sa.Column("created_by", sa.Text(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("tenant_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f("fk_member_import_tenant_id")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_member_import")),
    )
    op.create_index("ix_member_import_created_at", "member_import", ["tenant_id", "created_at"], unique=False)
    op.create_index(
        "uq_member_import_applying",
        "member_import",
        ["tenant_id"],
        unique=True,
        postgresql_where=sa.text("state = 'APPLYING'"),
    )
    op.create_index(
        "uq_member_import_running_file",
        "member_import",
        ["tenant_id", "sha256"],
        unique=True,
        postgresql_where=sa.text("state IN ('CHECKING', 'APPLYING')"),
    )
    op.create_table(
        "member_rules",
        sa.Column(
            "changes_by_notice",
            sa.Boolean(),
            nullable=False,
            comment="a member's change is a 変更届 for the secretariat; else it holds at once",
        ),
        sa.Column("tenant_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f("fk_member_rules_tenant_id")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_member_rules")),
        sa.UniqueConstraint("tenant_id", name=op.f("uq_member_rules_tenant_id")),
    )
    op.create_table(
        "outbox",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("payload", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("dedupe_key", sa.Text(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "WAITING",
                "CLAIMED",
                "DONE",
                "DEAD",
                name="outboxstate",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("run_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("in_hand_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("tenant_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f("fk_outbox_tenant_id")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_outbox")),
        sa.UniqueConstraint("tenant_id", "dedupe_key", name=op.f("uq_outbox_tenant_id_dedupe_key")),
        info={"grants": {"svc_web": "SELECT, INSERT", "svc_worker": "SELECT, INSERT, UPDATE, DELETE"}},
    )
    op.create_index(
        "ix_outbox_due",
        "outbox",
        ["tenant_id", "run_at"],
        unique=False,
        postgresql_where=sa.text("state IN ('WAITING', 'CLAIMED')"),
    )
    op.create_index(
        "ix_outbox_in_hand",
        "outbox",
        ["tenant_id", "in_hand_until"],
        unique=False,
        postgresql_where=sa.text("state IN ('WAITING', 'CLAIMED') AND in_hand_until IS NOT NULL"),
    )
    op.create_table(
        "page",
        sa.Column("slug", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False, comment="Markdown"),
        sa.Column("body_easy", sa.Text(), nullable=True),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("tenant_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f("fk_page_tenant_id")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_page")),
        sa.UniqueConstraint("tenant_id", "slug", name=op.f("uq_page_tenant_id_slug")),
    )
    op.create_table(
        "profile_item",
        sa.Column(
            "kind",
            sa.Enum(
                "PURPOSE",
                "ACTIVITY",
                "FUNCTION",
                "VIEWPOINT",
                "PILLAR",
                "MERIT",
                "INSTRUMENT",
                "PLAN",
                name="profilekind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column("label", sa.Text(), nullable=True, comment="I, II, ①: kept, never derived from the position"),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=True),
        sa.Column("points", sa.ARRAY(sa.Text()), nullable=False),
        sa.Column("tenant_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f("fk_profile_item_tenant_id")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_profile_item")),
        sa.UniqueConstraint("tenant_id", "kind", "ordinal", name=op.f("uq_profile_item_tenant_id_kind_ordinal")),
    )
    op.create_table(
        "published_count",
        sa.Column("tenant_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False, comment="member_organisations, events_held, …"),
        sa.Column("as_of", sa.Date(), nullable=False),
        sa.Column("value", sa.Integer(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("computed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f("fk_published_count_tenant_id")),
        sa.PrimaryKeyConstraint("tenant_id", "name", "as_of", name=op.f("pk_published_count")),
        info={
            "reference": True,
            "write_check": "tenant_id = NULLIF(current_setting('app.tenant', true), '')::int",
            "grants": {"svc_web": "SELECT", "svc_worker": "SELECT, INSERT, UPDATE", "svc_statistics": "SELECT"},
        },
    )
    op.create_table(
        "receipt_counter",
        sa.Column("fiscal_year", sa.Integer(), nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.Column("tenant_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f("fk_receipt_counter_tenant_id")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_receipt_counter")),
        sa.UniqueConstraint("tenant_id", "fiscal_year", name=op.f("uq_receipt_counter_tenant_id_fiscal_year")),
    )
    op.create_table(
        "search_document",
        sa.Column("kind", sa.Text(), nullable=False, comment="announcement | event | organisation | page"),
        sa.Column("object_id", sa.Uuid(), nullable=False),
        sa.Column("path", sa.Text(), nullable=False, comment="on the tenant's site: /news/<id>"),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False, comment="plain text"),
        sa.Column("shown_at", sa.DateTime(timezone=True), nullable=True, comment="date to show and to order by"),
        sa.Column(
            "names",
            sa.ARRAY(sa.Text()),
            server_default="{}",
            nullable=False,
            comment="of people and organisations: もしかして",
        ),
        sa.Column("folded", sa.Text(), nullable=False, comment="title, line feed, body; both folded: what is searched"),
        sa.Column(
            "words", sa.Text(), nullable=False, comment="|w|w| the normalised words, so that こども finds 子ども"
        ),
        sa.Column(
            "vector", postgresql.TSVECTOR(), nullable=False, comment="for the rank of what was found, see decision 0006"
        ),
        sa.Column("tenant_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f("fk_search_document_tenant_id")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_search_document")),
        sa.UniqueConstraint("tenant_id", "kind", "object_id", name=op.f("uq_search_document_tenant_id_kind_object_id")),
    )
    op.create_table(
        "sign_in_session",
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("tenant_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_sign_in_session_account_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f("fk_sign_in_session_tenant_id")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_sign_in_session")),
        sa.UniqueConstraint("tenant_id", "token_hash", name=op.f("uq_sign_in_session_tenant_id_token_hash")),
    )
    op.create_index("ix_sign_in_session_expires_at", "sign_in_session", ["expires_at"], unique=False)
    op.create_table(
        "access_token",
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("client_id", sa.Text(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("tenant_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "client_id"],
            ["api_client.tenant_id", "api_client.client_id"],
            name=op.f("fk_access_token_tenant_id_client_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f("fk_access_token_tenant_id")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_access_token")),
        sa.UniqueConstraint("tenant_id", "token_hash", name=op.f("uq_access_token_tenant_id_token_hash")),
    )
    op.create_table(
        "import_row",
        sa.Column("import_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False, comment="as the spreadsheet shows it"),
        sa.Column(
            "cells",
            postgresql.JSONB(astext_type=sa.Text()),
            nullable=True,
            comment='texts; {"day": "2026-04-01"} where the file had a date',
        ),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column(
            "keys",
            sa.ARRAY(sa.Text()),
            nullable=False,
            comment="LedgerRow.keys: rows that share one are one organisation",
        ),
        sa.Column(
            "details", postgresql.JSONB(astext_type=sa.Text()), nullable=True, comment="ApplicationDetails, clean"
        ),
        sa.Column("kana_guessed", sa.Boolean(), nullable=False),
        sa.Column("joined_on", sa.Date(), nullable=True),
        sa.Column("left_on", sa.Date(), nullable=True),
        sa.Column(
            "outcome",
            sa.Enum(
                "NEW",
                "CHANGED",
                "UNCHANGED",
                "FAULTY",
                name="outcome",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column("changes", sa.ARRAY(sa.Text()), nullable=False, comment="labels of what differs from the ledger"),
        sa.Column("remarks", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("applied", sa.Boolean(), nullable=False),
        sa.Column("tenant_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "import_id"],
            ["member_import.tenant_id", "member_import.id"],
            name=op.f("fk_import_row_tenant_id_import_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f("fk_import_row_tenant_id")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_import_row")),
        sa.UniqueConstraint("tenant_id", "import_id", "number", name=op.f("uq_import_row_tenant_id_import_id_number")),
    )
    op.create_table(
        "organisation",
        sa.Column("key", sa.Text(), nullable=True, comment="rows from a manifest"),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("kana", sa.Text(), nullable=True),
        sa.Column("corporate_number", sa.Text(), nullable=True, comment="法人番号"),
        sa.Column("category_id", sa.Uuid(), nullable=True),
        sa.Column("municipality_code", sa.Text(), nullable=True),
        sa.Column("representative_title", sa.Text(), nullable=True),
        sa.Column("representative_name", sa.Text(), nullable=True),
        sa.Column("contact_department", sa.Text(), nullable=True),
        sa.Column("contact_name", sa.Text(), nullable=True),
        sa.Column("postal_code", sa.Text(), nullable=True),
        sa.Column("address", sa.Text(), nullable=True),
        sa.Column("phone", sa.Text(), nullable=True),
        sa.Column("mobile", sa.Text(), nullable=True),
        sa.Column("fax", sa.Text(), nullable=True),
        sa.Column("email", sa.Text(), nullable=True),
        sa.Column("website", sa.Text(), nullable=True),
        sa.Column("summary", sa.Text(), nullable=True, comment="主な活動"),
        sa.Column("purpose", sa.Text(), nullable=True, comment="団体の目的"),
        sa.Column("area", sa.Text(), nullable=True, comment="活動エリア"),
        sa.Column("audience", sa.Text(), nullable=True, comment="対象者"),
        sa.Column(
            "audiences",
            sa.ARRAY(sa.Text()),
            server_default="{}",
            nullable=False,
            comment="tags: words.AUDIENCES, to be filtered by",
        ),
        sa.Column(
            "resources",
            sa.ARRAY(sa.Text()),
            server_default="{}",
            nullable=False,
            comment="what it can give: words.RESOURCES",
        ),
        sa.Column("appeal", sa.Text(), nullable=True, comment="一言PR"),
        sa.Column("founded_year", sa.Integer(), nullable=True),
        sa.Column("people", sa.Integer(), nullable=True, comment="構成員数"),
        sa.Column("visibility", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column(
            "address_confidential",
            sa.Boolean(),
            server_default="false",
            nullable=False,
            comment="a shelter: where it is, the secretariat alone knows",
        ),
        sa.Column("address_confidential_reason", sa.Text(), nullable=True),
        sa.Column(
            "confirmed_on", sa.Date(), nullable=True, comment="最終確認: the organisation said that all this is right"
        ),
        sa.Column("reminded_on", sa.Date(), nullable=True, comment="the last letter that asked for it"),
        sa.Column(
            "reminders", sa.Integer(), server_default="0", nullable=False, comment="letters since the last confirmation"
        ),
        sa.Column(
            "demo", sa.Boolean(), nullable=False, comment="invented for the demonstration, and marked as such on pages"
        ),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("tenant_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["municipality_code"], ["municipality.code"], name=op.f("fk_organisation_municipality_code")
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "category_id"],
            ["category.tenant_id", "category.id"],
            name=op.f("fk_organisation_tenant_id_category_id"),
        ),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f("fk_organisation_tenant_id")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_organisation")),
        sa.UniqueConstraint("tenant_id", "key", name=op.f("uq_organisation_tenant_id_key")),
    )
    op.create_index("ix_organisation_corporate_number", "organisation", ["tenant_id", "corporate_number"], unique=False)
    op.create_index("ix_organisation_kana", "organisation", ["tenant_id", "kana"], unique=False)
    op.create_table(
        "affiliation",
        sa.Column("parent_id", sa.Uuid(), nullable=False),
        sa.Column("child_id", sa.Uuid(), nullable=True),
        sa.Column("name", sa.Text(), nullable=True),
        sa.Column("folded_name", sa.Text(), nullable=True, comment="tells that two spellings are one"),
        sa.Column("email", sa.Text(), nullable=True, comment="of a name; an organisation has its own"),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("tenant_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("(child_id IS NULL) = (name IS NOT NULL)", name=op.f("ck_affiliation_organisation_or_name")),
        sa.CheckConstraint("(name IS NULL) = (folded_name IS NULL)", name=op.f("ck_affiliation_name_is_folded")),
        sa.CheckConstraint("child_id <> parent_id", name=op.f("ck_affiliation_not_itself")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "child_id"],
            ["organisation.tenant_id", "organisation.id"],
            name=op.f("fk_affiliation_tenant_id_child_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "parent_id"],
            ["organisation.tenant_id", "organisation.id"],
            name=op.f("fk_affiliation_tenant_id_parent_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f("fk_affiliation_tenant_id")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_affiliation")),
        sa.UniqueConstraint(
            "tenant_id", "parent_id", "child_id", name=op.f("uq_affiliation_tenant_id_parent_id_child_id")
        ),
        sa.UniqueConstraint(
            "tenant_id", "parent_id", "folded_name", name=op.f("uq_affiliation_tenant_id_parent_id_folded_name")
        ),
    )
    op.create_table(
        "announcement",
        sa.Column("key", sa.Text(), nullable=True),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False, comment="Markdown"),
        sa.Column("body_easy", sa.Text(), nullable=True, comment="the same in やさしい日本語"),
        sa.Column(
            "state",
            sa.Enum(
                "DRAFT",
                "PUBLISHED",
                "WITHDRAWN",
                name="announcementstate",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("image_id", sa.Uuid(), nullable=True),
        sa.Column("event_id", sa.Uuid(), nullable=True, comment="the event it speaks of"),
        sa.Column("author_id", sa.Uuid(), nullable=True, comment="account"),
        sa.Column("member_organisation_id", sa.Uuid(), nullable=True, comment="the member whose news this is"),
        sa.Column(
            "proposed_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="a member's draft that waits for the secretariat",
        ),
        sa.Column("returned_message", sa.Text(), nullable=True, comment="what the member was asked to mend"),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("tenant_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "image_id"], ["media.tenant_id", "media.id"], name=op.f("fk_announcement_tenant_id_image_id")
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "member_organisation_id"],
            ["organisation.tenant_id", "organisation.id"],
            name=op.f("fk_announcement_tenant_id_member_organisation_id"),
        ),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f("fk_announcement_tenant_id")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_announcement")),
        sa.UniqueConstraint("tenant_id", "key", name=op.f("uq_announcement_tenant_id_key")),
    )
    op.create_index(
        "ix_announcement_member_organisation", "announcement", ["tenant_id", "member_organisation_id"], unique=False
    )
    op.create_index("ix_announcement_published", "announcement", ["tenant_id", "state", "published_at"], unique=False)
    op.create_table(
        "change_notice",
        sa.Column("before", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("after", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("receipt_number", sa.Text(), nullable=False, comment="R8-0001-7K"),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "RECEIVED",
                "ACCEPTED",
                "REFUSED",
                name="noticestate",
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
        sa.Column("email", sa.Text(), nullable=True, comment="who sent it, or the organisation's, as of that day"),
        sa.Column(
            "submitted_by", sa.Text(), nullable=False, comment="the member, or the member of staff who typed it in"
        ),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by", sa.Text(), nullable=True),
        sa.Column("message", sa.Text(), nullable=True, comment="what the organisation is told with a refusal"),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("tenant_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "organisation_id"],
            ["organisation.tenant_id", "organisation.id"],
            name=op.f("fk_change_notice_tenant_id_organisation_id"),
        ),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f("fk_change_notice_tenant_id")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_change_notice")),
        sa.UniqueConstraint("tenant_id", "receipt_number", name=op.f("uq_change_notice_tenant_id_receipt_number")),
    )
    op.create_index("ix_change_notice_state", "change_notice", ["tenant_id", "state", "received_at"], unique=False)
    op.create_table(
        "declared_affiliates",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False, comment="社, か所, 団体"),
        sa.Column("approximate", sa.Boolean(), nullable=False, comment="約"),
        sa.Column("as_of", sa.Date(), nullable=False),
        sa.Column("source", sa.Text(), nullable=True),
        sa.Column("tenant_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("count > 0", name=op.f("ck_declared_affiliates_counts_something")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "organisation_id"],
            ["organisation.tenant_id", "organisation.id"],
            name=op.f("fk_declared_affiliates_tenant_id_organisation_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f("fk_declared_affiliates_tenant_id")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_declared_affiliates")),
        sa.UniqueConstraint(
            "tenant_id", "organisation_id", "as_of", name=op.f("uq_declared_affiliates_tenant_id_organisation_id_as_of")
        ),
    )
    op.create_table(
        "event",
        sa.Column("key", sa.Text(), nullable=True),
        sa.Column(
            "kind",
            sa.Enum(
                "CEREMONY",
                "SEMINAR",
                "INFORMATION_EXCHANGE",
                "WORKSHOP",
                "COURSE",
                "MEETING",
                "SYMPOSIUM",
                name="eventkind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "state",
            sa.Enum(
                "DRAFT",
                "ANNOUNCED",
                "OPEN",
                "FULL",
                "HELD",
                "REPORTED",
                "POSTPONED",
                "CANCELLED",
                name="eventstate",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("theme", sa.Text(), nullable=True),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("all_day", sa.Boolean(), nullable=False, comment="the document names a day, no hour"),
        sa.Column("venue", sa.Text(), nullable=True),
        sa.Column("online", sa.Boolean(), nullable=False),
        sa.Column("capacity", sa.Integer(), nullable=True, comment="seats in the hall; null is no limit"),
        sa.Column("online_capacity", sa.Integer(), nullable=True),
        sa.Column(
            "takes_registrations", sa.Boolean(), nullable=False, comment="false: come as you are, or not for the public"
        ),
        sa.Column(
            "registration_opens_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="null: when the event is published",
        ),
        sa.Column("registration_deadline", sa.DateTime(timezone=True), nullable=True),
        sa.Column("audience", sa.Text(), nullable=True, comment="who may attend"),
        sa.Column("how_to_apply", sa.Text(), nullable=True),
        sa.Column("contact_phone", sa.Text(), nullable=True),
        sa.Column("contact_email", sa.Text(), nullable=True),
        sa.Column("organiser", sa.Text(), nullable=True),
        sa.Column("accessibility", sa.Text(), nullable=True, comment="手話通訳, 字幕, 託児"),
        sa.Column("description", sa.Text(), nullable=False, comment="Markdown"),
        sa.Column("description_easy", sa.Text(), nullable=True),
        sa.Column("flyer_id", sa.Uuid(), nullable=True),
        sa.Column("member_organisation_id", sa.Uuid(), nullable=True, comment="the member who holds it"),
        sa.Column(
            "proposed_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="a member's draft that waits for the secretariat",
        ),
        sa.Column("returned_message", sa.Text(), nullable=True, comment="what the member was asked to mend"),
        sa.Column(
            "sequence", sa.Integer(), nullable=False, comment="iCalendar SEQUENCE: rises with each public change"
        ),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("tenant_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("capacity >= 0", name=op.f("ck_event_capacity_not_negative")),
        sa.CheckConstraint("ends_at IS NULL OR ends_at >= starts_at", name=op.f("ck_event_ends_after_start")),
        sa.CheckConstraint("online_capacity >= 0", name=op.f("ck_event_online_capacity_not_negative")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "flyer_id"], ["media.tenant_id", "media.id"], name=op.f("fk_event_tenant_id_flyer_id")
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "member_organisation_id"],
            ["organisation.tenant_id", "organisation.id"],
            name=op.f("fk_event_tenant_id_member_organisation_id"),
        ),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f("fk_event_tenant_id")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_event")),
        sa.UniqueConstraint("tenant_id", "key", name=op.f("uq_event_tenant_id_key")),
    )
    op.create_index("ix_event_member_organisation", "event", ["tenant_id", "member_organisation_id"], unique=False)
    op.create_index("ix_event_starts_at", "event", ["tenant_id", "starts_at"], unique=False)
    op.create_table(
        "invitation",
        sa.Column(
            "purpose",
            sa.Enum(
                "JOIN", "FORGOTTEN", name="invitationpurpose", native_enum=False, create_constraint=True, length=40
            ),
            nullable=False,
        ),
        sa.Column("token_hash", sa.LargeBinary(), nullable=True),
        sa.Column("email", sa.Text(), nullable=False, comment="folded"),
        sa.Column(
            "name", sa.Text(), nullable=False, comment="whom the letter greets; the guest may write it otherwise"
        ),
        sa.Column(
            "role",
            sa.Enum(
                "SECRETARIAT_ADMIN",
                "SECRETARIAT",
                "ORGANISATION_MANAGER",
                "ORGANISATION_USER",
                "CASEWORKER",
                "NATIONAL_VIEWER",
                "OPERATOR",
                name="role",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
            comment="null for a new password",
        ),
        sa.Column("organisation_id", sa.Uuid(), nullable=True),
        sa.Column("organisation_name", sa.Text(), nullable=True, comment="as the letter says it"),
        sa.Column("invited_by", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "withdrawn_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="taken back, or replaced by a newer letter",
        ),
        sa.Column("tenant_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "organisation_id"],
            ["organisation.tenant_id", "organisation.id"],
            name=op.f("fk_invitation_tenant_id_organisation_id"),
        ),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f("fk_invitation_tenant_id")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_invitation")),
        sa.UniqueConstraint("tenant_id", "token_hash", name=op.f("uq_invitation_tenant_id_token_hash")),
    )
    op.create_index("ix_invitation_email", "invitation", ["tenant_id", "email"], unique=False)
    op.create_index("ix_invitation_organisation", "invitation", ["tenant_id", "organisation_id"], unique=False)
    op.create_table(
        "membership_application",
        sa.Column("receipt_number", sa.Text(), nullable=False, comment="R8-0001-7K"),
        sa.Column(
            "receipt_key", sa.Text(), nullable=False, comment="random: opens the page that shows the receipt number"
        ),
        sa.Column(
            "mend_key",
            sa.Text(),
            nullable=True,
            comment="random: lets the applicant mend what was returned, until then null",
        ),
        sa.Column(
            "state",
            sa.Enum(
                "RECEIVED",
                "IN_REVIEW",
                "RETURNED",
                "APPROVED",
                "REJECTED",
                name="applicationstate",
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
        sa.Column("organisation_name", sa.Text(), nullable=False),
        sa.Column("email", sa.Text(), nullable=True),
        sa.Column("details", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("charter_version", sa.Integer(), nullable=True, comment="設置要綱 that the applicant agreed to"),
        sa.Column("organisation_id", sa.Uuid(), nullable=True, comment="set by the approval"),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("tenant_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "organisation_id"],
            ["organisation.tenant_id", "organisation.id"],
            name=op.f("fk_membership_application_tenant_id_organisation_id"),
        ),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f("fk_membership_application_tenant_id")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_membership_application")),
        sa.UniqueConstraint("tenant_id", "mend_key", name=op.f("uq_membership_application_tenant_id_mend_key")),
        sa.UniqueConstraint("tenant_id", "receipt_key", name=op.f("uq_membership_application_tenant_id_receipt_key")),
        sa.UniqueConstraint(
            "tenant_id", "receipt_number", name=op.f("uq_membership_application_tenant_id_receipt_number")
        ),
    )
    op.create_index(
        "ix_membership_application_state", "membership_application", ["tenant_id", "state", "received_at"], unique=False
    )
    op.create_table(
        "organisation_field",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("field_id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "field_id"],
            ["field.tenant_id", "field.id"],
            name=op.f("fk_organisation_field_tenant_id_field_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "organisation_id"],
            ["organisation.tenant_id", "organisation.id"],
            name=op.f("fk_organisation_field_tenant_id_organisation_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f("fk_organisation_field_tenant_id")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_organisation_field")),
        sa.UniqueConstraint(
            "tenant_id",
            "organisation_id",
            "field_id",
            name=op.f("uq_organisation_field_tenant_id_organisation_id_field_id"),
        ),
    )
    op.create_table(
        "organisation_version",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=False),
        sa.Column("details", postgresql.JSONB(astext_type=sa.Text()), nullable=False, comment="ApplicationDetails"),
        sa.Column("replaced_by", sa.Text(), nullable=False, comment="who made the change"),
        sa.Column("replaced_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("tenant_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "organisation_id"],
            ["organisation.tenant_id", "organisation.id"],
            name=op.f("fk_organisation_version_tenant_id_organisation_id"),
        ),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f("fk_organisation_version_tenant_id")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_organisation_version")),
        info={"grants": {"svc_web": "SELECT, INSERT", "svc_worker": "SELECT, INSERT"}},
    )
    op.create_index(
        "ix_organisation_version_organisation",
        "organisation_version",
        ["tenant_id", "organisation_id", "valid_until"],
        unique=False,
    )
    op.create_table(
        "organisation_views",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("views", sa.Integer(), nullable=False),
        sa.Column("tenant_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "organisation_id"],
            ["organisation.tenant_id", "organisation.id"],
            name=op.f("fk_organisation_views_tenant_id_organisation_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f("fk_organisation_views_tenant_id")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_organisation_views")),
        sa.UniqueConstraint(
            "tenant_id", "organisation_id", "day", name=op.f("uq_organisation_views_tenant_id_organisation_id_day")
        ),
    )
    op.create_table(
        "relay_request",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("requested_by", sa.Text(), nullable=False),
        sa.Column("requested_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("tenant_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "organisation_id"],
            ["organisation.tenant_id", "organisation.id"],
            name=op.f("fk_relay_request_tenant_id_organisation_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f("fk_relay_request_tenant_id")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_relay_request")),
    )
    op.create_index(
        "ix_relay_request_organisation", "relay_request", ["tenant_id", "organisation_id", "requested_at"], unique=False
    )
    op.create_table(
        "role_assignment",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column(
            "role",
            sa.Enum(
                "SECRETARIAT_ADMIN",
                "SECRETARIAT",
                "ORGANISATION_MANAGER",
                "ORGANISATION_USER",
                "CASEWORKER",
                "NATIONAL_VIEWER",
                "OPERATOR",
                name="role",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("organisation_id", sa.Uuid(), nullable=True, comment="for organisation roles: which one"),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("tenant_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_role_assignment_account_id")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "organisation_id"],
            ["organisation.tenant_id", "organisation.id"],
            name=op.f("fk_role_assignment_tenant_id_organisation_id"),
        ),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f("fk_role_assignment_tenant_id")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_role_assignment")),
        sa.UniqueConstraint(
            "tenant_id",
            "account_id",
            "role",
            "organisation_id",
            name=op.f("uq_role_assignment_tenant_id_account_id_role_organisation_id"),
            postgresql_nulls_not_distinct=True,
        ),
    )
    op.create_table(
        "withdrawal_notice",
        sa.Column("effective_on", sa.Date(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("receipt_number", sa.Text(), nullable=False, comment="R8-0001-7K"),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "RECEIVED",
                "ACCEPTED",
                "REFUSED",
                name="noticestate",
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
        sa.Column("email", sa.Text(), nullable=True, comment="who sent it, or the organisation's, as of that day"),
        sa.Column(
            "submitted_by", sa.Text(), nullable=False, comment="the member, or the member of staff who typed it in"
        ),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by", sa.Text(), nullable=True),
        sa.Column("message", sa.Text(), nullable=True, comment="what the organisation is told with a refusal"),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("tenant_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "organisation_id"],
            ["organisation.tenant_id", "organisation.id"],
            name=op.f("fk_withdrawal_notice_tenant_id_organisation_id"),
        ),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f("fk_withdrawal_notice_tenant_id")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_withdrawal_notice")),
        sa.UniqueConstraint("tenant_id", "receipt_number", name=op.f("uq_withdrawal_notice_tenant_id_receipt_number")),
    )
    op.create_index(
        "ix_withdrawal_notice_state", "withdrawal_notice", ["tenant_id", "state", "received_at"], unique=False
    )
    op.create_table(
        "application_scan",
        sa.Column("application_id", sa.Uuid(), nullable=True),
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
            ["tenant_id", "application_id"],
            ["membership_application.tenant_id", "membership_application.id"],
            name=op.f("fk_application_scan_tenant_id_application_id"),
        ),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f("fk_application_scan_tenant_id")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_application_scan")),
    )
    op.create_index(
        "ix_application_scan_application", "application_scan", ["tenant_id", "application_id"], unique=False
    )
    op.create_table(
        "application_step",
        sa.Column("application_id", sa.Uuid(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "RECEIVED",
                "IN_REVIEW",
                "RETURNED",
                "APPROVED",
                "REJECTED",
                name="applicationstate",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("message", sa.Text(), nullable=True, comment="what the applicant is told"),
        sa.Column("actor_id", sa.Uuid(), nullable=True, comment="account; null is the applicant"),
        sa.Column("actor_name", sa.Text(), nullable=False),
        sa.Column("happened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("tenant_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "application_id"],
            ["membership_application.tenant_id", "membership_application.id"],
            name=op.f("fk_application_step_tenant_id_application_id"),
        ),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f("fk_application_step_tenant_id")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_application_step")),
        info={"grants": {"svc_web": "SELECT, INSERT", "svc_worker": "SELECT, INSERT"}},
    )
    op.create_index(
        "ix_application_step_application", "application_step", ["tenant_id", "application_id"], unique=False
    )
    op.create_table(
        "confidentiality_pledge",
        sa.Column("application_id", sa.Uuid(), nullable=True),
        sa.Column("account_id", sa.Uuid(), nullable=True),
        sa.Column("charter_version", sa.Integer(), nullable=False),
        sa.Column("signed_by", sa.Text(), nullable=False, comment="name as of that day"),
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
        sa.Column("signed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("tenant_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "application_id"],
            ["membership_application.tenant_id", "membership_application.id"],
            name=op.f("fk_confidentiality_pledge_tenant_id_application_id"),
        ),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f("fk_confidentiality_pledge_tenant_id")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_confidentiality_pledge")),
        sa.UniqueConstraint(
            "tenant_id",
            "account_id",
            "charter_version",
            name=op.f("uq_confidentiality_pledge_tenant_id_account_id_charter_version"),
        ),
        sa.UniqueConstraint(
            "tenant_id",
            "application_id",
            "charter_version",
            name=op.f("uq_confidentiality_pledge_tenant_id_application_id_charter_version"),
        ),
        info={"grants": {"svc_web": "SELECT, INSERT", "svc_worker": "SELECT, INSERT"}},
    )
    op.create_table(
        "criterion_check",
        sa.Column("application_id", sa.Uuid(), nullable=False),
        sa.Column("criterion_id", sa.Uuid(), nullable=False),
        sa.Column(
            "result",
            sa.Enum("MET", "NOT_MET", "OPEN", name="checkresult", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("recommender_id", sa.Uuid(), nullable=True, comment="RECOMMENDATION: the member that recommends"),
        sa.Column("happened_on", sa.Date(), nullable=True, comment="PLEDGE: received on; MEETING: held on"),
        sa.Column("actor_id", sa.Uuid(), nullable=True),
        sa.Column("actor_name", sa.Text(), nullable=False),
        sa.Column("checked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("tenant_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "application_id"],
            ["membership_application.tenant_id", "membership_application.id"],
            name=op.f("fk_criterion_check_tenant_id_application_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "criterion_id"],
            ["criterion.tenant_id", "criterion.id"],
            name=op.f("fk_criterion_check_tenant_id_criterion_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "recommender_id"],
            ["organisation.tenant_id", "organisation.id"],
            name=op.f("fk_criterion_check_tenant_id_recommender_id"),
        ),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f("fk_criterion_check_tenant_id")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_criterion_check")),
        info={"grants": {"svc_web": "SELECT, INSERT", "svc_worker": "SELECT, INSERT"}},
    )
    op.create_index(
        "ix_criterion_check_application",
        "criterion_check",
        ["tenant_id", "application_id", "criterion_id", "id"],
        unique=False,
    )
    op.create_table(
        "discussion_topic",
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column("theme", sa.Text(), nullable=True),
        sa.Column("question", sa.Text(), nullable=False),
        sa.Column("conclusion", sa.Text(), nullable=True),
        sa.Column("tenant_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "event_id"],
            ["event.tenant_id", "event.id"],
            name=op.f("fk_discussion_topic_tenant_id_event_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f("fk_discussion_topic_tenant_id")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_discussion_topic")),
        sa.UniqueConstraint(
            "tenant_id", "event_id", "ordinal", name=op.f("uq_discussion_topic_tenant_id_event_id_ordinal")
        ),
    )
    op.create_table(
        "event_change",
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column("changed_on", sa.Date(), nullable=True),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.Column("tenant_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "event_id"],
            ["event.tenant_id", "event.id"],
            name=op.f("fk_event_change_tenant_id_event_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f("fk_event_change_tenant_id")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_event_change")),
    )
    op.create_index("ix_event_change_event", "event_change", ["tenant_id", "event_id"], unique=False)
    op.create_table(
        "event_report",
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False, comment="Markdown"),
        sa.Column("body_easy", sa.Text(), nullable=True),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("tenant_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "event_id"],
            ["event.tenant_id", "event.id"],
            name=op.f("fk_event_report_tenant_id_event_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f("fk_event_report_tenant_id")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_event_report")),
        sa.UniqueConstraint("tenant_id", "event_id", name=op.f("uq_event_report_tenant_id_event_id")),
    )
    op.create_table(
        "measure",
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("value", sa.Integer(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("as_of", sa.Date(), nullable=True),
        sa.Column("tenant_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "event_id"],
            ["event.tenant_id", "event.id"],
            name=op.f("fk_measure_tenant_id_event_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f("fk_measure_tenant_id")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_measure")),
        sa.UniqueConstraint("tenant_id", "event_id", "name", name=op.f("uq_measure_tenant_id_event_id_name")),
    )
    op.create_table(
        "membership",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("application_id", sa.Uuid(), nullable=True),
        sa.Column("joined_on", sa.Date(), nullable=False),
        sa.Column("left_on", sa.Date(), nullable=True),
        sa.Column(
            "source",
            sa.Enum(
                "OPEN_CALL",
                "DIRECT_MAIL",
                "FREE_PAPER",
                "PERSONAL",
                "REFERRAL",
                "SYMPOSIUM",
                "OTHER",
                name="source",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("tenant_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("left_on IS NULL OR left_on >= joined_on", name=op.f("ck_membership_leaves_after_joining")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "application_id"],
            ["membership_application.tenant_id", "membership_application.id"],
            name=op.f("fk_membership_tenant_id_application_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "organisation_id"],
            ["organisation.tenant_id", "organisation.id"],
            name=op.f("fk_membership_tenant_id_organisation_id"),
        ),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f("fk_membership_tenant_id")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_membership")),
        sa.UniqueConstraint("tenant_id", "application_id", name=op.f("uq_membership_tenant_id_application_id")),
    )
    op.create_index(
        "uq_membership_current",
        "membership",
        ["tenant_id", "organisation_id"],
        unique=True,
        postgresql_where=sa.text("left_on IS NULL"),
    )
    op.create_table(
        "relay_receipt",
        sa.Column("relay_request_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column(
            "receipt_key", sa.Text(), nullable=False, comment="random: opens the page on which receipt is confirmed"
        ),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("tenant_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "relay_request_id"],
            ["relay_request.tenant_id", "relay_request.id"],
            name=op.f("fk_relay_receipt_tenant_id_relay_request_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f("fk_relay_receipt_tenant_id")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_relay_receipt")),
        sa.UniqueConstraint("tenant_id", "receipt_key", name=op.f("uq_relay_receipt_tenant_id_receipt_key")),
        sa.UniqueConstraint(
            "tenant_id", "relay_request_id", "email", name=op.f("uq_relay_receipt_tenant_id_relay_request_id_email")
        ),
    )
    op.create_table(
        "report_photo",
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("media_id", sa.Uuid(), nullable=False),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column("caption", sa.Text(), nullable=True),
        sa.Column("tenant_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "event_id"],
            ["event.tenant_id", "event.id"],
            name=op.f("fk_report_photo_tenant_id_event_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "media_id"], ["media.tenant_id", "media.id"], name=op.f("fk_report_photo_tenant_id_media_id")
        ),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f("fk_report_photo_tenant_id")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_report_photo")),
        sa.UniqueConstraint(
            "tenant_id", "event_id", "ordinal", name=op.f("uq_report_photo_tenant_id_event_id_ordinal")
        ),
    )
    op.create_table(
        "session",
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column("label", sa.Text(), nullable=True, comment="第1部, ①"),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("minutes", sa.Integer(), nullable=True),
        sa.Column("body", sa.Text(), nullable=True),
        sa.Column("tenant_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "event_id"],
            ["event.tenant_id", "event.id"],
            name=op.f("fk_session_tenant_id_event_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f("fk_session_tenant_id")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_session")),
        sa.UniqueConstraint("tenant_id", "event_id", "ordinal", name=op.f("uq_session_tenant_id_event_id_ordinal")),
    )
    op.create_table(
        "appearance",
        sa.Column("session_id", sa.Uuid(), nullable=False),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column("person_name", sa.Text(), nullable=False),
        sa.Column("role_label", sa.Text(), nullable=True),
        sa.Column("affiliation", sa.Text(), nullable=True),
        sa.Column("summary", sa.Text(), nullable=True, comment="what they spoke of"),
        sa.Column("tenant_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "session_id"],
            ["session.tenant_id", "session.id"],
            name=op.f("fk_appearance_tenant_id_session_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f("fk_appearance_tenant_id")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_appearance")),
        sa.UniqueConstraint(
            "tenant_id", "session_id", "ordinal", name=op.f("uq_appearance_tenant_id_session_id_ordinal")
        ),
    )
    op.create_index("ix_appearance_person_name", "appearance", ["tenant_id", "person_name"], unique=False)
    op.create_table(
        "opinion",
        sa.Column("topic_id", sa.Uuid(), nullable=False),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("gloss", sa.Text(), nullable=True),
        sa.Column("tenant_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "topic_id"],
            ["discussion_topic.tenant_id", "discussion_topic.id"],
            name=op.f("fk_opinion_tenant_id_topic_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f("fk_opinion_tenant_id")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_opinion")),
        sa.UniqueConstraint("tenant_id", "topic_id", "ordinal", name=op.f("uq_opinion_tenant_id_topic_id_ordinal")),
    )

    for statement in _protection():
        op.execute(statement)


def _protection():  # type: ignore[no-untyped-def]
    """Row level security and grants, table by table."""
    yield from protect_reference_table(
        "account", {"svc_web": "SELECT, INSERT, UPDATE", "svc_worker": "SELECT, INSERT, UPDATE"}
    )
    yield from protect_reference_table("municipality", {"svc_web": "SELECT", "svc_worker": "SELECT, INSERT, UPDATE"})
    yield from protect_reference_table(
        "national_category", {"svc_web": "SELECT", "svc_worker": "SELECT, INSERT, UPDATE"}
    )
    yield from protect_reference_table("national_field", {"svc_web": "SELECT", "svc_worker": "SELECT, INSERT, UPDATE"})
    yield from protect_reference_table(
        "rate_limit", {"svc_web": "SELECT, INSERT, UPDATE", "svc_worker": "SELECT, DELETE"}
    )
    yield from protect_reference_table(
        "tenant",
        {"svc_web": "SELECT, INSERT, UPDATE", "svc_worker": "SELECT, INSERT, UPDATE", "svc_case": "SELECT"},
        write_check="NULLIF(current_setting('app.tenant', true), '')::int IN (id, 1)",
    )
    yield from protect_tenant_table("api_client")
    yield from protect_tenant_table("audit_entry", {"svc_web": "SELECT, INSERT", "svc_worker": "SELECT, INSERT"})
    yield from protect_tenant_table("category")
    yield from protect_tenant_table("charter")
    yield from protect_tenant_table("contact")
    yield from protect_tenant_table(
        "content_version", {"svc_web": "SELECT, INSERT, UPDATE", "svc_worker": "SELECT, INSERT, UPDATE"}
    )
    yield from protect_tenant_table("criterion")
    yield from protect_tenant_table("field")
    yield from protect_tenant_table("figure")
    yield from protect_tenant_table("idempotency_key")
    yield from protect_tenant_table("import_columns")
    yield from protect_tenant_table(
        "letter", {"svc_web": "SELECT, UPDATE", "svc_worker": "SELECT, INSERT, UPDATE, DELETE"}
    )
    yield from protect_tenant_table(
        "manifest_row", {"svc_web": "SELECT, INSERT", "svc_worker": "SELECT, INSERT, UPDATE, DELETE"}
    )
    yield from protect_tenant_table("media")
    yield from protect_tenant_table("member_import")
    yield from protect_tenant_table("member_rules")
    yield from protect_tenant_table(
        "outbox", {"svc_web": "SELECT, INSERT", "svc_worker": "SELECT, INSERT, UPDATE, DELETE"}
    )
    yield from protect_tenant_table("page")
    yield from protect_tenant_table("profile_item")
    yield from protect_reference_table(
        "published_count",
        {"svc_web": "SELECT", "svc_worker": "SELECT, INSERT, UPDATE", "svc_statistics": "SELECT"},
        write_check="tenant_id = NULLIF(current_setting('app.tenant', true), '')::int",
    )
    yield from protect_tenant_table("receipt_counter")
    yield from protect_tenant_table("search_document")
    yield from protect_tenant_table("sign_in_session")
    yield from protect_tenant_table("access_token")
    yield from protect_tenant_table("import_row")
    yield from protect_tenant_table("organisation")
    yield from protect_tenant_table("affiliation")
    yield from protect_tenant_table("announcement")
    yield from protect_tenant_table("change_notice")
    yield from protect_tenant_table("declared_affiliates")
    yield from protect_tenant_table("event")
    yield from protect_tenant_table("invitation")
    yield from protect_tenant_table("membership_application")
    yield from protect_tenant_table("organisation_field")
    yield from protect_tenant_table(
        "organisation_version", {"svc_web": "SELECT, INSERT", "svc_worker": "SELECT, INSERT"}
    )
    yield from protect_tenant_table("organisation_views")
    yield from protect_tenant_table("relay_request")
    yield from protect_tenant_table("role_assignment")
    yield from protect_tenant_table("withdrawal_notice")
    yield from protect_tenant_table("application_scan")
    yield from protect_tenant_table("application_step", {"svc_web": "SELECT, INSERT", "svc_worker": "SELECT, INSERT"})
    yield from protect_tenant_table(
        "confidentiality_pledge", {"svc_web": "SELECT, INSERT", "svc_worker": "SELECT, INSERT"}
    )
    yield from protect_tenant_table("criterion_check", {"svc_web": "SELECT, INSERT", "svc_worker": "SELECT, INSERT"})
    yield from protect_tenant_table("discussion_topic")
    yield from protect_tenant_table("event_change")
    yield from protect_tenant_table("event_report")
    yield from protect_tenant_table("measure")
    yield from protect_tenant_table("membership")
    yield from protect_tenant_table("relay_receipt")
    yield from protect_tenant_table("report_photo")
    yield from protect_tenant_table("session")
    yield from protect_tenant_table("appearance")
    yield from protect_tenant_table("opinion")
