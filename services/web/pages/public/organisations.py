"""参加団体: the directory, filtered and searched, and one organisation."""

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

import msgspec
from litestar import Request, get
from litestar.params import FromPath
from litestar.response import Response

from services.web import tiles
from services.web.context import Context, Ctx
from services.web.rendering import page
from services.web.tiles import Place
from shared.identity.policy import Permission
from shared.kit import clock
from shared.kit.did_you_mean import did_you_mean
from shared.members import access_log, directory, pledges, queries, tags
from shared.members import filters as member_filters
from shared.members.directory import Browsed
from shared.members.filters import Facet, Facets
from shared.members.umbrella import queries as umbrella
from shared.members.visibility import Audience, is_member
from shared.taxonomy import queries as taxonomy
from shared.tenants.models import Level
from shared.tenants.queries import CategoryView, Profile

PER_PAGE = 20
_LONGEST = 200
#: The filters in the order of the form: its name, the label, what stands for all, and the list of facets.
FILTERS = {
    "field": ("分野", "すべての分野", "fields"),
    "category": ("区分", "すべての区分", "categories"),
    "municipality": ("市町村", "すべての市町村", "municipalities"),
    "audience": ("対象となる方", "すべての方", "audiences"),
    "resource": ("提供できるもの", "すべて", "resources"),
}


class Wanted(msgspec.Struct, frozen=True):
    """What the reader is looking for; one value of each filter, empty for all."""

    text: str
    filters: dict[str, str]
    page: int

    @property
    def narrowed(self) -> bool:
        return bool(self.text or any(self.filters.values()))

    @property
    def sought(self) -> member_filters.Wanted:
        values = {plural: [self.filters[name]] for name, (_, _, plural) in FILTERS.items() if self.filters[name]}
        return member_filters.Wanted(search=self.text, **values)

    def address(self, number: int = 1, **changes: str) -> str:
        given = {"q": self.text} | self.filters | changes
        query = {name: value for name, value in given.items() if value} | ({"page": str(number)} if number > 1 else {})
        return f"/organisations?{urlencode(query)}" if query else "/organisations"


