"""A member's draft that nobody wants any more: gone, with the picture that only it has shown."""

from uuid import UUID

from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from shared.content.media import discard_image
from shared.content.models import Announcement
from shared.events.proposals import ProposalKind, own_draft
from shared.identity.notifications import service as notifications
from shared.identity.policy import Actor
from shared.kit import audit
from shared.kit.files import FileStore
from shared.kit.refusals import Conflict, Forbidden
from shared.members.policy import may_draft_for


async def discard(
    session: AsyncSession, files: FileStore, kind: ProposalKind, item_id: UUID, *, actor: Actor, organisation_id: UUID
) -> None:
    """Also what waits for the secretariat, which then waits no more. Conflict once it is public."""
    if not may_draft_for(actor, organisation_id):
        raise Forbidden
    row = await own_draft(session, kind, organisation_id, item_id)
    picture = row.image_id if isinstance(row, Announcement) else row.flyer_id
    noun = "announcement" if kind is ProposalKind.NEWS else "event"
    audit.note(
        session,
        actor_id=actor.account_id,
        actor_name=actor.name,
        action=f"{noun}.discard",
        object_id=item_id,
        summary=row.title,
    )
    try:
        async with session.begin_nested():
            await session.delete(row)
    except IntegrityError:
        raise Conflict("この下書きには、事務局がほかの記録を結び付けています。事務局へご連絡ください。") from None
    await notifications.settle(session, item_id)
    if picture is not None:
        await discard_image(session, files, picture)
