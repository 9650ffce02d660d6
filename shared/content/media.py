"""Pictures: what comes in is looked at, cleaned, made small, and kept with words for those who cannot see it."""

import asyncio
import hashlib
from uuid import UUID, uuid4

import msgspec
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from shared.content.models import Media
from shared.kit import clock, pictures
from shared.kit.content_version import bump
from shared.kit.database.session import tenant_of
from shared.kit.drawings import read_drawing
from shared.kit.editing import locked
from shared.kit.files import FileStore
from shared.kit.japanese.normalise import clean_lines, clean_text
from shared.kit.pictures import Picture
from shared.kit.refusals import Refusal, Refusals

LONGEST_ALT = 300
LONGEST_CAPTION = 500


class Words(msgspec.Struct, frozen=True):
    """What stands with a picture."""

    alt: str
    decorative: bool
    caption: str | None
    credit: str | None


async def store_image(
    session: AsyncSession,
    files: FileStore,
    *,
    data: bytes,
    alt: str,
    name: str | None = None,
    caption: str | None = None,
    credit: str | None = None,
    decorative: bool = False,
    withheld: bool = False,
    uploaded_by: UUID | None = None,
) -> Media:
    """Keep a photograph or a scan in three sizes, without its EXIF (places and persons) and upright.

    The bytes decide what it is: PNG, JPEG or WebP. A name that exists gets the new bytes and words.
    A `withheld` picture is shown to the secretariat only. `uploaded_by` is an account.
    Refusals name the fields `file`, `alt`, `caption`. No connection is held while the picture is worked on.
    """
    words = checked_words(alt=alt, decorative=decorative, caption=caption, credit=credit)
    picture = await asyncio.to_thread(pictures.read, data)
    media = await _keep(session, files, name or f"{uuid4().hex}.{picture.suffix}", picture, words)
    media.withheld, media.uploaded_by = withheld, uploaded_by
    await session.flush()
    return media


async def discard_image(session: AsyncSession, files: FileStore, media_id: UUID) -> None:
    """Forget a picture that somebody has sent, unless something else shows it; its bytes go with the last that has them."""
    media = await locked(session, Media, media_id, to_delete=True)
    if media.uploaded_by is None:
        return
    try:
        async with session.begin_nested():
            await session.delete(media)
    except IntegrityError:
        return
    same = select(Media.id).where(Media.sha256 == media.sha256).limit(1)
    if (await session.execute(same)).scalar_one_or_none() is None:
        for key in media.sizes.values():
            await files.remove(key)


async def change_words(
    session: AsyncSession,
    *,
    media_id: UUID,
    alt: str,
    decorative: bool = False,
    caption: str | None = None,
    credit: str | None = None,
) -> Media:
    """Other words for a picture that is kept already. Refusals name `alt`, `caption`."""
    media = await locked(session, Media, media_id)
    words = checked_words(alt=alt, decorative=decorative, caption=caption, credit=credit)
    if words != Words(media.alt, media.decorative, media.caption, media.credit):
        media.alt, media.decorative = words.alt, words.decorative
        media.caption, media.credit = words.caption, words.credit
        await session.flush()
        await bump(session)
    return media


async def store_drawing(
    session: AsyncSession,
    files: FileStore,
    *,
    name: str,
    data: bytes,
    alt: str,
    caption: str | None = None,
    credit: str | None = None,
    decorative: bool = False,
) -> Media:
    """Keep an SVG of a manifest. Scripts, event handlers, foreign objects and addresses outside are refused."""
    words = checked_words(alt=alt, decorative=decorative, caption=caption, credit=credit)
    picture = await asyncio.to_thread(read_drawing, data)
    return await _keep(session, files, name, picture, words)


def checked_words(*, alt: str, decorative: bool, caption: str | None = None, credit: str | None = None) -> Words:
    """Raises Refusals."""
    words = Words(
        alt="" if decorative else clean_text(alt),
        decorative=decorative,
        caption=clean_lines(caption or "") or None,
        credit=clean_text(credit or "") or None,
    )
    problems = []
    if not decorative and not words.alt:
        problems.append(
            Refusal(
                "ALT_MISSING",
                "画像の説明（代替テキスト）を入力してください。飾りの画像のときは「飾り」を選んでください。",
                "alt",
            )
        )
    if len(words.alt) > LONGEST_ALT:
        problems.append(Refusal("TOO_LONG", f"画像の説明は{LONGEST_ALT}文字までで入力してください。", "alt"))
    if len(words.caption or "") > LONGEST_CAPTION:
        problems.append(Refusal("TOO_LONG", f"キャプションは{LONGEST_CAPTION}文字までで入力してください。", "caption"))
    if problems:
        raise Refusals(problems)
    return words


async def _keep(session: AsyncSession, files: FileStore, name: str, picture: Picture, words: Words) -> Media:
    digest = hashlib.sha256(picture.original).hexdigest()
    media = Media(name=name, created_at=clock.now(), sha256=digest)
    # By their content: a name that gets other bytes leaves the old ones untouched for whoever still reads them.
    folder = f"{tenant_of(session)}/media/{digest[:2]}/{digest}"
    sizes = {size: f"{folder}/{size}.{picture.suffix}" for size in picture.sizes}
    for size, data in picture.sizes.items():
        await files.put(sizes[size], data)
    known = (await session.execute(select(Media).where(Media.name == name))).scalar_one_or_none()
    if known is None:
        session.add(media)
    else:
        media = known
    media.sha256, media.byte_size, media.sizes = digest, len(picture.original), sizes
    media.content_type, media.width, media.height = picture.content_type, picture.width, picture.height
    media.alt, media.decorative, media.caption, media.credit = words.alt, words.decorative, words.caption, words.credit
    await session.flush()
    if known is not None:
        await bump(session)
    return media
