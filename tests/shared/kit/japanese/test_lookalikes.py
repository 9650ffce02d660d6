"""Characters that are taken for one another, and spellings one character apart."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.kit.japanese.lookalikes import confusable_key, one_edit_apart


@pytest.mark.parametrize(
    ("one", "other"),
    [("松原 明", "松原昭"), ("太田", "大田"), ("孤立", "弧立"), ("ＮＰＯ法人", "npo法人"), ("髙﨑", "高埼")],
)
def test_texts_that_look_alike_have_one_key(one: str, other: str) -> None:
    assert confusable_key(one) == confusable_key(other)


@pytest.mark.parametrize(("one", "other"), [("松原明", "松原連"), ("阿南", "小松島")])
def test_others_have_two(one: str, other: str) -> None:
    assert confusable_key(one) != confusable_key(other)


@given(st.text(max_size=8), st.integers(0, 8), st.characters())
def test_one_character_more_less_or_different(text: str, at: int, other: str) -> None:
    at = min(at, len(text))
    changed = [text[:at] + other + text[at:], text[:at] + other + text[at + 1 :], text[:at] + text[at + 1 :], text]
    assert all(one_edit_apart(text, each) and one_edit_apart(each, text) for each in changed)


@pytest.mark.parametrize(("one", "other"), [("abc", "axx"), ("ab", "ba"), ("abc", "a"), ("abcd", "xabcx")])
def test_two_characters_are_too_many(one: str, other: str) -> None:
    assert not one_edit_apart(one, other)
