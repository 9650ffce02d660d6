"""The verbs of news and standing pages."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from shared.content.facts import AnnouncementPublished, AnnouncementWithdrawn
from shared.content.models import Announcement, AnnouncementState, Media, Page
from shared.content.plain import plain_text
from shared.identity.policy import Actor
from shared.kit import audit, clock, search
from shared.kit.content_version import bump
from shared.kit.editing import check_revision, locked
from shared.kit.japanese.normalise import clean_lines, clean_text
from shared.kit.outbox import record
from shared.kit.refusals import Conflict, Refusal, Refusals

LONGEST_TITLE = 120
LONGEST_BODY = 20_000


async def create_announcement(
    session: AsyncSession,
    *,
    actor: Actor,
    title: str,
    body: str,
    body_easy: str | None = None,
    image_id: UUID | None = None,
    event_id: UUID | None = None,
) -> Announcement:
    """A draft. Refusals name `title`, `body`, `body_easy`, `image_id`."""
    texts = await _checked(session, title, body, body_easy, image_id)
    now = clock.now()
    row = Announcement(**texts, event_id=event_id, author_id=actor.account_id, created_at=now, updated_at=now)
    session.add(row)
    await session.flush()
    _note(session, actor, "announcement.create", row)
    return row


async def edit_announcement(
    session: AsyncSession,
    *,
    actor: Actor,
    announcement_id: UUID,
    revision: int,
    title: str,
    body: str,
    body_easy: str | None = None,
    image_id: UUID | None = None,
    event_id: UUID | None = None,
) -> Announcement:
    """Conflict, with the other editor's name, unless `revision` is the one that was read."""
    row = await locked(session, Announcement, announcement_id)
    await check_revision(session, row.id, current=row.revision, read=revision)
    texts = await _checked(session, title, body, body_easy, image_id)
    for name, value in {**texts, "event_id": event_id}.items():
        setattr(row, name, value)
    row.revision += 1
    row.updated_at = clock.now()
    await session.flush()
    _note(session, actor, "announcement.edit", row)
    if row.state is AnnouncementState.PUBLISHED:
        await _shown(session, row)
    return row


async def publish_announcement(
    session: AsyncSession, *, actor: Actor, announcement_id: UUID, published_at: datetime | None = None
) -> Announcement:
    """Publishing again what is public changes nothing and tells nobody. The first date stays after a withdrawal."""
    row = await locked(session, Announcement, announcement_id)
    if row.state is AnnouncementState.PUBLISHED:
        return row
    if published_at is not None and published_at > clock.now():
        raise Refusal("IN_THE_FUTURE", "公開日には、今日までの日付を入力してください。", "published_at")
    row.state = AnnouncementState.PUBLISHED
    row.published_at = published_at or row.published_at or clock.now()
    row.updated_at = clock.now()
    row.revision += 1
    await session.flush()
    _note(session, actor, "announcement.publish", row)
    key = f"announcement-published:{row.id}:{row.revision}"
    await record(session, AnnouncementPublished(announcement_id=row.id), dedupe_key=key)
    await _shown(session, row)
    return row


async def withdraw_announcement(session: AsyncSession, *, actor: Actor, announcement_id: UUID) -> Announcement:
    """Off the site and out of the search; the text stays with the staff."""
    row = await locked(session, Announcement, announcement_id)
    if row.state is AnnouncementState.WITHDRAWN:
        return row
    if row.state is AnnouncementState.DRAFT:
        raise Conflict("このお知らせはまだ公開されていません。")
    row.state = AnnouncementState.WITHDRAWN
    row.updated_at = clock.now()
    row.revision += 1
    await session.flush()
    _note(session, actor, "announcement.withdraw", row)
    key = f"announcement-withdrawn:{row.id}:{row.revision}"
    await record(session, AnnouncementWithdrawn(announcement_id=row.id), dedupe_key=key)
    await search.remove(session, kind="announcement", object_id=row.id)
    await bump(session)
    return row


async def index_announcement(session: AsyncSession, row: Announcement) -> None:
    """Make it findable, or no longer so, as its state says."""
    if row.state is not AnnouncementState.PUBLISHED:
        await search.remove(session, kind="announcement", object_id=row.id)
        return
    await search.put(
        session,
        kind="announcement",
        object_id=row.id,
        path=f"/news/{row.id}",
        title=row.title,
        body=plain_text(row.body),
        shown_at=row.published_at,
    )


async def index_page(session: AsyncSession, row: Page) -> None:
    await search.put(
        session, kind="page", object_id=row.id, path=f"/{row.slug}", title=row.title, body=plain_text(row.body)
    )


async def _shown(session: AsyncSession, row: Announcement) -> None:
    await index_announcement(session, row)
    await bump(session)


async def _checked(
    session: AsyncSession, title: str, body: str, body_easy: str | None, image_id: UUID | None
) -> dict[str, Any]:
    texts = {"title": clean_text(title), "body": clean_lines(body), "body_easy": clean_lines(body_easy or "") or None}
    problems = []
    if not texts["title"]:
        problems.append(Refusal("REQUIRED", "題名を入力してください。", "title"))
    if not texts["body"]:
        problems.append(Refusal("REQUIRED", "本文を入力してください。", "body"))
    for name, label, longest in (
        ("title", "題名", LONGEST_TITLE),
        ("body", "本文", LONGEST_BODY),
        ("body_easy", "やさしい日本語の本文", LONGEST_BODY),
    ):
        if len(texts[name] or "") > longest:
            problems.append(Refusal("TOO_LONG", f"{label}は{longest:,}文字までで入力してください。", name))
    if image_id is not None and not await has_media(session, image_id):
        problems.append(media_missing("image_id"))
    if problems:
        raise Refusals(problems)
    return {**texts, "image_id": image_id}


async def has_media(session: AsyncSession, media_id: UUID) -> bool:
    return (await session.execute(select(Media.id).where(Media.id == media_id))).scalar_one_or_none() is not None


def media_missing(field: str) -> Refusal:
    return Refusal("NOT_FOUND", "選ばれた画像が見つかりません。もう一度お選びください。", field)


def _note(session: AsyncSession, actor: Actor, action: str, row: Announcement) -> None:
    audit.note(
        session,
        actor_id=actor.account_id,
        actor_name=actor.name,
        action=action,
        object_id=row.id,
        summary=row.title,
    )
