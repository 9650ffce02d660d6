"""画像の説明: pictures that read alike, side by side, to be told apart in words."""

from typing import Any
from uuid import UUID

from litestar import Request, get, post
from litestar.params import FromPath, FromQuery
from litestar.response import Redirect, Response

from services.web.context import Context, Ctx
from services.web.forms import FormExpired, FormView, read_form
from services.web.rendering import page
from shared.content.media import change_words
from shared.content.queries import media_by_name_or_id
from shared.events.pictures import pictures_alike
from shared.identity.policy import Permission
from shared.kit.refusals import NotFound, Refusal, Refusals

AnyRequest = Request[Any, Any, Any]


@get("/staff/pictures", policy=Permission.EVENT_WRITE)
async def list_alike(ctx: Ctx, done: FromQuery[str] = "") -> Response[Any]:
    return await _page(ctx, FormView(), done=done == "saved")


@post("/staff/pictures/{media_id:uuid}", policy=Permission.EVENT_WRITE)
async def change_alt(request: AnyRequest, ctx: Ctx, media_id: FromPath[UUID]) -> Response[Any]:
    form = await read_form(request, ctx)
    known = await ctx.read(media_by_name_or_id, str(media_id))
    if known is None:
        raise NotFound
    field = f"alt-{media_id}"
    try:
        if not form.genuine:
            raise FormExpired
        await ctx.write(
            change_words, media_id=media_id, alt=form.text(field), caption=known.caption, credit=known.credit
        )
    except Refusals as refusals:
        view = FormView(form.values(), Refusal(refusals.code, refusals.message, field))
        return await _page(ctx, view, status=422)
    except Refusal as refusal:
        return await _page(ctx, FormView(form.values(), refusal), status=422)
    return Redirect("/staff/pictures?done=saved", status_code=303)


async def _page(ctx: Context, view: FormView, *, status: int = 200, done: bool = False) -> Response[Any]:
    return await page(
        ctx, "staff/pictures.html", status=status, view=view, groups=await ctx.read(pictures_alike), done=done
    )


ROUTES = [list_alike, change_alt]
