"""Tokushima's platform holds what its two documents say."""

from datetime import date

import pytest

from shared.events.views import EventView
from shared.kit import search
from shared.kit.database.session import Database
from shared.kit.did_you_mean import did_you_mean
from shared.kit.settings import Settings
from shared.members.umbrella import queries as umbrella
from shared.tenants.models import ProfileKind
from tests.tenants.applied import Applied, apply_all


@pytest.fixture
async def tokushima(worker_database: Database, web_database: Database, settings: Settings) -> Applied:
    await apply_all(worker_database, settings)
    return await Applied.of(web_database, "tokushima")


async def event(tokushima: Applied, title: str) -> EventView:
    return next(event for event in await tokushima.events() if event.title == title)


async def test_names_and_founding(tokushima: Applied) -> None:
    profile = await tokushima.profile()
    assert profile.code == "360007"
    assert profile.name == "とくしま孤独・孤立対策官民連携プラットフォーム"
    assert "とくしま孤独孤立対策官民連携プラットフォーム" in profile.aliases
    assert profile.vision == "誰ひとりとして「孤独・孤立」させない社会"
    assert profile.founded_on == date(2023, 2, 20)
    assert sorted(child.slug for child in profile.children) == ["anan", "kamiyama", "komatsushima"]


async def test_how_it_describes_itself(tokushima: Applied) -> None:
    profile = await tokushima.profile()
    assert len(profile.purposes) == 2
    assert [activity.title for activity in profile.activities] == ["パートナーシップの強化", "啓発", "人材育成"]
    assert profile.activities[0].points == ["参加団体どうしの相互理解", "協力・連携のつなぎ"]
    assert [function.title for function in profile.functions] == ["パートナーシップ", "マッチング", "人材育成"]
    assert profile.functions[1].points == ["人", "物", "資金"]
    assert len(profile.merits) == 4
    assert [row.title for row in profile.of_kind(ProfileKind.INSTRUMENT)] == ["孤独・孤立", "ひきこもり", "生活困窮者"]


async def test_contacts_and_their_validity(tokushima: Applied) -> None:
    profile = await tokushima.profile()
    shown = [(contact.purpose, contact.department, contact.phone) for contact in profile.contacts]
    assert shown == [
        ("入会・変更・退会", "徳島県国保・地域共生課", "088-621-2913"),
        ("セミナーの申し込み", "徳島県国保・地域共生課", "088-621-2179"),
    ]
    entry = profile.contacts[0]
    assert (entry.postal_code, entry.address) == ("770-8570", "徳島市万代町1丁目1番地")
    assert (entry.desk, entry.email) == ("地域共生担当", "kokuhochiikikyouseika@pref.tokushima.jp")
    former = [contact.department for contact in profile.all_contacts if not contact.valid_on(date(2023, 7, 14))]
    assert former == ["徳島県保健福祉政策課"]


async def test_numbers_with_their_dates(tokushima: Applied) -> None:
    figures = {(figure.name, figure.as_of): figure for figure in (await tokushima.profile()).figures}
    members = [(day, figure.value) for (name, day), figure in figures.items() if name == "参加団体数"]
    assert sorted(members) == [
        (date(2023, 2, 20), 90),
        (date(2023, 7, 14), 95),
        (date(2024, 4, 26), 97),
        (date(2024, 5, 15), 97),
    ]
    by_name = {name: figure for (name, _), figure in figures.items()}
    companies = by_name["宅建業協会の傘下企業"]
    assert (companies.value, companies.unit, companies.approximate) == (700, "社", True)
    assert by_name["呼びかけに応えて参加した団体"].value == 65
    assert by_name["とくしま子ども食堂ネットワークの傘下の食堂"].value == 55
    assert by_name["アンケートに回答した団体"].value == 54
    assert by_name["募集チラシ・ポスターの配布先"].value == 750
    assert (by_name["60歳以上男性の自殺死亡率（県平均と比べて）"].value, by_name["試行事業の予算配分の合計"].value) == (
        8,
        8712064,
    )


async def test_four_events_on_their_days(tokushima: Applied) -> None:
    documented = [event for event in await tokushima.events() if not event.title.startswith("【デモ】")]
    held = sorted((event.first_day, event.title, event.venue) for event in documented)
    assert held == [
        (date(2023, 2, 20), "オープニングセレモニー", None),
        (date(2023, 4, 21), "第1回情報交換会", "アスティとくしま"),
        (date(2023, 6, 6), "第1回セミナー", "アスティとくしま"),
        (date(2024, 1, 12), "第2回セミナー", "ろうきんホール"),
    ]


