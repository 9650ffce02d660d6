"""Letters both ways about members' news and events."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from shared.content.facts import AnnouncementPublished
from shared.events import proposal_queries
from shared.events.facts import EventPublished, ProposalReturned, ProposalSent
from shared.events.proposal_queries import ProposalView, Stage
from shared.events.proposals import ProposalKind
from shared.identity import invitation_queries
from shared.identity.models import Role
from shared.identity.notifications import queries as notifications
from shared.identity.notifications.models import NotificationKind
from shared.identity.notifications.queries import Receiver
from shared.identity.notifications.service import News, in_turn, settle, tell
from shared.kit.post import Post

WORDS = {ProposalKind.NEWS: "お知らせ", ProposalKind.EVENT: "行事"}
PATHS = {ProposalKind.NEWS: "news", ProposalKind.EVENT: "events"}

#: Of the morning letter.
LINES = {
    "proposal_for_desk": "{kind}「{title}」（{organisation}）",
    "proposal_returned": "{kind}「{title}」：事務局からお願いがあります",
    "proposal_released": "{kind}「{title}」：公開しました",
}


async def tell_secretariat(session: AsyncSession, fact: ProposalSent, letters: Post) -> None:
    """Of what still waits. Whoever wrote it has done what an earlier answer asked for."""
    await in_turn(session)
    found = await proposal_queries.proposal(session, fact.item_id)
    if found is None or found.stage is not Stage.PROPOSED:
        return
    await settle(session, found.id, NotificationKind.POST_RESULT)
    desk = await notifications.desk(session)
    if desk is not None:
        path = f"/staff/proposals/{found.id}"
        await _tell(session, [desk], found, NotificationKind.POST, "proposal_for_desk", str(fact.revision), path)


async def tell_of_return(session: AsyncSession, fact: ProposalReturned, letters: Post) -> None:
    await in_turn(session)
    found = await proposal_queries.proposal(session, fact.item_id)
    if found is None or found.returned_message is None:
        return
    await settle(session, found.id, NotificationKind.POST)
    path = f"/member/{PATHS[found.kind]}/{found.id}"
    to = await _people(session, found.organisation_id)
    await _tell(session, to, found, NotificationKind.POST_RESULT, "proposal_returned", str(fact.revision), path)


async def tell_of_released_news(session: AsyncSession, fact: AnnouncementPublished, letters: Post) -> None:
    await _released(session, fact.announcement_id)


async def tell_of_released_event(session: AsyncSession, fact: EventPublished, letters: Post) -> None:
    await _released(session, fact.event_id)


async def _released(session: AsyncSession, item_id: UUID) -> None:
    """Only of what a member wrote; the secretariat's own news and events concern nobody in particular."""
    await in_turn(session)
    found = await proposal_queries.proposal(session, item_id)
    if found is None or found.stage is not Stage.PUBLIC:
        return
    await settle(session, item_id)
    path, to = f"/{PATHS[found.kind]}/{item_id}", await _people(session, found.organisation_id)
    await _tell(session, to, found, NotificationKind.POST_RESULT, "proposal_released", "released", path)


async def _people(session: AsyncSession, organisation_id: UUID) -> list[Receiver]:
    """Managers; where there is none, everybody of the organisation."""
    people = await invitation_queries.people_of(session, organisation_id)
    managers = [each for each in people if each.role is Role.ORGANISATION_MANAGER]
    return [Receiver(each.email, each.name, each.account_id) for each in managers or people]


async def _tell(
    session: AsyncSession,
    to: list[Receiver],
    found: ProposalView,
    kind: NotificationKind,
    template: str,
    occasion: str,
    path: str,
) -> None:
    news = News(
        kind=kind,
        thing_id=found.id,
        occasion=f"{template} {occasion}",
        line=LINES[template].format(kind=WORDS[found.kind], title=found.title, organisation=found.organisation_name),
        path=path,
        template=f"events/{template}",
        about_id=found.organisation_id,
        values={
            "kind": WORDS[found.kind],
            "path": PATHS[found.kind],
            "item_id": found.id,
            "title": found.title,
            "organisation_name": found.organisation_name,
            "message": found.returned_message,
        },
    )
    for receiver in to:
        await tell(session, receiver, news)
