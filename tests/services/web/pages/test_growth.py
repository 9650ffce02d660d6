"""参加団体のあゆみ: the curve with its tables, and any day's breakdown."""

from datetime import date

import pytest

from services.web.pages.public.growth_curve import curve
from services.web.site import Site
from shared.kit.database.session import Database
from shared.members.ledger import Change
from shared.tenants.models import Figure, Tenant
from shared.tenants.queries import FigureView
from tests.factories.members import make_member, make_organisation, make_platform
from tests.services.web.conftest import ClientFor

FOUNDING = date(2023, 2, 20)


@pytest.fixture
async def platform(worker_database: Database, site: Site) -> Tenant:
    tenant = await make_platform(worker_database)
    await site._reload_hosts()
    return tenant


async def test_the_curve_and_its_table_say_the_same(
    client_for: ClientFor, worker_database: Database, platform: Tenant
) -> None:
    await make_member(worker_database, platform, joined_on=FOUNDING, name="はじめの会")
    await make_organisation(worker_database, platform, joined_on=FOUNDING, left_on=date(2024, 3, 31), name="去った会")
    async with worker_database.write(platform.id) as session:
        session.add(Figure(name="参加団体数", value=2, unit="団体", as_of=FOUNDING, note="設立時", ordinal=1))
    page = await client_for(platform).get("/organisations/growth")
    assert page.status_code == 200
    for words in (
        "<svg",
        'role="img"',
        "令和5年（2023年）2月20日（月）",
        "令和6年（2024年）3月31日（日）",
        "設立時",
        "①",
    ):
        assert words in page.text
    assert ("style=" in page.text.split("<main")[1], "去った会" in page.text) == (False, False)


async def test_any_day_is_broken_down_in_both_calendars(
    client_for: ClientFor, worker_database: Database, platform: Tenant
) -> None:
    await make_member(worker_database, platform, joined_on=FOUNDING, fields=("childcare",))
    await make_member(worker_database, platform, joined_on=date(2024, 4, 26), fields=("disaster",))
    reader = client_for(platform)
    for day in ("as_of_year=令和５年&as_of_month=7&as_of_day=14", "as_of_year=2023&as_of_month=７&as_of_day=１４"):
        page = (await reader.get(f"/organisations/growth?{day}")).text
        told = page.split('id="day"')[1]
        assert "令和5年（2023年）7月14日（金）現在" in told
        assert ("子育て" in told, "防災" in told, "阿南市" in told, "団体" in told) == (True, False, True, True)
    before = (await reader.get("/organisations/growth?as_of_year=2020&as_of_month=1&as_of_day=1")).text
    assert "この日の台帳に、参加団体はありません" in before


@pytest.mark.parametrize("day", ["as_of_year=きのう", "as_of_year=2023&as_of_month=13&as_of_day=1", "as_of_month=2"])
async def test_a_day_that_is_none_is_refused_beside_its_field(
    client_for: ClientFor, worker_database: Database, platform: Tenant, day: str
) -> None:
    await make_member(worker_database, platform, joined_on=FOUNDING)
    answer = await client_for(platform).get(f"/organisations/growth?{day}")
    assert (answer.status_code, 'id="as_of-error"' in answer.text) == (422, True)


async def test_a_platform_without_members_says_so(client_for: ClientFor, platform: Tenant) -> None:
    answer = await client_for(platform).get("/organisations/growth")
    assert (answer.status_code, "まだ記録がありません" in answer.text) == (200, True)


def test_the_line_holds_each_number_until_the_next_change() -> None:
    first, last = date(2023, 1, 1), date(2023, 1, 11)
    figure = FigureView("参加団体数", 90, "団体", False, first, None, None)
    drawn = curve([Change(first, 90, 0, 90), Change(date(2023, 1, 6), 7, 1, 96)], [figure], {first: 90}, last)
    heights = [float(part[1:]) for part in drawn.path.split() if part.startswith("V")]
    assert [part[0] for part in drawn.path.split() if part[0].isalpha()] == list("MHVHVH")
    assert drawn.top < heights[1] < heights[0] < drawn.floor
    assert (drawn.marks[0].y, drawn.counts[0].words) == (heights[0], "0")


def test_one_member_of_today_can_be_drawn() -> None:
    today = date(2026, 1, 1)
    drawn = curve([Change(today, 1, 0, 1)], [], {}, today)
    assert (drawn.marks, drawn.counts[-1].words) == ([], "1")
