"""会員名簿: the members as the secretariat sees them, to be filtered, printed and taken along."""

from typing import Any

from litestar import Request, get
from litestar.response import Response

from services.web.context import Ctx
from services.web.documents import document
from services.web.pages.public.organisations import FILTERS, PER_PAGE, options_of, wanted_of
from services.web.rendering import page
from shared.identity.policy import Permission
from shared.kit import clock
from shared.members import directory, export_lists, exports, paper
from shared.members.models import Visibility

AnyRequest = Request[Any, Any, Any]


@get("/staff/members", policy=Permission.APPLICATION_READ)
async def list_members(request: AnyRequest, ctx: Ctx) -> Response[Any]:
    wanted = wanted_of(request)
    browsed = await ctx.read(
        directory.browse,
        wanted.sought,
        audience=Visibility.SECRETARIAT,
        first=PER_PAGE,
        offset=(wanted.page - 1) * PER_PAGE,
    )
    profile = await ctx.profile()
    return await page(
        ctx,
        "staff/members/list.html",
        wanted=wanted,
        query=wanted.address().partition("?")[2],
        directory=browsed,
        filters=FILTERS,
        options=options_of(wanted, browsed, profile),
        pages=max(1, -(-browsed.total // PER_PAGE)),
        most_labels=paper.MOST_LABELS,
        most_rows=paper.MOST_ROWS,
    )


@get("/staff/members/labels.pdf", policy=Permission.APPLICATION_READ)
async def print_labels(request: AnyRequest, ctx: Ctx) -> Response[bytes]:
    """`?skip=` leaves out the labels that a begun sheet has already lost."""
    members = await ctx.read(export_lists.all_members, wanted_of(request).sought, audience=Visibility.SECRETARIAT)
    profile = await ctx.profile()
    await ctx.release()
    given = request.query_params.get("skip", "")
    skip = int(given) if given.isascii() and given.isdigit() and len(given) < 3 else 0
    pdf = await paper.render_labels(profile, exports.address_labels(members), skip=skip)
    return document(pdf, name="宛名ラベル.pdf", plain_name="labels.pdf", private=True)


@get("/staff/members/name-list.pdf", policy=Permission.APPLICATION_READ)
async def print_name_list(request: AnyRequest, ctx: Ctx) -> Response[bytes]:
    members = await ctx.read(export_lists.all_members, wanted_of(request).sought, audience=Visibility.SECRETARIAT)
    profile = await ctx.profile()
    await ctx.release()
    pdf = await paper.render_name_list(
        profile,
        title="会員名簿",
        columns=exports.NAME_LIST_COLUMNS,
        rows=exports.name_list_rows(members),
        as_of=clock.today(),
    )
    return document(pdf, name="会員名簿.pdf", plain_name="name-list.pdf", private=True)


ROUTES = [list_members, print_labels, print_name_list]
