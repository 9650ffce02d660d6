"""A platform as it describes itself, and its relatives by name."""

from datetime import date
from typing import Any, Self

import strawberry
from strawberry import Parent

from services.web.graphql.policies import PUBLIC, everyone
from services.web.graphql.types import Info
from shared.tenants import queries
from shared.tenants.models import Level, TenantState
from shared.tenants.queries import CategoryView, Profile, Relative

strawberry.enum(Level, description="国, 都道府県, 圏域, 市町村")
strawberry.enum(TenantState, description="準備, 公開, 休止, 終了")


@strawberry.type(description="A platform's place and name")
@everyone
class TenantName:
    slug: str
    name: str


@strawberry.type(description="A platform by name: all that others may read of it here. Its own host has the rest.")
@everyone
class RelatedTenant:
    slug: str
    code: str = strawberry.field(description="全国地方公共団体コード")
    level: Level
    state: TenantState
    name: str
    short_name: str
    region_name: str
    parent: TenantName | None

    @strawberry.field
    def url(parent: Parent[Relative], info: Info) -> str:
        return info.context.site.settings.tenant_url(parent.slug, parent.host)


@strawberry.type(description="分野, in this platform's words")
@everyone
class Field:
    id: strawberry.ID
    slug: str
    name: str
    aliases: list[str]
    national_slug: str | None


@strawberry.type(description="構成団体の区分: a tree")
@everyone
class Category:
    id: strawberry.ID
    slug: str
    name: str
    note: str | None
    open_ended: bool = strawberry.field(description="The list of what is below closes with 等")
    national_slug: str | None

    @strawberry.field(graphql_type=Self | None)
    async def parent(parent: Parent[CategoryView], info: Info) -> CategoryView | None:
        categories = (await info.context.profile()).categories
        return next((each for each in categories if each.id == parent.parent_id), None)


@strawberry.type(description="目的, 活動, 機能, 視点 …")
@everyone
class ProfileItem:
    label: str | None = strawberry.field(description="As printed: ①")
    title: str
    body: str | None
    points: list[str]


@strawberry.type(description="取組")
@everyone
class Initiative:
    @strawberry.field
    def title(parent: Parent[str]) -> str:
        return parent


@strawberry.type(description="柱")
@everyone
class Pillar:
    label: str | None = strawberry.field(name="numeral", description="As printed: I, II, III")
    title: str
    body: str | None
    points: list[Initiative] = strawberry.field(name="initiatives")


@strawberry.type(description="A desk for one purpose")
@everyone
class Contact:
    purpose: str
    department: str
    desk: str | None
    phone: str | None
    fax: str | None
    email: str | None
    postal_code: str | None
    address: str | None
    valid_from: date | None
    valid_to: date | None


@strawberry.type(description="Colours and motif")
@everyone
class Theme:
    @strawberry.field
    def key(parent: Parent[dict[str, Any]]) -> str:
        return str(parent["key"])

    @strawberry.field
    def accent(parent: Parent[dict[str, Any]]) -> str:
        return str(parent["accent"])

    @strawberry.field
    def motif(parent: Parent[dict[str, Any]]) -> str:
        return str(parent["motif"])


@strawberry.type(description="A number that a document states, with its unit and day")
@everyone
class Figure:
    name: str
    value: int
    unit: str
    approximate: bool
    as_of: date
    note: str | None
    source: str | None


@strawberry.type(description="設置要綱 in one version")
@everyone
class Charter:
    version: int
    title: str
    adopted_on: date | None
    body: str = strawberry.field(description="Markdown")


@strawberry.type(description="The platform of this host")
@everyone
class Tenant:
    slug: str
    code: str = strawberry.field(description="全国地方公共団体コード")
    level: Level
    state: TenantState
    name: str
    short_name: str
    region_name: str
    aliases: list[str]
    slogan: str | None
    vision: str | None
    lead: str
    lead_easy: str | None = strawberry.field(description="lead in やさしい日本語")
    founded_on: date | None
    theme: Theme
    parent: RelatedTenant | None
    children: list[RelatedTenant]
    fields: list[Field]
    categories: list[Category]
    purposes: list[ProfileItem]
    activities: list[ProfileItem]
    functions: list[ProfileItem]
    viewpoints: list[ProfileItem]
    pillars: list[Pillar]
    merits: list[ProfileItem]
    contacts: list[Contact] = strawberry.field(description="Those that are valid today")
    figures: list[Figure]
    charter: Charter | None = strawberry.field(description="The version in force")

    @strawberry.field
    def url(parent: Parent[Profile], info: Info) -> str:
        return info.context.tenant.base_url


@strawberry.type
class TenantQueries:
    @strawberry.field(graphql_type=Tenant, metadata=PUBLIC, description="The platform of this host")
    async def tenant(self, info: Info) -> Profile:
        return await info.context.profile()

    @strawberry.field(
        graphql_type=list[RelatedTenant], metadata=PUBLIC, description="Live platforms by code; `parent` is a slug"
    )
    async def tenants(self, info: Info, level: Level | None = None, parent: str | None = None) -> list[Relative]:
        return await info.context.read(queries.relatives, level=level, parent_slug=parent)
