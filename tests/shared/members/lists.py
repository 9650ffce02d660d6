"""A platform's words, and lists that are read with them."""

from collections.abc import Sequence
from typing import Any

import msgspec

from shared.kit.database.session import Database
from shared.kit.spreadsheets.table import Cell, Row, Table
from shared.kit.spreadsheets.writing import Sheet, write_csv, write_xlsx
from shared.members.exports import member_headers, member_row
from shared.members.imports.columns import guess_columns
from shared.members.imports.reading import LedgerReading, LedgerRow, read_ledger
from shared.members.imports.values import Vocabulary, vocabulary
from shared.members.queries import OrganisationView
from shared.taxonomy import queries as taxonomy
from shared.tenants import queries as tenants
from shared.tenants.models import Tenant
from shared.tenants.queries import Profile
from tests.factories.members import make_platform

HEADERS = ("団体名", "カナ", "法人番号", "〒", "住所", "電話", "区分", "分野", "加入日", "退会日", "募集経路")


class World(msgspec.Struct):
    tenant: Tenant
    profile: Profile
    words: Vocabulary

    def read(self, *rows: Sequence[Cell], headers: Sequence[str] = HEADERS) -> LedgerReading:
        table = Table([Row(number, tuple(cells)) for number, cells in enumerate([headers, *rows], start=1)], [])
        return read_ledger(table, guess_columns(table), self.words, self.profile)

    def read_one(self, **cells: Any) -> LedgerReading:
        """A row of which only the given columns matter."""
        known = {"団体名": "つなぐ会", "カナ": "ツナグカイ"} | cells
        return self.read(tuple(known.values()), headers=tuple(known))


async def make_world(worker_database: Database) -> World:
    tenant = await make_platform(worker_database)
    async with worker_database.read(tenant.id) as session:
        profile = await tenants.profile(session)
        towns = await taxonomy.municipalities_in(session, "360007")
    return World(tenant, profile, vocabulary(profile, towns))


def only(reading: LedgerReading) -> LedgerRow:
    assert ([str(problem) for problem in reading.problems], len(reading.rows)) == ([], 1)
    return reading.rows[0]


def as_file(members: Sequence[OrganisationView], *, csv: bool) -> bytes:
    """The standard columns, as the lists go out."""
    rows = [member_row(each) for each in members]
    return write_csv([member_headers(), *rows])[0] if csv else write_xlsx([Sheet("参加団体", member_headers(), rows)])