@get("/organisations", policy=Permission.PUBLIC, cached=True)
async def list_organisations(request: Request[Any, Any, Any], ctx: Ctx) -> Response[Any]:
    """Answers are kept for anonymous readers only, so what members see more cannot leak through the cache."""
    wanted, audience = wanted_of(request), await ctx.read(pledges.audience_for, ctx.actor)
    browsed = await ctx.read(
        directory.browse,
        wanted.sought,
        audience=audience,
        first=PER_PAGE,
        offset=(wanted.page - 1) * PER_PAGE,
    )
    meant = await ctx.read(did_you_mean, wanted.text, browsed.total) if wanted.text else []
    reach = await ctx.read(umbrella.reach)
    places = await _places(ctx, browsed)
    profile = await ctx.profile()
    return await page(
        ctx,
        "organisations/list.html",
        wanted=wanted,
        directory=browsed,
        filters=FILTERS,
        options=options_of(wanted, browsed, profile, places),
        pages=max(1, -(-browsed.total // PER_PAGE)),
        per_page=PER_PAGE,
        row_of=directory.row_of,
        meant=meant,
        reach=reach,
        places=[place for place in places if place.count],
        map=tiles.draw(places, level=profile.level, code=profile.code),
    )


@get("/organisations/{organisation_id:uuid}", policy=Permission.PUBLIC, cached=True, counted="organisation_id")
async def show_organisation(
    request: Request[Any, Any, Any], ctx: Ctx, organisation_id: FromPath[UUID]
) -> Response[Any]:
    """Answers from memory are counted by the front; this one is not from there."""
    audience = await ctx.read(pledges.audience_for, ctx.actor)
    organisation = await ctx.read(queries.organisation, organisation_id, audience)
    if audience.of_staff:
        action = access_log.ORGANISATION
        await ctx.write(access_log.note_view, actor=ctx.actor, action=action, object_id=organisation_id)
    if not ctx.actor.signed_in:
        ctx.site.views.saw(ctx.tenant.id, organisation_id, dict(request.scope["headers"]))
    starts_later = organisation.joined_on is not None and organisation.joined_on > clock.today()
    return await page(
        ctx,
        "organisations/item.html",
        organisation=organisation,
        audience=audience,
        pledge_needed=await _holds_back(ctx, organisation_id, audience),
        starts_later=starts_later,
        affiliates=await ctx.read(umbrella.affiliates, organisation_id),
        tags=tags,
    )


async def _holds_back(ctx: Context, organisation_id: UUID, audience: Audience) -> bool:
    """Something may be shown to this reader after 守秘義務の誓約 only."""
    if audience is Audience.SECRETARIAT:
        return (await ctx.read(umbrella.listing, organisation_id)).address_confidential
    return (
        audience is Audience.PUBLIC and is_member(ctx.actor) and await ctx.read(pledges.has_members_rights, ctx.actor)
    )


def wanted_of(request: Request[Any, Any, Any]) -> Wanted:
    """Whatever cannot be meant is as if it were not there."""

    def given(name: str) -> str:
        return request.query_params.get(name, "").strip()[:_LONGEST].replace("\x00", "")

    number = request.query_params.get("page", "")
    return Wanted(
        text=given("q"),
        filters={name: given(name) for name in FILTERS},
        page=int(number) if number.isascii() and number.isdigit() and 0 < len(number) < 5 and int(number) else 1,
    )


def options_of(
    wanted: Wanted, browsed: Facets, profile: Profile, places: Sequence[Place] = ()
) -> dict[str, list[tuple[str, str]]]:
    facets = {name: getattr(browsed, plural) for name, (_, _, plural) in FILTERS.items()}
    facets["category"] = _as_tree(browsed.categories, profile.categories)
    words = {
        "field": {each.slug: each.name for each in profile.fields},
        "category": {each.slug: each.name for each in profile.categories},
        "municipality": {each.code: each.name for each in places},
        "audience": tags.AUDIENCES,
        "resource": tags.RESOURCES,
    }
    return {
        name: [("", FILTERS[name][1]), *_with_chosen(offered, wanted.filters[name], words[name])]
        for name, offered in facets.items()
    }


def _with_chosen(offered: list[Facet], chosen: str, words: Mapping[str, str]) -> list[tuple[str, str]]:
    """What is chosen stays on the form, also where the other filters leave nothing of it."""
    options = [(facet.value, f"{facet.name}（{facet.count}）") for facet in offered]
    if chosen and chosen not in [value for value, _ in options]:
        options.append((chosen, f"{words.get(chosen, chosen)}（0）"))
    return options


def _as_tree(facets: list[Facet], categories: list[CategoryView]) -> list[Facet]:
    """A group stands above what is in it, indented; empty ones are left out."""
    counts = {facet.value: facet.count for facet in facets}

    def walk(parent: UUID | None, depth: int) -> list[Facet]:
        return [
            facet
            for category in categories
            if category.parent_id == parent and category.slug in counts
            for facet in [
                Facet(category.slug, "　" * depth + category.name, counts[category.slug]),
                *walk(category.id, depth + 1),
            ]
        ]

    return walk(None, 0)


async def _places(ctx: Context, browsed: Browsed) -> list[Place]:
    """All that can stand on the map of this platform, with the members that the filters leave."""
    profile: Profile = await ctx.profile()
    counts = {facet.value: facet.count for facet in browsed.municipalities}
    if profile.level is Level.NATION:
        by_prefecture: dict[str, int] = {}
        for code, count in counts.items():
            by_prefecture[code[:2]] = by_prefecture.get(code[:2], 0) + count
        return [
            Place(each.code, each.name, by_prefecture.get(each.code[:2], 0))
            for each in await ctx.read(taxonomy.prefectures)
        ]
    if profile.level is Level.PREFECTURE:
        known = await ctx.read(taxonomy.municipalities_in, profile.code)
        places = [Place(each.code, each.name, counts.get(each.code, 0)) for each in known]
        here = {place.code for place in places}
    else:
        places, here = [], set()
    beyond = [
        Place(facet.value, facet.name, facet.count) for facet in browsed.municipalities if facet.value not in here
    ]
    return [*places, *beyond]


ROUTES = [list_organisations, show_organisation]
