"""A hidden field that somebody has written into is met like an old form, never by a broken page."""

import httpx
import pytest

from shared.content import service as content
from shared.kit.database.session import Database
from shared.tenants.models import Tenant
from tests.factories.content import EDITOR
from tests.factories.events import make_event
from tests.services.web.pages.staff.forms import open_form
from tests.shared.events.attendance.coming import make_event_of_today

UNREADABLE = ["abc", "", "-1", "²", "１", "9" * 30]


async def _statuses(client: httpx.AsyncClient, path: str, **typed: str) -> list[int]:
    form = await open_form(client, path, 'name="revision"') | typed
    return [(await client.post(path, data=form | {"revision": each})).status_code for each in UNREADABLE]


async def test_an_event(staff: httpx.AsyncClient, worker_database: Database, tenant: Tenant) -> None:
    event = await make_event(worker_database, tenant)
    assert await _statuses(staff, f"/staff/events/{event.id}", title="別の名前") == [409] * len(UNREADABLE)


async def test_a_discussion(staff: httpx.AsyncClient, worker_database: Database, tenant: Tenant) -> None:
    event = await make_event_of_today(worker_database, tenant)
    assert await _statuses(staff, f"/staff/events/{event.id}/discussion") == [409] * len(UNREADABLE)


async def test_a_report(staff: httpx.AsyncClient, worker_database: Database, tenant: Tenant) -> None:
    event = await make_event_of_today(worker_database, tenant)
    assert await _statuses(staff, f"/staff/events/{event.id}/report") == [409] * len(UNREADABLE)


async def test_news(staff: httpx.AsyncClient, worker_database: Database, tenant: Tenant) -> None:
    async with worker_database.write(tenant.id) as session:
        news = await content.create_announcement(session, actor=EDITOR, title="お知らせ", body="本文です。")
    assert await _statuses(staff, f"/staff/news/{news.id}") == [409] * len(UNREADABLE)


@pytest.mark.parametrize("path", ["/staff/profile", "/staff/profile/pillars"])
async def test_the_profile(staff: httpx.AsyncClient, path: str) -> None:
    assert await _statuses(staff, path) == [409] * len(UNREADABLE)
