"""What came of an event: 開催報告 with its photographs."""

from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from shared.content.models import Media
from shared.events.drafts import PhotoDraft, ReportDraft, checked_report
from shared.events.facts import EventReportPublished
from shared.events.indexing import index_event
from shared.events.models import Event, EventReport, EventState, ReportPhoto
from shared.identity.policy import Actor
from shared.kit import audit, clock
from shared.kit.content_version import bump
from shared.kit.editing import check_revision, locked
from shared.kit.japanese.normalise import clean_text
from shared.kit.outbox import record
from shared.kit.refusals import Conflict, Refusal

_NOT_REPORTABLE = (EventState.DRAFT, EventState.POSTPONED, EventState.CANCELLED)


async def publish_report(
    session: AsyncSession, *, actor: Actor, event_id: UUID, draft: ReportDraft, revision: int | None = None
) -> Event:
    """報告済; a later report replaces the earlier one and keeps its date. Refusals name `body`, `photos`.

    Conflict, with the other editor's name, unless `revision` is the one that was read; null asks for no such guard.
    """
    event = await locked(session, Event, event_id)
    if revision is not None:
        await check_revision(session, event.id, current=event.revision, read=revision)
    _check_reportable(event)
    draft = checked_report(draft)
    await _check_photos(session, draft.photos)
    first_time = await _write_report(session, event, draft)
    await _write_photos(session, event, draft.photos)
    event.state = EventState.REPORTED
    event.updated_at = clock.now()
    event.revision += 1
    event.sequence += 1
    await session.flush()
    audit.note(
        session,
        actor_id=actor.account_id,
        actor_name=actor.name,
        action="event.publish-report",
        object_id=event.id,
        summary=event.title,
    )
    if first_time:
        await record(session, EventReportPublished(event_id=event.id), dedupe_key=f"event-report-published:{event.id}")
    await index_event(session, event.id)
    await bump(session)
    return event


def _check_reportable(event: Event) -> None:
    if event.state in _NOT_REPORTABLE:
        raise Conflict("開催していない行事には、開催報告を公開できません。行事の状態を確かめてください。")
    if event.starts_at > clock.now():
        raise Refusal("NOT_YET", "この行事はまだ始まっていません。開催報告は開催の後に公開してください。")


async def _check_photos(session: AsyncSession, photos: tuple[PhotoDraft, ...]) -> None:
    wanted = {photo.media_id for photo in photos}
    found = (await session.execute(select(Media.id).where(Media.id.in_(wanted), Media.alt != ""))).scalars()
    if wanted - set(found):
        raise Refusal(
            "NOT_FOUND", "写真が見つからないか、説明（代替テキスト）がありません。もう一度お選びください。", "photos"
        )


async def _write_report(session: AsyncSession, event: Event, draft: ReportDraft) -> bool:
    """True when it is the first one."""
    statement = select(EventReport).where(EventReport.event_id == event.id)
    report = (await session.execute(statement)).scalar_one_or_none()
    first_time = report is None or report.published_at is None
    if report is None:
        report = EventReport(event_id=event.id, published_at=None)
        session.add(report)
    report.body, report.body_easy = draft.body, draft.body_easy
    report.published_at = report.published_at or clock.now()
    await session.flush()
    return first_time


async def _write_photos(session: AsyncSession, event: Event, photos: tuple[PhotoDraft, ...]) -> None:
    await session.execute(delete(ReportPhoto).where(ReportPhoto.event_id == event.id))
    session.add_all(
        ReportPhoto(
            event_id=event.id, media_id=photo.media_id, ordinal=ordinal, caption=clean_text(photo.caption or "") or None
        )
        for ordinal, photo in enumerate(photos, 1)
    )
    await session.flush()
