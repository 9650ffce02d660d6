"""Search, proved on PostgreSQL itself."""

from typing import Any, Protocol

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shared.kit.japanese.normalise import fold
from shared.kit.japanese.search_text import search_query, search_vector, snippet


class Connection(Protocol):
    """What these tests need of a connection to PostgreSQL."""

    async def fetchval(self, query: str, *values: object) -> Any: ...


_TITLE = "第1回 孤独・孤立セミナー"
_BODY = """子ども食堂と居場所づくりについて、NPO法人You&ゆうの岡田理事長が話します。
会場：アスティとくしま。㈱髙﨑商店、神山町、生駒 公洋。ひきこもりの相談は088-621-2179へ。C:\\path と O'Brien。"""


async def finds(connection: Connection, query: str, *, title: str = _TITLE, body: str = _BODY) -> bool:
    vector = search_vector(title=title, body=body)
    statement = "SELECT $1::text::tsvector @@ $2::text::tsquery"
    return bool(await connection.fetchval(statement, vector, search_query(query)))


@pytest.mark.parametrize(
    "query",
    [
        "孤",
        "孤独孤立",
        "孤独・孤立",
        "独・孤",
        "セミ",
        "せみなー",
        "ｾﾐﾅｰ",
        "ミナ",
        "こども",
        "子ども",
        "ｺﾄﾞﾓ",
        "子供",
        "コドモ食堂",
        "食堂",
        "も食",
        "場所",
        "居場所づくり",
        "You＆ゆう",
        "you&ユウ",
        "株",
        "(株)高崎",
        "髙﨑",
        "引きこもり",
        "引き籠もり",
        "神山",
        "生駒公洋",
        "088ー621",
        "こども\u3000相談",
        "アスティ 食堂",
        "O'Brien",
        "C:\\path",
        "'",
        "\\",
        "&",
        ":",
    ],
)
async def test_what_is_found(owner_connection: Connection, query: str) -> None:
    assert await finds(owner_connection, query)


@pytest.mark.parametrize(
    "query",
    [
        "",
        "　",
        "・",
        "孤児",
        "独立",
        "立セミナーと",
        "松原",
        "食堂子ども",
        "こども 松原",
        "生駒市",
        "セミナー子ども",
        "long:",
        "w:子供",
    ],
)
async def test_what_is_not_found(owner_connection: Connection, query: str) -> None:
    assert not await finds(owner_connection, query)


async def test_titles_come_before_bodies(owner_connection: Connection) -> None:
    async def rank(title: str, body: str) -> float:
        vector = search_vector(title=title, body=body)
        statement = "SELECT ts_rank($1::text::tsvector, $2::text::tsquery)"
        return float(await owner_connection.fetchval(statement, vector, search_query("こども")))

    assert await rank("子どもの居場所", "会の案内") > await rank("会の案内", "子どもの居場所") > 0


async def test_long_texts_are_found_too_often_rather_than_never(
    owner_connection: Connection,
) -> None:
    common = "孤独・孤立の相談をします。" * 3_000
    body = common + "最後に蒲郡の楽笑を訪ねました。"
    assert len(body) > 2 * 16_383
    for query in ("蒲郡の楽笑", "相談をします。最後に", "訪", "笑を相談", "こどく"):
        assert await finds(owner_connection, query, body=body), query
    for query in ("釜石", "楽蒲", "訪相談"):
        assert not await finds(owner_connection, query, body=body), query


async def test_the_largest_texts_still_fit_into_a_tsvector(
    owner_connection: Connection,
) -> None:
    kanji = [chr(code) for code in range(0x4E00, 0x9FFF)]
    body = "".join(kanji[(index * index * 7 + index * 13) % len(kanji)] for index in range(100_000))
    assert await finds(owner_connection, body[50_000:50_006], body=body)
    assert await finds(owner_connection, body[100:106], body=body + "\U00020bb7" * 200_000)


async def test_phrases_do_not_cross_from_title_to_body(owner_connection: Connection) -> None:
    assert await finds(owner_connection, "甲乙", title="甲乙", body="丙丁")
    for query in ("乙丙", "甲乙丙", "甲乙丙丁", "乙丙丁"):
        assert not await finds(owner_connection, query, title="甲乙", body="丙丁")


_characters = st.sampled_from([*"孤独・立子どもコド食堂'\\\"&|!():*<>- 　aAＡ1ー\n", "ｶﾞ", "か\u3099"])
_in_database = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@_in_database
@given(before=st.lists(_characters), part=st.lists(_characters, max_size=9), after=st.lists(_characters))
async def test_every_substring_is_found(
    owner_connection: Connection, before: list[str], part: list[str], after: list[str]
) -> None:
    query = "".join(part)
    if fold(query):
        assert await finds(owner_connection, query, title="", body="".join([*before, *part, *after]))


@_in_database
@given(text=st.text(max_size=60), query=st.text(max_size=60))
async def test_no_text_breaks_out(owner_connection: Connection, text: str, query: str) -> None:
    await finds(owner_connection, query, title=query, body=text)
    await finds(owner_connection, text, title=text, body=query)


@_in_database
@given(query=st.text(alphabet="'\\&|!():*<->$\x00\n%_;-w a漢", max_size=60))
async def test_no_query_breaks_out(owner_connection: Connection, query: str) -> None:
    await finds(owner_connection, query)


@_in_database
@given(text=st.text(alphabet="ab漢字", max_size=12), query=st.text(alphabet="ab漢字", min_size=1, max_size=4))
async def test_grams_alone_are_exactly_substrings(owner_connection: Connection, text: str, query: str) -> None:
    vector = " ".join(entry for entry in search_vector(title="", body=text).split() if not entry.startswith("'w:"))
    statement = "SELECT $1::text::tsvector @@ $2::text::tsquery"
    assert await owner_connection.fetchval(statement, vector, search_query(query)) is (query in text)


def marked(pieces: list[tuple[str, bool]]) -> str:
    return "".join(f"[{text}]" if is_hit else text for text, is_hit in pieces)


@pytest.mark.parametrize(
    ("text", "query", "shown"),
    [
        ("徳島で孤独・孤立を考える", "孤独孤立", "徳島で[孤独・孤立]を考える"),
        ("ｺﾄﾞﾓ食堂です", "こども食堂", "[ｺﾄﾞﾓ食堂]です"),
        ("子どもの居場所", "こども", "[子ども]の居場所"),
        ("㈱髙﨑", "(株)", "[㈱]髙﨑"),
        ("あいう", "ん", "あいう"),
        ("", "あ", ""),
        ("一つ\n二つ", "二", "一つ [二]つ"),
    ],
)
def test_hits_are_marked_in_the_original_spelling(text: str, query: str, shown: str) -> None:
    assert marked(snippet(text, query)) == shown


def test_the_window_lies_around_the_first_hit() -> None:
    pieces = snippet("前" * 300 + "居場所" + "後" * 300, "居場所", 30)
    assert marked(pieces) == "…" + "前" * 10 + "[居場所]" + "後" * 17 + "…"


@given(st.text(max_size=200), st.text(max_size=10), st.integers(1, 50))
def test_pieces_are_a_part_of_the_text(text: str, query: str, width: int) -> None:
    shown = "".join(part for part, _ in snippet(text, query, width))
    assert shown.strip("…").strip() in " ".join(text.split()) or "…" in text
