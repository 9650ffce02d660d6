"""Pictures. The row is looked up under the tenant of the host, so another platform's picture is simply not there."""

from typing import Any

import structlog
from litestar import Request, get
from litestar.params import FromPath
from litestar.response import Response

from services.web.context import Ctx
from services.web.documents import document
from shared.content import queries
from shared.content.queries import MediaFile
from shared.identity.policy import Permission
from shared.kit.refusals import NotFound

log = structlog.get_logger()

#: An SVG opened by itself is a document: it may show itself and nothing else.
SANDBOX = "default-src 'none'; style-src 'unsafe-inline'; sandbox"


@get("/media/{name_or_id:str}/{size:str}", policy=Permission.PUBLIC)
async def show_media(
    ctx: Ctx, request: Request[Any, Any, Any], name_or_id: FromPath[str], size: FromPath[str]
) -> Response[Any]:
    # PostgreSQL takes no NUL in a text.
    if size not in queries.SIZES or "\0" in name_or_id:
        raise NotFound
    file = await ctx.read(queries.media_file, name_or_id)
    await ctx.release()
    if file is None or (file.withheld and not ctx.actor.may(Permission.EVENT_WRITE)):
        raise NotFound
    headers = _headers(file, size, request.query_params.get("v", ""))
    if request.headers.get("if-none-match") == headers["ETag"]:
        return Response(None, status_code=304, headers=headers)
    try:
        data = await ctx.site.files.get(file.sizes[size])
    except FileNotFoundError:
        log.error("a picture has lost its bytes", media=str(file.id), size=size)
        raise NotFound from None
    return Response(data, media_type=file.content_type, headers=headers)


@get("/media/{name_or_id:str}/document.pdf", policy=Permission.PUBLIC)
async def download_document(ctx: Ctx, name_or_id: FromPath[str]) -> Response[Any]:
    """The PDF behind a flyer's picture: saved, never opened inside the site."""
    file = None if "\0" in name_or_id else await ctx.read(queries.document_file, name_or_id)
    await ctx.release()
    if file is None:
        raise NotFound
    try:
        data = await ctx.site.files.get(file.path)
    except FileNotFoundError:
        log.error("a PDF has lost its bytes", path=file.path)
        raise NotFound from None
    return document(data, name=file.file_name, plain_name="flyer.pdf", save=True)


def _headers(file: MediaFile, size: str, version: str) -> dict[str, str]:
    """Kept for ever by whoever asks for these very bytes; a bare name is asked again, because it may get other bytes."""
    if file.withheld:
        return {"ETag": f'"{file.sha256[:24]}-{size}"', "Cache-Control": "no-store"}
    exact = len(version) >= 12 and file.sha256.startswith(version)
    headers = {
        "ETag": f'"{file.sha256[:24]}-{size}"',
        "Cache-Control": "public, max-age=31536000, immutable" if exact else "public, no-cache",
    }
    if file.content_type == "image/svg+xml":
        headers["Content-Security-Policy"] = SANDBOX
    return headers


ROUTES = [show_media, download_document]
