"""The national vocabularies as files (`tenants/vocabulary/`) and as rows."""

import csv
import hashlib
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import msgspec
from sqlalchemy import insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from shared.kit.database.base import Base
from shared.taxonomy.models import Municipality, NationalCategory, NationalField


class MunicipalityEntry(msgspec.Struct, frozen=True):
    """A prefecture (`name` equals `prefecture`, code …000c) or a municipality."""

    code: str
    prefecture: str
    name: str
    kana: str

    @property
    def is_prefecture(self) -> bool:
        return self.code[2:5] == "000"


class FieldEntry(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    slug: str
    name: str


class CategoryEntry(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    slug: str
    name: str
    children: tuple["CategoryEntry", ...] = ()


class Vocabulary(msgspec.Struct, frozen=True):
    municipalities: dict[str, MunicipalityEntry]
    fields: list[FieldEntry]
    categories: list[CategoryEntry]
    digest: str

    @property
    def category_slugs(self) -> set[str]:
        return {slug for slug, _, _ in _flat(self.categories)}

    @property
    def field_slugs(self) -> set[str]:
        return {field.slug for field in self.fields}

    def prefecture_code(self, municipality_code: str) -> str:
        """The six digits of the prefecture that a municipality lies in."""
        return next(
            entry.code
            for entry in self.municipalities.values()
            if entry.is_prefecture and entry.code[:2] == municipality_code[:2]
        )


class _FieldsFile(msgspec.Struct, forbid_unknown_fields=True):
    fields: list[FieldEntry]


class _CategoriesFile(msgspec.Struct, forbid_unknown_fields=True):
    categories: list[CategoryEntry]


def read_vocabulary(folder: Path) -> Vocabulary:
    files = [folder / name for name in ("municipalities.csv", "fields.toml", "categories.toml")]
    with files[0].open(encoding="utf-8", newline="") as lines:
        municipalities = [MunicipalityEntry(**row) for row in csv.DictReader(lines)]
    return Vocabulary(
        municipalities={entry.code: entry for entry in municipalities},
        fields=msgspec.toml.decode(files[1].read_bytes(), type=_FieldsFile).fields,
        categories=msgspec.toml.decode(files[2].read_bytes(), type=_CategoriesFile).categories,
        digest=hashlib.sha256(b"\0".join(file.read_bytes() for file in files)).hexdigest(),
    )


async def store_vocabulary(session: AsyncSession, vocabulary: Vocabulary) -> int:
    """Insert what is new, rename what has changed. Nothing is removed: other rows point here. Returns changed rows."""
    changed = await _upsert(session, Municipality, "code", _municipality_rows(vocabulary))
    changed += await _upsert(session, NationalField, "slug", _field_rows(vocabulary))
    for level in _levels(vocabulary.categories):
        changed += await _upsert(session, NationalCategory, "slug", level)
    return changed


def _municipality_rows(vocabulary: Vocabulary) -> list[dict[str, Any]]:
    prefectures = {entry.code[:2]: entry.code for entry in vocabulary.municipalities.values() if entry.is_prefecture}
    return [
        {
            "code": entry.code,
            "prefecture_code": prefectures[entry.code[:2]],
            "prefecture": entry.prefecture,
            "name": entry.name,
            "kana": entry.kana,
        }
        for entry in vocabulary.municipalities.values()
    ]


def _field_rows(vocabulary: Vocabulary) -> list[dict[str, Any]]:
    return [
        {"slug": field.slug, "name": field.name, "ordinal": ordinal}
        for ordinal, field in enumerate(vocabulary.fields, start=1)
    ]


def _levels(categories: Iterable[CategoryEntry]) -> list[list[dict[str, Any]]]:
    """Parents before children, because the foreign key points upwards."""
    rows = [
        {"slug": slug, "parent_slug": parent, "name": name, "ordinal": ordinal}
        for ordinal, (slug, parent, name) in enumerate(_flat(categories), start=1)
    ]
    return [[row for row in rows if row["parent_slug"] is None], [row for row in rows if row["parent_slug"]]]


def _flat(categories: Iterable[CategoryEntry], parent: str | None = None) -> list[tuple[str, str | None, str]]:
    return [
        row
        for category in categories
        for row in [(category.slug, parent, category.name), *_flat(category.children, category.slug)]
    ]


async def _upsert(session: AsyncSession, model: type[Base], key: str, rows: list[dict[str, Any]]) -> int:
    """Rows that are the same already are not written."""
    table = model.__table__
    stored = await session.execute(select(*(table.c[column] for column in rows[0])))
    known = {row[key]: dict(row) for row in stored.mappings()}
    new = [row for row in rows if row[key] not in known]
    changed = [row for row in rows if row[key] in known and known[row[key]] != row]
    if new:
        await session.execute(insert(model), new)
    for row in changed:
        await session.execute(update(model).where(table.c[key] == row[key]).values(**row))
    return len(new) + len(changed)
