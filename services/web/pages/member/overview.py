"""What somebody who is signed in is here: roles, and the own organisation as everybody sees it."""

from typing import Any

from litestar import get
from litestar.response import Response

from services.web.context import Ctx
from services.web.rendering import page
from shared.identity.policy import Permission
from shared.identity.words import ROLES
from shared.kit.refusals import NotFound
from shared.members import queries as members
from shared.members.queries import OrganisationView


@get("/member", policy=Permission.SIGNED_IN)
async def show_member(ctx: Ctx) -> Response[Any]:
    organisations: list[OrganisationView] = []
    for organisation_id in sorted(ctx.actor.organisation_ids):
        try:
            organisations.append(await ctx.read(members.organisation, organisation_id))
        except NotFound:  # it has left, or is not public yet: then there is nothing to show
            continue
    roles = [ROLES[role] for role in sorted(ctx.actor.roles)]
    return await page(ctx, "member/overview.html", organisations=organisations, roles=roles)


ROUTES = [show_member]
