"""What the secretariat keeps to itself after an event."""

from datetime import timedelta
from uuid import UUID

from sqlalchemy import update

from shared.events.discussion import service as discussion
from shared.events.discussion.drafts import FollowUpDraft, OpinionDraft, TopicDraft
from shared.events.models import Event, Opinion
from shared.events.report_drafts import PhotoDraft, ReportDraft
from shared.events.reporting import save_report
from shared.kit import clock
from shared.kit.database.session import Database
from shared.kit.files import FileStore
from shared.kit.settings import Settings
from shared.tenants.models import Tenant
from tests.factories.content import EDITOR, make_media


async def plant_after_an_event(database: Database, settings: Settings, tenant: Tenant, event_id: UUID) -> list[UUID]:
    """A report's draft, a photograph without consent, a note on an opinion: their words begin with zq. The ids that nobody may know."""
    picture = await make_media(database, tenant, FileStore(settings), alt="zqfaces", withheld=True)
    async with database.write(tenant.id) as session:
        yesterday = clock.now() - timedelta(days=1)
        held = update(Event).where(Event.id == event_id)
        await session.execute(held.values(starts_at=yesterday, ends_at=None, registration_deadline=None))
        photos = (PhotoDraft(media_id=picture.id),)
        draft = ReportDraft(body="zqreportdraft", photos=photos)
        await save_report(session, actor=EDITOR, event_id=event_id, draft=draft)
        topics = (TopicDraft(question="だれに伝えるか", opinions=(OpinionDraft(body="自発的に相談に行けない人"),)),)
        await discussion.set_topics(session, actor=EDITOR, event_id=event_id, topics=topics)
        opinion = (await session.execute(Opinion.__table__.select().limit(1))).one()
        follow_up = await discussion.save_follow_up(
            session,
            actor=EDITOR,
            event_id=event_id,
            draft=FollowUpDraft(title="zqfollowup", opinion_ids=(opinion.id,), note="zqfollowupnote"),
        )
    return [picture.id, follow_up.id]
