"""What people type, stored and compared."""

import unicodedata
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.kit.japanese import Unreadable
from shared.kit.japanese.normalise import (
    clean_lines,
    clean_text,
    corporate_number,
    digits,
    email,
    fold,
    katakana,
    local_government_code,
    phone,
    postal_code,
)


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        (" ㈱髙﨑𠮷\u200b商店\ufeff ", "㈱髙﨑𠮷商店"),
        ("神\u30cf\u309aン", "神パン"),  # a compatibility kanji stays, a decomposed kana is composed
        ("葛\U000e0100城", "葛\U000e0100城"),  # the variation selector spells the name
        ("一行目\r\n二行目", "一行目 二行目"),
        ("白桃　さと美", "白桃　さと美"),
        ("a\x00b\u202ec\ud800", "abc"),
    ],
)
def test_stored_text_keeps_what_people_typed(typed: str, stored: str) -> None:
    assert clean_text(typed) == stored


def test_lines_keep_their_breaks_and_indents_but_not_heaps_of_blank_lines() -> None:
    assert clean_lines("\n　一段落目 \r\n\r\n\r\n\r\n二段落目\u200b\x0b三\n\n") == "　一段落目\n\n二段落目\n三"


@given(st.text())
def test_cleaning_twice_changes_nothing_more(text: str) -> None:
    assert clean_text(clean_text(text)) == clean_text(text)
    assert clean_lines(clean_lines(text)) == clean_lines(text)
    assert not set(clean_text(text)) & set("\r\n\x00")


def test_digits_only() -> None:
    assert digits("第１２回①") == "第12回①"


@pytest.mark.parametrize(
    "typed",
    [
        "088ー621ー2179",
        "０８８－６２１－２１７９",
        "088‐621−2179",
        "(088)621-2179",
        "０８８（６２１）２１７９",
        "0886212179",
        "+81-88-621-2179",
        "＋８１\u300088 621 2179",
        "088 621 2179",
        "088–621—2179",
        "088ｰ621ｰ2179",
    ],
)
def test_one_number_in_every_spelling(typed: str) -> None:
    assert phone(typed) == "088-621-2179"


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("＃９１１０", "#9110"),
        ("#9999", "#9999"),
        ("１１０", "110"),
        ("09012345678", "090-1234-5678"),
        ("0120ー279ー338", "0120-279-338"),
        ("088-621-2179（内線 123）", "088-621-2179（内線123）"),
        ("+1 (212) 555-2368", "+1 212-555-2368"),
    ],
)
def test_other_numbers(typed: str, stored: str) -> None:
    assert phone(typed) == stored


@pytest.mark.parametrize(
    "typed", ["", "12", "088-621-217", "電話なし", "#12", "621-2179", "088-621-21790", "-", "+", "()"]
)
def test_wrong_numbers_are_refused_politely(typed: str) -> None:
    with pytest.raises(Unreadable, match=r"電話番号.*ください。例：088-621-2179"):
        phone(typed)


@pytest.mark.parametrize("typed", ["〒770-8570", "７７０ー８５７０", "7708570", " 〒 770 8570 "])
def test_postal_code(typed: str) -> None:
    assert postal_code(typed) == "770-8570"


def test_addresses_are_trimmed_narrowed_and_lowered_after_the_at() -> None:
    assert email(" Ｔａｒｏ.@DOCOMO.ne.jp\n") == "Taro.@docomo.ne.jp"


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "a",
        "a@",
        "@b.jp",
        "a@b",
        "a@b@c.jp",
        "a b@c.jp",
        "a@b.jp\r\nBcc: c@d.jp",
        "a@b.jp\nX: y",
        "a,b@c.jp",
        "<a@b.jp>",
        f"{'a' * 65}@b.jp",
        f"a@{'b.' * 130}jp",
        "a@-b.jp",
        "a@1.2.3.4",
        "a\x00@b.jp",
        "田中@例え.jp",
        '"a"@b.jp',
    ],
)
def test_no_address_breaks_out_of_a_mail_header(typed: str) -> None:
    with pytest.raises(Unreadable, match="メールアドレス"):
        email(typed)


@pytest.mark.parametrize(
    ("typed", "reading"),
    [
        ("とくしま たろう", "トクシマ タロウ"),
        ("ﾕｰ&ﾕｳ", "ユー&ユウ"),
        ("コ－ヒ－　ハウス", "コーヒー ハウス"),
        ("ﾊﾟﾋﾟﾌﾟ・ヴァイオリン", "パピプ・ヴァイオリン"),
        ("NPOほうじん123", "NPOホウジン123"),
    ],
)
def test_readings_become_katakana(typed: str, reading: str) -> None:
    assert katakana(typed) == reading


def test_a_reading_with_kanji_is_refused_and_names_the_kanji() -> None:
    with pytest.raises(Unreadable, match="「徳」は使えません"):
        katakana("トク徳")


def test_corporate_numbers_carry_a_check_digit() -> None:
    assert corporate_number("４-0000-2036-0007") == "4000020360007"
    assert corporate_number("T4000020360007") == "4000020360007"


@pytest.mark.parametrize(
    ("read", "typed"),
    [
        (corporate_number, "5000020360007"),
        (corporate_number, "400002036000"),
        (local_government_code, "362019"),
        (local_government_code, "36201"),
        (postal_code, "770-857"),
    ],
)
def test_numbers_that_fail_their_check(read: Callable[[str], str], typed: str) -> None:
    with pytest.raises(Unreadable, match="。"):
        read(typed)


@pytest.mark.parametrize("code", ["360007", "280003", "362018", "362034", "363421", "131016"])
def test_codes_of_prefectures_and_municipalities(code: str) -> None:
    assert local_government_code(code) == code


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("孤独孤立", "孤独・孤立"),
        ("ｺﾄﾞﾓ食堂", "こども食堂"),
        ("コドモ食堂", "こども食堂"),
        ("You＆ゆう", "YOU&ユウ"),
        ("㈱髙﨑", "(株)高崎"),
        ("𠮷野", "吉野"),
        ("088ー621ー2179", "088-621‐2179"),
        ("檮原町", "梼原町"),
        ("葛\U000e0100城", "葛城"),
        ("白桃　さと美", "白桃さと美"),
    ],
)
def test_spellings_that_are_one_when_compared(one: str, other: str) -> None:
    assert fold(one) == fold(other)


@pytest.mark.parametrize(
    ("one", "other"), [("松原明", "松原昭"), ("生駒市", "生駒公洋"), ("はな", "ばな"), ("きょう", "きよう")]
)
def test_spellings_that_stay_two(one: str, other: str) -> None:
    assert fold(one) != fold(other)


@given(st.text(alphabet=st.characters(codec="utf-8", max_codepoint=0xFFFF)))
def test_folding_twice_changes_nothing_more(text: str) -> None:
    once = fold(text)
    assert fold(once) == once


@given(st.text())
def test_folding_does_not_depend_on_composition(text: str) -> None:
    assert fold(unicodedata.normalize("NFD", text)) == fold(text)
