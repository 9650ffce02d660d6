"""The ledger tells the truth of any day, whatever came and went."""

from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete

from shared.kit import clock
from shared.kit.database.session import Database
from shared.members import ledger, queries, versions
from shared.members.ledger import Dimension
from shared.members.models import Membership, Organisation, Source
from shared.tenants.models import Tenant
from tests.factories.members import STAFF, make_member, make_organisation, make_platform
from tests.factories.tenants import make_tenant

FIRST = date(2023, 2, 20)
DAYS = [FIRST + timedelta(days=each) for each in range(30)]

#: Per organisation the days on which it comes, goes, comes again …, in order; a stay may end on the day on which it begins.
histories = st.lists(st.lists(st.integers(0, 29), min_size=1, max_size=6).map(sorted), min_size=0, max_size=8)


def stays_of(days: list[int]) -> list[tuple[date, date | None]]:
    moments = [FIRST + timedelta(days=each) for each in days]
    return [(start, moments[place + 1] if place + 1 < len(moments) else None) for place, start in enumerate(moments)][
        ::2
    ]


def naive(history: list[list[int]], day: date) -> int:
    """An organisation is a member on `day` when the last thing that happened until then was its coming."""
    return sum(len([each for each in days if FIRST + timedelta(days=each) <= day]) % 2 for days in history)


@pytest.fixture
async def platform(worker_database: Database) -> Tenant:
    return await make_platform(worker_database)


@pytest.fixture(scope="module")
async def scratch(worker_database: Database) -> Tenant:
    return await make_tenant(worker_database)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(history=histories)
async def test_any_history_counts_as_a_naive_model_does(
    history: list[list[int]], scratch: Tenant, worker_database: Database
) -> None:
    async with worker_database.write(scratch.id) as session:
        now = clock.now()
        await session.execute(delete(Membership))
        await session.execute(delete(Organisation))
        for number, days in enumerate(history):
            organisation = Organisation(name=f"会{number}", created_at=now, updated_at=now)
            session.add(organisation)
            await session.flush()
            for start, end in stays_of(days):
                session.add(Membership(organisation_id=organisation.id, joined_on=start, left_on=end, created_at=now))
        await session.flush()
        told = await ledger.counts_on(session, DAYS)
        curve = await ledger.growth(session)
        whole = [(await queries.member_count(session, day)).count for day in DAYS]
    expected = [naive(history, day) for day in DAYS]
    assert [told[day] for day in DAYS] == expected == whole
    assert [next((each.count for each in reversed(curve) if each.day <= day), 0) for day in DAYS] == expected


async def test_counts_by_kind_add_up_and_carry_date_and_unit(worker_database: Database, platform: Tenant) -> None:
    await make_member(worker_database, platform, joined_on=FIRST, source="OPEN_CALL", fields=("childcare", "disaster"))
    await make_member(worker_database, platform, joined_on=FIRST, source="", fields=("disaster",))
    await make_organisation(worker_database, platform, joined_on=FIRST, left_on=DAYS[5], name="去った会")
    await make_organisation(worker_database, platform, joined_on=DAYS[9], name="のちの会")
    async with worker_database.read(platform.id) as session:
        told = await ledger.breakdown(session, DAYS[4])
    assert (told.count, told.as_of, told.unit) == (3, DAYS[4], "団体")
    assert [(part.value, part.name, part.group, part.count) for part in told.categories] == [
        ("npo", "NPO法人", "民間団体", 2),
        ("", "区分の記録なし", None, 1),
    ]
    assert [(part.name, part.count) for part in told.fields] == [("子育て", 1), ("防災", 2), ("分野の記録なし", 1)]
    assert [(part.name, part.count) for part in told.municipalities] == [("阿南市", 2), ("市町村の記録なし・非公開", 1)]
    assert [(part.value, part.count) for part in told.sources] == [(Source.OPEN_CALL, 1), ("", 2)]
    assert {(part.as_of, part.unit) for part in told.by(Dimension.SOURCE)} == {(DAYS[4], "団体")}


async def test_an_organisation_counts_as_what_it_was_on_that_day(worker_database: Database, platform: Tenant) -> None:
    organisation_id = await make_member(worker_database, platform, joined_on=FIRST, fields=("childcare",))
    async with worker_database.write(platform.id) as session:
        changes = {"fields": ("disaster",), "category": "private", "municipality_code": ""}
        await versions.change(session, organisation_id, changes, actor=STAFF)
        yesterday, today = clock.today() - timedelta(days=1), clock.today()
        before, after = await ledger.breakdown(session, yesterday), await ledger.breakdown(session, today)
    kinds = [[told.categories[0].value, told.fields[0].value, told.municipalities[0].value] for told in (before, after)]
    assert kinds == [["npo", "childcare", "362042"], ["private", "disaster", ""]]


async def test_where_a_shelter_is_is_counted_nowhere(worker_database: Database, platform: Tenant) -> None:
    await make_organisation(
        worker_database,
        platform,
        joined_on=FIRST,
        name="隠れ家",
        municipality_code="362042",
        address_confidential=True,
        address_confidential_reason="シェルター",
    )
    async with worker_database.read(platform.id) as session:
        parts = await ledger.member_counts(session, FIRST, Dimension.MUNICIPALITY)
    assert [(part.value, part.count) for part in parts] == [("", 1)]


async def test_two_changes_on_one_day_leave_the_days_before_alone(worker_database: Database, platform: Tenant) -> None:
    organisation_id = await make_member(worker_database, platform, joined_on=FIRST, fields=("childcare",))
    for fields in (("disaster",), ()):
        async with worker_database.write(platform.id) as session:
            await versions.change(session, organisation_id, {"fields": fields}, actor=STAFF)
    async with worker_database.read(platform.id) as session:
        [part] = await ledger.member_counts(session, FIRST, Dimension.FIELD)
    assert part.value == "childcare"


async def test_each_answer_is_one_statement(worker_database: Database, platform: Tenant) -> None:
    async with worker_database.read(platform.id) as session:
        assert (await ledger.breakdown(session)).count == 0
        assert await ledger.growth(session) == []
        assert await ledger.counts_on(session, []) == {}


async def test_another_platform_counts_its_own(worker_database: Database, platform: Tenant) -> None:
    await make_member(worker_database, platform, joined_on=FIRST)
    other = await make_platform(worker_database)
    async with worker_database.read(other.id) as session:
        told = await ledger.breakdown(session)
    assert (told.count, told.categories, told.sources) == (0, [], [])
