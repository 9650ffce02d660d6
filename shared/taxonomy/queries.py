"""Reads of the national vocabularies."""

import msgspec
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from shared.taxonomy.models import Municipality, NationalCategory, NationalField


class MunicipalityView(msgspec.Struct, frozen=True):
    code: str
    prefecture_code: str
    prefecture: str
    name: str
    kana: str


class NationalFieldView(msgspec.Struct, frozen=True):
    slug: str
    name: str
    ordinal: int


class NationalCategoryView(msgspec.Struct, frozen=True):
    slug: str
    parent_slug: str | None
    name: str
    ordinal: int


_MUNICIPALITY = select(
    Municipality.code, Municipality.prefecture_code, Municipality.prefecture, Municipality.name, Municipality.kana
)


async def municipality(session: AsyncSession, code: str) -> MunicipalityView | None:
    row = (await session.execute(_MUNICIPALITY.where(Municipality.code == code))).one_or_none()
    return MunicipalityView(*row) if row else None


async def municipalities_in(session: AsyncSession, prefecture_code: str) -> list[MunicipalityView]:
    """The municipalities of one prefecture by code, without the prefecture itself; Hokkaido has most, 179."""
    statement = _MUNICIPALITY.where(
        Municipality.prefecture_code == prefecture_code, Municipality.code != prefecture_code
    )
    return [MunicipalityView(*row) for row in await session.execute(statement.order_by(Municipality.code).limit(200))]


async def prefectures(session: AsyncSession) -> list[MunicipalityView]:
    statement = _MUNICIPALITY.where(Municipality.code == Municipality.prefecture_code)
    return [MunicipalityView(*row) for row in await session.execute(statement.order_by(Municipality.code).limit(47))]


async def national_fields(session: AsyncSession) -> list[NationalFieldView]:
    columns = (NationalField.slug, NationalField.name, NationalField.ordinal)
    statement = select(*columns).order_by(NationalField.ordinal).limit(200)
    return [NationalFieldView(*row) for row in await session.execute(statement)]


async def national_categories(session: AsyncSession) -> list[NationalCategoryView]:
    """Flat, parents before children."""
    columns = (NationalCategory.slug, NationalCategory.parent_slug, NationalCategory.name, NationalCategory.ordinal)
    statement = select(*columns).order_by(NationalCategory.ordinal).limit(200)
    return [NationalCategoryView(*row) for row in await session.execute(statement)]
