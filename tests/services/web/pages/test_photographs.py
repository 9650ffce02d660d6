"""The address of a photograph: it opens while a report shows it with consent, or while it is used by another decision."""

import httpx
import pytest

from services.web.site import Site
from shared.content import service as content
from shared.content.models import Media
from shared.events import reporting
from shared.events.models import Event
from shared.events.report_drafts import PhotoDraft, ReportDraft
from shared.kit.database.session import Database
from shared.tenants.models import Tenant
from tests.factories.content import EDITOR, make_media
from tests.factories.events import make_event
from tests.factories.tenants import make_tenant
from tests.services.web.conftest import ClientFor
from tests.shared.events.attendance.coming import make_event_of_today
from tests.shared.looking import version

YES, NO = True, False


@pytest.fixture
async def tenant(worker_database: Database, site: Site) -> Tenant:
    tenant = await make_tenant(worker_database, theme={"key": "#1f3668", "accent": "#e98a3c", "hero": "harbour.jpg"})
    await site._reload_hosts()
    return tenant


@pytest.fixture
async def reader(client_for: ClientFor, tenant: Tenant) -> httpx.AsyncClient:
    return client_for(tenant)


@pytest.fixture
async def event(worker_database: Database, tenant: Tenant) -> Event:
    return await make_event_of_today(worker_database, tenant)


async def publish(database: Database, tenant: Tenant, event: Event, *photos: tuple[Media, bool]) -> None:
    drafts = tuple(PhotoDraft(media_id=media.id, consented=consented) for media, consented in photos)
    async with database.write(tenant.id) as session:
        draft = ReportDraft(body="報告です。", photos=drafts)
        await reporting.publish_report(session, actor=EDITOR, event_id=event.id, draft=draft)


async def status(reader: httpx.AsyncClient, media: Media) -> int:
    return (await reader.get(f"/media/{media.id}/original")).status_code


async def test_it_opens_with_consent_and_with_nothing_less(
    reader: httpx.AsyncClient, worker_database: Database, tenant: Tenant, site: Site, event: Event
) -> None:
    media = await make_media(worker_database, tenant, site.files, withheld=True)
    seen = []
    for photos in ([(media, YES)], [(media, NO)], [(media, YES)], []):
        await publish(worker_database, tenant, event, *photos)
        seen.append(await status(reader, media))
    assert seen == [200, 404, 200, 404]


async def test_the_last_report_that_shows_it_closes_it(
    reader: httpx.AsyncClient, worker_database: Database, tenant: Tenant, site: Site, event: Event
) -> None:
    media, other = (
        await make_media(worker_database, tenant, site.files, withheld=True),
        await make_event_of_today(worker_database, tenant),
    )
    for each in (event, other):
        await publish(worker_database, tenant, each, (media, YES))
    await publish(worker_database, tenant, event)
    assert await status(reader, media) == 200
    await publish(worker_database, tenant, other)
    assert await status(reader, media) == 404


@pytest.mark.parametrize("use", ["flyer", "news", "dress"])
async def test_what_is_used_by_another_decision_stays(
    reader: httpx.AsyncClient, worker_database: Database, tenant: Tenant, site: Site, event: Event, use: str
) -> None:
    media = await make_media(worker_database, tenant, site.files, name="harbour.jpg" if use == "dress" else None)
    if use == "flyer":
        await make_event(worker_database, tenant, flyer_id=media.id)
    if use == "news":
        async with worker_database.write(tenant.id) as session:
            await content.create_announcement(session, actor=EDITOR, title="題", body="文", image_id=media.id)
    seen = []
    for photos in ([(media, NO)], [(media, YES)], []):
        await publish(worker_database, tenant, event, *photos)
        seen.append(await status(reader, media))
    assert seen == [200, 200, 200]


async def test_a_draft_of_a_report_tells_the_readers_memory_too(
    reader: httpx.AsyncClient, worker_database: Database, tenant: Tenant, site: Site, event: Event
) -> None:
    media = await make_media(worker_database, tenant, site.files)
    before, photo = await version(worker_database, tenant), PhotoDraft(media_id=media.id, consented=NO)
    async with worker_database.write(tenant.id) as session:
        draft = ReportDraft(body="", photos=(photo,))
        await reporting.save_report(session, actor=EDITOR, event_id=event.id, draft=draft)
    assert (await status(reader, media), await version(worker_database, tenant)) == (404, before + 1)
