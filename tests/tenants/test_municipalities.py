"""Anan, Komatsushima and Kamiyama hold what the report on the pilot says of them, and mark everything else as a demonstration."""

from collections import Counter
from datetime import date

import pytest

from shared.events.models import EventKind
from shared.events.views import EventView
from shared.kit.database.session import Database
from shared.kit.settings import Settings
from tests.tenants.applied import Applied, apply_all

TOWNS = {"anan": "362042", "komatsushima": "362034", "kamiyama": "363421"}
LAST_DAY_OF_THE_PILOT = date(2023, 2, 28)

#: Day, kind, parts.
VISITS = {
    "anan": [
        (date(2022, 12, 12), EventKind.MEETING, ["ヒアリングによる課題把握", "担当課との意見交換"]),
        (date(2023, 2, 16), EventKind.MEETING, ["打ち合わせ"]),
        (date(2023, 2, 21), EventKind.WORKSHOP, ["関係者ワークショップ"]),
        (date(2023, 2, 27), EventKind.MEETING, ["今後の検討課題についての意見交換"]),
    ],
    "komatsushima": [
        (date(2022, 12, 1), EventKind.MEETING, ["ヒアリングによる課題把握"]),
        (date(2023, 1, 24), EventKind.WORKSHOP, ["関係者ワークショップ"]),
    ],
    "kamiyama": [
        (date(2023, 1, 19), EventKind.SEMINAR, ["重層的支援体制整備事業の勉強会", "意見交換"]),
    ],
}


@pytest.fixture
async def towns(worker_database: Database, web_database: Database, settings: Settings) -> dict[str, Applied]:
    await apply_all(worker_database, settings)
    return {slug: await Applied.of(web_database, slug) for slug in TOWNS}


async def _visits(town: Applied) -> list[EventView]:
    return [event for event in await town.events() if event.first_day <= LAST_DAY_OF_THE_PILOT]


@pytest.mark.parametrize("slug", TOWNS)
async def test_stands_under_tokushima_with_its_code(towns: dict[str, Applied], slug: str) -> None:
    profile = await towns[slug].profile()
    assert profile.code == TOWNS[slug]
    assert profile.parent is not None
    assert profile.parent.slug == "tokushima"


@pytest.mark.parametrize("slug", TOWNS)
async def test_tells_its_accompaniment_visit_by_visit(towns: dict[str, Applied], slug: str) -> None:
    told = [
        (visit.first_day, visit.kind, [part.title for part in visit.sessions]) for visit in await _visits(towns[slug])
    ]
    assert told == VISITS[slug]


async def test_seven_visits_in_all_numbered_as_in_the_report(towns: dict[str, Applied]) -> None:
    titles = {slug: [visit.title for visit in await _visits(town)] for slug, town in towns.items()}
    assert {slug: len(found) for slug, found in titles.items()} == {"anan": 4, "komatsushima": 2, "kamiyama": 1}
    numbers = [title.removeprefix("伴走支援")[0] for found in titles.values() for title in found]
    assert numbers == ["①", "②", "③", "④", "①", "②", "①"]


@pytest.mark.parametrize("slug", TOWNS)
async def test_shows_the_number_of_visits_with_its_date(towns: dict[str, Applied], slug: str) -> None:
    (figure,) = (await towns[slug].profile()).figures
    last_day = VISITS[slug][-1][0]
    assert (figure.name, figure.value, figure.unit, figure.as_of) == (
        "伴走支援の回数",
        len(VISITS[slug]),
        "回",
        last_day,
    )


async def test_anan_s_workshop_names_who_came(towns: dict[str, Applied]) -> None:
    workshop = (await _visits(towns["anan"]))[2]
    assert workshop.audience == "市の3課、保健所、社会福祉協議会、その他の支援関係者"
    assert [(measure.value, measure.unit) for measure in workshop.measures] == [(3, "課")]


async def test_komatsushima_s_first_task_is_cooperation_inside_the_city_hall(towns: dict[str, Applied]) -> None:
    hearing, workshop = await _visits(towns["komatsushima"])
    assert hearing.sessions[0].body == "庁内連携を優先課題と特定"
    assert workshop.sessions[0].body == "支援現場の事例に基づくディスカッション"


async def test_kamiyama_s_seminar_was_for_the_staff_and_their_heads(towns: dict[str, Applied]) -> None:
    (seminar,) = await _visits(towns["kamiyama"])
    assert seminar.audience == "神山町の職員（幹部を含む）"


@pytest.mark.parametrize(
    ("slug", "stage"),
    [
        ("anan", "積極的に検討している段階"),
        ("komatsushima", "検討しているところ"),
        ("kamiyama", "検討している段階"),
    ],
)
async def test_says_how_far_it_was_with_the_support_programme(towns: dict[str, Applied], slug: str, stage: str) -> None:
    (plan,) = [item for item in (await towns[slug].profile()).items if item.kind == "PLAN"]
    assert plan.title == "重層的支援体制整備事業"
    assert stage in (plan.body or "")


@pytest.mark.parametrize("slug", ["anan", "komatsushima"])
async def test_the_workshop_s_picture_has_words_and_a_caption(towns: dict[str, Applied], slug: str) -> None:
    (photo,) = [photo for visit in await _visits(towns[slug]) for photo in visit.photos]
    assert photo.media.alt
    assert "ワークショップ" in (photo.media.caption or "")


async def test_the_anonymous_city_of_the_report_stays_anonymous(towns: dict[str, Applied]) -> None:
    """The report quotes participants of a city A. No town may seem to be it."""
    for town in towns.values():
        words = [news.body for news in await town.news()]
        words += [f"{event.description} {event.report and event.report.body}" for event in await town.events()]
        assert [text for text in words if "知らない" in text] == []


@pytest.mark.parametrize("slug", TOWNS)
async def test_what_is_invented_says_so(towns: dict[str, Applied], slug: str) -> None:
    town = towns[slug]
    profile = await town.profile()
    later = [event for event in await town.events() if event.first_day > LAST_DAY_OF_THE_PILOT]
    assert profile.name.endswith("（デモ）")
    assert (profile.slogan or "").endswith("（案）")
    assert [event.title.startswith("【デモ】") for event in later] == [True, True]
    assert {(one.demo, one.name.startswith("【デモ】")) for one in await town.organisations()} == {(True, True)}
    assert [(contact.phone, (contact.email or "").endswith("@example.jp")) for contact in profile.contacts] == [
        (None, True)
    ]


@pytest.mark.parametrize("slug", TOWNS)
async def test_has_its_standing_pages_in_both_kinds_of_japanese(towns: dict[str, Applied], slug: str) -> None:
    pages = [page for page in await towns[slug].pages("privacy", "accessibility") if page and page.body_easy]
    assert [page.title for page in pages] == ["個人情報の取り扱い", "アクセシビリティ方針"]


async def test_no_town_borrows_another_s_words(towns: dict[str, Applied]) -> None:
    profiles = [await town.profile() for town in towns.values()]
    words = Counter(
        text
        for profile in profiles
        for text in (
            profile.slogan,
            profile.vision,
            profile.lead,
            profile.charter and profile.charter.body,
            profile.help_line and profile.help_line["body"],
            *(item.body for item in profile.items),
        )
        if text
    )
    assert [text for text, count in words.items() if count > 1] == []


async def test_colours_and_motifs_differ(towns: dict[str, Applied]) -> None:
    themes = [(await town.profile()).theme for town in towns.values()]
    for name in ("key", "accent", "motif"):
        assert len({theme[name] for theme in themes}) == len(TOWNS)
