"""The picture of a member's own news or event: nobody else's picture can be named, and not without end be sent."""

from functools import partial
from uuid import UUID

from services.web.context import Context
from services.web.forms import Form
from services.web.pages.staff.uploads import keep_upload
from shared.content.queries import MediaView, media_by_name_or_id
from shared.kit.limits import within
from shared.kit.refusals import Refusal

UPLOADS_AN_HOUR = 30


async def picture_of(ctx: Context, form: Form, shown: UUID | None) -> MediaView | None:
    """What the form has chosen or brought. `shown` is the picture of this very draft. Refusals name `file`, `alt`, `caption`."""
    await check_room_for_upload(ctx, form)
    kept = await keep_upload(ctx, form)
    if not kept and form.checked("without_picture"):
        return None
    return await own_picture(ctx, kept.get("image_id", form.text("image_id")), shown)


async def own_picture(ctx: Context, media_id: str, shown: UUID | None) -> MediaView | None:
    """Of this draft, or sent by the same person."""
    picture = await ctx.read(media_by_name_or_id, media_id) if media_id else None
    if picture is None or picture.withheld:
        return None
    mine = picture.uploaded_by is not None and picture.uploaded_by == ctx.actor.account_id
    return picture if mine or picture.id == shown else None


async def check_room_for_upload(ctx: Context, form: Form) -> None:
    """Each picture costs three smaller ones, each PDF a process."""
    bucket = f"member-upload:{ctx.tenant.id}:{ctx.actor.account_id}"
    limit = partial(within, bucket=bucket, limit=UPLOADS_AN_HOUR, seconds=3_600)
    if form.file("file") is not None and not await ctx.write(limit):
        raise Refusal("TOO_MANY", "短い時間に多くのファイルが送られました。1時間ほどおいてからお試しください。", "file")
