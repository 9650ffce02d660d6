"""Answers that are files: their names in Japanese, shown in the browser or saved."""

from urllib.parse import quote

from litestar.response import Response

PDF = "application/pdf"


def document(
    content: bytes, *, name: str, plain_name: str, media_type: str = PDF, save: bool = False, private: bool = False
) -> Response[bytes]:
    """`plain_name` is for programs that know ASCII only. A `private` document is kept by nobody on the way."""
    manner = "attachment" if save else "inline"
    headers = {"Content-Disposition": f"{manner}; filename=\"{plain_name}\"; filename*=UTF-8''{quote(name)}"}
    if private:
        headers["Cache-Control"] = "no-store"
    kind, _, charset = media_type.partition("; charset=")
    return Response(content, media_type=kind, encoding=charset or "utf-8", headers=headers)
