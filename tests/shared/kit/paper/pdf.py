"""What is in a PDF, read by another program than the one that made it."""

import pypdfium2


def pages(pdf: bytes) -> list[str]:
    """The text of each page, without the breaks that setting it has made."""
    document = pypdfium2.PdfDocument(pdf)
    try:
        return [_text(document, number) for number in range(len(document))]
    finally:
        document.close()


def _text(document: pypdfium2.PdfDocument, number: int) -> str:
    page = document[number]
    try:
        text: str = page.get_textpage().get_text_bounded()
    finally:
        page.close()
    return "".join(text.split()).replace("\u200b", "").replace("\ufffe", "")


def sizes(pdf: bytes) -> list[tuple[int, int]]:
    """Millimetres of each page."""
    document = pypdfium2.PdfDocument(pdf)
    try:
        return [
            (round(width / 72 * 25.4), round(height / 72 * 25.4))
            for width, height in map(document.get_page_size, range(len(document)))
        ]
    finally:
        document.close()
