"""What the secretariat prints from its records."""

from uuid import UUID

import msgspec
from litestar import get
from litestar.params import FromPath
from litestar.response import Response

from services.web.context import Context, Ctx
from services.web.documents import document
from shared.identity.policy import Permission
from shared.kit.japanese import eras
from shared.members import access_log, application_queries, looking, paper, versions
from shared.members.details import ApplicationDetails
from shared.members.notices import queries as notice_queries
from shared.members.notices import sayings
from shared.taxonomy import queries as taxonomy


@get("/staff/applications/{application_id:uuid}/form1.pdf", policy=Permission.APPLICATION_READ)
async def application_form(ctx: Ctx, application_id: FromPath[UUID]) -> Response[bytes]:
    """様式1 as it would have come on paper, with the receipt number."""
    application = await ctx.read(application_queries.application, application_id)
    await ctx.write(
        looking.look_at,
        actor=ctx.actor,
        organisation_id=application.organisation_id,
        action=access_log.APPLICATION,
        object_id=application_id,
    )
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


@get("/staff/changes/{notice_id:uuid}/form1.pdf", policy=Permission.APPLICATION_READ)
async def change_form(ctx: Ctx, notice_id: FromPath[UUID]) -> Response[bytes]:
    """変更届: the whole form with the change, as the record was when it was decided, and which fields it changes."""
    notice = await ctx.read(notice_queries.change_notice, notice_id)
    await _look_at_notice(ctx, notice.organisation_id)
    known = await ctx.read(versions.details_at, notice.organisation_id, notice.decided_at)
    details = msgspec.structs.replace(known, **sayings.applied(known, notice.before, notice.after))
    municipality = await _municipality(ctx, details.municipality_code)
    profile = await ctx.profile()
    await ctx.release()
    pdf = await paper.render_form1(
        profile,
        details,
        notice.receipt_number,
        received_on=eras.in_japan(notice.received_at).date(),
        changed=list(notice.after),
        municipality=municipality,
        channel=notice.channel,
    )
    name = f"変更届_{notice.receipt_number}.pdf"
    return document(pdf, name=name, plain_name=f"form1-{notice.receipt_number}.pdf", private=True)


@get("/staff/withdrawals/{notice_id:uuid}/form2.pdf", policy=Permission.APPLICATION_READ)
async def withdrawal_form(ctx: Ctx, notice_id: FromPath[UUID]) -> Response[bytes]:
    notice = await ctx.read(notice_queries.withdrawal_notice, notice_id)
    await _look_at_notice(ctx, notice.organisation_id)
    known = await ctx.read(versions.details_at, notice.organisation_id, notice.decided_at)
    profile = await ctx.profile()
    await ctx.release()
    withdrawal = msgspec.structs.replace(
        _leaving(known),
        email=notice.email or known.email,
        effective_on=notice.effective_on,
        reason=notice.reason or "",
    )
    pdf = await paper.render_form2(
        profile,
        withdrawal,
        notice.receipt_number,
        received_on=eras.in_japan(notice.received_at).date(),
        channel=notice.channel,
    )
    name = f"退会届_{notice.receipt_number}.pdf"
    return document(pdf, name=name, plain_name=f"form2-{notice.receipt_number}.pdf", private=True)


@get("/staff/organisations/{organisation_id:uuid}/form1.pdf", policy=Permission.APPLICATION_READ)
async def known_form(ctx: Ctx, organisation_id: FromPath[UUID]) -> Response[bytes]:
    """様式1 with what is registered today, for the organisation to read and correct with a pen."""
    known = await ctx.read(versions.details_of, organisation_id)
    await ctx.write(looking.look_at, actor=ctx.actor, organisation_id=organisation_id)
    municipality = await _municipality(ctx, known.municipality_code)
    profile = await ctx.profile()
    await ctx.release()
    address = f"{ctx.tenant.base_url}/member"
    pdf = await paper.render_form1(profile, known, None, municipality=municipality, web_address=address)
    return document(pdf, name=f"登録内容_{known.name}.pdf", plain_name="form1.pdf", private=True)


@get("/staff/organisations/{organisation_id:uuid}/form2.pdf", policy=Permission.APPLICATION_READ)
async def leaving_form(ctx: Ctx, organisation_id: FromPath[UUID]) -> Response[bytes]:
    """様式2 with the organisation's names; day and reason are for the pen."""
    known = await ctx.read(versions.details_of, organisation_id)
    await ctx.write(looking.look_at, actor=ctx.actor, organisation_id=organisation_id)
    profile = await ctx.profile()
    await ctx.release()
    pdf = await paper.render_form2(profile, _leaving(known))
    return document(pdf, name=f"退会届_{known.name}.pdf", plain_name="form2.pdf", private=True)


async def _look_at_notice(ctx: Context, organisation_id: UUID) -> None:
    await ctx.write(looking.look_at, actor=ctx.actor, organisation_id=organisation_id, action=access_log.NOTICE)


def _leaving(known: ApplicationDetails) -> paper.Withdrawal:
    return paper.Withdrawal(
        name=known.name,
        kana=known.kana,
        representative_title=known.representative_title,
        representative_name=known.representative_name,
        contact_name=known.contact_name,
        phone=known.phone or known.mobile,
        email=known.email,
    )


async def _municipality(ctx: Context, code: str) -> str:
    known = await ctx.read(taxonomy.municipality, code) if code else None
    return known.name if known else ""


ROUTES = [application_form, change_form, withdrawal_form, known_form, leaving_form]
