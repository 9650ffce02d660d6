"""Who a session or a token belongs to, in the tenant that the database session is bound to."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from shared.identity.models import AccessToken, Account, ApiClient, Role, RoleAssignment, SignInSession
from shared.identity.policy import Actor
from shared.kit import clock


async def actor_of_session(session: AsyncSession, token_hash: bytes) -> Actor | None:
    """None when unknown, expired, or the account is disabled. One statement: the session, the account, its roles here."""
    statement = (
        select(
            SignInSession.id,
            Account.id,
            Account.name,
            Account.email,
            RoleAssignment.role,
            RoleAssignment.organisation_id,
        )
        .join(Account, Account.id == SignInSession.account_id)
        .outerjoin(RoleAssignment, RoleAssignment.account_id == Account.id)
        .where(
            SignInSession.token_hash == token_hash,
            SignInSession.expires_at > clock.now(),
            Account.disabled_at.is_(None),
        )
    )
    rows = (await session.execute(statement)).all()
    return _actor(rows) if rows else None


def _actor(rows: Sequence[Any]) -> Actor:
    session_id, account_id, name, email, _, _ = rows[0]
    return Actor(
        name=name,
        email=email,
        account_id=account_id,
        session_id=session_id,
        roles=frozenset(row[4] for row in rows if row[4] is not None),
        organisation_ids=frozenset(row[5] for row in rows if row[5] is not None),
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


async def account_by_email(session: AsyncSession, email: str) -> Account | None:
    return (await session.execute(select(Account).where(Account.email == email))).scalar_one_or_none()


async def roles_of(session: AsyncSession, account_id: UUID) -> frozenset[Role]:
    """In the session's tenant."""
    statement = select(RoleAssignment.role).where(RoleAssignment.account_id == account_id)
    return frozenset((await session.execute(statement)).scalars())
