"""The lines under a search result: where in the text the query was found."""

import re
from collections.abc import Iterator
from functools import lru_cache
from itertools import accumulate

from shared.kit.japanese.folding import fold, unify
from shared.kit.japanese.sudachi import is_meaningful, words

_fold_one = lru_cache(maxsize=16_384)(fold)
_SEARCHED = 10_000  # characters of a text in which hits are looked for
_CLUSTER = re.compile("(?s).[\u0300-\u036f\u3099\u309a\uff9e\uff9f\ufe00-\ufe0f\U000e0100-\U000e01ef]*")
_ELLIPSIS = "…"


def snippet(text: str, query: str, width: int = 120) -> list[tuple[str, bool]]:
    """About `width` characters around the first hit as (text, is_hit) pieces, to be escaped and marked by the caller.

    … stands in for what is left out; without a hit it is the beginning of the text.
    """
    line = re.sub(r"\s+", " ", text[:_SEARCHED]).strip()
    exact = list(_substring_hits(line, query))
    start, end = _window(line, sorted(exact or _word_hits(line, query)), width)
    near = [hit for hit in exact if start <= hit[0] < end] + list(_word_hits(line[start:end], query, offset=start))
    pieces = list(_cut(line, _merged(sorted(near)), start, end))
    before = [(_ELLIPSIS, False)] if start else []
    return before + pieces + ([(_ELLIPSIS, False)] if end < len(line) or len(text) > _SEARCHED else [])


def _substring_hits(line: str, query: str) -> Iterator[tuple[int, int]]:
    clusters = _CLUSTER.findall(line)
    parts = [_fold_one(cluster) for cluster in clusters]
    folded = "".join(parts)
    spans: list[tuple[int, int]] = []
    for sought in filter(None, map(fold, query.split())):
        for at in _occurrences(folded, sought):
            spans = spans or _spans(clusters, parts)
            yield spans[at][0], spans[at + len(sought) - 1][1]


def _occurrences(text: str, sought: str) -> Iterator[int]:
    at = text.find(sought)
    while at >= 0:
        yield at
        at = text.find(sought, at + len(sought))


def _spans(clusters: list[str], folded: list[str]) -> list[tuple[int, int]]:
    """For each character of the folded text where in the original it comes from: ﾄﾞ folds to one, ㈱ to three."""
    ends = accumulate(map(len, clusters))
    places = zip(clusters, folded, ends, strict=True)
    return [(end - len(cluster), end) for cluster, part, end in places for _ in part]


def _word_hits(line: str, query: str, *, offset: int = 0) -> Iterator[tuple[int, int]]:
    sought = {fold(word.normal) for word in words(unify(query)) if is_meaningful(word)}
    at = offset
    for word in words(line):
        end = at + len(word.surface)
        if is_meaningful(word) and fold(word.normal) in sought:
            yield at, end
        at = end


def _merged(hits: list[tuple[int, int]]) -> list[tuple[int, int]]:
    merged: list[tuple[int, int]] = []
    for start, end in hits:
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged


def _window(line: str, hits: list[tuple[int, int]], width: int) -> tuple[int, int]:
    """A third of the width stands before the first hit, unless the line ends too soon."""
    first = hits[0][0] if hits else 0
    start = max(0, min(first - width // 3, len(line) - width))
    return start, min(len(line), max(start + width, hits[0][1] if hits else 0))


def _cut(line: str, hits: list[tuple[int, int]], start: int, end: int) -> Iterator[tuple[str, bool]]:
    for hit_start, hit_end in hits:
        if start < hit_start:
            yield line[start:hit_start], False
        yield line[hit_start : min(hit_end, end)], True
        start = min(hit_end, end)
    if start < end:
        yield line[start:end], False
