"""Hyogo's platform holds what its document says: names and lists word for word, in the document's order."""

from collections.abc import AsyncIterator

import pytest

from shared.kit.database.session import Database
from shared.kit.settings import Settings
from shared.tenants.queries import CategoryView, Item, Profile
from tests.tenants.applied import Applied, apply_all

FIELDS = (
    "教育 地域共生社会 人権啓発 参画協働 地域振興 生活困窮 犯罪被害者 性的マイノリティ 多文化共生 防災 生涯学習 "
    "子育て 介護 障害 経済・就労 青少年 ボランティア フードバンク NPO支援 ひきこもり 住宅"
)

#: Name, whether the list below it closes with 等, and what stands below it.
CATEGORIES = [
    (
        "地方公共団体",
        False,
        [
            (
                "兵庫県",
                True,
                [
                    ("福祉全般", False, []),
                    ("教育", False, []),
                    ("県民生活", False, []),
                    ("地域振興", False, []),
                    ("経済・就労", False, []),
                    ("まちづくり", False, []),
                    ("防災", False, []),
                    ("警察・消防", False, []),
                ],
            ),
            ("県内市町", False, []),
        ],
    ),
    (
        "当事者支援を行う民間団体",
        True,
        [
            ("社会福祉協議会", False, []),
            ("社会福祉法人", False, []),
            ("ほっとかへんネット", False, []),
            ("NPO", False, []),
            ("社団法人、財団法人", False, []),
            ("職能団体", False, []),
            ("保健・医療・福祉の専門機関", False, []),
            ("当事者支援グループ", False, []),
        ],
    ),
    (
        "その他関係団体",
        True,
        [
            ("生協", False, []),
            ("農協", False, []),
            ("漁協", False, []),
            ("労働者協同組合", False, []),
            (
                "様々な分野の市民活動団体",
                True,
                [("スポーツクラブ", False, []), ("文化芸術サークル", False, []), ("環境保全NPO", False, [])],
            ),
        ],
    ),
    (
        "民間企業",
        True,
        [
            ("地域企業", False, []),
            ("商店街", False, []),
            ("商工会", False, []),
            ("企業同友会", False, []),
        ],
    ),
    ("地域活動団体・支援者", True, [("民生・児童委員", False, []), ("ボランティア", False, [])]),
]

PILLARS = [
    (
        "I",
        "多分野×異業種による「つながりづくり」の活用・連携",
        ["多種多様な団体への県PF参画呼びかけ", "先進事例発表・情報交換会の開催"],
    ),
    (
        "II",
        "防ごう・呼ぼう",
        ["各分野の「つながりづくり」活動に関する情報発信", "県PFキックオフイベント等での普及啓発"],
    ),
    (
        "III",
        "支援者支援と担い手インキュベーション",
        ["支援者向け多職種合同研修の開催", "地域づくり活動の次世代リーダーの発掘・育成"],
    ),
]


@pytest.fixture
async def hyogo(worker_database: Database, web_database: Database, settings: Settings) -> AsyncIterator[Applied]:
    await apply_all(worker_database, settings)
    yield await Applied.of(web_database, "hyogo")


@pytest.fixture
async def profile(hyogo: Applied) -> Profile:
    return await hyogo.profile()


def _tree(categories: list[CategoryView], parent: object = None) -> list[tuple[str, bool, list[object]]]:
    return [
        (one.name, one.open_ended, list(_tree(categories, one.id))) for one in categories if one.parent_id == parent
    ]


def _points(items: list[Item]) -> list[int]:
    return [len(item.points) for item in items]


async def test_is_the_prefecture_s_platform_under_the_nation(profile: Profile) -> None:
    assert profile.code == "280003"
    assert profile.name == "兵庫県版孤独・孤立対策官民連携プラットフォーム"
    assert profile.parent is not None
    assert profile.parent.slug == "national"


async def test_keeps_both_spellings_of_the_slogan(profile: Profile) -> None:
    assert profile.slogan == "すべての人に居場所がある、兵庫へ"
    assert f"～{profile.slogan}～" in profile.aliases


async def test_lists_the_21_fields_in_order_and_says_that_the_list_is_open(profile: Profile) -> None:
    assert [field.name for field in profile.fields] == FIELDS.split()
    assert len(profile.fields) == 21
    assert profile.fields_open


async def test_every_field_has_a_place_in_the_nation_s_list(profile: Profile) -> None:
    assert [field.slug for field in profile.fields if field.national_slug is None] == []


async def test_keeps_the_categories_as_a_tree_with_their_open_lists(profile: Profile) -> None:
    assert _tree(profile.categories) == CATEGORIES


async def test_says_what_companies_are_asked_for(profile: Profile) -> None:
    notes = [category.note for category in profile.categories if category.name == "民間企業"]
    assert notes == ["資金、活動の場所、働く場で力を貸し、地域の課題を一緒に解いていく"]


async def test_stands_on_three_pillars_with_two_initiatives_each(profile: Profile) -> None:
    assert [(pillar.label, pillar.title, pillar.points) for pillar in profile.pillars] == PILLARS
    assert all(pillar.body for pillar in profile.pillars)


async def test_looks_from_three_viewpoints_whose_numbers_are_kept(profile: Profile) -> None:
    assert [(view.label, view.title) for view in profile.viewpoints] == [
        ("①", "あらゆる分野の「つながりづくり」を活用"),
        ("②", "重症化を防ぐための取組"),
        ("③", "支援関係者への支援・住民参画による担い手確保"),
    ]
    assert _points(profile.viewpoints) == [2, 2, 3]


@pytest.mark.parametrize("example", ["雑談相手", "応援してくれる人", "行きつけの場所", "趣味の仲間によるサークル"])
async def test_names_the_examples_of_everyday_ties(profile: Profile, example: str) -> None:
    assert example in profile.viewpoints[1].points[0]


async def test_has_three_functions_of_two_two_and_three_points(profile: Profile) -> None:
    assert [function.title for function in profile.functions] == [
        "連携を推進する基盤づくり",
        "支援に関する情報の共有・発信",
        "支援者支援・普及啓発",
    ]
    assert _points(profile.functions) == [2, 2, 3]


async def test_gives_four_reasons_and_then_the_founding(profile: Profile) -> None:
    assert [purpose.label for purpose in profile.purposes] == [None, None, None, None, "設置"]


async def test_invents_no_day_of_founding(profile: Profile) -> None:
    assert profile.founded_on is None


async def test_what_is_invented_says_so(hyogo: Applied) -> None:
    assert [event.title for event in await hyogo.events()] == [
        "【デモ】先進事例発表・情報交換会",
        "【デモ】支援者向け多職種合同研修",
    ]
    organisations = await hyogo.organisations()
    assert {(one.demo, one.name.startswith("【デモ】")) for one in organisations} == {(True, True)}
    assert {item.title.startswith("【デモ】") for item in await hyogo.news()} == {True}


async def test_the_five_provinces_are_among_its_organisations(hyogo: Applied) -> None:
    places = sorted(one.municipality or "" for one in await hyogo.organisations())
    assert places == sorted(["神戸市", "尼崎市", "姫路市", "豊岡市", "丹波篠山市", "洲本市"])


async def test_applying_again_changes_nothing(worker_database: Database, settings: Settings, hyogo: Applied) -> None:
    before = await hyogo.profile()
    assert await apply_all(worker_database, settings) == 0
    assert await hyogo.profile() == before
