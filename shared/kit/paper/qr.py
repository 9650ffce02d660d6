"""QR codes as SVG, with the words that a screen reader says instead."""

import io
from typing import TypedDict

import segno


class Code(TypedDict):
    svg: str
    alt: str


def qr_code(content: str, alt: str) -> Code:
    """Error correction M: it survives a FAX and a fold."""
    svg = io.BytesIO()
    segno.make_qr(content, error="m").save(svg, kind="svg", border=2, xmldecl=False, svgns=True)
    return {"svg": svg.getvalue().decode(), "alt": alt}


def inline_qr(content: str) -> str:
    """For a page: as wide as its place, with the quiet margin that telephones want."""
    drawn: str = segno.make_qr(content, error="m").svg_inline(border=4, omitsize=True)
    return drawn
