"""What the secretariat prints from its records."""

from uuid import UUID

from litestar import get
from litestar.params import FromPath
from litestar.response import Response

from services.web.context import Context, Ctx
from services.web.documents import document
from shared.identity.policy import Permission
from shared.kit.japanese import eras
from shared.members import application_queries, paper
from shared.taxonomy import queries as taxonomy


@get("/staff/applications/{application_id:uuid}/form1.pdf", policy=Permission.APPLICATION_READ)
async def application_form(ctx: Ctx, application_id: FromPath[UUID]) -> Response[bytes]:
    """様式1 as it would have come on paper, with the receipt number."""
    application = await ctx.read(application_queries.application, application_id)
    municipality = await _municipality(ctx, application.details.municipality_code)
    profile = await ctx.profile()
    await ctx.release()
    pdf = await paper.render_form1(
        profile,
        application.details,
        application.receipt_number,
        received_on=eras.in_japan(application.received_at).date(),
        municipality=municipality,
        channel=application.channel,
    )
    name = f"入会申請書_{application.receipt_number}.pdf"
    return document(pdf, name=name, plain_name=f"form1-{application.receipt_number}.pdf", private=True)


async def _municipality(ctx: Context, code: str) -> str:
    known = await ctx.read(taxonomy.municipality, code) if code else None
    return known.name if known else ""


ROUTES = [application_form]
