"""What came of an event."""

from datetime import timedelta

import msgspec
import pytest

from shared.events import queries, reporting, service
from shared.events.models import Event, EventState
from shared.events.report_drafts import PhotoDraft, ReportDraft
from shared.events.views import EventView
from shared.kit import clock
from shared.kit.database.session import Database
from shared.kit.files import FileStore
from shared.kit.refusals import Refusal
from shared.kit.settings import Settings
from shared.tenants.models import Tenant
from tests.factories.content import EDITOR, make_media
from tests.factories.events import make_event
from tests.factories.tenants import make_tenant
from tests.shared.looking import facts, found

DAY = timedelta(days=1)


@pytest.fixture
async def tenant(worker_database: Database) -> Tenant:
    return await make_tenant(worker_database)


async def read(database: Database, tenant: Tenant, event: Event, *, drafts: bool = True) -> EventView:
    async with database.read(tenant.id) as session:
        view = await queries.event(session, event.id, drafts=drafts)
    assert view is not None
    return view


async def test_nothing_is_held_or_reported_before_it_began(web_database: Database, tenant: Tenant) -> None:
    event = await make_event(web_database, tenant)
    async with web_database.write(tenant.id) as session:
        with pytest.raises(Refusal, match="まだ始まっていません"):
            await service.mark_held(session, actor=EDITOR, event_id=event.id)
        with pytest.raises(Refusal, match="まだ始まっていません"):
            await reporting.publish_report(session, actor=EDITOR, event_id=event.id, draft=ReportDraft(body="報告"))


async def test_a_report_with_photographs_closes_the_event(
    web_database: Database, tenant: Tenant, settings: Settings
) -> None:
    event = await make_event(web_database, tenant, starts_at=clock.now() - 2 * DAY)
    pictures = [await make_media(web_database, tenant, FileStore(settings), caption=f"{n}枚目") for n in (1, 2)]
    photos = (
        PhotoDraft(media_id=pictures[1].id, caption="第2部", consented=True),
        PhotoDraft(media_id=pictures[0].id, consented=True),
    )
    draft = ReportDraft(body="灯台で集まりました。", photos=photos)
    for body in (draft.body, "岬で集まりました。"):
        async with web_database.write(tenant.id) as session:
            replaced = msgspec.structs.replace(draft, body=body)
            await reporting.publish_report(session, actor=EDITOR, event_id=event.id, draft=replaced)
    view = await read(web_database, tenant, event, drafts=False)
    assert view.report is not None and (view.state, view.report.body) == (EventState.REPORTED, "岬で集まりました。")
    assert [(photo.caption, photo.media.caption) for photo in view.photos] == [("第2部", "2枚目"), (None, "1枚目")]
    assert await found(web_database, tenant, "岬") == [f"/events/{event.id}"]
    assert await facts(web_database, tenant) == ["EventPublished", "EventReportPublished"]


async def test_a_report_takes_only_pictures_of_its_own_tenant(
    web_database: Database, tenant: Tenant, settings: Settings
) -> None:
    event = await make_event(web_database, tenant, starts_at=clock.now() - 2 * DAY)
    foreign = await make_media(web_database, await make_tenant(web_database), FileStore(settings))
    draft = ReportDraft(body="報告", photos=(PhotoDraft(media_id=foreign.id),))
    async with web_database.write(tenant.id) as session:
        with pytest.raises(Refusal) as refused:
            await reporting.publish_report(session, actor=EDITOR, event_id=event.id, draft=draft)
    assert refused.value.field == "photos"
