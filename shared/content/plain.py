"""Markdown without its marks, for the search index, feeds and descriptions."""

from collections.abc import Iterable, Iterator

from markdown_it import MarkdownIt
from markdown_it.token import Token

_MARKDOWN = MarkdownIt("commonmark", {"html": False}).enable("table")


def plain_text(markdown: str) -> str:
    """One line per paragraph, list item, heading or cell; of links the words, of pictures the alt text."""
    return _joined(_MARKDOWN.parse(markdown))


def excerpt(markdown: str, longest: int = 120) -> str:
    """The beginning of what is told, on one line: headings and tables make no sense there."""
    words = " ".join(_joined(_told(_MARKDOWN.parse(markdown))).split("\n"))
    return words if len(words) <= longest else words[: longest - 1].rstrip() + "…"


def _joined(tokens: Iterable[Token]) -> str:
    lines = ("".join(_words(token)) for token in tokens)
    return "\n".join(line.strip() for line in lines if line.strip())


def _told(tokens: Iterable[Token]) -> Iterator[Token]:
    depth = 0
    for token in tokens:
        if token.type in ("table_open", "heading_open", "table_close", "heading_close"):
            depth += token.nesting
        elif not depth:
            yield token


def _words(token: Token) -> Iterator[str]:
    if token.type in ("fence", "code_block", "code_inline", "text"):
        yield token.content
    elif token.type in ("softbreak", "hardbreak"):
        yield "\n"
    for child in token.children or []:
        yield from _words(child)
