"""An event that moves takes its programme, its registration and everybody's calendar along."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from shared.events import service
from shared.events.drafts import checked_event
from shared.events.models import EventState
from shared.events.service import SessionDraft
from shared.events.views import Phase
from shared.kit import clock
from shared.kit.database.session import Database
from shared.kit.refusals import Refusal, Refusals
from shared.tenants.models import Tenant
from tests.factories.content import EDITOR
from tests.factories.events import event_draft, make_event
from tests.factories.tenants import make_tenant
from tests.shared.events.test_events import read, update

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
STARTS = datetime(2027, 10, 8, 13, 30, tzinfo=clock.JST)
PARTS = (
    SessionDraft(title="話を聞く", starts_at=STARTS + HOUR / 6),
    SessionDraft(title="話し合う", starts_at=STARTS + DAY),
    SessionDraft(title="閉会"),
)


@pytest.fixture
async def tenant(worker_database: Database) -> Tenant:
    return await make_tenant(worker_database)


async def postpone(database: Database, tenant: Tenant, event: Any, **how: Any) -> Any:
    async with database.write(tenant.id) as session:
        return await service.postpone_event(session, actor=EDITOR, event_id=event.id, reason="講師の都合", **how)


async def test_the_programme_moves_with_the_event(web_database: Database, tenant: Tenant) -> None:
    event = await make_event(web_database, tenant, sessions=PARTS, starts_at=STARTS, ends_at=STARTS + 2 * DAY)
    await postpone(web_database, tenant, event, starts_at=STARTS + 7 * DAY + HOUR, ends_at=STARTS + 9 * DAY)
    view = await read(web_database, tenant, event)
    assert [part.starts_at for part in view.sessions] == [
        STARTS + 7 * DAY + HOUR + HOUR / 6,
        STARTS + 8 * DAY + HOUR,
        None,
    ]


async def test_another_day_in_the_form_moves_the_parts_by_whole_days(web_database: Database, tenant: Tenant) -> None:
    event = await make_event(web_database, tenant, sessions=PARTS, starts_at=STARTS, ends_at=STARTS + 2 * DAY)
    await update(web_database, tenant, event, starts_at=STARTS + DAY + HOUR, ends_at=STARTS + 3 * DAY)
    view = await read(web_database, tenant, event)
    assert [part.starts_at for part in view.sessions] == [STARTS + DAY + HOUR / 6, STARTS + 2 * DAY, None]


async def test_an_earlier_day_is_not_called_later(web_database: Database, tenant: Tenant) -> None:
    event = await make_event(web_database, tenant, starts_at=STARTS, ends_at=None)
    await postpone(web_database, tenant, event, starts_at=STARTS - 7 * DAY)
    view = await read(web_database, tenant, event)
    assert view.changes[-1].summary == (
        "当初は令和9年（2027年）10月8日（金）13時30分〜の予定でしたが、令和9年（2027年）10月1日（金）13時30分〜に変わりました。"
        "理由：講師の都合"
    )


async def test_a_new_deadline_opens_registration_again(web_database: Database, tenant: Tenant) -> None:
    now = clock.now()
    event = await make_event(web_database, tenant, starts_at=now + DAY, ends_at=None, registration_deadline=now - HOUR)
    assert (event.state, (await read(web_database, tenant, event)).phase(now)) == (EventState.ANNOUNCED, Phase.CLOSED)
    await postpone(web_database, tenant, event, starts_at=now + 30 * DAY, registration_deadline=now + 20 * DAY)
    view = await read(web_database, tenant, event)
    assert (view.state, view.phase(now), view.registration_deadline) == (EventState.OPEN, Phase.OPEN, now + 20 * DAY)


@pytest.mark.parametrize(
    ("how", "field"),
    [
        ({"ends_at": STARTS + DAY}, "starts_at"),
        ({"registration_deadline": STARTS}, "starts_at"),
        ({"starts_at": STARTS + DAY, "ends_at": STARTS}, "ends_at"),
        ({"starts_at": STARTS - 60 * DAY}, "registration_deadline"),
        ({"starts_at": STARTS, "registration_deadline": STARTS + DAY}, "registration_deadline"),
    ],
)
async def test_hours_that_contradict_each_other_move_nothing(
    web_database: Database, tenant: Tenant, how: dict[str, datetime], field: str
) -> None:
    deadline = STARTS - 7 * DAY
    event = await make_event(web_database, tenant, starts_at=STARTS, ends_at=None, registration_deadline=deadline)
    with pytest.raises(Refusal) as refused:
        await postpone(web_database, tenant, event, **how)
    view = await read(web_database, tenant, event)
    assert (refused.value.field, view.starts_at, view.changes) == (field, STARTS, [])


@pytest.mark.parametrize(
    ("before", "change", "after"),
    [
        ({"registration_opens_at": DAY}, {"registration_opens_at": None}, EventState.OPEN),
        ({"registration_opens_at": DAY}, {"registration_opens_at": -DAY}, EventState.OPEN),
        ({"registration_deadline": -DAY}, {"registration_deadline": 5 * DAY}, EventState.OPEN),
        ({}, {"registration_opens_at": DAY}, EventState.ANNOUNCED),
        ({}, {"registration_deadline": -HOUR}, EventState.OPEN),
        ({"registration_opens_at": DAY}, {"title": "別の題"}, EventState.ANNOUNCED),
    ],
)
async def test_other_hours_of_registration_open_or_close_it_at_once(
    web_database: Database, tenant: Tenant, before: dict[str, Any], change: dict[str, Any], after: EventState
) -> None:
    now = clock.now()

    def moments(given: dict[str, Any]) -> dict[str, Any]:
        return {name: now + value if isinstance(value, timedelta) else value for name, value in given.items()}

    event = await make_event(web_database, tenant, starts_at=now + 30 * DAY, ends_at=None, **moments(before))
    assert (await update(web_database, tenant, event, **moments(change))).state is after


@pytest.mark.parametrize(
    ("fields", "problems"),
    [
        ({"ends_at": STARTS - HOUR}, ["ends_at"]),
        ({"registration_deadline": STARTS + 3 * HOUR}, ["registration_deadline"]),
        ({"all_day": True, "registration_deadline": STARTS + 3 * HOUR}, []),
        ({"all_day": True, "registration_deadline": STARTS + DAY}, ["registration_deadline"]),
        (
            {"registration_opens_at": STARTS - DAY, "registration_deadline": STARTS - 2 * DAY},
            ["registration_opens_at"],
        ),
        ({"registration_opens_at": STARTS + DAY}, ["registration_opens_at"]),
        ({"capacity": -1, "online_capacity": -1}, ["capacity", "online_capacity"]),
        ({"capacity": 0}, []),
    ],
)
def test_what_cannot_be_is_named_by_its_field(fields: dict[str, Any], problems: list[str]) -> None:
    draft = event_draft(starts_at=STARTS, **{"ends_at": STARTS + 2 * HOUR} | fields)
    found: list[str | None] = []
    try:
        checked_event(draft)
    except Refusals as refusals:
        found = [problem.field for problem in refusals.problems]
    assert found == problems