async def test_people_with_the_affiliation_of_that_day(tokushima: Applied) -> None:
    people = {
        (event.title, person.person_name): person.affiliation
        for event in await tokushima.events()
        for session in event.sessions
        for person in session.appearances
    }
    assert people == {
        ("オープニングセレモニー", "大西 連"): "内閣官房孤独孤立対策担当室 政策参与",
        ("第1回情報交換会", "白桃 さと美"): "徳島の子育てに伴走する会マチノワ 代表",
        ("第1回セミナー", "松原 明"): "協力アカデミー",
        ("第1回セミナー", "岡田"): "NPO法人You&ゆう 理事長",
        ("第2回セミナー", "松原 明"): "協力アカデミー",
    }


async def test_two_topics_with_seven_and_twelve_opinions(tokushima: Applied) -> None:
    exchange = await event(tokushima, "第1回情報交換会")
    assert [(topic.question, len(topic.opinions)) for topic in exchange.topics] == [
        ("主な対象を誰にするか", 7),
        ("どのような方法で周知するか、いつ頃するか", 12),
    ]
    first = [(opinion.body, opinion.gloss) for opinion in exchange.topics[0].opinions]
    assert first[6] == ("ヤングケアラー", "学校でキャッチできる仕組みが必要")
    assert exchange.topics[1].opinions[9].body == "緑の羽などの象徴的なシンボルの活用。"
    assert [(measure.name, measure.value, measure.unit) for measure in exchange.measures] == [("参加者数", 30, "人")]


async def test_pictures_have_words_of_their_own(tokushima: Applied) -> None:
    photos = [photo for event in await tokushima.events() for photo in event.photos]
    alts = [photo.media.alt for photo in photos]
    captions = [photo.caption or photo.media.caption for photo in photos]
    assert len(photos) == len(set(alts)) == len(set(captions)) == 14


async def test_the_second_seminar_moved(tokushima: Applied) -> None:
    seminar = await event(tokushima, "第2回セミナー")
    assert [change.changed_on for change in seminar.changes] == [date(2023, 6, 6), None]
    assert "今秋10月頃" in seminar.changes[0].summary
    assert (seminar.theme, seminar.contact_phone) == ("協力づくりの手順を事例で学ぼう", "088-621-2179")
    assert seminar.flyer is not None


async def test_every_payment_of_the_pilots_is_told(tokushima: Applied) -> None:
    news = next(item for item in await tokushima.news() if item.title.startswith("設立に向けた試行事業"))
    amounts = [144000, 6269560, 70000, 45200, 125600, 900000, 22756, 618182, 372728, 38400, 42519, 12674, 50445]
    assert [f"{amount:,}" for amount in amounts if f"{amount:,}" not in news.body] == []
    assert sum(amounts) == 8712064


async def test_umbrellas_say_how_many_they_stand_for(tokushima: Applied, web_database: Database) -> None:
    organisations = {item.name: item.id for item in await tokushima.organisations()}
    tenant_id = (await tokushima.profile()).id
    shown = {}
    async with web_database.read(tenant_id) as session:
        for name in ("とくしま子ども食堂ネットワーク", "徳島県宅地建物取引業協会"):
            declared = (await umbrella.affiliates(session, organisations[name])).declared
            assert declared is not None
            shown[name] = (declared.words, declared.as_of)
        reach = await umbrella.reach(session)
    day = date(2023, 2, 20)
    assert list(shown.values()) == [("55か所", day), ("約700社", day)]
    assert (reach.declared, reach.approximate, reach.declared_as_of) == (755, True, day)


async def test_a_misprinted_name_leads_to_the_right_one(tokushima: Applied, web_database: Database) -> None:
    tenant_id = (await tokushima.profile()).id
    async with web_database.read(tenant_id) as session:
        assert await did_you_mean(session, "松原昭", 2) == ["松原 明"]
        assert await did_you_mean(session, "松原明", 2) == []


async def test_named_organisations_and_invented_ones_are_told_apart(tokushima: Applied) -> None:
    organisations = {item.name: item for item in await tokushima.organisations()}
    named = [name for name, item in organisations.items() if not item.demo]
    assert "NPO法人You&ゆう" in named
    assert "徳島の子育てに伴走する会マチノワ" in named
    assert "とくしま子ども食堂ネットワーク" in named
    assert all(name.startswith("【デモ】") for name, item in organisations.items() if item.demo)
    assert "【デモ】夕なぎ読書会" not in organisations


async def test_a_misprinted_name_finds_the_person(tokushima: Applied, web_database: Database) -> None:
    profile = await tokushima.profile()
    async with web_database.read(profile.id) as session:
        found = await search.find(session, "松原昭")
    assert sorted(hit.title for hit in found.hits) == ["第1回セミナー", "第2回セミナー"]


async def test_standing_pages_have_an_easy_twin(tokushima: Applied) -> None:
    pages = await tokushima.pages("privacy", "accessibility")
    assert [page is not None and page.body_easy is not None for page in pages] == [True, True]
    charter = (await tokushima.profile()).charter
    assert charter is not None
    assert "守秘義務" in charter.body
    assert "文例" in charter.title
