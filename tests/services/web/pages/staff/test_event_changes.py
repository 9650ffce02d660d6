"""延期, 中止 and 終了 at the keyboard: two clicks are one, and what was ended too early is taken back."""

import httpx
import pytest

from shared.events import queries
from shared.events.attendance import check_in
from shared.events.models import Event, EventState
from shared.events.views import EventView
from shared.kit.database.session import Database
from shared.kit.settings import Settings
from shared.tenants.models import Tenant
from tests.factories.events import make_event
from tests.factories.members import settle
from tests.factories.registrations import make_registration, registration_draft
from tests.services.web.pages.staff.forms import open_form
from tests.shared.events.attendance import coming

NEW_DAY = {"starts_at_year": "2027", "starts_at_month": "4", "starts_at_day": "3", "starts_at_time": "13:30"}


async def read(database: Database, tenant: Tenant, event: Event) -> EventView:
    async with database.read(tenant.id) as session:
        view = await queries.event(session, event.id, drafts=True)
    assert view is not None
    return view


@pytest.mark.parametrize(("page", "typed"), [("postpone", {}), ("postpone", NEW_DAY), ("cancel", {})])
async def test_two_clicks_write_everybody_one_letter(
    staff: httpx.AsyncClient,
    settings: Settings,
    worker_database: Database,
    tenant: Tenant,
    page: str,
    typed: dict[str, str],
) -> None:
    event = await make_event(worker_database, tenant)
    await make_registration(worker_database, tenant, event.id)
    await settle(settings, tenant)
    path = f"/staff/events/{event.id}/{page}"
    form = await open_form(staff, path, 'name="reason"') | {"reason": "台風のため"} | typed
    answers = [await staff.post(path, data=form) for _ in range(2)]
    view, letters = await read(worker_database, tenant, event), await settle(settings, tenant)
    assert [answer.status_code for answer in answers] == [303, 303]
    assert (len(view.changes), len(letters)) == (1, 1)


async def test_two_events_with_the_same_words_are_both_called_off(
    staff: httpx.AsyncClient, worker_database: Database, tenant: Tenant
) -> None:
    events = [await make_event(worker_database, tenant) for _ in range(2)]
    for event in events:
        path = f"/staff/events/{event.id}/cancel"
        form = await open_form(staff, path, 'name="reason"') | {"reason": "台風のため"}
        assert (await staff.post(path, data=form)).status_code == 303
    states = {(await read(worker_database, tenant, event)).state for event in events}
    assert states == {EventState.CANCELLED}


async def test_a_mistaken_end_is_taken_back_and_whoever_came_blocks_the_rest(
    staff: httpx.AsyncClient, worker_database: Database, tenant: Tenant
) -> None:
    event = await coming.make_event_of_today(worker_database, tenant)
    path, before = f"/staff/events/{event.id}", (await read(worker_database, tenant, event)).state
    form = {"csrf": (await open_form(staff, path))["csrf"]}
    await staff.post(f"{path}/held", data=form)
    assert "終了を取り消す" in (await staff.get(path)).text
    assert 'name="reason"' in (await staff.get(f"{path}/cancel")).text
    answer = await staff.post(f"{path}/reopened", data=form)
    assert (answer.status_code, answer.headers["location"]) == (303, f"{path}?done=reopened")
    assert (await read(worker_database, tenant, event)).state is before
    await coming.do(worker_database, tenant, check_in.walk_in, event_id=event.id, draft=registration_draft())
    await staff.post(f"{path}/held", data=form)
    page = (await staff.get(f"{path}/cancel")).text
    assert ('name="reason"' in page, "受付・参加の記録か開催報告がある" in page) == (False, True)
