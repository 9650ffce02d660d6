"""The national platform holds what the symposium's record says."""

from datetime import date

import pytest

from shared.events.views import EventView
from shared.kit.database.session import Database
from shared.kit.settings import Settings
from tests.tenants.applied import Applied, apply_all


@pytest.fixture
async def national(worker_database: Database, web_database: Database, settings: Settings) -> Applied:
    await apply_all(worker_database, settings)
    return await Applied.of(web_database, "national")


@pytest.fixture
async def symposium(national: Applied) -> EventView:
    return next(event for event in await national.events() if event.title == "令和6年度第1回シンポジウム")


async def test_the_nation_stands_above_all(national: Applied) -> None:
    profile = await national.profile()
    assert (profile.id, profile.code, profile.parent) == (1, "000000", None)
    assert {"tokushima", "hyogo"} <= {child.slug for child in profile.children}
    assert len(profile.fields) == 21


async def test_registrations_and_views_are_two_measures(symposium: EventView) -> None:
    assert symposium.first_day == date(2024, 11, 6)
    assert symposium.online
    counted = [(measure.name, measure.value, measure.unit) for measure in symposium.measures]
    assert counted == [("事前登録者数", 884, "名"), ("当日視聴回数", 845, "回")]


async def test_three_parts_three_practices_and_a_panel(symposium: EventView) -> None:
    assert [(session.label, len(session.appearances)) for session in symposium.sessions] == [
        ("第1部", 1),
        ("第2部", 2),
        ("第3部 ①", 2),
        ("第3部 ②", 2),
        ("第3部 ③", 2),
        ("第3部 パネルディスカッション", 9),
    ]


async def test_everybody_on_the_panel_with_role_and_affiliation(symposium: EventView) -> None:
    panel = symposium.sessions[-1].appearances
    assert [(person.person_name, person.role_label) for person in panel] == [
        ("大西 連", "モデレーター"),
        ("吉田 建治", "コメンテーター"),
        ("田中 明美", "コメンテーター"),
        ("井澤 徹", "コメンテーター"),
        ("生駒 公洋", "コメンテーター"),
        ("佐藤 弥斗", "コメンテーター"),
        ("林 星一", "コメンテーター"),
        ("奥山 千鶴子", "コメンテーター"),
        ("永井 美佳", "コメンテーター"),
    ]
    assert panel[6].affiliation == "神奈川県座間市 福祉部参事兼地域福祉課長"
    assert symposium.sessions[0].appearances[0].affiliation == "内閣府 孤独・孤立対策推進室 参事官補佐"


async def test_four_topics_have_a_conclusion(symposium: EventView) -> None:
    assert [bool(topic.conclusion) for topic in symposium.topics] == [True] * 4


async def test_a_second_run_changes_no_platform(
    national: Applied, worker_database: Database, settings: Settings
) -> None:
    assert await apply_all(worker_database, settings) == 0
