"""Flyers: a picture, or a PDF whose first page becomes the picture while the PDF itself, without records of cameras and authors, is kept beside it."""

import asyncio
import hashlib
import re
from pathlib import PurePosixPath
from uuid import UUID

import msgspec
from sqlalchemy.ext.asyncio import AsyncSession

from shared.content.media import LONGEST_ALT, checked_words, store_image
from shared.content.models import Media, MediaDocument
from shared.kit import clock
from shared.kit.database.session import tenant_of
from shared.kit.files import FileStore
from shared.kit.japanese.normalise import clean_text
from shared.kit.pdfs.reading import FirstPage, is_pdf, read_first_page
from shared.kit.refusals import Refusal

_SPACE = re.compile(r"\s+")
_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f\ufffe\uffff]")
_LONGEST_NAME = 100


class StoredFlyer(msgspec.Struct, frozen=True):
    """`drafted`: nobody has written the alt text yet, it is the PDF's own text and wants a reader."""

    media_id: UUID
    alt: str
    drafted: bool


async def store_flyer(
    session: AsyncSession,
    files: FileStore,
    *,
    data: bytes,
    file_name: str,
    alt: str,
    caption: str | None = None,
    decorative: bool = False,
    uploaded_by: UUID | None = None,
) -> StoredFlyer:
    """The bytes decide whether it is a PDF. Without `alt` its text layer is the draft of one.

    Refusals name the fields `file`, `alt`, `caption`. No connection is held while the PDF is worked on.
    """
    page = await asyncio.to_thread(read_first_page, data) if is_pdf(data) else None
    drafted = page is not None and not decorative and not clean_text(alt)
    media = await store_image(
        session,
        files,
        data=page.image if page else data,
        alt=_drafted(page) if page and drafted else alt,
        caption=caption,
        decorative=decorative,
        uploaded_by=uploaded_by,
    )
    if page is not None:
        await _keep_document(session, files, media, page, file_name)
    return StoredFlyer(media.id, media.alt, drafted)


def draft_of_alt(text: str) -> str:
    """The words of a page in one line, no longer than an alt text may be; empty when there are none."""
    words = _SPACE.sub(" ", _UNPRINTABLE.sub(" ", text)).strip()
    line = clean_text(words)
    return line if len(line) <= LONGEST_ALT else line[: LONGEST_ALT - 1] + "…"


def _drafted(page: FirstPage) -> str:
    draft = draft_of_alt(page.text)
    if not draft:
        raise Refusal(
            "ALT_MISSING",
            "このPDFには文字の情報がないため、説明の下書きを作れませんでした。"
            "書かれている内容を「画像の説明」に入力し、もう一度PDFをお選びください。",
            "alt",
        )
    return checked_words(alt=draft, decorative=False).alt


async def _keep_document(
    session: AsyncSession, files: FileStore, media: Media, page: FirstPage, file_name: str
) -> None:
    data = page.document
    digest = hashlib.sha256(data).hexdigest()
    path = f"{tenant_of(session)}/media/{digest[:2]}/{digest}/document.pdf"
    await files.put(path, data)
    session.add(
        MediaDocument(
            media_id=media.id,
            file_name=_name(file_name),
            path=path,
            byte_size=len(data),
            pages=page.pages,
            created_at=clock.now(),
        )
    )
    await session.flush()


def _name(given: str) -> str:
    """The last part of what the browser calls it, without what could confuse a folder."""
    last = PurePosixPath(given.replace("\\", "/")).name
    stem = clean_text(_UNPRINTABLE.sub("", last)).removesuffix(".pdf").removesuffix(".PDF").strip(". ")
    return f"{stem[:_LONGEST_NAME] or 'flyer'}.pdf"
