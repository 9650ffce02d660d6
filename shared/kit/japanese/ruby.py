"""Furigana for pages: ruby around kanji in running text, every other byte of the page as it was."""

from functools import lru_cache
from html.parser import HTMLParser
from itertools import accumulate

from shared.kit.japanese.readings import KANJI, Piece, read_aloud

# Where ruby is not allowed, would be sent back by a form, or stands already. Drawings know no ruby.
_SILENT = frozenset(
    {
        "ruby",
        "rt",
        "rp",
        "script",
        "style",
        "textarea",
        "title",
        "option",
        "select",
        "datalist",
        "svg",
        "math",
        "iframe",
    }
)
_VOID = frozenset(
    {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
)
_FOREIGN = ("zh", "ko", "yue")  # kanji that are not read in Japanese


def with_ruby(html: str) -> str:
    """The page or fragment with furigana; `data-no-ruby` on an element keeps it and its content as it is.

    Nothing is reserialised: taking the inserted `<ruby>` markup out again gives the very same string.
    An element with `data-no-ruby` needs its end tag, or the silence lasts to the next end tag of that name.
    """
    finder = _TextFinder(html)
    parts, done = [], 0
    for start, end in finder.texts:
        parts += [html[done:start], ruby_text(html[start:end])]
        done = end
    return "".join([*parts, html[done:]])


def ruby_text(text: str) -> str:
    """Text between tags (already escaped, without character references cut in half) with ruby markup."""
    return _marked_up(text) if KANJI.search(text) else text


@lru_cache(maxsize=4096)
def _marked_up(text: str) -> str:
    return "".join(map(_markup, read_aloud(text)))


def _markup(piece: Piece) -> str:
    if not piece.reading:
        return piece.text
    return f"<ruby>{piece.text}<rp>（</rp><rt>{piece.reading}</rt><rp>）</rp></ruby>"


class _TextFinder(HTMLParser):
    """Collects where in the source text stands that may bear furigana."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=False)
        self.texts: list[tuple[int, int]] = []
        self._source = html
        self._line_starts = [0, *accumulate(len(line) + 1 for line in html.split("\n"))]
        self._silent_tag = ""
        self._silent_depth = 0
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if self._silent_depth:
            self._silent_depth += tag == self._silent_tag
        elif tag not in _VOID and (tag in _SILENT or _asks_for_silence(attrs)):
            self._silent_tag, self._silent_depth = tag, 1

    def handle_endtag(self, tag: str) -> None:
        if self._silent_depth and tag == self._silent_tag:
            self._silent_depth -= 1

    def handle_data(self, data: str) -> None:
        line, column = self.getpos()
        start = self._line_starts[line - 1] + column
        if not self._silent_depth and self._source.startswith(data, start):
            self.texts.append((start, start + len(data)))


def _asks_for_silence(attrs: list[tuple[str, str | None]]) -> bool:
    return any(
        name == "data-no-ruby" or (name == "lang" and (value or "").startswith(_FOREIGN)) for name, value in attrs
    )
