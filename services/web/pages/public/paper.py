"""The forms on paper, empty: for FAX, post and the counter."""

from litestar import get
from litestar.response import Response

from services.web.context import Ctx
from services.web.documents import document
from shared.identity.policy import Permission
from shared.members import paper


@get("/join/form1.pdf", policy=Permission.PUBLIC, cached=True)
async def form1(ctx: Ctx) -> Response[bytes]:
    profile = await ctx.profile()
    await ctx.release()
    address = f"{ctx.site.settings.tenant_url(profile.slug, profile.host)}/join"
    pdf = await paper.render_form1(profile, None, None, web_address=address)
    return document(pdf, name=f"入会申請書（{paper.FORM1}）.pdf", plain_name="form1.pdf")


@get("/join/form2.pdf", policy=Permission.PUBLIC, cached=True)
async def form2(ctx: Ctx) -> Response[bytes]:
    profile = await ctx.profile()
    await ctx.release()
    pdf = await paper.render_form2(profile)
    return document(pdf, name=f"退会届（{paper.FORM2}）.pdf", plain_name="form2.pdf")


ROUTES = [form1, form2]
