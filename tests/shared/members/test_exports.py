"""Lists that go out: complete for those who may, understood by an import, silent about what is hidden."""

from datetime import date
from typing import Any

import pytest

from shared.kit.database.session import Database
from shared.kit.spreadsheets.reading import read_table
from shared.members import queries
from shared.members.exports import (
    NAME_LIST_COLUMNS,
    address_labels,
    member_headers,
    name_list_rows,
)
from shared.members.imports.columns import guess_columns
from shared.members.imports.reading import read_ledger
from shared.members.models import Visibility
from shared.members.queries import OrganisationView
from tests.factories.members import make_member
from tests.shared.members.lists import World, as_file, make_world, only


@pytest.fixture(scope="module")
async def world(worker_database: Database) -> World:
    return await make_world(worker_database)


async def seen(
    database: Database, world: World, audience: Visibility = Visibility.SECRETARIAT, **columns: Any
) -> OrganisationView:
    """A new member, as an audience may see it."""
    member_id = await make_member(database, world.tenant, **columns)
    async with database.read(world.tenant.id) as session:
        return await queries.organisation(session, member_id, audience)


async def test_an_exported_list_imports_as_itself(world: World, worker_database: Database) -> None:
    joined = date(2023, 2, 20)
    members = [await seen(worker_database, world, joined_on=joined, name="＝壱の会", people="1200")]
    for csv in (False, True):
        data = as_file(members, csv=csv)
        table = read_table(data, "参加団体.xlsx")
        guess = guess_columns(table)
        assert (list(guess.titles), all(guess.meanings)) == (member_headers(), True)
        row = only(read_ledger(table, guess, world.words, world.profile))
        details, member = row.details, members[0]
        assert (details.name, details.kana, details.category) == ("＝壱の会", member.kana, "npo")
        assert (details.phone, details.email, details.people) == (member.phone, member.email, "1200")
        assert (details.address, details.municipality_code) == (member.address, "362042")
        assert (details.representative_name, details.contact_name) == ("髙橋 明", "﨑山 花")
        assert (row.joined_on, details.activities) == (date(2023, 2, 20), member.summary)


async def test_what_an_audience_may_not_see_is_in_no_export(world: World, worker_database: Database) -> None:
    hidden = {"name": "隠す会", "address": "秘密町1", "contact_name": "秘密の人"}
    members = [await seen(worker_database, world, Visibility.PUBLIC, **hidden)]
    text = as_file(members, csv=True).decode()
    assert ("隠す会" in text, "秘密" in text) == (True, False)
    assert (address_labels(members), len(name_list_rows(members)[0])) == ([], len(NAME_LIST_COLUMNS))


async def test_labels_go_to_the_contact_person(world: World, worker_database: Database) -> None:
    (label,) = address_labels([await seen(worker_database, world, address="阿南市1", contact_name="﨑山 花")])
    assert (label.address, label.department, label.person) == ("阿南市1", "総務", "﨑山 花")
