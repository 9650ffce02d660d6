"""Which part of a text is read how: kanji paired with kana, okurigana left outside."""

import re
from collections.abc import Iterator, Sequence
from itertools import accumulate
from typing import NamedTuple

import jaconv

from shared.kit.japanese.domain_words import GIVEN_NAMES, UNSURE
from shared.kit.japanese.folding import VARIANTS
from shared.kit.japanese.sudachi import Word, words

_KANJI_CLASS = "々〆〇ヶヵ\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
KANJI = re.compile("[々\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")
_KANJI_RUN = re.compile(f"([0-9０-９{_KANJI_CLASS}]+)")
_READABLE = re.compile(f"[0-9０-９ぁ-ゖァ-ヺー゛゜ゝゞ{_KANJI_CLASS}]+")

_AFTER_DIGITS = {
    **{"年": "ねん", "時": "じ", "秒": "びょう", "人": "にん", "名": "めい", "円": "えん", "回": "かい", "件": "けん"},
    **{"社": "しゃ", "歳": "さい", "号": "ごう", "条": "じょう", "項": "こう", "部": "ぶ", "章": "しょう", "度": "ど"},
    **{"組": "くみ", "期": "き", "校": "こう", "市": "し", "割": "わり", "倍": "ばい", "点": "てん", "番": "ばん"},
    **{"位": "い", "級": "きゅう", "台": "だい", "枚": "まい", "通": "つう", "問": "もん", "県": "けん", "課": "か"},
}
_DAYS = {2: "ふつか", 3: "みっか", 4: "よっか", 5: "いつか", 6: "むいか", 7: "なのか", 8: "ようか", 9: "ここのか"}
_DAYS |= {10: "とおか", 14: "じゅうよっか", 20: "はつか", 24: "にじゅうよっか"}
_PEOPLE = {1: "ひとり", 2: "ふたり"}
_WEEKDAYS = dict(zip("月火水木金土日", ("げつ", "か", "すい", "もく", "きん", "ど", "にち"), strict=True))


class Piece(NamedTuple):
    text: str
    reading: str = ""
    """In hiragana; empty where no furigana stands."""


def read_aloud(text: str) -> Iterator[Piece]:
    """The pieces of a text in order; their texts together are the text. What is uncertain stays without reading."""
    spoken = _spoken(text)
    index = 0
    while index < len(spoken):
        if counted := _irregular_count(spoken, index):
            yield counted
            index += 2
        else:
            yield from _read_word(spoken, index)
            index += 1


def _spoken(text: str) -> list[Word]:
    """The words with their own spelling, found under the common one: 髙島 is read like 高島."""
    found = list(words(text.translate(VARIANTS)))
    ends = accumulate(len(word.surface) for word in found)
    return [word._replace(surface=text[end - len(word.surface) : end]) for word, end in zip(found, ends, strict=True)]


def align(surface: str, reading: str) -> list[Piece]:
    """支える, ささえる to 支（ささ）, える. If they do not fit: no furigana. If in several ways: one over the word."""
    if not KANJI.search(surface) or not reading or not _READABLE.fullmatch(surface):
        return [Piece(surface)]
    runs = [run for run in _KANJI_RUN.split(surface) if run]
    shortest, longest = (_match(runs, jaconv.kata2hira(reading), lazy=lazy) for lazy in (True, False))
    if shortest is None:
        return [Piece(surface)]
    return shortest if shortest == longest else [Piece(surface, jaconv.kata2hira(reading))]


def _match(runs: Sequence[str], reading: str, *, lazy: bool) -> list[Piece] | None:
    some_kana = "(.+?)" if lazy else "(.+)"
    pattern = "".join(some_kana if _is_read(run) else re.escape(jaconv.kata2hira(run)) for run in runs)
    match = re.fullmatch(pattern, reading)
    if match is None:
        return None
    parts = iter(match.groups())
    return [Piece(run, next(parts)) if _is_read(run) else Piece(run) for run in runs]


def _is_read(run: str) -> bool:
    return _KANJI_RUN.match(run) is not None


def _read_word(spoken: Sequence[Word], index: int) -> list[Piece]:
    word = spoken[index]
    if not KANJI.search(word.surface):
        return [Piece(word.surface)]
    if (certain := _by_context(spoken, index)) is not None:
        return [Piece(word.surface, certain)]
    return align(word.surface, word.reading)


def _by_context(spoken: Sequence[Word], index: int) -> str | None:
    """The reading that the neighbours decide, empty for "better none"; None leaves it to the dictionary."""
    word, before = spoken[index], _before(spoken, index)
    if index and _is_number(spoken[index - 1]) and (len(word.surface) == 1 or word.surface == "日間"):
        return _counter(spoken, index)
    if _is_weekday(spoken, index):
        return _WEEKDAYS[word.surface]
    if _is_given_name(word) or (before, word.surface) in GIVEN_NAMES:
        return jaconv.kata2hira(GIVEN_NAMES.get((before, word.surface), ""))
    if _is_number(word) or (word.surface in UNSURE and word.kind[0] != "接尾辞"):
        return ""
    return "" if word.surface in {"町", "村"} and index and _is_name(spoken[index - 1]) else None


def _counter(spoken: Sequence[Word], index: int) -> str:
    number, unit = spoken[index - 1].surface, spoken[index].surface
    if not number.isdecimal():
        return ""
    if unit in {"日", "日間"}:
        return "にち" + "かん" * (unit == "日間") if int(number) > 1 else ""
    if unit == "月":
        return "がつ" if 1 <= int(number) <= 12 else ""
    if unit == "分":
        return "ふん" if number[-1] in "2579２５７９" else "ぷん"
    if unit == "階":
        return "がい" if number[-1] in "3３" else "かい"
    return _AFTER_DIGITS.get(unit, "")


def _irregular_count(spoken: Sequence[Word], index: int) -> Piece | None:
    """2日 is ふつか and 1人 ひとり: the furigana spans digits and unit."""
    both = "".join(word.surface for word in spoken[index : index + 2])
    counted = re.fullmatch(r"(\d+)(日間?|人)", both)
    if counted is None or not _is_number(spoken[index]):
        return None
    number, unit = int(counted[1]), counted[2]
    if unit == "日" and number == 1 and _ends_a_date(spoken, index + 1):
        return Piece(both, "ついたち")
    reading = _PEOPLE.get(number) if unit == "人" else _DAYS.get(number)
    return Piece(both, reading + "かん" * (unit == "日間")) if reading else None


def _ends_a_date(spoken: Sequence[Word], index: int) -> bool:
    """Whether 1日 follows a month: otherwise it may be いちにち, a day long."""
    return index >= 2 and spoken[index - 2].surface == "月"


def _is_weekday(spoken: Sequence[Word], index: int) -> bool:
    around = [spoken[at].surface if 0 <= at < len(spoken) else "" for at in (index - 1, index + 1)]
    return spoken[index].surface in _WEEKDAYS and around[0] in {"(", "（"} and around[1] in {")", "）", "・"}


def _is_number(word: Word) -> bool:
    return word.kind[1] == "数詞"


def _is_given_name(word: Word) -> bool:
    return word.kind[2:4] == ("人名", "名")


def _is_name(word: Word) -> bool:
    return word.kind[1] == "固有名詞"


def _before(spoken: Sequence[Word], index: int) -> str:
    """The word before this one, a space between the two passed over."""
    earlier = [word.surface for word in spoken[max(0, index - 2) : index] if not word.surface.isspace()]
    return earlier[-1] if earlier else ""
