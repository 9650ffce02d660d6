"""参加団体: the directory, filtered and searched, and one organisation."""

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

import msgspec
from litestar import Request, get
from litestar.params import FromPath
from litestar.response import Response

from services.web.context import Context, Ctx
from services.web.rendering import page
from shared.identity.models import Role
from shared.identity.policy import Permission
from shared.kit import clock
from shared.members import queries
from shared.members.models import Visibility
from shared.members.queries import Facet, Facets
from shared.tenants.queries import CategoryView

PER_PAGE = 20
_LONGEST = 200
_MEMBERS = frozenset({Role.ORGANISATION_MANAGER, Role.ORGANISATION_USER})


class Wanted(msgspec.Struct, frozen=True):
    """What the reader is looking for; one value of each filter, empty for all."""

    text: str
    field: str
    category: str
    municipality: str
    page: int

    @property
    def narrowed(self) -> bool:
        return bool(self.text or self.field or self.category or self.municipality)

    def address(self, number: int) -> str:
        given = {"q": self.text, "field": self.field, "category": self.category, "municipality": self.municipality}
        query = {name: value for name, value in given.items() if value} | ({"page": number} if number > 1 else {})
        return f"/organisations?{urlencode(query)}" if query else "/organisations"


@get("/organisations", policy=Permission.PUBLIC, cached=True)
async def list_organisations(request: Request[Any, Any, Any], ctx: Ctx) -> Response[Any]:
    wanted = _wanted(request)
    directory = await ctx.read(
        queries.directory,
        search=wanted.text,
        fields=[wanted.field] if wanted.field else (),
        categories=[wanted.category] if wanted.category else (),
        municipalities=[wanted.municipality] if wanted.municipality else (),
        first=PER_PAGE,
        offset=(wanted.page - 1) * PER_PAGE,
    )
    facets = await ctx.read(queries.facets)
    return await page(
        ctx,
        "organisations/list.html",
        wanted=wanted,
        directory=directory,
        facets=facets,
        options=_options(facets, (await ctx.profile()).categories),
        pages=max(1, -(-directory.total // PER_PAGE)),
    )


@get("/organisations/{organisation_id:uuid}", policy=Permission.PUBLIC, cached=True)
async def show_organisation(ctx: Ctx, organisation_id: FromPath[UUID]) -> Response[Any]:
    audience = _audience(ctx)
    organisation = await ctx.read(queries.organisation, organisation_id, audience)
    starts_later = organisation.joined_on is not None and organisation.joined_on > clock.today()
    return await page(
        ctx, "organisations/item.html", organisation=organisation, audience=audience, starts_later=starts_later
    )


def _wanted(request: Request[Any, Any, Any]) -> Wanted:
    """Whatever cannot be meant is as if it were not there."""
    given = {
        name: request.query_params.get(name, "").strip()[:_LONGEST] for name in ("field", "category", "municipality")
    }
    number = request.query_params.get("page", "")
    return Wanted(
        text=request.query_params.get("q", "").strip()[:_LONGEST].replace("\x00", ""),
        page=int(number) if number.isascii() and number.isdigit() and 0 < len(number) < 5 and int(number) else 1,
        **{name: value.replace("\x00", "") for name, value in given.items()},
    )


def _options(facets: Facets, categories: list[CategoryView]) -> dict[str, list[tuple[str, str]]]:
    return {
        "fields": [("", "すべての分野"), *map(_option, facets.fields)],
        "categories": [("", "すべての区分"), *map(_option, _with_parents(facets.categories, categories))],
        "municipalities": [("", "すべての市町村"), *map(_option, facets.municipalities)],
    }


def _option(facet: Facet) -> tuple[str, str]:
    return facet.value, f"{facet.name}（{facet.count}）"


def _with_parents(facets: list[Facet], categories: list[CategoryView]) -> list[Facet]:
    """A group counts what is in it and below it, as the filter does; empty ones are left out."""
    own = {facet.value: facet.count for facet in facets}

    def total(category: CategoryView) -> int:
        below = (total(child) for child in categories if child.parent_id == category.id)
        return own.get(category.slug, 0) + sum(below)

    def walk(parent: UUID | None, depth: int) -> list[Facet]:
        return [
            facet
            for category in categories
            if category.parent_id == parent and total(category)
            for facet in [
                Facet(category.slug, "　" * depth + category.name, total(category)),
                *walk(category.id, depth + 1),
            ]
        ]

    return walk(None, 0)


def _audience(ctx: Context) -> Visibility:
    """Answers are kept for anonymous readers only, so this cannot leak through the cache."""
    if ctx.actor.may(Permission.APPLICATION_READ):
        return Visibility.SECRETARIAT
    return Visibility.MEMBERS if ctx.actor.roles & _MEMBERS else Visibility.PUBLIC


ROUTES = [list_organisations, show_organisation]
