"""The ledger of the applied files holds the numbers that the documents state, on their dates."""

import time
from datetime import date, timedelta

import pytest
from sqlalchemy import select

from shared.events import stated_counts
from shared.kit.database.session import Database
from shared.kit.settings import Settings
from shared.members import ledger
from shared.members.ledger import Breakdown
from shared.members.models import Source
from shared.tenants.models import Tenant, TenantState
from tests.tenants.applied import Applied, apply_all

FOUNDING, JULY, APRIL, JOINT_MEETING = date(2023, 2, 20), date(2023, 7, 14), date(2024, 4, 26), date(2024, 5, 15)


@pytest.fixture
async def tokushima(worker_database: Database, web_database: Database, settings: Settings) -> Applied:
    await apply_all(worker_database, settings)
    return await Applied.of(web_database, "tokushima")


async def on(database: Database, day: date) -> Breakdown:
    async with database.read(None) as session:
        tenant_id = (await session.execute(select(Tenant.id).where(Tenant.slug == "tokushima"))).scalar_one()
    async with database.read(tenant_id) as session:
        return await ledger.breakdown(session, day)


@pytest.mark.usefixtures("tokushima")
async def test_the_numbers_of_the_documents_on_their_dates(web_database: Database) -> None:
    days = [FOUNDING - timedelta(days=1), FOUNDING, JULY, APRIL, JOINT_MEETING]
    assert [(await on(web_database, day)).count for day in days] == [0, 90, 95, 97, 97]


@pytest.mark.usefixtures("tokushima")
async def test_how_the_ninety_came_together(web_database: Database) -> None:
    founding = await on(web_database, FOUNDING)
    councils = [part.count for part in founding.categories if part.value == "welfare-council"]
    called = [part.count for part in founding.sources if part.value == Source.OPEN_CALL]
    assert (councils, called) == ([25], [65])
    assert sum(part.count for part in founding.categories) == 90
    assert len([part for part in founding.municipalities if part.value]) == 24


async def test_directory_and_ledger_tell_the_same_number(tokushima: Applied) -> None:
    organisations = await tokushima.organisations()
    assert len(organisations) == 97
    assert len({each.name for each in organisations}) == len({each.summary for each in organisations}) == 97
    named = sorted(each.name for each in organisations if not each.demo)
    assert len(named) == 6


@pytest.mark.usefixtures("tokushima")
async def test_no_platform_states_a_number_that_its_ledger_denies(worker_database: Database) -> None:
    async with worker_database.read(None) as session:
        live = select(Tenant.id, Tenant.slug).where(Tenant.state == TenantState.LIVE, Tenant.digest.is_not(None))
        tenants = (await session.execute(live)).all()
    for tenant in tenants:
        async with worker_database.read(tenant.id) as session:
            assert await stated_counts.disagreements(session) == [], tenant.slug


async def test_the_ledger_is_quick_to_apply(tokushima: Applied, worker_database: Database, settings: Settings) -> None:
    begun = time.perf_counter()
    assert await apply_all(worker_database, settings) == 0
    assert time.perf_counter() - begun < 5
