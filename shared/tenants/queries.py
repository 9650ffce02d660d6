"""What is read of tenants: the map of hosts, and the profile that pages and GraphQL show."""

from datetime import date
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import Text, cast, literal_column, select, text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from shared.kit import clock
from shared.tenants.models import Level, ProfileKind, Tenant, TenantState


class Host(msgspec.Struct, frozen=True):
    """Enough to route a request: which tenant answers under which name."""

    id: int
    slug: str
    host: str | None
    state: TenantState


class Kin(msgspec.Struct, frozen=True):
    slug: str
    name: str


class Relative(msgspec.Struct, frozen=True):
    """A parent or child platform, by name. `parent` is its own."""

    slug: str
    name: str
    short_name: str
    region_name: str
    level: Level
    state: TenantState
    host: str | None
    code: str
    parent: Kin | None = None


class Item(msgspec.Struct, frozen=True):
    """A 目的, 活動内容, 機能, 視点, 柱 … with its label as printed and its points."""

    kind: ProfileKind
    ordinal: int
    label: str | None
    title: str
    body: str | None
    points: list[str]


class FieldView(msgspec.Struct, frozen=True):
    id: UUID
    slug: str
    name: str
    ordinal: int
    aliases: list[str]
    national_slug: str | None


class CategoryView(msgspec.Struct, frozen=True):
    id: UUID
    slug: str
    parent_id: UUID | None
    name: str
    note: str | None
    open_ended: bool
    ordinal: int
    national_slug: str | None


class ContactView(msgspec.Struct, frozen=True):
    """`phone` and `fax` are normalised (088-621-2179)."""

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

    def valid_on(self, day: date) -> bool:
        return (self.valid_from is None or self.valid_from <= day) and (self.valid_to is None or day <= self.valid_to)


class FigureView(msgspec.Struct, frozen=True):
    name: str
    value: int
    unit: str
    approximate: bool
    as_of: date
    note: str | None
    source: str | None


class CharterView(msgspec.Struct, frozen=True):
    version: int
    title: str
    adopted_on: date | None
    body: str


class Profile(msgspec.Struct, frozen=True):
    """A tenant as it describes itself: everything that its pages share, in one statement."""

    id: int
    slug: str
    code: str
    level: Level
    state: TenantState
    host: str | None
    name: str
    short_name: str
    region_name: str
    aliases: list[str]
    slogan: str | None
    vision: str | None
    lead: str
    lead_easy: str | None
    founded_on: date | None
    fields_open: bool
    theme: dict[str, Any]
    sender_email: str
    help_line: dict[str, Any] | None
    revision: int
    content_version: int
    parent: Relative | None
    children: list[Relative]
    items: list[Item]
    fields: list[FieldView]
    categories: list[CategoryView]
    all_contacts: list[ContactView]
    figures: list[FigureView]
    charters: list[CharterView]

    def of_kind(self, kind: ProfileKind) -> list[Item]:
        return [item for item in self.items if item.kind == kind]

    @property
    def purposes(self) -> list[Item]:
        return self.of_kind(ProfileKind.PURPOSE)

    @property
    def activities(self) -> list[Item]:
        return self.of_kind(ProfileKind.ACTIVITY)

    @property
    def functions(self) -> list[Item]:
        return self.of_kind(ProfileKind.FUNCTION)

    @property
    def viewpoints(self) -> list[Item]:
        return self.of_kind(ProfileKind.VIEWPOINT)

    @property
    def pillars(self) -> list[Item]:
        return self.of_kind(ProfileKind.PILLAR)

    @property
    def merits(self) -> list[Item]:
        return self.of_kind(ProfileKind.MERIT)

    @property
    def contacts(self) -> list[ContactView]:
        """Those that are valid today."""
        today = clock.today()
        return [contact for contact in self.all_contacts if contact.valid_on(today)]

    def contacts_for(self, purpose: str, *, by_mail: bool = False) -> list[ContactView]:
        """Those of today that are named for it; all where none is. `by_mail`: only such as have an address of mail."""
        contacts = [contact for contact in self.contacts if contact.email or not by_mail]
        return [contact for contact in contacts if purpose in contact.purpose] or contacts

    @property
    def charter(self) -> CharterView | None:
        """The version in force: the highest."""
        return self.charters[0] if self.charters else None


_RELATIVE = """jsonb_build_object('slug', r.slug, 'name', r.name, 'short_name', r.short_name, 'region_name', r.region_name,
  'level', r.level, 'state', r.state, 'host', r.host, 'code', r.code,
  'parent', (SELECT jsonb_build_object('slug', p.slug, 'name', p.name) FROM tenant p WHERE p.id = r.parent_id))"""

_PROFILE = text(
    f"""
    SELECT (to_jsonb(t) || jsonb_build_object(
      'content_version', coalesce((SELECT version FROM content_version), 0),
      'parent', (SELECT {_RELATIVE} FROM tenant r WHERE r.id = t.parent_id),
      'children', (SELECT coalesce(jsonb_agg({_RELATIVE} ORDER BY r.code), '[]') FROM tenant r WHERE r.parent_id = t.id),
      'items', (SELECT coalesce(jsonb_agg(to_jsonb(i) ORDER BY i.kind, i.ordinal), '[]') FROM profile_item i),
      'fields', (SELECT coalesce(jsonb_agg(to_jsonb(f) ORDER BY f.ordinal), '[]') FROM field f),
      'categories', (SELECT coalesce(jsonb_agg(to_jsonb(c) ORDER BY c.ordinal), '[]') FROM category c),
      'all_contacts', (SELECT coalesce(jsonb_agg(to_jsonb(k) ORDER BY k.ordinal), '[]') FROM contact k),
      'figures', (SELECT coalesce(jsonb_agg(to_jsonb(g) ORDER BY g.ordinal, g.as_of), '[]') FROM figure g),
      'charters', (SELECT coalesce(jsonb_agg(to_jsonb(h) ORDER BY h.version DESC), '[]') FROM charter h)
    ))::text
    FROM tenant t WHERE t.id = NULLIF(current_setting('app.tenant', true), '')::int
    """
)


async def profile(session: AsyncSession) -> Profile:
    """The session's own tenant."""
    row = (await session.execute(_PROFILE)).scalar_one()
    return msgspec.json.decode(row, type=Profile)


async def all_hosts(session: AsyncSession) -> list[Host]:
    statement = select(Tenant.id, Tenant.slug, Tenant.host, Tenant.state).order_by(Tenant.id)
    return [Host(*row) for row in await session.execute(statement)]


async def live_tenant_id(session: AsyncSession, slug: str) -> int | None:
    return await session.scalar(select(Tenant.id).where(Tenant.slug == slug, Tenant.state == TenantState.LIVE))


async def relatives(
    session: AsyncSession, *, level: Level | None = None, parent_slug: str | None = None, limit: int = 100
) -> list[Relative]:
    """Live platforms by code, of one level or below one parent."""
    r = aliased(Tenant, name="r")
    statement = select(cast(literal_column(_RELATIVE), Text)).select_from(r).where(r.state == TenantState.LIVE)
    if level is not None:
        statement = statement.where(r.level == level)
    if parent_slug is not None:
        parent = select(Tenant.id).where(Tenant.slug == parent_slug).scalar_subquery()
        statement = statement.where(r.parent_id == parent)
    rows = await session.execute(statement.order_by(r.code).limit(limit))
    return [msgspec.json.decode(row, type=Relative) for row in rows.scalars()]
