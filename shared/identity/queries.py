"""Who a session or a token belongs to, in the tenant that the database session is bound to."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from shared.identity.models import AccessToken, Account, ApiClient, Role, RoleAssignment, SignInSession
from shared.identity.policy import Actor
from shared.kit import clock

#: A session ends when nobody has been at the keyboard for this long.
IDLE = timedelta(minutes=60)


class Credentials(msgspec.Struct, frozen=True):
    """What a password is compared with."""

    account_id: UUID
    password_hash: str | None


class ClientCredentials(msgspec.Struct, frozen=True):
    client_id: str
    secret_hash: str


class PersonView(msgspec.Struct, frozen=True):
    """Somebody of the secretariat, with the roles held here."""

    account_id: UUID
    name: str
    email: str
    roles: list[Role]
    disabled: bool
    seen_at: datetime | None


async def actor_of_session(session: AsyncSession, token_hash: bytes) -> Actor | None:
    """None when unknown, expired, idle too long, or the account is disabled. One statement for session, account and roles."""
    statement = (
        select(
            SignInSession.id,
            Account.id,
            Account.name,
            Account.email,
            RoleAssignment.role,
            RoleAssignment.organisation_id,
            SignInSession.seen_at,
            SignInSession.expires_at,
        )
        .join(Account, Account.id == SignInSession.account_id)
        .outerjoin(RoleAssignment, RoleAssignment.account_id == Account.id)
        .where(
            SignInSession.token_hash == token_hash,
            SignInSession.expires_at > clock.now(),
            SignInSession.seen_at > clock.now() - IDLE,
            Account.disabled_at.is_(None),
            or_(Account.password_changed_at.is_(None), SignInSession.created_at >= Account.password_changed_at),
        )
    )
    rows = (await session.execute(statement)).all()
    return _actor(rows) if rows else None


def _actor(rows: Sequence[Any]) -> Actor:
    session_id, account_id, name, email, _, _, seen_at, expires_at = rows[0]
    return Actor(
        name=name,
        email=email,
        account_id=account_id,
        session_id=session_id,
        session_seen_at=seen_at,
        session_ends_at=expires_at,
        roles=frozenset(row[4] for row in rows if row[4] is not None),
        organisation_ids=frozenset(row[5] for row in rows if row[5] is not None),
        managed_ids=frozenset(row[5] for row in rows if row[4] is Role.ORGANISATION_MANAGER),
    )


async def actor_of_access_token(session: AsyncSession, token_hash: bytes) -> Actor | None:
    statement = (
        select(ApiClient.client_id, ApiClient.name, ApiClient.role)
        .join(AccessToken, AccessToken.client_id == ApiClient.client_id)
        .where(
            AccessToken.token_hash == token_hash,
            AccessToken.expires_at > clock.now(),
            ApiClient.disabled_at.is_(None),
        )
    )
    row = (await session.execute(statement)).one_or_none()
    if row is None:
        return None
    return Actor(name=row.name, client_id=row.client_id, roles=frozenset({row.role}))


async def credentials(session: AsyncSession, email: str) -> Credentials | None:
    """Of an account that may sign in here: enabled, and with a role in this tenant. `email` is folded."""
    statement = (
        select(Account.id, Account.password_hash)
        .join(RoleAssignment, RoleAssignment.account_id == Account.id)
        .where(Account.email == email, Account.disabled_at.is_(None))
        .limit(1)
    )
    row = (await session.execute(statement)).one_or_none()
    return Credentials(*row) if row else None


async def credentials_of(session: AsyncSession, account_id: UUID) -> Credentials:
    row = (await session.execute(select(Account.id, Account.password_hash).where(Account.id == account_id))).one()
    return Credentials(*row)


async def account_hash(session: AsyncSession, email: str) -> str | None:
    """Of any account, whatever its roles: to see whether a password of the installation is still the one that is kept."""
    return (await session.execute(select(Account.password_hash).where(Account.email == email))).scalar_one_or_none()


async def client_credentials(session: AsyncSession, client_id: str) -> ClientCredentials | None:
    statement = select(ApiClient.client_id, ApiClient.secret_hash).where(
        ApiClient.client_id == client_id, ApiClient.disabled_at.is_(None)
    )
    row = (await session.execute(statement)).one_or_none()
    return ClientCredentials(*row) if row else None


async def roles_of(session: AsyncSession, account_id: UUID) -> frozenset[Role]:
    """In the session's tenant."""
    statement = select(RoleAssignment.role).where(RoleAssignment.account_id == account_id)
    return frozenset((await session.execute(statement)).scalars())


async def people(session: AsyncSession, *, roles: frozenset[Role], limit: int = 200) -> list[PersonView]:
    """Accounts that hold one of `roles` here, by name."""
    seen_at = select(func.max(SignInSession.seen_at)).where(SignInSession.account_id == Account.id).scalar_subquery()
    statement = (
        select(
            Account.id,
            Account.name,
            Account.email,
            func.array_agg(RoleAssignment.role.distinct()),
            Account.disabled_at.is_not(None),
            seen_at,
        )
        .join(RoleAssignment, RoleAssignment.account_id == Account.id)
        .where(RoleAssignment.role.in_(roles))
        .group_by(Account.id)
        .order_by(Account.name, Account.id)
        .limit(limit)
    )
    return [_person(row) for row in await session.execute(statement)]


def _person(row: Sequence[Any]) -> PersonView:
    account_id, name, email, roles, disabled, seen_at = row
    return PersonView(account_id, name, email, sorted(map(Role, roles)), disabled, seen_at)
