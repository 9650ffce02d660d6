"""Lists that the secretariat makes: each organisation whose hidden data they hold is told, by one statement for all."""

import re
from uuid import UUID

import httpx
import pytest

from shared.kit.database.session import Database
from shared.members.access_log import WORDS
from shared.members.models import CONTACT_COLUMNS, Organisation, Visibility
from shared.members.umbrella import service as umbrellas
from shared.tenants.models import Tenant
from tests.factories.members import STAFF, make_member

EVERYTHING_PUBLIC = dict.fromkeys(CONTACT_COLUMNS, Visibility.PUBLIC)


async def told(manager: httpx.AsyncClient) -> list[str]:
    """The last column of 閲覧の記録."""
    page = (await manager.get("/member/access")).text
    return re.findall(r"<td>([^<]*)</td></tr>", page)


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("/staff/exports/organisations.xlsx", "名簿のExcel・CSV出力に含まれました"),
        ("/staff/exports/organisations.csv", "名簿のExcel・CSV出力に含まれました"),
        ("/staff/organisations/labels.pdf", "宛名ラベルの印刷に含まれました"),
        ("/staff/organisations/name-list.pdf", "名簿の印刷に含まれました"),
        ("/staff/exports/applications.xlsx", "入会申請のExcel・CSV出力に含まれました"),
    ],
)
async def test_an_organisation_sees_in_which_list_its_hidden_data_went_along(
    manager: httpx.AsyncClient, staff: httpx.AsyncClient, address: str, words: str
) -> None:
    for _ in range(2):
        assert (await staff.get(address)).status_code == 200
    assert await told(manager) == [words]


async def test_who_hides_nothing_is_told_nothing(
    manager: httpx.AsyncClient, staff: httpx.AsyncClient, worker_database: Database, tenant: Tenant, organisation: UUID
) -> None:
    async with worker_database.write(tenant.id) as session:
        row = await session.get_one(Organisation, (tenant.id, organisation))
        row.visibility = dict(EVERYTHING_PUBLIC)
    await staff.get("/staff/exports/organisations.csv")
    await staff.get("/staff/organisations/labels.pdf")
    assert await told(manager) == []


async def test_the_list_on_the_desk_tells_those_whose_place_is_secret(
    manager: httpx.AsyncClient, staff: httpx.AsyncClient, worker_database: Database, tenant: Tenant, organisation: UUID
) -> None:
    await staff.get("/staff/organisations")
    assert await told(manager) == []
    async with worker_database.write(tenant.id) as session:
        await umbrellas.describe_for_directory(
            session,
            actor=STAFF,
            organisation_id=organisation,
            audiences=[],
            resources=[],
            address_confidential=True,
            reason="避難先",
        )
    await staff.get("/staff/organisations")
    assert await told(manager) == ["事務局の一覧に表示されました"]


async def test_a_list_of_many_is_noted_by_one_statement_and_is_one_line_of_the_record(
    staff: httpx.AsyncClient, worker_database: Database, tenant: Tenant, organisation: UUID, statements: list[str]
) -> None:
    for _ in range(4):
        await make_member(worker_database, tenant)
    await staff.get("/staff/exports/organisations.csv")
    assert len([each for each in statements if "INSERT INTO audit_entry" in each and "unnest" in each]) == 1
    record = (await staff.get("/staff/record")).text
    assert record.count("参加団体の名簿: Excel・CSVへの書き出し") == 1
    assert ("5団体" in record, "organisation.export" in record) == (True, False)


def test_every_way_of_looking_has_words() -> None:
    assert len(set(WORDS.values())) == len(WORDS)
