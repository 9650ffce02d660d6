"""Members' own news and events: drafts of their organisation, proposed to the secretariat, which releases them or sends them back."""

from collections.abc import Mapping
from enum import StrEnum
from uuid import UUID

import msgspec
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from shared.content import service as content
from shared.content.models import Announcement
from shared.content.queries import media_by_name_or_id
from shared.events import service as events
from shared.events.drafts import EventDraft
from shared.events.facts import ProposalReturned, ProposalSent
from shared.events.models import Event
from shared.identity.policy import Actor, Permission
from shared.kit import audit, clock
from shared.kit.database.session import tenant_of
from shared.kit.editing import check_revision, locked
from shared.kit.japanese.normalise import clean_lines
from shared.kit.outbox import record
from shared.kit.refusals import Conflict, Forbidden, NotFound, Refusal
from shared.members import portal_queries, secret_places, versions
from shared.members.models import Organisation
from shared.members.policy import may_draft_for

MOST_OPEN = 10
LONGEST_MESSAGE = 2_000
#: Of an event; what the secretariat has added to a draft stays as it is.
MEMBERS_FIELDS = frozenset(
    {
        "title",
        "kind",
        "starts_at",
        "ends_at",
        "all_day",
        "venue",
        "online",
        "description",
        "audience",
        "how_to_apply",
        "contact_phone",
        "contact_email",
        "flyer_id",
    }
)
#: Those of them that say something in words; and what people call the texts of both kinds.
TEXTS = ("title", "venue", "description", "description_easy", "audience", "how_to_apply", "accessibility")
LABELS = {
    "title": "題名",
    "body": "本文",
    "body_easy": "やさしい日本語の本文",
    "venue": "会場",
    "description": "内容",
    "description_easy": "やさしい日本語の内容",
    "audience": "参加できる方",
    "how_to_apply": "申込方法",
    "accessibility": "配慮",
    "alt": "画像の説明",
    "caption": "画像の下に添える言葉",
}


class ProposalKind(StrEnum):
    NEWS = "NEWS"
    EVENT = "EVENT"


_RIGHTS = {ProposalKind.NEWS: Permission.ANNOUNCEMENT_WRITE, ProposalKind.EVENT: Permission.EVENT_WRITE}
Row = Announcement | Event


async def save_news(
    session: AsyncSession,
    *,
    actor: Actor,
    organisation_id: UUID,
    announcement_id: UUID | None = None,
    revision: int = 0,
    title: str,
    body: str,
    image_id: UUID | None = None,
    propose: bool = False,
) -> UUID:
    """A draft of the organisation's; with `propose` the secretariat is asked to release it."""
    await _check_member(session, actor, organisation_id)
    await _check_place(session, organisation_id, {"title": title, "body": body} | await _words_of(session, image_id))
    if announcement_id is None:
        row = await content.create_announcement(session, actor=actor, title=title, body=body, image_id=image_id)
        row.member_organisation_id = organisation_id
    else:
        known = await own_draft(session, ProposalKind.NEWS, organisation_id, announcement_id)
        row = await content.edit_announcement(
            session,
            actor=actor,
            announcement_id=known.id,
            revision=revision,
            title=title,
            body=body,
            body_easy=known.body_easy,  # type: ignore[union-attr]
            image_id=image_id,
        )
    return await _kept(session, ProposalKind.NEWS, row, actor, propose)


async def save_event(
    session: AsyncSession,
    *,
    actor: Actor,
    organisation_id: UUID,
    event_id: UUID | None = None,
    revision: int = 0,
    draft: EventDraft,
    propose: bool = False,
) -> UUID:
    """The organisation stands on it as the organiser, whatever the draft says."""
    await _check_member(session, actor, organisation_id)
    texts = {name: getattr(draft, name) for name in TEXTS}
    await _check_place(session, organisation_id, texts | await _words_of(session, draft.flyer_id))
    named = msgspec.structs.replace(draft, organiser=await portal_queries.name_of(session, organisation_id))
    if event_id is None:
        row = await events.create_event(session, actor=actor, draft=named)
        row.member_organisation_id = organisation_id
    else:
        known = await own_draft(session, ProposalKind.EVENT, organisation_id, event_id)
        rest = {name: getattr(known, name) for name in EventDraft.__struct_fields__ if name not in MEMBERS_FIELDS}
        named = msgspec.structs.replace(named, **rest | {"organiser": named.organiser})
        row = await events.update_event(session, actor=actor, event_id=known.id, draft=named, revision=revision)
    return await _kept(session, ProposalKind.EVENT, row, actor, propose)


async def release(session: AsyncSession, kind: ProposalKind, item_id: UUID, *, actor: Actor, revision: int) -> None:
    """Public under the organisation's name. Conflict when the member has changed it since it was read."""
    row = await _proposed(session, kind, item_id, actor, revision)
    await _check_place(session, row.member_organisation_id, await _texts_of(session, row))
    if kind is ProposalKind.NEWS:
        await content.publish_announcement(session, actor=actor, announcement_id=row.id)
    else:
        await events.publish_event(session, actor=actor, event_id=row.id)


