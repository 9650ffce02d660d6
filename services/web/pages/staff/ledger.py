"""台帳と違う数: what the platform says in public and its ledger does not confirm."""

from typing import Any

import msgspec
from litestar import get
from litestar.response import Response

from services.web.context import Ctx
from services.web.pages.staff.profile_lists import LISTS
from services.web.rendering import page
from shared.events import stated_counts
from shared.identity.policy import Permission
from shared.members.stated_counts import Disagreement, Place
from shared.tenants.models import ProfileKind

_LISTS = {each.kind: name for name, each in LISTS.items()}
PLACES = {
    Place.FIGURE: "数字",
    Place.PROFILE: "プロフィール",
    Place.ITEM: "プロフィール",
    Place.ANNOUNCEMENT: "お知らせ",
    Place.PAGE: "ページ",
    Place.EVENT: "行事",
}


class Line(msgspec.Struct, frozen=True):
    """One number, and the page on which it stands or can be changed."""

    found: Disagreement
    path: str


@get("/staff/ledger", policy=Permission.DESK_SEE)
async def show_disagreements(ctx: Ctx) -> Response[Any]:
    found = await ctx.read(stated_counts.disagreements)
    return await page(
        ctx, "ledger/disagreements.html", lines=[Line(each, _path(each)) for each in found], places=PLACES
    )


def _path(found: Disagreement) -> str:
    if found.place is Place.ANNOUNCEMENT:
        return f"/staff/news/{found.key}"
    if found.place is Place.EVENT:
        return f"/staff/events/{found.key}"
    if found.place is Place.ITEM:
        return f"/staff/profile/{_LISTS[ProfileKind(found.key)]}"
    return {Place.FIGURE: "/about#figures", Place.PAGE: f"/{found.key}"}.get(found.place, "/staff/profile")


ROUTES = [show_disagreements]
