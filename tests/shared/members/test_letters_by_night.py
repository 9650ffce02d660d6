"""夜間: what an organisation has not asked for waits until seven in the morning."""

from datetime import datetime, timedelta

import pytest
import time_machine

from shared.kit import clock
from shared.kit.database.session import Database
from shared.kit.settings import Settings
from shared.members import freshness
from shared.members.umbrella import service as umbrellas
from shared.tenants.models import Tenant
from tests.factories.members import make_application, make_member, make_organisation, make_platform, settle
from tests.factories.name_use import DECIDER

NIGHT = datetime(2027, 1, 12, 22, tzinfo=clock.JST)
MORNING = NIGHT.replace(day=13, hour=7)


@pytest.fixture
async def platform(worker_database: Database) -> Tenant:
    return await make_platform(worker_database)


async def test_a_notice_that_is_passed_on_waits_and_a_receipt_does_not(
    settings: Settings, worker_database: Database, platform: Tenant
) -> None:
    network = await make_member(worker_database, platform)
    await settle(settings, platform)
    with time_machine.travel(NIGHT, tick=False):
        async with worker_database.write(platform.id) as session:
            await umbrellas.register_child(
                session, actor=DECIDER, parent_id=network, name="小さな家", email="child@home.example"
            )
            await umbrellas.request_relay(
                session, actor=DECIDER, organisation_id=network, subject="お米があります", body="ご連絡ください。"
            )
        await make_application(worker_database, platform, email="who@applies.example")
        waits = {each.to_email: each.run_at == MORNING for each in await settle(settings, platform)}
    assert waits == {"child@home.example": True, "who@applies.example": False, "desk@pref.example": True}


async def test_the_yearly_request_to_confirm_waits(
    settings: Settings, worker_database: Database, platform: Tenant
) -> None:
    with time_machine.travel(NIGHT, tick=False):
        joined = clock.today() - timedelta(days=800)
        await make_organisation(
            worker_database,
            platform,
            name="つなぐ会",
            email="old@member.example",
            joined_on=joined,
            confirmed_on=joined,
        )
        async with worker_database.write(platform.id) as session:
            await freshness.ask_for_confirmation(session)
        letters = await settle(settings, platform)
    assert [(each.to_email, each.run_at) for each in letters] == [("old@member.example", MORNING)]
