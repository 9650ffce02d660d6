"""Lists that the secretariat makes: each organisation whose hidden data they hold is told, by one statement for all."""

import re
from typing import Any
from uuid import UUID

import asyncpg
import httpx
import pytest
from sqlalchemy import select

from shared.kit import clock
from shared.kit.database.session import Database
from shared.kit.files import FileStore
from shared.kit.settings import Settings
from shared.members import intake
from shared.members.access_log import WORDS
from shared.members.models import CONTACT_COLUMNS, Channel, MembershipApplication, Organisation, Visibility
from shared.members.notices import service as notices
from shared.members.umbrella import service as umbrellas
from shared.tenants.models import Tenant
from tests.factories.identity import form_token
from tests.factories.members import STAFF, make_member
from tests.factories.screening import PDF
from tests.services.web.graphql.conftest import data

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


async def test_every_door_of_the_desk_to_an_entry_is_told(
    manager: httpx.AsyncClient,
    staff: httpx.AsyncClient,
    worker_database: Database,
    tenant: Tenant,
    organisation: UUID,
    settings: Settings,
    owner_connection: asyncpg.Connection,
) -> None:
    async with worker_database.write(tenant.id) as session:
        how: dict[str, Any] = {"channel": Channel.FAX, "actor": STAFF}
        change = await notices.submit_change(session, organisation, {"phone": "088-621-2000"}, **how)
        leaving = await notices.submit_withdrawal(session, organisation, effective_on=clock.today(), **how)
        mine = select(MembershipApplication.id).where(MembershipApplication.organisation_id == organisation)
        application = (await session.execute(mine)).scalar_one()
        store = FileStore(settings)
        scan = await intake.keep_scan(session, store, data=PDF, actor=STAFF, application_id=application)
    await staff.post("/pledge", data={"csrf": await form_token(staff, "/pledge"), "version": "2", "agreed": "1"})
    form, notice, entry = "入会申請書", "変更届・退会届", "団体の登録内容"
    doors = [
        (f"/staff/notices/changes/{change.id}", notice),
        (f"/staff/notices/withdrawals/{leaving.id}", notice),
        (f"/staff/changes/{change.id}/form1.pdf", notice),
        (f"/staff/withdrawals/{leaving.id}/form2.pdf", notice),
        (f"/staff/applications/{application}", form),
        (f"/staff/applications/{application}/form1.pdf", form),
        (f"/staff/applications/{application}/scans/{scan.id}", form),
        (f"/staff/notices/new/{organisation}/change", entry),
        (f"/staff/organisations/{organisation}", entry),
        (f"/staff/organisations/{organisation}/form1.pdf", entry),
        (f"/staff/organisations/{organisation}/form2.pdf", entry),
    ]
    for door, words in doors:
        assert (await staff.get(door)).status_code == 200, door
        assert await told(manager) == [words], door
        await forget_looks(owner_connection, tenant)


CHANGE = "... on Problem { code } ... on ChangeNotice { id changes { before } }"
LEAVING = "... on Problem { code } ... on WithdrawalNotice { id }"


async def test_every_door_of_programs_to_an_entry_is_told(
    manager: httpx.AsyncClient,
    staff: httpx.AsyncClient,
    tenant: Tenant,
    organisation: UUID,
    owner_connection: asyncpg.Connection,
) -> None:
    async def asked(what: str) -> Any:
        answer = await data(staff, what)
        assert await told(manager) == ["変更届・退会届"], what
        await forget_looks(owner_connection, tenant)
        return answer.get("it", {}).get("id")

    about = f'organisationId: "{organisation}", accept: false'
    change = await asked(f'mutation {{ it: submitChangeNotice(input: {{{about}, appeal: "一言"}}) {{ {CHANGE} }} }}')
    leaving = await asked(f"mutation {{ it: submitWithdrawalNotice(input: {{{about}}}) {{ {LEAVING} }} }}")
    await asked(f'{{ it: changeNotice(id: "{change}") {{ id changes {{ before }} }} }}')
    await asked(f'{{ it: withdrawalNotice(id: "{leaving}") {{ id }} }}')
    refused = 'decision: REFUSE, message: "読めません"'
    await asked(f'mutation {{ it: decideChangeNotice(input: {{id: "{change}", {refused}}}) {{ {CHANGE} }} }}')
    await asked(f'mutation {{ it: decideWithdrawalNotice(input: {{id: "{leaving}", {refused}}}) {{ {LEAVING} }} }}')


async def test_an_organisations_own_notice_is_no_look(manager: httpx.AsyncClient, organisation: UUID) -> None:
    about = f'organisationId: "{organisation}", appeal: "一言"'
    await data(manager, f"mutation {{ it: submitChangeNotice(input: {{{about}}}) {{ {CHANGE} }} }}")
    assert await told(manager) == []


async def forget_looks(owner: asyncpg.Connection, tenant: Tenant) -> None:
    """As if the hour were over: one look of an hour is one line. No service may delete one."""
    await owner.execute("DELETE FROM audit_entry WHERE tenant_id = $1 AND action = ANY ($2)", tenant.id, list(WORDS))


def test_every_way_of_looking_has_words() -> None:
    assert len(set(WORDS.values())) == len(WORDS)
