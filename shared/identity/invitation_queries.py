"""Reads of invitations: what a link opens, and which letters of an organisation are still out."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import Select, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from shared.identity.models import Account, Invitation, InvitationPurpose, Role, RoleAssignment
from shared.identity.tokens import hash_of
from shared.kit import clock


class LinkState(StrEnum):
    OPEN = "OPEN"
    USED = "USED"
    EXPIRED = "EXPIRED"
    WITHDRAWN = "WITHDRAWN"


class InvitationView(msgspec.Struct, frozen=True, kw_only=True):
    """`known`: the address has an account whose owner chose its password, perhaps for another platform."""

    id: UUID
    purpose: InvitationPurpose
    email: str
    name: str
    role: Role | None
    organisation_id: UUID | None
    organisation_name: str | None
    invited_by: str
    created_at: datetime
    expires_at: datetime
    used_at: datetime | None
    withdrawn_at: datetime | None
    known: bool

    @property
    def state(self) -> LinkState:
        if self.used_at is not None:
            return LinkState.USED
        if self.withdrawn_at is not None:
            return LinkState.WITHDRAWN
        return LinkState.OPEN if self.expires_at > clock.now() else LinkState.EXPIRED


class OrganisationPerson(msgspec.Struct, frozen=True):
    """Somebody who signs in for an organisation."""

    account_id: UUID
    name: str
    email: str
    role: Role


def _invitations() -> Select[Any]:
    columns = [getattr(Invitation, name) for name in InvitationView.__struct_fields__ if name != "known"]
    chosen = (Account.password_hash.is_not(None), Account.password_changed_at.is_not(None))
    known = select(Account.id).where(Account.email == Invitation.email, *chosen).exists()
    return select(*columns, known.label("known"))


async def invitation_by_token(session: AsyncSession, token: str) -> InvitationView | None:
    row = (await session.execute(_invitations().where(Invitation.token_hash == hash_of(token)))).one_or_none()
    return InvitationView(**row._mapping) if row else None


async def open_invitations(session: AsyncSession, organisation_id: UUID) -> list[InvitationView]:
    """Letters that have not been answered, newest first; those whose link has expired among them."""
    waiting = _invitations().where(
        Invitation.organisation_id == organisation_id, Invitation.used_at.is_(None), Invitation.withdrawn_at.is_(None)
    )
    rows = await session.execute(waiting.order_by(Invitation.created_at.desc(), Invitation.id.desc()).limit(50))
    return [InvitationView(**row._mapping) for row in rows]


async def people_of(session: AsyncSession, organisation_id: UUID) -> list[OrganisationPerson]:
    """Managers first, then by name."""
    statement = (
        select(Account.id, Account.name, Account.email, RoleAssignment.role)
        .join(RoleAssignment, RoleAssignment.account_id == Account.id)
        .where(RoleAssignment.organisation_id == organisation_id, Account.disabled_at.is_(None))
        .order_by(RoleAssignment.role, Account.name, Account.id)
        .limit(200)
    )
    return [OrganisationPerson(*row) for row in await session.execute(statement)]


async def has_manager(session: AsyncSession, organisation_id: UUID) -> bool:
    statement = select(func.count()).where(
        RoleAssignment.organisation_id == organisation_id, RoleAssignment.role == Role.ORGANISATION_MANAGER
    )
    return bool((await session.execute(statement)).scalar_one())
