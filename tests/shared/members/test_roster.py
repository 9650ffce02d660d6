"""The secretariat's list: everybody, filtered, sorted and counted; nothing of it is hidden."""

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import update

from shared.kit import clock
from shared.kit.database.session import Database
from shared.members.filters import Wanted
from shared.members.models import Organisation
from shared.members.roster import Freshness, Order, Show, Standing, roster, whole
from shared.tenants.models import Tenant
from tests.factories.members import HIDDEN_PHONE, make_member, make_organisation, make_platform

OLD, FOUNDING = date(2021, 5, 1), date(2023, 2, 20)


@pytest.fixture
async def platform(worker_database: Database) -> Tenant:
    """あおば (member, stale), いずみ (member, confirmed today), うみ (left), えき (next month), おか (no date)."""
    tenant = await make_platform(worker_database)
    await make_member(worker_database, tenant, name="あおばの会", kana="アオバノカイ", joined_on=FOUNDING)
    await make_member(
        worker_database,
        tenant,
        name="いずみの会",
        kana="イズミノカイ",
        joined_on=OLD,
        fields=("disaster",),
        phone="088-700-0001",
    )
    today = clock.today()
    for name, kana, joined_on, left_on in (
        ("うみの会", "ウミノカイ", OLD, today),
        ("えきの会", "エキノカイ", today + timedelta(days=30), None),
        ("おかの会", "オカノカイ", None, None),
    ):
        await make_organisation(worker_database, tenant, name=name, kana=kana, joined_on=joined_on, left_on=left_on)
    async with worker_database.write(tenant.id) as session:
        await session.execute(
            update(Organisation)
            .where(Organisation.name == "あおばの会")
            .values(created_at=clock.now() - timedelta(days=401))
        )
        await session.execute(update(Organisation).where(Organisation.name == "いずみの会").values(confirmed_on=today))
    return tenant


async def names(database: Database, tenant: Tenant, wanted: Wanted | None = None, **choices: Any) -> list[str]:
    async with database.read(tenant.id) as session:
        return [each.name[:2] for each in (await roster(session, wanted, **choices)).items]


async def test_it_begins_with_those_that_the_directory_lists(worker_database: Database, platform: Tenant) -> None:
    assert await names(worker_database, platform) == ["あお", "いず", "おか"]


@pytest.mark.parametrize(
    ("show", "found"),
    [
        (Show.LATER, ["えき"]),
        (Show.LEFT, ["うみ"]),
        (Show.UNDATED, ["おか"]),
        (Show.ALL, ["あお", "いず", "うみ", "えき", "おか"]),
    ],
)
async def test_standing_is_a_filter(worker_database: Database, platform: Tenant, show: Show, found: list[str]) -> None:
    assert await names(worker_database, platform, show=show) == found


@pytest.mark.parametrize(
    ("freshness", "found"),
    [
        (Freshness.STALE, ["あお"]),
        (Freshness.FRESH, ["いず", "うみ", "えき", "おか"]),
        (Freshness.NEVER, ["あお", "うみ", "えき", "おか"]),
    ],
)
async def test_confirmation_is_a_filter(
    worker_database: Database, platform: Tenant, freshness: Freshness, found: list[str]
) -> None:
    assert await names(worker_database, platform, show=Show.ALL, freshness=freshness) == found


@pytest.mark.parametrize(
    ("order", "found"),
    [
        (Order.KANA, ["あお", "いず", "おか"]),
        (Order.KANA_BACK, ["おか", "いず", "あお"]),
        (Order.JOINED, ["あお", "いず", "おか"]),
        (Order.JOINED_BACK, ["いず", "あお", "おか"]),
        (Order.CONFIRMED, ["あお", "おか", "いず"]),
        (Order.CONFIRMED_BACK, ["いず", "あお", "おか"]),
    ],
)
async def test_it_is_sorted_as_asked(
    worker_database: Database, platform: Tenant, order: Order, found: list[str]
) -> None:
    assert await names(worker_database, platform, order=order) == found


async def test_filters_work_together_and_each_option_says_what_it_would_find(
    worker_database: Database, platform: Tenant
) -> None:
    async with worker_database.read(platform.id) as session:
        found = await roster(session, Wanted(fields=["disaster"]), show=Show.ALL)
    assert [each.name for each in found.items] == ["いずみの会"]
    assert {facet.value: facet.count for facet in found.fields} == {"childcare": 1, "disaster": 1}
    assert found.shows == {Show.ALL: 1, Show.MEMBERS: 1, Show.LATER: 0, Show.LEFT: 0, Show.UNDATED: 0}
    assert found.freshness == {Freshness.FRESH: 1, Freshness.STALE: 0, Freshness.NEVER: 0}


async def test_a_number_on_the_telephone_finds_its_organisation(worker_database: Database, platform: Tenant) -> None:
    for typed in ("088-700-0001", "0887000001", "イズミ", "ｲｽﾞﾐ", "いずみ"):
        assert await names(worker_database, platform, Wanted(search=typed)) == ["いず"], typed
    assert await names(worker_database, platform, Wanted(search="うみの会"), show=Show.ALL) == ["うみ"]


async def test_the_whole_list_is_the_same_list_with_what_only_the_desk_sees(
    worker_database: Database, platform: Tenant
) -> None:
    async with worker_database.read(platform.id) as session:
        lines = await whole(session, show=Show.ALL, order=Order.KANA_BACK)
    assert [each.standing for each in lines] == [
        Standing.UNDATED,
        Standing.LATER,
        Standing.LEFT,
        Standing.CURRENT,
        Standing.CURRENT,
    ]
    assert (lines[-1].phone, lines[2].left_on) == (HIDDEN_PHONE, clock.today())


async def test_pages_follow_each_other(worker_database: Database, platform: Tenant) -> None:
    pages = [await names(worker_database, platform, first=2, offset=offset) for offset in (0, 2, 4)]
    assert pages == [["あお", "いず"], ["おか"], []]


async def test_a_platform_sees_its_own_organisations_alone(worker_database: Database, platform: Tenant) -> None:
    elsewhere = await make_platform(worker_database)
    assert await names(worker_database, elsewhere, show=Show.ALL) == []
