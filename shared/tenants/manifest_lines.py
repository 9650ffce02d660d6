"""From a place in decoded TOML (`pillars`, 1, `title`) back to the line of the file, so that a mistake can be shown."""

import re
from collections.abc import Iterator

Path = tuple[str | int, ...]

_TABLE = re.compile(r"\s*\[([^\[\]]+)\]\s*(?:#.*)?$")
_ARRAY_TABLE = re.compile(r"\s*\[\[([^\[\]]+)\]\]\s*(?:#.*)?$")
_KEY = re.compile(r'\s*("[^"]*"|[A-Za-z0-9_.-]+)\s*=\s*(.*)$')


class LineIndex:
    """Lines of tables and keys; inside an inline value the line of its key is the nearest known."""

    def __init__(self, text: str, *, offset: int = 0) -> None:
        self._lines: dict[Path, int] = {}
        self._counts: dict[Path, int] = {}
        self._table: Path = ()
        for number, line in _outside_values(text):
            self._note(line, number + offset)

    def line(self, path: Path) -> int:
        while path and path not in self._lines:
            path = path[:-1]
        return self._lines.get(path, 1)

    def _note(self, line: str, number: int) -> None:
        if match := _ARRAY_TABLE.match(line):
            outer = self._resolved(_names(match[1]))
            index = self._counts.get(outer, -1) + 1
            self._counts[outer] = index
            self._table = (*outer, index)
            self._lines.setdefault(outer, number)
            self._lines[self._table] = number
        elif match := _TABLE.match(line):
            self._table = self._resolved(_names(match[1]))
            self._lines[self._table] = number
        elif match := _KEY.match(line):
            self._lines[(*self._table, *_names(match[1]))] = number

    def _resolved(self, names: Path) -> Path:
        """`categories.children` to (`categories`, 3, `children`): names go on from the latest table of each array."""
        path: Path = ()
        for depth, name in enumerate(names):
            path = (*path, name)
            if depth < len(names) - 1 and path in self._counts:
                path = (*path, self._counts[path])
        return path


def _names(dotted: str) -> Path:
    return tuple(part.strip().strip('"') for part in dotted.split("."))


def _outside_values(text: str) -> Iterator[tuple[int, str]]:
    """The lines that start a table or a key; lines inside long strings and arrays are passed over."""
    closing: str | None = None
    depth = 0
    for number, line in enumerate(text.split("\n"), start=1):
        if closing:
            closing = None if closing in line else closing
            continue
        if depth == 0:
            yield number, line
        value = _without_strings(line if depth else (match[2] if (match := _KEY.match(line)) else ""))
        depth = max(0, depth + sum(map(value.count, "[{")) - sum(map(value.count, "]}")))
        closing = next((quote for quote in ('"""', "'''") if value.count(quote) % 2), None)


def _without_strings(line: str) -> str:
    """The line with short strings and comments blanked, quotes of long strings left."""
    blanked = re.sub(r'(?<!")"(?!")(?:[^"\\]|\\.)*"|\'(?!\')[^\']*\'', "", line)
    return blanked if '"""' in blanked or "'''" in blanked else blanked.split("#")[0]
