"""Search for Japanese inside PostgreSQL: both sides are built here, the database only matches.

What matches is decided on two plain texts, read by LIKE (why: decision 0006): the folded text, in which a folded query
occurs or not, and the line of normalised words, so that こども finds 子ども.

How well it matches is told by a `tsvector`. One `tsvector` carries two streams; their lexemes cannot meet: words begin with `w:` and are longer than any gram.


* words: Sudachi's normalised forms, so that こども finds 子ども; weight A in the title, B in the body;
* grams: every character and every pair of characters of the folded text, weight D. A phrase of neighbouring pairs is
  true exactly where the folded text contains the folded query: in the middle of a word, or a single character.

PostgreSQL keeps positions up to 16,383 and 255 of them per lexeme, so neighbourhood is unprovable in very long texts.
Such a vector keeps every lexeme, some without a position, and is marked with `long:`; for marked ones a query is also
satisfied when all of its pairs occur anywhere: a long text may be found once too often, never once too little.
Beyond 100,000 characters, or 900 kB of lexemes, the rest of a text is not searched.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from itertools import pairwise
from typing import NamedTuple

from shared.kit.japanese.folding import fold, unify
from shared.kit.japanese.snippets import snippet
from shared.kit.japanese.sudachi import is_meaningful, words

__all__ = ["Term", "folded_text", "pattern", "search_query", "search_terms", "search_vector", "snippet", "word_line"]

_LAST_POSITION = 16_383
_POSITIONS_PER_LEXEME = 255
_LONGEST_TEXT = 100_000
_LONGEST_WORD = 200
_LONGEST_QUERY = 200
_MOST_QUERY_WORDS = 10
_SIZE_LIMIT = 900_000  # bytes; PostgreSQL refuses a tsvector of 1,048,576
_ENTRY_OVERHEAD = 8
_MARK = "long:"
_PREFIX = "w:"
#: Equal to no line of words, in which a line feed follows a word or nothing.
_NEVER = "\n\n\n"


class Term(NamedTuple):
    """One typed word as two LIKE patterns; it is found where either matches."""

    folded: str
    words: str


def folded_text(*, title: str, body: str) -> str:
    """No folded text contains a line feed, so that nothing is found across the border."""
    return f"{fold(title)}\n{fold(body[:_LONGEST_TEXT])}"


def word_line(*, title: str, body: str) -> str:
    return "\n".join(_line(text) for text in (title, body[:_LONGEST_TEXT]))


def search_terms(text: str) -> list[Term]:
    """Each must be found. None: nothing to search for is left."""
    return [Term(pattern(fold(part)), pattern(_line(part)) or _NEVER) for part in _typed(text)]


def search_vector(*, title: str, body: str) -> str:
    """A literal for `CAST(:vector AS tsvector)`: already parsed and weighted, not to be given to `to_tsvector`."""
    vector = _Vector()
    for weight, text in (("A", title), ("B", body[:_LONGEST_TEXT])):
        vector.add_words(_lexemes(text), weight)
        vector.add_grams(fold(text))
    return vector.literal()


def search_query(text: str) -> str:
    """A literal for `CAST(:query AS tsquery)`: every word typed must be found, in whichever stream.

    Empty when nothing to search for is left; as a tsquery that matches nothing.
    """
    return " & ".join(_either_stream(part) for part in _typed(text))


def _typed(text: str) -> list[str]:
    return [part for part in text[:_LONGEST_QUERY].split() if fold(part)][:_MOST_QUERY_WORDS]


def _line(text: str) -> str:
    """|word|word|"""
    found = [lexeme.removeprefix(_PREFIX).replace("|", "") for lexeme in _lexemes(text)]
    return f"|{'|'.join(found)}|" if found else ""


def pattern(part: str) -> str:
    """For LIKE: anywhere in a text. Empty for an empty part."""
    escaped = part.replace("\\", r"\\").replace("%", r"\%").replace("_", r"\_")
    return f"%{escaped}%" if escaped else ""


class _Vector:
    def __init__(self) -> None:
        self._positions: defaultdict[str, list[str]] = defaultdict(list)
        self._size = 0
        self._is_long = False
        self._next = {"word": 1, "gram": 1}

    def add_words(self, lexemes: Iterable[str], weight: str) -> None:
        start = at = self._next["word"]
        for at, lexeme in enumerate(lexemes, start):
            self._add(lexeme, at, weight)
        self._next["word"] = at + 2

    def add_grams(self, folded: str) -> None:
        start = self._next["gram"]
        for at, character in enumerate(folded, start):
            self._add(character, at)
        for at, pair in enumerate(_pairs(folded), start):
            self._add(pair, at)
        self._next["gram"] = start + len(folded) + 1

    def literal(self) -> str:
        marks = [_quoted(_MARK)] if self._is_long else []
        return " ".join([*marks, *(_entry(lexeme, at) for lexeme, at in self._positions.items())])

    def _add(self, lexeme: str, at: int, weight: str = "") -> None:
        if lexeme not in self._positions and not self._has_room_for(lexeme):
            return
        positions = self._positions[lexeme]
        if at > _LAST_POSITION or len(positions) >= _POSITIONS_PER_LEXEME:
            self._is_long = True
        else:
            positions.append(f"{at}{weight}")

    def _has_room_for(self, lexeme: str) -> bool:
        self._size += len(lexeme.encode()) + _ENTRY_OVERHEAD
        return self._size <= _SIZE_LIMIT


def _either_stream(part: str) -> str:
    alternatives = _alternatives(_grams_of_query(fold(part))) + _alternatives([(word, 1) for word in _lexemes(part)])
    return "(" + " | ".join(alternatives) + ")"


def _alternatives(lexemes: list[tuple[str, int]]) -> list[str]:
    """In one phrase; or, where that cannot be proved, in one long text."""
    if len(lexemes) < 2:
        return [_phrase(lexemes)] if lexemes else []
    return [_phrase(lexemes), _all_in_long_text(lexemes)]


def _grams_of_query(folded: str) -> list[tuple[str, int]]:
    """The fewest grams that cover the text, each with its distance from the one before."""
    if len(folded) == 1:
        return [(folded, 1)]
    starts = [*range(0, len(folded) - 1, 2)]
    if len(folded) % 2:
        starts.append(len(folded) - 2)
    distances = [1, *(later - earlier for earlier, later in pairwise(starts))]
    return [(folded[start : start + 2], distance) for start, distance in zip(starts, distances, strict=True)]


def _phrase(lexemes: list[tuple[str, int]]) -> str:
    first, *rest = lexemes
    return "(" + _quoted(first[0]) + "".join(f" <{distance}> {_quoted(lexeme)}" for lexeme, distance in rest) + ")"


def _all_in_long_text(lexemes: list[tuple[str, int]]) -> str:
    return "(" + " & ".join(_quoted(lexeme) for lexeme in (_MARK, *(lexeme for lexeme, _ in lexemes))) + ")"


def _lexemes(text: str) -> Iterator[str]:
    """Words that carry meaning, each as `w:` and its normalised form, folded."""
    for word in filter(is_meaningful, words(unify(text))):
        if normal := fold(word.normal)[:_LONGEST_WORD]:
            yield f"{_PREFIX}{normal}"


def _pairs(folded: str) -> Iterator[str]:
    return (folded[at : at + 2] for at in range(len(folded) - 1))


def _entry(lexeme: str, positions: list[str]) -> str:
    return f"{_quoted(lexeme)}:{','.join(positions)}" if positions else _quoted(lexeme)


def _quoted(lexeme: str) -> str:
    """Inside quotes PostgreSQL knows two special characters, and both are doubled."""
    return "'" + lexeme.replace("\\", "\\\\").replace("'", "''") + "'"
