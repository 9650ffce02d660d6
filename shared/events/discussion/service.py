"""The verbs of discussions: opinions written down as they were said, and followed."""

from uuid import UUID

import msgspec
from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from shared.content.models import Announcement
from shared.events.discussion.drafts import (
    TAG_FIELDS,
    FollowUpDraft,
    OpinionDraft,
    TopicDraft,
    checked_follow_up,
    checked_topics,
)
from shared.events.indexing import index_event
from shared.events.models import DiscussionTopic, Event, EventState, FollowUp, Opinion
from shared.identity.policy import Actor
from shared.kit import audit, clock
from shared.kit.content_version import bump
from shared.kit.database.session import tenant_of
from shared.kit.editing import check_revision, locked
from shared.kit.refusals import Conflict, NotFound, Refusal

_NO_DISCUSSION = (EventState.DRAFT, EventState.POSTPONED, EventState.CANCELLED)


async def set_topics(
    session: AsyncSession,
    *,
    actor: Actor,
    event_id: UUID,
    topics: tuple[TopicDraft, ...],
    revision: int | None = None,
) -> Event:
    """The whole discussion in this order. Opinions that are named by their id keep their follow-up; those left out are gone.

    Conflict, with the other editor's name, unless `revision` is the one that was read; null asks for no such guard.
    """
    event = await locked(session, Event, event_id)
    if revision is not None:
        await check_revision(session, event.id, current=event.revision, read=revision)
    if event.state in _NO_DISCUSSION or event.starts_at > clock.now():
        raise Conflict("話し合いの記録は、行事を開いた後に書けます。")
    drafts = checked_topics(topics)
    known_topics = await _known_topics(session, event.id)
    known_opinions = await _known_opinions(session, list(known_topics))
    _check_known(drafts, known_topics, known_opinions)
    await _step_aside(session, drafts, known_topics, known_opinions)
    rows = [_write_topic(session, event, draft, place, known_topics) for place, draft in enumerate(drafts, 1)]
    await session.flush()
    for row, draft in zip(rows, drafts, strict=True):
        for place, opinion in enumerate(draft.opinions, 1):
            _write_opinion(session, row, opinion, place, known_opinions)
    await session.flush()
    for gone in known_topics.keys() - {draft.id for draft in drafts}:
        await session.delete(known_topics[gone])
    await session.flush()
    await _remove_idle_follow_ups(session, event.id)
    event.revision += 1
    event.updated_at = clock.now()
    await session.flush()
    _note(session, actor, "event.set-discussion", event.id, event.title)
    await index_event(session, event.id)
    await bump(session)
    return event


async def save_follow_up(
    session: AsyncSession,
    *,
    actor: Actor,
    event_id: UUID,
    draft: FollowUpDraft,
    follow_up_id: UUID | None = None,
    revision: int = 0,
) -> FollowUp:
    """What is to become, or became, of these opinions of the event. An opinion that had another follow-up changes over."""
    event = await locked(session, Event, event_id)
    checked = checked_follow_up(draft)
    opinions = await _opinions_of(session, event.id, checked.opinion_ids)
    await _check_links(session, checked)
    row = await _row(session, event.id, follow_up_id, revision)
    for name, value in msgspec.structs.asdict(checked).items():
        if name != "opinion_ids":
            setattr(row, name, value)
    row.updated_at = clock.now()
    await session.flush()
    await session.execute(
        update(Opinion)
        .where(Opinion.tenant_id == tenant_of(session), Opinion.follow_up_id == row.id)
        .values(follow_up_id=None)
    )
    for opinion in opinions:
        opinion.follow_up_id = row.id
    await session.flush()
    await _remove_idle_follow_ups(session, event.id)
    _note(session, actor, "follow-up.save", row.id, row.title)
    await bump(session)
    return row


async def remove_follow_up(session: AsyncSession, *, actor: Actor, follow_up_id: UUID, revision: int) -> UUID:
    """The opinions stay. Returns the event."""
    known = await session.get(FollowUp, (tenant_of(session), follow_up_id))
    if known is None:
        raise NotFound
    # The event first, as whoever writes its topics or its follow-ups does.
    await locked(session, Event, known.event_id)
    row = await locked(session, FollowUp, follow_up_id, to_delete=True)
    await check_revision(session, row.id, current=row.revision, read=revision)
    await session.execute(
        update(Opinion)
        .where(Opinion.tenant_id == tenant_of(session), Opinion.follow_up_id == row.id)
        .values(follow_up_id=None)
    )
    _note(session, actor, "follow-up.remove", row.id, row.title)
    await session.delete(row)
    await session.flush()
    await bump(session)
    return row.event_id


async def _known_topics(session: AsyncSession, event_id: UUID) -> dict[UUID, DiscussionTopic]:
    statement = select(DiscussionTopic).where(
        DiscussionTopic.tenant_id == tenant_of(session), DiscussionTopic.event_id == event_id
    )
    return {row.id: row for row in (await session.execute(statement)).scalars()}


