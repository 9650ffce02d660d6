"""Letters both ways about members' news and events."""

from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from shared.content.facts import AnnouncementPublished
from shared.events import proposal_queries
from shared.events.facts import EventPublished, ProposalReturned, ProposalSent
from shared.events.proposal_queries import ProposalView, Stage
from shared.events.proposals import ProposalKind
from shared.identity import invitation_queries
from shared.identity.models import Role
from shared.kit.post import LetterClass, Post
from shared.tenants import queries as tenants

WORDS = {ProposalKind.NEWS: "お知らせ", ProposalKind.EVENT: "行事"}
PATHS = {ProposalKind.NEWS: "news", ProposalKind.EVENT: "events"}


async def tell_secretariat(session: AsyncSession, fact: ProposalSent, letters: Post) -> None:
    found = await proposal_queries.proposal(session, fact.item_id)
    desk = next((contact for contact in (await tenants.profile(session)).contacts if contact.email), None)
    if found is None or found.stage is not Stage.PROPOSED or desk is None or desk.email is None:
        return
    to = [(desk.email, desk.department)]
    await _write(letters, found, "proposal_for_desk", to, f"{fact.item_id} {fact.revision}")


async def tell_of_return(session: AsyncSession, fact: ProposalReturned, letters: Post) -> None:
    found = await proposal_queries.proposal(session, fact.item_id)
    if found is None or found.returned_message is None:
        return
    to = await _people(session, found.organisation_id)
    await _write(letters, found, "proposal_returned", to, f"{fact.item_id} {fact.revision}")


async def tell_of_released_news(session: AsyncSession, fact: AnnouncementPublished, letters: Post) -> None:
    await _released(session, fact.announcement_id, letters)


async def tell_of_released_event(session: AsyncSession, fact: EventPublished, letters: Post) -> None:
    await _released(session, fact.event_id, letters)


async def _released(session: AsyncSession, item_id: UUID, letters: Post) -> None:
    """Only of what a member wrote; the secretariat's own news and events concern nobody in particular."""
    found = await proposal_queries.proposal(session, item_id)
    if found is not None and found.stage is Stage.PUBLIC:
        await _write(letters, found, "proposal_released", await _people(session, found.organisation_id), str(item_id))


async def _people(session: AsyncSession, organisation_id: UUID) -> list[tuple[str, str]]:
    """Managers; where there is none, everybody of the organisation."""
    people = await invitation_queries.people_of(session, organisation_id)
    managers = [each for each in people if each.role is Role.ORGANISATION_MANAGER]
    return [(each.email, each.name) for each in managers or people]


async def _write(letters: Post, found: ProposalView, name: str, to: list[tuple[str, str]], reason: str) -> None:
    values: dict[str, Any] = {
        "kind": WORDS[found.kind],
        "path": PATHS[found.kind],
        "item_id": found.id,
        "title": found.title,
        "organisation_name": found.organisation_name,
        "message": found.returned_message,
    }
    for email, addressee in to:
        await letters.write(
            template=f"events/{name}",
            to_email=email,
            to_name=addressee,
            about_id=found.organisation_id,
            letter_class=LetterClass.MUST_ARRIVE,
            dedupe_key=f"{name} {reason} {email}",
            values=values,
        )
