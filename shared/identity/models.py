"""Who signs in, what they may do where, and the sessions that prove it."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ForeignKey, ForeignKeyConstraint, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from shared.kit.database.base import Base, TenantOwned, belongs_to


class Role(StrEnum):
    """One account may hold several roles, each in one tenant only."""

    SECRETARIAT_ADMIN = "SECRETARIAT_ADMIN"
    SECRETARIAT = "SECRETARIAT"
    ORGANISATION_MANAGER = "ORGANISATION_MANAGER"
    ORGANISATION_USER = "ORGANISATION_USER"
    CASEWORKER = "CASEWORKER"
    NATIONAL_VIEWER = "NATIONAL_VIEWER"
    OPERATOR = "OPERATOR"


class Account(Base):
    """A person's sign-in. Shared by tenants; what it may do stands in `RoleAssignment`, per tenant."""

    __tablename__ = "account"
    __table_args__ = {
        "info": {
            "reference": True,
            "grants": {"svc_web": "SELECT, INSERT, UPDATE", "svc_worker": "SELECT, INSERT, UPDATE"},
        }
    }

    id: Mapped[UUID] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(unique=True, comment="folded: lower case, NFKC")
    name: Mapped[str]
    password_hash: Mapped[str | None] = mapped_column(comment="argon2id")
    password_changed_at: Mapped[datetime | None] = mapped_column(
        comment="sessions begun before it are over, everywhere"
    )
    disabled_at: Mapped[datetime | None]
    created_at: Mapped[datetime]


class RoleAssignment(TenantOwned, Base):
    __tablename__ = "role_assignment"
    __table_args__ = (
        UniqueConstraint("tenant_id", "account_id", "role", "organisation_id", postgresql_nulls_not_distinct=True),
        Index("ix_role_assignment_organisation", "tenant_id", "organisation_id"),
        belongs_to("organisation", "organisation_id"),
    )

    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    role: Mapped[Role]
    organisation_id: Mapped[UUID | None] = mapped_column(comment="for organisation roles: which one")
    created_at: Mapped[datetime]


class InvitationPurpose(StrEnum):
    """A place in an organisation, or a new password."""

    JOIN = "JOIN"
    FORGOTTEN = "FORGOTTEN"


class Invitation(TenantOwned, Base):
    """A letter with a link that one person may use once. Only the SHA-256 of the link's token is kept, null until the letter is written."""

    __tablename__ = "invitation"
    __table_args__ = (
        UniqueConstraint("tenant_id", "token_hash"),
        belongs_to("organisation", "organisation_id"),
        Index("ix_invitation_email", "tenant_id", "email"),
        Index("ix_invitation_organisation", "tenant_id", "organisation_id"),
    )

    purpose: Mapped[InvitationPurpose]
    token_hash: Mapped[bytes | None]
    email: Mapped[str] = mapped_column(comment="folded")
    name: Mapped[str] = mapped_column(comment="whom the letter greets; the guest may write it otherwise")
    role: Mapped[Role | None] = mapped_column(comment="null for a new password")
    organisation_id: Mapped[UUID | None]
    organisation_name: Mapped[str | None] = mapped_column(comment="as the letter says it")
    invited_by: Mapped[str]
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    withdrawn_at: Mapped[datetime | None] = mapped_column(comment="taken back, or replaced by a newer letter")


class SignInSession(TenantOwned, Base):
    """A cookie's other half. Only the SHA-256 of the token is kept; a session of one tenant is nobody in another."""

    __tablename__ = "sign_in_session"
    __table_args__ = (UniqueConstraint("tenant_id", "token_hash"), Index("ix_sign_in_session_expires_at", "expires_at"))

    token_hash: Mapped[bytes]
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"))
    created_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    expires_at: Mapped[datetime]


class ApiClient(TenantOwned, Base):
    """A program with a secret (OAuth 2.0 client credentials). It acts in its tenant with one role."""

    __tablename__ = "api_client"
    __table_args__ = (UniqueConstraint("tenant_id", "client_id"),)

    client_id: Mapped[str]
    secret_hash: Mapped[str]
    name: Mapped[str]
    role: Mapped[Role]
    disabled_at: Mapped[datetime | None]
    created_at: Mapped[datetime]


class AccessToken(TenantOwned, Base):
    """A bearer token in its short life."""

    __tablename__ = "access_token"
    __table_args__ = (
        UniqueConstraint("tenant_id", "token_hash"),
        ForeignKeyConstraint(
            ["tenant_id", "client_id"], ["api_client.tenant_id", "api_client.client_id"], ondelete="CASCADE"
        ),
    )

    token_hash: Mapped[bytes]
    client_id: Mapped[str]
    expires_at: Mapped[datetime]
