"""Furigana: right readings, in running text only, and not one other byte changed."""

import re
import subprocess
import sys
import threading
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import html as lxml_html

from shared.kit.japanese.readings import Piece, align
from shared.kit.japanese.ruby import ruby_text, with_ruby
from shared.kit.japanese.sudachi import words

_RUBY = re.compile("<ruby>(.*?)<rp>（</rp><rt>(.*?)</rt><rp>）</rp></ruby>")


def brief(html: str) -> str:
    """`<ruby>` written as 支[ささ]える, for reading tests with the eyes."""
    return _RUBY.sub(r"\1[\2]", with_ruby(html))


def without_ruby(html: str) -> str:
    return _RUBY.sub(r"\1", html)


def test_the_markup_falls_back_to_brackets() -> None:
    assert with_ruby("支える") == "<ruby>支<rp>（</rp><rt>ささ</rt><rp>）</rp></ruby>える"


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("相利（そうり）評価表", "相利[そうり]（そうり）評価[ひょうか]表[ひょう]"),
        ("首相利用", "首相[しゅしょう]利用[りよう]"),
        ("居場所づくりと孤育て", "居場所[いばしょ]づくりと孤育[こそだ]て"),
        ("誰ひとり、重層的な伴走", "誰[だれ]ひとり、重層的[じゅうそうてき]な伴走[ばんそう]"),
        ("神山町", "神山町[かみやまちょう]"),
        ("阿南市・小松島市", "阿南[あなん]市[し]・小松島[こまつしま]市[し]"),
        ("徳島県と兵庫県", "徳島[とくしま]県[けん]と兵庫[ひょうご]県[けん]"),
        ("宗谷町", "宗谷[そうや]町"),  # ちょう or まち: nobody told us
        ("徳島市万代町", "徳島[とくしま]市[し]万代町[ばんだいちょう]"),
        ("松原 明氏", "松原[まつばら] 明[あきら]氏[し]"),
        ("大西連参与", "大西[おおにし]連[れん]参与[さんよ]"),
        ("佐藤 弥斗", "佐藤[さとう] 弥斗[みと]"),
        ("荒川 裕美", "荒川[あらかわ] 裕美"),  # Hiromi or Yumi
        ("白桃 さと美", "白桃 さと美"),
        ("食べ物", "食[た]べ物[もの]"),
        ("子ども食堂", "子[こ]ども食堂[しょくどう]"),
        ("お知らせ", "お知[し]らせ"),
        ("専門家", "専門[せんもん]家[か]"),
        ("一日", "一日"),
        ("霞ヶ関", "霞ヶ関[かすみがせき]"),
        ("髙島", "髙島[たかしま]"),
    ],
)
def test_words_of_our_field(text: str, read: str) -> None:
    assert brief(text) == read


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("7月14日（金）", "7月[がつ]14日[じゅうよっか]（金[きん]）"),
        ("2月20日（月）", "2月[がつ]20日[はつか]（月[げつ]）"),
        ("7月1日", "7月[がつ]1日[ついたち]"),
        ("1日の流れ", "1日の流[なが]れ"),
        ("11日", "11日[にち]"),
        ("2日間", "2日間[ふつかかん]"),
        ("13時30分", "13時[じ]30分[ぷん]"),
        ("5分", "5分[ふん]"),
        ("1人と2人と30人", "1人[ひとり]と2人[ふたり]と30人[にん]"),
        ("令和5年", "令和[れいわ]5年[ねん]"),
        ("3本", "3本"),  # ぼん: not in the table, so rather nothing
        ("3か月", "3か月[げつ]"),
    ],
)
def test_numbers_and_what_is_counted(text: str, read: str) -> None:
    assert brief(text) == read


@pytest.mark.parametrize(
    ("surface", "reading", "pieces"),
    [
        ("支える", "ササエル", [Piece("支", "ささ"), Piece("える")]),
        ("取り組み", "トリクミ", [Piece("取", "と"), Piece("り"), Piece("組", "く"), Piece("み")]),
        ("お知らせ", "オシラセ", [Piece("お"), Piece("知", "し"), Piece("らせ")]),
        ("言い合い", "イイアイ", [Piece("言", "い"), Piece("い"), Piece("合", "あ"), Piece("い")]),
        ("長い井", "ナガイイイ", [Piece("長い井", "ながいいい")]),  # two ways to cut: one reading over the whole word
        ("支える", "タスケル", [Piece("支える")]),
        ("漢字・", "カンジ", [Piece("漢字・")]),
        ("漢字", "", [Piece("漢字")]),
        ("かな", "カナ", [Piece("かな")]),
    ],
)
def test_okurigana_stays_outside(surface: str, reading: str, pieces: list[Piece]) -> None:
    assert align(surface, reading) == pieces


