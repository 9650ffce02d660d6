"""Which organisation a member is at work for: its only one, or the one that the address names."""

from typing import Any
from uuid import UUID

from litestar import Request

from services.web.context import Context
from services.web.forms import Form
from services.web.pages.arguments import id_of
from shared.identity.policy import Actor
from shared.kit.refusals import NotFound
from shared.members import portal_queries, versions

FIELD = "organisation"


def own_organisation(request: Request[Any, Any, Any], ctx: Context, *, managed: bool = False) -> UUID:
    """From `?organisation=`, else the first. NotFound when it is not the actor's: it looks like one that is not there."""
    return _chosen(ctx.actor, request.query_params.get(FIELD, ""), managed)


def named_in(form: Form, ctx: Context, *, managed: bool = False) -> UUID:
    """The one of the form's hidden field."""
    return _chosen(ctx.actor, form.text(FIELD), managed)


async def others(ctx: Context, chosen: UUID, *, managed: bool = False) -> dict[UUID, str]:
    """Names of all that the actor may choose from, by id; empty when there is but one."""
    mine = ctx.actor.managed_ids if managed else ctx.actor.organisation_ids
    return await ctx.read(portal_queries.names, sorted(mine)) if len(mine) > 1 or chosen not in mine else {}


async def listed(ctx: Context, organisation_id: UUID) -> UUID:
    """The same one; HasLeft, which leads to a page of its own, where it is a member no more."""
    await ctx.read(versions.require_listed, organisation_id)
    return organisation_id


def _chosen(actor: Actor, given: str, managed: bool) -> UUID:
    mine = actor.managed_ids if managed else actor.organisation_ids
    wanted = id_of(given) if given else min(mine, default=None)
    if wanted is None or wanted not in mine:
        raise NotFound
    return wanted
