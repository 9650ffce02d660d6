"""Letters that open a door. The link's token is made here and stands nowhere but in the letter."""

from sqlalchemy.ext.asyncio import AsyncSession

from shared.identity import queries
from shared.identity.facts import InvitationMade
from shared.identity.models import Invitation, InvitationPurpose, Role
from shared.identity.tokens import hash_of, new_token
from shared.kit import clock
from shared.kit.database.session import tenant_of
from shared.kit.japanese.eras import japanese_moment
from shared.kit.post import LetterClass, Post


async def send_link(session: AsyncSession, fact: InvitationMade, letters: Post) -> None:
    """Nothing is written about an invitation that was taken back, nor to an address that cannot sign in here."""
    invitation = await session.get(Invitation, (tenant_of(session), fact.invitation_id), with_for_update=True)
    if invitation is None or invitation.withdrawn_at or invitation.used_at or invitation.expires_at <= clock.now():
        return
    forgotten = invitation.purpose is InvitationPurpose.FORGOTTEN
    if forgotten and await queries.credentials(session, invitation.email) is None:
        return
    token = new_token()
    invitation.token_hash = hash_of(token)
    await letters.write(
        template="identity/new_password" if forgotten else "identity/invitation",
        to_email=invitation.email,
        to_name=invitation.name or None,
        about_id=invitation.organisation_id,
        letter_class=LetterClass.MUST_ARRIVE,
        dedupe_key=f"invitation {invitation.id}",
        values={
            "token": token,
            "organisation_name": invitation.organisation_name,
            "invited_by": invitation.invited_by,
            "manages": invitation.role is Role.ORGANISATION_MANAGER,
            "until": japanese_moment(invitation.expires_at),
        },
    )