async def _known_opinions(session: AsyncSession, topic_ids: list[UUID]) -> dict[UUID, Opinion]:
    statement = select(Opinion).where(Opinion.tenant_id == tenant_of(session), Opinion.topic_id.in_(topic_ids))
    return {row.id: row for row in (await session.execute(statement)).scalars()}


def _check_known(
    drafts: tuple[TopicDraft, ...], topics: dict[UUID, DiscussionTopic], opinions: dict[UUID, Opinion]
) -> None:
    """What a colleague has removed in the meantime, or never was of this event."""
    topic_ids = [draft.id for draft in drafts if draft.id]
    opinion_ids = [opinion.id for draft in drafts for opinion in draft.opinions if opinion.id]
    strange = set(topic_ids) - topics.keys() or set(opinion_ids) - opinions.keys()
    if strange or len(set(topic_ids)) < len(topic_ids) or len(set(opinion_ids)) < len(opinion_ids):
        raise NotFound


async def _step_aside(
    session: AsyncSession,
    drafts: tuple[TopicDraft, ...],
    topics: dict[UUID, DiscussionTopic],
    opinions: dict[UUID, Opinion],
) -> None:
    """Opinions that go are deleted; what stays gives its number up: no two may have one, not even for a moment."""
    kept = {opinion.id for draft in drafts for opinion in draft.opinions}
    for row in topics.values():
        row.ordinal = -row.ordinal
    for opinion in opinions.values():
        if opinion.id in kept:
            opinion.ordinal = -opinion.ordinal
        else:
            await session.delete(opinion)
    await session.flush()


def _write_topic(
    session: AsyncSession, event: Event, draft: TopicDraft, place: int, known: dict[UUID, DiscussionTopic]
) -> DiscussionTopic:
    row = known.get(draft.id) if draft.id else None
    if row is None:
        row = DiscussionTopic(event_id=event.id)
        session.add(row)
    row.ordinal, row.theme, row.question, row.conclusion = place, draft.theme, draft.question, draft.conclusion
    return row


def _write_opinion(
    session: AsyncSession, topic: DiscussionTopic, draft: OpinionDraft, place: int, known: dict[UUID, Opinion]
) -> None:
    row = known.get(draft.id) if draft.id else None
    if row is None:
        row = Opinion(topic_id=topic.id)
        session.add(row)
    row.topic_id, row.ordinal, row.body, row.gloss = topic.id, place, draft.body, draft.gloss
    for field in TAG_FIELDS:
        setattr(row, field, list(getattr(draft, field)))


async def _remove_idle_follow_ups(session: AsyncSession, event_id: UUID) -> None:
    """A follow-up whose last opinion has gone follows nothing."""
    alive = select(Opinion.follow_up_id).where(
        Opinion.tenant_id == tenant_of(session), Opinion.follow_up_id.is_not(None)
    )
    idle = select(FollowUp).where(
        FollowUp.tenant_id == tenant_of(session), FollowUp.event_id == event_id, FollowUp.id.not_in(alive)
    )
    for row in (await session.execute(idle)).scalars():
        await session.delete(row)
    await session.flush()


async def _opinions_of(session: AsyncSession, event_id: UUID, wanted: tuple[UUID, ...]) -> list[Opinion]:
    topics = select(DiscussionTopic.id).where(
        DiscussionTopic.tenant_id == tenant_of(session), DiscussionTopic.event_id == event_id
    )
    statement = select(Opinion).where(
        Opinion.tenant_id == tenant_of(session), Opinion.topic_id.in_(topics), Opinion.id.in_(wanted)
    )
    found = list((await session.execute(statement)).scalars())
    if len(found) < len(wanted):
        raise Refusal("NOT_FOUND", "選ばれた意見が見つかりません。画面を開き直してください。", "opinions")
    return found


async def _check_links(session: AsyncSession, draft: FollowUpDraft) -> None:
    for model, wanted, field in (
        (Event, draft.linked_event_id, "linked_event_id"),
        (Announcement, draft.announcement_id, "announcement_id"),
    ):
        if wanted is None:
            continue
        here = select(func.count()).where(model.tenant_id == tenant_of(session), model.id == wanted)
        if not (await session.execute(here)).scalar_one():
            raise Refusal("NOT_FOUND", "選ばれた行事またはお知らせが見つかりません。選び直してください。", field)


async def _row(session: AsyncSession, event_id: UUID, follow_up_id: UUID | None, revision: int) -> FollowUp:
    if follow_up_id is None:
        row = FollowUp(event_id=event_id, created_at=clock.now(), revision=1)
        session.add(row)
        return row
    row = await locked(session, FollowUp, follow_up_id)
    if row.event_id != event_id:
        raise NotFound
    await check_revision(session, row.id, current=row.revision, read=revision)
    row.revision += 1
    return row


def _note(session: AsyncSession, actor: Actor, action: str, object_id: UUID, summary: str) -> None:
    audit.note(
        session,
        actor_id=actor.account_id,
        actor_name=actor.name,
        action=action,
        object_id=object_id,
        summary=summary,
    )
