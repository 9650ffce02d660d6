"""A letter says how its reader stands, and promises only what the page will do."""

from datetime import timedelta
from typing import Any

import msgspec
import pytest

from shared.events import service as events
from shared.events.models import Event
from shared.events.registrations import service
from shared.events.registrations.drafts import RegistrationDraft
from shared.identity.policy import ANONYMOUS
from shared.kit import clock
from shared.kit.database.session import Database
from shared.kit.settings import Settings
from shared.tenants.models import Tenant
from tests.factories.content import EDITOR
from tests.factories.events import event_draft, make_event
from tests.factories.members import settle
from tests.factories.registrations import SECRETARIAT, make_registration
from tests.factories.tenants import make_tenant


@pytest.fixture
async def tenant(worker_database: Database) -> Tenant:
    return await make_tenant(worker_database)


async def _edit(database: Database, tenant: Tenant, event: Event, **fields: Any) -> None:
    values = {"title": event.title, "starts_at": event.starts_at, "capacity": event.capacity, "party_limit": 5}
    async with database.write(tenant.id) as session:
        await events.update_event(session, actor=EDITOR, event_id=event.id, draft=event_draft(**values | fields))


async def _two_who_stand_differently(database: Database, tenant: Tenant) -> Event:
    event = await make_event(database, tenant, capacity=1)
    for name in ("seated", "first", "second"):
        await make_registration(database, tenant, event.id, email=f"{name}@example.jp")
    return event


_STANDINGS = {
    "seated@example.jp": "いまの状況は「参加確定」",
    "first@example.jp": "いまの状況は「キャンセル待ち（1番目）」",
    "second@example.jp": "いまの状況は「キャンセル待ち（2番目）」",
}


async def test_news_of_the_event_say_who_has_a_seat_and_who_waits(
    settings: Settings, worker_database: Database, tenant: Tenant
) -> None:
    event = await _two_who_stand_differently(worker_database, tenant)
    await settle(settings, tenant)
    await _edit(worker_database, tenant, event, venue="別の会場")
    told = {letter.to_email: letter.body for letter in await settle(settings, tenant)}
    assert {who: _STANDINGS[who] in body for who, body in told.items()} == dict.fromkeys(_STANDINGS, True)


async def test_a_change_of_ones_own_says_it_too(settings: Settings, worker_database: Database, tenant: Tenant) -> None:
    event = await make_event(worker_database, tenant, capacity=1)
    people = [
        await make_registration(worker_database, tenant, event.id, email=f"{name}@example.jp")
        for name in ("seated", "first", "second")
    ]
    await settle(settings, tenant)
    for each in people:
        kept = RegistrationDraft(**{name: getattr(each, name) for name in RegistrationDraft.__struct_fields__})
        draft = msgspec.structs.replace(kept, name="改めた 名")
        async with worker_database.write(tenant.id) as session:
            await service.change(session, actor=ANONYMOUS, registration_id=each.id, draft=draft)
    told = {letter.to_email: letter.body for letter in await settle(settings, tenant)}
    assert {who: _STANDINGS[who] in body for who, body in told.items()} == dict.fromkeys(_STANDINGS, True)


@pytest.mark.parametrize(
    ("closed", "line"),
    [
        (False, "人数を減らせば参加できることもあります。人数は、次のページから変えられます。"),
        (
            True,
            "人数を減らせば参加できることもあります。いまは受付期間の外のため、人数の変更は問い合わせ先（088-621-2179）で"
            "お受けします。順番の確認と取消は、次のページからできます。",
        ),
    ],
)
async def test_a_group_learns_where_it_can_be_made_smaller(
    settings: Settings, worker_database: Database, tenant: Tenant, closed: bool, line: str
) -> None:
    event = await make_event(worker_database, tenant, capacity=2, party_limit=5)
    leaving = await make_registration(worker_database, tenant, event.id)
    await make_registration(worker_database, tenant, event.id)
    await make_registration(worker_database, tenant, event.id, party_size=3, email="group@example.jp")
    await make_registration(worker_database, tenant, event.id)
    if closed:
        deadline = clock.now() - timedelta(hours=1)
        await _edit(worker_database, tenant, event, registration_deadline=deadline, contact_phone="088-621-2179")
    await settle(settings, tenant)
    async with worker_database.write(tenant.id) as session:
        await service.cancel(session, actor=SECRETARIAT, registration_id=leaving.id)
    [body] = [each.body for each in await settle(settings, tenant) if each.to_email == "group@example.jp"]
    assert [each for each in body.splitlines() if each.startswith("人数を減らせば")] == [line]
