"""Pages: a template, the tenant's dress, the reader's preferences."""

from typing import Any

from litestar.enums import MediaType
from litestar.response import Response

from services.web.context import Context
from shared.kit.japanese.ruby import with_ruby


async def page(
    ctx: Context, template: str, *, status: int = 200, headers: dict[str, str] | None = None, **values: Any
) -> Response[str]:
    """Render a page in the tenant's dress and the reader's preferences. The connection is given back first."""
    profile = await ctx.profile()
    await ctx.release()
    html = ctx.site.templates.get_template(template).render(
        ctx=ctx,
        tenant=profile,
        actor=ctx.actor,
        preferences=ctx.preferences,
        csrf=ctx.form_token,
        **values,
    )
    if ctx.preferences.ruby:
        html = with_ruby(html)
    return Response(html, status_code=status, media_type=MediaType.HTML, headers=headers)
