"""Markdown without its marks, for the search index, feeds and descriptions."""

from collections.abc import Iterator

from markdown_it import MarkdownIt
from markdown_it.token import Token

_MARKDOWN = MarkdownIt("commonmark", {"html": False}).enable("table")


def plain_text(markdown: str) -> str:
    """One line per paragraph, list item, heading or cell; of links the words, of pictures the alt text."""
    lines = ("".join(_words(token)) for token in _MARKDOWN.parse(markdown))
    return "\n".join(line.strip() for line in lines if line.strip())


def excerpt(markdown: str, longest: int = 120) -> str:
    """The beginning, on one line."""
    words = " ".join(plain_text(markdown).split("\n"))
    return words if len(words) <= longest else words[: longest - 1].rstrip() + "…"


def _words(token: Token) -> Iterator[str]:
    if token.type in ("fence", "code_block", "code_inline", "text"):
        yield token.content
    elif token.type in ("softbreak", "hardbreak"):
        yield "\n"
    for child in token.children or []:
        yield from _words(child)
