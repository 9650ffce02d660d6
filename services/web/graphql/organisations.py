"""参加団体 as the reader may see them, and how many there are."""

from datetime import date

import strawberry
from strawberry import ID, Parent

from services.web.graphql.paging import Connection, Piece, by_place, place_after
from services.web.graphql.policies import PUBLIC, everyone
from services.web.graphql.types import Info, as_uuid
from shared.identity.policy import Permission
from shared.members import access_log, directory, filters, pledges, queries
from shared.members.queries import MemberCount as MemberCountView
from shared.members.queries import OrganisationView
from shared.members.visibility import Audience


@strawberry.type(description="A 分野 or 区分, by name")
@everyone
class Named:
    id: ID
    slug: str
    name: str


@strawberry.type(description="参加団体. Contact fields that are not shown to the reader are null.")
@everyone
class Organisation:
    id: ID
    name: str
    kana: str | None
    corporate_number: str | None = strawberry.field(description="法人番号")
    category: Named | None
    fields: list[Named]
    municipality_code: str | None
    municipality: str | None
    joined_on: date | None
    summary: str | None = strawberry.field(description="主な活動")
    purpose: str | None
    area: str | None
    audience: str | None
    audiences: list[str] = strawberry.field(description="対象者, as slugs")
    resources: list[str] = strawberry.field(description="提供できる資源: people, goods, money, place, information")
    appeal: str | None
    website: str | None
    founded_year: int | None
    people: int | None
    demo: bool = strawberry.field(description="Invented for the demonstration")
    representative_title: str | None
    representative_name: str | None
    representative_kana: str | None
    contact_department: str | None
    contact_name: str | None
    contact_kana: str | None
    postal_code: str | None
    address: str | None
    phone: str | None
    mobile: str | None
    fax: str | None
    email: str | None

    @strawberry.field
    def url(parent: Parent[OrganisationView], info: Info) -> str:
        return f"{info.context.tenant.base_url}/organisations/{parent.id}"


@strawberry.type(description="How many organisations stand in the ledger on a day")
@everyone
class MemberCount:
    count: int
    as_of: date
    unit: str


@strawberry.input(
    description="Any of one kind, all of the kinds. `fields` and `categories` are slugs, ids or names, `municipalities` "
    "codes or names; a category includes what is below it. `audiences` and `resources` are slugs or Japanese words."
)
class OrganisationFilter:
    search: str | None = None
    fields: list[str] | None = None
    categories: list[str] | None = None
    municipalities: list[str] | None = None
    audiences: list[str] | None = None
    resources: list[str] | None = None


@strawberry.type
class OrganisationQueries:
    @strawberry.field(graphql_type=Connection[Organisation], metadata=PUBLIC, description="In the order of their kana")
    async def organisations(
        self, info: Info, filter: OrganisationFilter | None = None, first: int = 20, after: str | None = None
    ) -> Piece:
        wanted, offset = filter or OrganisationFilter(), place_after(after)
        page = await info.context.read(
            directory.listed,
            filters.Wanted(
                search=wanted.search,
                fields=wanted.fields or (),
                categories=wanted.categories or (),
                municipalities=wanted.municipalities or (),
                audiences=wanted.audiences or (),
                resources=wanted.resources or (),
            ),
            audience=await _audience(info),
            first=first,
            offset=offset,
        )
        await _note_looks(info, page.items)
        return by_place(page.items, page.total, offset)

    @strawberry.field(graphql_type=Organisation | None, metadata=PUBLIC, description="Of today's directory")
    async def organisation(self, info: Info, id: ID) -> OrganisationView | None:
        wanted = as_uuid(id)
        if wanted is None:
            return None
        found = await info.context.read(queries.organisation, wanted, await _audience(info))
        await _note_looks(info, [found])
        return found

    @strawberry.field(graphql_type=MemberCount, metadata=PUBLIC, description="Today's, or that of any day")
    async def member_count(self, info: Info, as_of: date | None = None) -> MemberCountView:
        return await info.context.read(queries.member_count, as_of)


async def _audience(info: Info) -> Audience:
    return await info.context.read(pledges.audience_for, info.context.actor)


async def _note_looks(info: Info, seen: list[OrganisationView]) -> None:
    """Whoever reads with the secretariat's eyes is seen by the organisations."""
    actor = info.context.actor
    if actor.may(Permission.APPLICATION_READ):
        ids = [each.id for each in seen]
        await info.context.write(access_log.note_views, actor=actor, action=access_log.ORGANISATION, object_ids=ids)
