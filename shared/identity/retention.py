"""Sessions and tokens that have ended are removed: they prove nothing any more."""

from sqlalchemy import delete, func, update
from sqlalchemy.ext.asyncio import AsyncSession

from shared.identity.models import AccessToken, SignInSession
from shared.kit.database.session import tenant_of
from shared.kit.post import Letter, LetterState
from shared.kit.post_queries import without_door_keys


async def forget_expired_sessions(session: AsyncSession) -> None:
    tenant = SignInSession.tenant_id == tenant_of(session)
    await session.execute(delete(SignInSession).where(tenant, SignInSession.expires_at < func.now()))


async def forget_expired_tokens(session: AsyncSession) -> None:
    tenant = AccessToken.tenant_id == tenant_of(session)
    await session.execute(delete(AccessToken).where(tenant, AccessToken.expires_at < func.now()))


async def blot_out_links(session: AsyncSession) -> None:
    """A letter that has gone keeps its words, not the key that was in it: of that we keep the hash only."""
    gone = (Letter.tenant_id == tenant_of(session), Letter.state == LetterState.SENT)
    letters = update(Letter).where(*gone, Letter.template.startswith("identity/"), Letter.body.contains("/invitation/"))
    await session.execute(letters.values(body=without_door_keys(Letter.body)))
