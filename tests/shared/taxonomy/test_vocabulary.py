"""The national vocabularies: complete, right, and loaded once."""

from collections import Counter

import pytest

from shared.kit.database.session import NATIONAL, Database
from shared.kit.japanese.normalise import katakana, local_government_code
from shared.kit.settings import ROOT
from shared.taxonomy import queries
from shared.taxonomy.vocabulary import Vocabulary, read_vocabulary, store_vocabulary


@pytest.fixture(scope="module")
def vocabulary() -> Vocabulary:
    return read_vocabulary(ROOT / "tenants" / "vocabulary")


def test_all_prefectures_and_municipalities_are_there(vocabulary: Vocabulary) -> None:
    entries = list(vocabulary.municipalities.values())
    prefectures = [entry for entry in entries if entry.is_prefecture]
    assert (len(prefectures), len(entries) - len(prefectures)) == (47, 1741)
    per_prefecture = Counter(entry.prefecture for entry in entries)
    assert (per_prefecture["北海道"], per_prefecture["徳島県"], per_prefecture["兵庫県"]) == (180, 25, 42)


def test_every_code_has_its_check_digit_and_every_reading_is_katakana(vocabulary: Vocabulary) -> None:
    for entry in vocabulary.municipalities.values():
        assert local_government_code(entry.code) == entry.code
        assert katakana(entry.kana) == entry.kana


@pytest.mark.parametrize(
    ("code", "name", "kana"),
    [
        ("360007", "徳島県", "トクシマケン"),
        ("280003", "兵庫県", "ヒョウゴケン"),
        ("362042", "阿南市", "アナンシ"),
        ("362034", "小松島市", "コマツシマシ"),
        ("363421", "神山町", "カミヤマチョウ"),
        ("011002", "札幌市", "サッポロシ"),
        ("131016", "千代田区", "チヨダク"),
    ],
)
def test_codes_are_right(vocabulary: Vocabulary, code: str, name: str, kana: str) -> None:
    entry = vocabulary.municipalities[code]
    assert (entry.name, entry.kana) == (name, kana)


def test_wards_of_designated_cities_are_left_out(vocabulary: Vocabulary) -> None:
    assert [
        entry for entry in vocabulary.municipalities.values() if "市" in entry.name and entry.name.endswith("区")
    ] == []


def test_the_national_fields_are_twenty_one(vocabulary: Vocabulary) -> None:
    assert len(vocabulary.fields) == len(vocabulary.field_slugs) == 21


async def test_loading_twice_changes_nothing(vocabulary: Vocabulary, worker_database: Database) -> None:
    async with worker_database.write(NATIONAL) as session:
        await store_vocabulary(session, vocabulary)
        assert await store_vocabulary(session, vocabulary) == 0
    async with worker_database.read(None) as session:
        assert len(await queries.prefectures(session)) == 47
        names = [entry.name for entry in await queries.municipalities_in(session, "360007")]
        assert (len(names), names[:3]) == (24, ["徳島市", "鳴門市", "小松島市"])
        assert (await queries.municipality(session, "999999")) is None
        assert [field.name for field in await queries.national_fields(session)][:2] == ["教育", "地域共生社会"]
        tree = {category.slug: category.parent_slug for category in await queries.national_categories(session)}
        assert (tree["support"], tree["npo"]) == (None, "support")
