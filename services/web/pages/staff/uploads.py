"""A picture, or a flyer, that comes with a form."""

import os
from typing import Any
from uuid import UUID

import msgspec
from litestar.datastructures import UploadFile
from sqlalchemy.ext.asyncio import AsyncSession

from services.web.context import Context
from services.web.forms import Form
from shared.content.flyers import store_flyer
from shared.content.media import change_words, store_image
from shared.content.queries import media_by_name_or_id
from shared.kit import pictures
from shared.kit.refusals import Refusal, Refusals

_EMPTY = {"alt": "", "caption": "", "decorative": ""}


class KeptFlyer(msgspec.Struct, frozen=True):
    """`values` go over what was typed, so that the form shows the flyer from now on."""

    values: dict[str, str] = {}
    drafted: bool = False


async def keep_upload(ctx: Context, form: Form, *, withheld: bool = False) -> dict[str, str]:
    """Store the picture of the field `file`, if one was chosen, and name it in `image_id`, so that the form shows it from now on.

    Refusals name `file`, `alt`, `caption`.
    """
    upload = form.file("file")
    if upload is None:
        return {}
    media = await ctx.write(
        store_image, ctx.site.files, data=await _bytes_of(upload), withheld=withheld, **_words(ctx, form)
    )
    return {"image_id": str(media.id)} | _EMPTY


async def keep_flyer(ctx: Context, form: Form) -> KeptFlyer:
    """The same for a flyer, which may be a PDF. A drafted alt text stands in `chosen_alt` and wants a reader: see `read_by_somebody`."""
    upload = form.file("file")
    if upload is None:
        return KeptFlyer()
    stored = await ctx.write(
        store_flyer,
        ctx.site.files,
        data=await _bytes_of(upload),
        file_name=upload.filename,
        **_words(ctx, form),
    )
    chosen = {"image_id": str(stored.media_id), "alt_of": str(stored.media_id), "chosen_alt": stored.alt}
    return KeptFlyer(chosen | _EMPTY, stored.drafted)


def read_by_somebody(kept: KeptFlyer) -> None:
    """Nothing is published under words that a program has picked from a PDF and nobody has read."""
    if kept.drafted:
        raise Refusal(
            "ALT_DRAFTED",
            "チラシの説明の下書きを、PDFの文字から作りました。見えない方に伝わる文に直してから、もう一度保存してください。",
            "chosen_alt",
        )


async def change_chosen_words(session: AsyncSession, *, form: Form, flyer_id: UUID | None) -> None:
    """What was typed as the words of the flyer that is still chosen. Refusals name `chosen_alt`."""
    if flyer_id is None or form.text("alt_of") != str(flyer_id) or not form.has("chosen_alt"):
        return
    known = await media_by_name_or_id(session, str(flyer_id))
    if known is None or known.alt == form.text("chosen_alt"):
        return
    try:
        await change_words(
            session, media_id=flyer_id, alt=form.text("chosen_alt"), caption=known.caption, credit=known.credit
        )
    except Refusals as refusals:
        raise Refusal(refusals.code, refusals.message, "chosen_alt") from None


def _words(ctx: Context, form: Form) -> dict[str, Any]:
    return {
        "alt": form.text("alt"),
        "caption": form.text("caption") or None,
        "decorative": form.checked("decorative"),
        "uploaded_by": ctx.actor.account_id,
    }


async def _bytes_of(upload: UploadFile) -> bytes:
    """Too large a file is refused before it is read into memory."""
    pictures.check_length(upload.file.seek(0, os.SEEK_END))
    await upload.seek(0)
    return await upload.read()
