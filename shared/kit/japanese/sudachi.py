"""Sudachi, loaded once per process on first use, with the words of our field put back together.

The small dictionary knows 相 and 利 but not 相利. Rather than compile a user dictionary (a second per process, and a
file that must fit the system dictionary byte by byte) neighbouring words are joined when together they are one of
`domain_words.READINGS`: only where Sudachi itself sees word boundaries, so that 首相利用 stays 首相 and 利用.
"""

import re
import threading
from collections.abc import Iterator, Sequence
from functools import cache
from typing import NamedTuple

import sudachipy

from shared.kit.japanese.domain_words import LONGEST, READINGS

_SENTENCE_END = re.compile(r"[。！？\n]")
_UNSAID = frozenset({"助詞", "助動詞", "補助記号", "記号", "空白"})
_CHUNK = 8_000  # characters; Sudachi refuses more than 49,149 bytes at a time


class Word(NamedTuple):
    surface: str
    reading: str
    """In katakana; empty when it is not known for certain."""
    normal: str
    """The one spelling under which 子ども, こども and コドモ are found."""
    kind: tuple[str, ...]
    """Part of speech, UniDic's levels from coarse to fine."""


def words(text: str) -> Iterator[Word]:
    """The words of a text of any length; their surfaces together are the text."""
    for chunk in _chunks(text):
        yield from _joined([_word(morpheme) for morpheme in _tokenizer().tokenize(chunk)])


def is_meaningful(word: Word) -> bool:
    """Neither particle nor punctuation: worth searching for."""
    return word.kind[0] not in _UNSAID


def warm_up() -> None:
    """Load the dictionary now, so that the first reader does not wait for it."""
    _tokenizer().tokenize("相利")


_lock = threading.Lock()
_of_thread = threading.local()


@cache
def _dictionary() -> sudachipy.Dictionary:
    """Without Sudachi's plugin that swallows 徳島（とくしま） as one word: brackets are ours to keep."""
    plugins = [
        {"class": "com.worksap.nlp.sudachi.DefaultInputTextPlugin"},
        {
            "class": "com.worksap.nlp.sudachi.ProlongedSoundMarkPlugin",
            "prolongedSoundMarks": ["ー", "⁓", "〜", "〰"],
            "replacementSymbol": "ー",
        },
    ]
    return sudachipy.Dictionary(config=sudachipy.Config(system="small", inputTextPlugin=plugins))


def _tokenizer() -> sudachipy.Tokenizer:
    """One per thread: a tokenizer refuses to be borrowed twice, the dictionary below it is shared."""
    if not hasattr(_of_thread, "tokenizer"):
        with _lock:
            dictionary = _dictionary()
        _of_thread.tokenizer = dictionary.tokenizer(mode=sudachipy.SplitMode.C)
    return _of_thread.tokenizer


def _word(morpheme: sudachipy.Morpheme) -> Word:
    reading = "" if morpheme.is_oov() else morpheme.reading_form()
    return Word(morpheme.surface(), reading, morpheme.normalized_form(), morpheme.part_of_speech())


def _joined(found: Sequence[Word]) -> Iterator[Word]:
    index = 0
    while index < len(found):
        count = _count_to_join(found, index)
        yield _join(found[index : index + count]) if count else found[index]
        index += count or 1


def _count_to_join(found: Sequence[Word], start: int) -> int:
    """How many words from here make up the longest domain word; 0 when none does."""
    best, surface = 0, ""
    for count, word in enumerate(found[start : start + LONGEST], start=1):
        surface += word.surface
        if len(surface) > LONGEST:
            break
        best = count if surface in READINGS else best
    return best


def _join(parts: Sequence[Word]) -> Word:
    surface = "".join(part.surface for part in parts)
    normal = parts[0].normal if len(parts) == 1 else surface
    return Word(surface, READINGS[surface], normal, ("名詞", "固有名詞", "一般"))


def _chunks(text: str) -> Iterator[str]:
    while len(text) > _CHUNK:
        ends = [match.end() for match in _SENTENCE_END.finditer(text, 0, _CHUNK)]
        cut = ends[-1] if ends else _CHUNK
        yield text[:cut]
        text = text[cut:]
    if text:
        yield text
