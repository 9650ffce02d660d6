"""The secretariat's one way to what an organisation does not show to everybody.

守秘義務の誓約 where the place is kept secret, and a line by which the organisation reads who has looked: never one without the
other. An organisation's own people need neither for their own.
"""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from shared.identity.policy import Actor, Permission
from shared.members import access_log, pledges


async def look_at(
    session: AsyncSession,
    *,
    actor: Actor,
    organisation_id: UUID | None,
    action: str = access_log.ORGANISATION,
    object_id: UUID | None = None,
) -> None:
    """Before it is read, in a transaction that writes. `organisation_id` None: an application that is none yet.

    `object_id` is what the line is about, the organisation itself unless given.
    """
    if not _of_staff(actor):
        return
    await pledges.require_pledge_for(session, organisation_id, actor=actor)
    await _note(session, actor, action, object_id or organisation_id)


async def look_at_paper(session: AsyncSession, *, actor: Actor, action: str, object_id: UUID) -> None:
    """Whatever stands on a paper as it came: nobody knows before it is read, so it always takes the pledge."""
    await pledges.require_pledge(session, actor=actor)
    await _note(session, actor, action, object_id)


def _of_staff(actor: Actor) -> bool:
    return actor.may(Permission.APPLICATION_READ)


async def _note(session: AsyncSession, actor: Actor, action: str, object_id: UUID | None) -> None:
    if object_id is not None:
        await access_log.note_view(session, actor=actor, action=action, object_id=object_id)
