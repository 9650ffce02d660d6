"""What the process that opens a PDF says; apart, so that the web process never loads the program that reads PDFs."""

import msgspec


class Answer(msgspec.Struct):
    """`image` is a JPEG of the first page, `text` its text layer, `document` the whole without records. A refusal has a code only."""

    image: bytes = b""
    pages: int = 0
    text: str = ""
    document: bytes = b""
    code: str = ""