async def send_back(
    session: AsyncSession, kind: ProposalKind, item_id: UUID, *, actor: Actor, revision: int, message: str
) -> None:
    """The member reads why, mends it and may propose it anew."""
    words = clean_lines(message).strip()
    if not words or len(words) > LONGEST_MESSAGE:
        problem = f"直してほしいことを、{LONGEST_MESSAGE:,}文字までで入力してください。"
        raise Refusal("INVALID_INPUT", problem, "message")
    row = await _proposed(session, kind, item_id, actor, revision)
    row.proposed_at, row.returned_message = None, words
    row.revision += 1
    await session.flush()
    _note(session, actor, f"{_noun(kind)}.send-back", row)
    await record(session, ProposalReturned(item_id=row.id, revision=row.revision))


async def _check_member(session: AsyncSession, actor: Actor, organisation_id: UUID) -> None:
    if not may_draft_for(actor, organisation_id):
        raise Forbidden
    await versions.require_listed(session, organisation_id)


async def _texts_of(session: AsyncSession, row: Row) -> dict[str, str | None]:
    """As it would be public, whoever has written it."""
    if isinstance(row, Announcement):
        words = {"title": row.title, "body": row.body, "body_easy": row.body_easy}
        return words | await _words_of(session, row.image_id)
    return {name: getattr(row, name) for name in TEXTS} | await _words_of(session, row.flyer_id)


async def _words_of(session: AsyncSession, media_id: UUID | None) -> dict[str, str | None]:
    media = await media_by_name_or_id(session, str(media_id)) if media_id else None
    return {"alt": media.alt, "caption": media.caption} if media else {}


async def _check_place(session: AsyncSession, organisation_id: UUID | None, texts: Mapping[str, str | None]) -> None:
    """A shelter's own news may not say where it is; nor may its event be held there."""
    place = await secret_places.secret_place(session, organisation_id) if organisation_id else None
    secret_places.refuse(place, texts, LABELS)


async def _kept(session: AsyncSession, kind: ProposalKind, row: Row, actor: Actor, propose: bool) -> UUID:
    if propose and row.proposed_at is None and row.member_organisation_id is not None:
        await _check_room(session, row.member_organisation_id)
        row.proposed_at, row.returned_message = clock.now(), None
        row.revision += 1
        _note(session, actor, f"{_noun(kind)}.propose", row)
        await session.flush()
        await record(session, ProposalSent(item_id=row.id, revision=row.revision))
    await session.flush()
    return row.id


async def _check_room(session: AsyncSession, organisation_id: UUID) -> None:
    """The organisation's row is locked, so that two who propose at once are counted one after the other."""
    await locked(session, Organisation, organisation_id)
    waiting = 0
    for model in (Announcement, Event):
        open_ones = select(func.count()).where(
            model.tenant_id == tenant_of(session),
            model.member_organisation_id == organisation_id,
            model.proposed_at.is_not(None),
            model.state == "DRAFT",
        )
        waiting += (await session.execute(open_ones)).scalar_one()
    if waiting >= MOST_OPEN:
        raise Refusal(
            "TOO_MANY",
            f"事務局の確認を待っている投稿が{MOST_OPEN}件あります。下書きとして保存し、返事のあとでお送りください。",
        )


async def own_draft(session: AsyncSession, kind: ProposalKind, organisation_id: UUID, item_id: UUID) -> Row:
    """Locked. NotFound for another's, Conflict for what is public."""
    row = await _locked(session, kind, item_id)
    if row.member_organisation_id != organisation_id:
        raise NotFound
    if row.state != "DRAFT":
        raise Conflict("すでに公開されています。直したいところは、事務局へご連絡ください。")
    return row


async def _proposed(session: AsyncSession, kind: ProposalKind, item_id: UUID, actor: Actor, revision: int) -> Row:
    if not actor.may(_RIGHTS[kind]):
        raise Forbidden
    row = await _locked(session, kind, item_id)
    if row.member_organisation_id is None:
        raise NotFound
    if row.state != "DRAFT" or row.proposed_at is None:
        raise Conflict("この投稿は、すでに公開されたか、団体へ戻されています。最新の内容をご確認ください。")
    await check_revision(session, row.id, current=row.revision, read=revision)
    return row


async def _locked(session: AsyncSession, kind: ProposalKind, item_id: UUID) -> Row:
    if kind is ProposalKind.NEWS:
        return await locked(session, Announcement, item_id)
    return await locked(session, Event, item_id)


def _noun(kind: ProposalKind) -> str:
    return "announcement" if kind is ProposalKind.NEWS else "event"


def _note(session: AsyncSession, actor: Actor, action: str, row: Row) -> None:
    audit.note(
        session,
        actor_id=actor.account_id,
        actor_name=actor.name,
        action=action,
        object_id=row.id,
        summary=row.title,
    )