@pytest.mark.parametrize(
    "silent",
    [
        '<img alt="漢字" src="x">',
        "<a title='漢字 > 孤独'></a>",
        "<script>const 漢字 = '<p>漢字'</script>",
        "<style>.漢字::after{content:'漢字'}</style>",
        "<textarea>漢字&amp;漢字</textarea>",
        "<title>漢字</title>",
        "<select><option>漢字<option>孤独</select>",
        "<ruby>漢字<rt>かんじ</rt></ruby>",
        "<span data-no-ruby>漢<span>字</span>孤独</span>",
        '<span lang="zh-Hans">汉字</span>',
        "<svg><text>漢字</text></svg>",
        "<!-- 漢字 --><!DOCTYPE 漢字><?漢字 ?>",
    ],
)
def test_what_must_stay_as_it_is(silent: str) -> None:
    assert with_ruby(silent) == silent
    assert with_ruby(f"{silent}孤独") == silent + with_ruby("孤独"), "after it furigana goes on"


def test_furigana_stands_beside_references_and_inside_tags() -> None:
    html = "<p class='漢字'>漢字&amp;漢字<br/>\r\n孤独 &lt; <b>孤立</B>\n<input value='孤立'>支援</p>"
    expected = "<p class='漢字'>漢字[かんじ]&amp;漢字[かんじ]<br/>\r\n孤独[こどく] &lt; <b>孤立[こりつ]</B>\n"
    assert brief(html) == expected + "<input value='孤立'>支援[しえん]</p>"


_fragments = st.sampled_from(
    [
        "漢字",
        "支える人",
        "7月14日",
        "&amp;",
        "&#28450;",
        "&",
        "<",
        ">",
        "<b>",
        "</b>",
        "<p class='漢'>",
        "</p>",
        "<br>",
        "\n",
        "\r\n",
        "<!-- 漢 -->",
        "<script>'漢'</script>",
        "<textarea>",
        "</textarea>",
        "ｶﾞ",
        "𠮷野",
        "'",
        '"',
        '<a title="字>">',
        "</",
        "<!",
        "子ども",
        "<span data-no-ruby>",
        "</span>",
        "相利",
        "１２日",
        "<option>",
        "\x00",
        "々々",
        "ゝ",
        "ー",
        "゙",
    ]
)


@settings(deadline=None)
@given(st.lists(_fragments).map("".join))
def test_taking_the_ruby_out_gives_the_very_same_page(html: str) -> None:
    assert without_ruby(with_ruby(html)) == html


@settings(deadline=None)
@given(st.text())
def test_any_text_survives(text: str) -> None:
    escaped = text.replace("&", "&amp;").replace("<", "&lt;")
    assert without_ruby(with_ruby(escaped)) == escaped
    assert without_ruby(ruby_text(escaped)) == escaped


@settings(deadline=None)
@given(st.text(alphabet="漢字支える人孤独立7月14日。&<>\"' ab", min_size=1))
def test_a_browser_reads_the_same_text(text: str) -> None:
    escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    parsed = lxml_html.fragment_fromstring(with_ruby(f"<p>{escaped}</p>"))
    for added in parsed.xpath("//rt|//rp"):
        added.drop_tree()
    assert parsed.text_content() == text


def test_a_large_page_takes_less_than_a_tenth_of_a_second_when_warm() -> None:
    paragraph = "<p>第{}回　孤独・孤立対策の官民連携について、徳島県の居場所を支える人が考える会を開きました。</p>\n"
    page = "".join(paragraph.format(number) for number in range(420))
    assert len(page.encode()) > 55_000
    with_ruby(page)
    started = time.perf_counter()
    with_ruby(page)
    assert time.perf_counter() - started < 0.1


def test_threads_share_one_dictionary() -> None:
    found: list[str] = []
    threads = [
        threading.Thread(target=lambda: found.extend(word.surface for word in words("孤独" * 500))) for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == ["孤独"] * 4000


def test_texts_longer_than_sudachi_takes_at_once() -> None:
    text = "孤独・孤立を考える。" * 5_000 + "あ" * 60_000
    assert "".join(word.surface for word in words(text)) == text


def test_importing_does_not_load_the_dictionary() -> None:
    code = "from shared.kit.japanese import ruby, sudachi; print(sudachi._dictionary.cache_info().currsize)"
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert result.stdout.strip() == "0"
