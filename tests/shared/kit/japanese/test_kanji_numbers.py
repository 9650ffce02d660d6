"""Numbers in kanji."""

import pytest

from shared.kit.japanese.kanji_numbers import kanji_number


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("九十五", 95),
        ("九五", 95),
        ("十", 10),
        ("二十", 20),
        ("百二", 102),
        ("千九十七", 1097),
        ("二〇二四", 2024),
        ("三", 3),
    ],
)
def test_both_ways_of_writing_are_read(text: str, number: int) -> None:
    assert kanji_number(text) == number
