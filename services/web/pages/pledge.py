"""守秘義務の誓約: read, signed, and back to where the reader was going."""

from typing import Any

from litestar import Request, get, post
from litestar.params import FromQuery
from litestar.response import Redirect, Response

from services.web.auth.sign_in import home_of, safe_path
from services.web.context import Context, Ctx
from services.web.forms import FormExpired, FormView, read_form
from services.web.pages.arguments import number_of
from services.web.rendering import page
from shared.identity.policy import Permission
from shared.kit.refusals import Conflict, NotFound, Refusal
from shared.members import pledges

AnyRequest = Request[Any, Any, Any]


@get("/pledge", policy=Permission.SIGNED_IN)
async def show_pledge(ctx: Ctx, next: FromQuery[str] = "") -> Response[Any]:  # noqa: A002 - the address's own word
    return await _page(ctx, FormView({"next": next}))


@post("/pledge", policy=Permission.SIGNED_IN)
async def sign(request: AnyRequest, ctx: Ctx) -> Response[Any]:
    form = await read_form(request, ctx)
    try:
        if not form.genuine:
            raise FormExpired
        if not form.checked("agreed"):
            raise Refusal("REQUIRED", "内容を読んで、印を付けてください。", "agreed")
        await ctx.write(pledges.sign_pledge, actor=ctx.actor, version=number_of(form.text("version")))
    except NotFound:
        raise
    except Refusal as refusal:
        return await _page(ctx, FormView(form.values(), refusal), status=409 if isinstance(refusal, Conflict) else 422)
    return Redirect(safe_path(form.text("next")) or home_of(ctx.actor), status_code=303)


async def _page(ctx: Context, view: FormView, *, status: int = 200) -> Response[Any]:
    pledge = await ctx.read(pledges.pledge, actor=ctx.actor)
    back = safe_path(view.value("next")) or ""
    return await page(
        ctx,
        "signin/pledge.html",
        status=status,
        headers={"Cache-Control": "no-store"},
        pledge=pledge,
        view=view,
        back=back,
        home=home_of(ctx.actor),
    )


ROUTES = [show_pledge, sign]
