"""A picture that comes with a form."""

from services.web.context import Context
from services.web.forms import Form
from shared.content.media import store_image


async def keep_upload(ctx: Context, form: Form) -> dict[str, str]:
    """Store the picture of the field `file`, if one was chosen, and name it in `image_id`, so that the form shows it from now on.

    Refusals name `file`, `alt`, `caption`.
    """
    upload = form.file("file")
    if upload is None:
        return {}
    data = await upload.read()
    media = await ctx.write(
        store_image,
        ctx.site.files,
        data=data,
        alt=form.text("alt"),
        caption=form.text("caption") or None,
        decorative=form.checked("decorative"),
    )
    return {"image_id": str(media.id), "alt": "", "caption": "", "decorative": ""}
