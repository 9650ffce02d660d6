"""Wishes that are ticked and wishes in words live in one text, and come apart again."""

import pytest

from shared.events.registrations.words import needs_parts, needs_text


@pytest.mark.parametrize(
    ("ticked", "words", "text"),
    [
        ([], "", ""),
        (["託児", "手話通訳"], "", "手話通訳、託児"),
        ([], "前の方の席", "前の方の席"),
        (["車いす"], "前の方の席\n通路側", "車いす\n前の方の席\n通路側"),
        (["知らない項目"], "", ""),
    ],
)
def test_one_text_for_both(ticked: list[str], words: str, text: str) -> None:
    assert needs_text(ticked, words) == text
    again, rest = needs_parts(text)
    assert needs_text(again, rest) == text


def test_what_somebody_wrote_freely_has_nothing_ticked() -> None:
    assert needs_parts("手話通訳がほしい\n託児") == ([], "手話通訳がほしい\n託児")
    assert needs_parts(None) == ([], "")
