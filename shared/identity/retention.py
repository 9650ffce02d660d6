"""Sessions and tokens that have ended are removed: they prove nothing any more."""

from sqlalchemy import delete, func
from sqlalchemy.ext.asyncio import AsyncSession

from shared.identity.models import AccessToken, SignInSession
from shared.kit.database.session import tenant_of


async def forget_expired_sessions(session: AsyncSession) -> None:
    tenant = SignInSession.tenant_id == tenant_of(session)
    await session.execute(delete(SignInSession).where(tenant, SignInSession.expires_at < func.now()))


async def forget_expired_tokens(session: AsyncSession) -> None:
    tenant = AccessToken.tenant_id == tenant_of(session)
    await session.execute(delete(AccessToken).where(tenant, AccessToken.expires_at < func.now()))
