"""Whom the rows of a list may speak of: looked up for some rows at a time, by 台帳ID, by 法人番号, by name and place."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import ARRAY, ColumnElement, Text, Uuid, any_, bindparam, cast, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from shared.kit.database.session import tenant_of
from shared.kit.japanese.folding import fold
from shared.kit.refusals import Refusal
from shared.members.details import ApplicationDetails
from shared.members.imports.reading import LedgerRow
from shared.members.models import Organisation
from shared.members.names import name_key

#: Organisations whose names are made findable at a time, and those that one batch of rows could mean.
_KEYED_AT_ONCE, _MOST_MEANT = 2_000, 20_000


class Candidate(msgspec.Struct, frozen=True):
    """An organisation that a row may speak of."""

    id: UUID
    corporate_number: str | None
    municipality_code: str | None
    address: str


class Known:
    """Whom the rows at hand may speak of, and those that earlier ones of them bring."""

    def __init__(self) -> None:
        self._ids: set[UUID] = set()
        self._by_number: dict[str, list[Candidate]] = {}
        self._by_name: dict[str, list[Candidate]] = {}

    @classmethod
    async def load(cls, session: AsyncSession, rows: Sequence[LedgerRow]) -> "Known":
        await _key_names(session)
        known = cls()
        columns = (
            Organisation.id,
            Organisation.corporate_number,
            Organisation.municipality_code,
            Organisation.address,
            Organisation.name,
        )
        statement = select(*columns).where(_meant(rows)).order_by(Organisation.created_at).limit(_MOST_MEANT)
        for row in await session.execute(statement):
            known.add(Candidate(row[0], row[1], row[2], row[3] or ""), row[4])
        return known

    @property
    def ids(self) -> set[UUID]:
        return set(self._ids)

    def add(self, candidate: Candidate, name: str) -> None:
        self._ids.add(candidate.id)
        if candidate.corporate_number:
            self._by_number.setdefault(candidate.corporate_number, []).append(candidate)
        self._by_name.setdefault(name_key(name), []).append(candidate)

    def match(self, row: LedgerRow) -> UUID | None:
        """None: nobody yet. Raises Refusal where several could be meant, or nobody is whom the row names."""
        return self._named(row, row.ledger_id) if row.ledger_id else self._resembling(row.details)

    def _named(self, row: LedgerRow, ledger_id: UUID) -> UUID:
        if ledger_id not in self._ids:
            raise Refusal(
                "LEDGER_ID_UNKNOWN",
                "この台帳IDの団体は、台帳にありません。新しい団体なら、台帳IDのセルを空にしてください。",
                "ledger_id",
            )
        if any(each.id != ledger_id for each in self._by_number.get(row.details.corporate_number, [])):
            raise Refusal(
                "CORPORATE_NUMBER_TAKEN",
                "この法人番号は、台帳の別の団体の番号です。法人番号か台帳IDを確かめてください。",
                "corporate_number",
            )
        return ledger_id

    def _resembling(self, details: ApplicationDetails) -> UUID | None:
        found = self._by_number.get(details.corporate_number, []) if details.corporate_number else []
        if not found:
            found = [each for each in self._by_name.get(name_key(details.name), []) if _may_be(each, details)]
        if len(found) > 1:
            found = [each for each in found if _is_there(each, details)] or found
        if len(found) > 1:
            raise Refusal(
                "ORGANISATION_AMBIGUOUS",
                "台帳に同じ名前の団体が複数あり、どれか決められません。法人番号か市町村を入れてください。",
                "name",
            )
        return found[0].id if found else None


def _meant(rows: Sequence[LedgerRow]) -> ColumnElement[bool]:
    """By the three indexes. A name that has just been keyed is found like any other."""
    ids = [row.ledger_id for row in rows if row.ledger_id]
    numbers = [row.details.corporate_number for row in rows if row.details.corporate_number]
    keys = [name_key(row.details.name) for row in rows]
    return or_(
        Organisation.id == any_(cast(ids, ARRAY(Uuid))),
        Organisation.corporate_number == any_(cast(numbers, ARRAY(Text))),
        Organisation.name_key == any_(cast(keys, ARRAY(Text))),
    )


async def _key_names(session: AsyncSession) -> None:
    """For rows that came past the model: from manifests, and from before the keys were kept."""
    nameless = select(Organisation.id, Organisation.name).where(Organisation.name_key.is_(None))
    while rows := (await session.execute(nameless.order_by(Organisation.id).limit(_KEYED_AT_ONCE))).all():
        table: Any = Organisation.__table__
        statement = (
            update(table)
            .where(table.c.tenant_id == tenant_of(session), table.c.id == bindparam("p_id"))
            .values(name_key=bindparam("p_key"))
        )
        connection = await session.connection()
        await connection.execute(statement, [{"p_id": row.id, "p_key": name_key(row.name)} for row in rows])


def _may_be(one: Candidate, details: ApplicationDetails) -> bool:
    """Two numbers or two towns that differ are two organisations; what is not known on one side does not part them."""
    pairs = (
        (one.corporate_number, details.corporate_number),
        (one.municipality_code, details.municipality_code),
    )
    return all(not ours or not theirs or ours == theirs for ours, theirs in pairs)


def _is_there(one: Candidate, details: ApplicationDetails) -> bool:
    if one.municipality_code != (details.municipality_code or None):
        return False
    return fold(one.address) == fold(details.address)
