"""What came of an event: 開催報告 with its photographs, and its typed counters."""

from collections.abc import Sequence
from uuid import UUID

import msgspec
from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from shared.content.media import change_words
from shared.content.models import Media
from shared.events import consent
from shared.events.facts import EventReportPublished
from shared.events.indexing import index_event
from shared.events.measures import MeasureDraft, checked_measures
from shared.events.models import Event, EventReport, EventState, Measure, ReportPhoto
from shared.events.report_drafts import PhotoDraft, ReportDraft, checked_report
from shared.identity.policy import Actor
from shared.kit import audit, clock
from shared.kit.content_version import bump
from shared.kit.database.session import tenant_of
from shared.kit.editing import check_revision, locked
from shared.kit.outbox import record
from shared.kit.refusals import Conflict, Refusal

_NOT_REPORTABLE = (EventState.DRAFT, EventState.POSTPONED, EventState.CANCELLED)


async def publish_report(
    session: AsyncSession, *, actor: Actor, event_id: UUID, draft: ReportDraft, revision: int | None = None
) -> Event:
    """報告済; a later report replaces the earlier one and keeps its date. Photos without 撮影の同意 stay with the secretariat.

    Refusals name `body`, `photos`, `photos.0.alt`. Conflict, with the other editor's name, unless `revision` is the one
    that was read; null asks for no such guard.
    """
    event = await _reportable(session, event_id, revision)
    draft = checked_report(draft)
    report = await _write_report(session, event, draft)
    first_time, report.published_at = report.published_at is None, report.published_at or clock.now()
    await _write_photos(session, event, draft.photos)
    event.state = EventState.REPORTED
    event.sequence += 1
    await _changed(session, actor, event, "event.publish-report")
    if first_time:
        await record(session, EventReportPublished(event_id=event.id), dedupe_key=f"event-report-published:{event.id}")
    await index_event(session, event.id)
    await bump(session)
    return event


async def save_report(
    session: AsyncSession, *, actor: Actor, event_id: UUID, draft: ReportDraft, revision: int | None = None
) -> Event:
    """A draft, for nobody but the secretariat to see. Conflict once the report is public."""
    event = await _reportable(session, event_id, revision)
    draft = checked_report(draft, unfinished=True)
    report = await _write_report(session, event, draft)
    if report.published_at is not None:
        raise Conflict("この報告はすでに公開されています。直した内容は「公開する」で置き換えてください。")
    await _write_photos(session, event, draft.photos)
    await _changed(session, actor, event, "event.save-report")
    return event


async def set_measures(
    session: AsyncSession, *, actor: Actor, event_id: UUID, measures: Sequence[MeasureDraft]
) -> Event:
    """All counters of the event anew, in this order. Refusals look like `measures.0.value`."""
    event = await locked(session, Event, event_id)
    checked = checked_measures(measures)
    await session.execute(delete(Measure).where(Measure.event_id == event.id))
    session.add_all(
        Measure(event_id=event.id, ordinal=ordinal, **msgspec.structs.asdict(each))
        for ordinal, each in enumerate(checked, 1)
    )
    await _changed(session, actor, event, "event.set-measures")
    if event.state is not EventState.DRAFT:
        await bump(session)
    return event


async def _reportable(session: AsyncSession, event_id: UUID, revision: int | None) -> Event:
    event = await locked(session, Event, event_id)
    if revision is not None:
        await check_revision(session, event.id, current=event.revision, read=revision)
    _check_reportable(event)
    return event


async def _changed(session: AsyncSession, actor: Actor, event: Event, action: str) -> None:
    event.updated_at = clock.now()
    event.revision += 1
    await session.flush()
    audit.note(
        session,
        actor_id=actor.account_id,
        actor_name=actor.name,
        action=action,
        object_id=event.id,
        summary=event.title,
    )


def _check_reportable(event: Event) -> None:
    if event.state in _NOT_REPORTABLE:
        raise Conflict("開催していない行事には、開催報告を公開できません。行事の状態を確かめてください。")
    if event.starts_at > clock.now():
        raise Refusal("NOT_YET", "この行事はまだ始まっていません。開催報告は開催の後に公開してください。")


async def _write_report(session: AsyncSession, event: Event, draft: ReportDraft) -> EventReport:
    statement = select(EventReport).where(EventReport.event_id == event.id)
    report = (await session.execute(statement)).scalar_one_or_none()
    if report is None:
        report = EventReport(event_id=event.id, published_at=None)
        session.add(report)
    report.body, report.body_easy = draft.body, draft.body_easy
    await session.flush()
    return report


async def _write_photos(session: AsyncSession, event: Event, photos: tuple[PhotoDraft, ...]) -> None:
    """Whoever learns the address of a picture without consent, or of one that was taken out, does not get it either."""
    away = delete(ReportPhoto).where(ReportPhoto.event_id == event.id).returning(ReportPhoto.media_id)
    before = (await session.execute(away)).scalars().all()
    for ordinal, photo in enumerate(photos, 1):
        media = await _media_of(session, photo)
        session.add(
            ReportPhoto(
                event_id=event.id,
                media_id=media.id,
                ordinal=ordinal,
                caption=photo.caption,
                credit=photo.credit,
                consented=photo.consented,
            )
        )
    await session.flush()
    await consent.show_or_withhold(session, {*before, *(photo.media_id for photo in photos)})


async def _media_of(session: AsyncSession, photo: PhotoDraft) -> Media:
    """With the words that the draft gives it."""
    here = (Media.tenant_id == tenant_of(session)) & (Media.id == photo.media_id)
    media = (await session.execute(select(Media).where(here))).scalar_one_or_none()
    if media is None or not (photo.alt or media.alt):
        message = "写真が見つからないか、説明（代替テキスト）がありません。もう一度お選びください。"
        raise Refusal("NOT_FOUND", message, "photos")
    if photo.alt and photo.alt != media.alt:
        await change_words(
            session, media_id=media.id, alt=photo.alt, caption=media.caption, credit=media.credit, decorative=False
        )
    return media
