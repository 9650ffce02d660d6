"""Lists that are taken along: Excel, CSV for new and old programs, labels and the printed list."""

import asyncio
from datetime import date

import httpx
import pytest

from services.web.site import Site
from shared.identity.models import Role
from shared.kit.database.session import Database
from shared.kit.settings import Settings
from shared.kit.spreadsheets.reading import read_table
from shared.tenants.models import Tenant
from tests.factories.identity import make_account, signed_in
from tests.factories.members import HIDDEN_PHONE, make_application, make_member, make_platform
from tests.services.web.conftest import ClientFor
from tests.services.web.pages.staff.lists import send, upload, work

LISTS = ("organisations", "ledger", "applications", "announcements", "events", "letters")


@pytest.fixture
async def tenant(worker_database: Database, site: Site) -> Tenant:
    tenant = await make_platform(worker_database)
    await site._reload_hosts()
    return tenant


async def table(client: httpx.AsyncClient, path: str) -> list[tuple[str, ...]]:
    answer = await client.get(path)
    assert answer.status_code == 200, (path, answer.status_code, answer.text)
    read = await asyncio.to_thread(read_table, answer.content, path.partition("?")[0])
    return [tuple(str(cell) for cell in row.cells) for row in read.rows]


async def test_each_list_comes_as_excel_and_as_csv(
    staff: httpx.AsyncClient, worker_database: Database, tenant: Tenant
) -> None:
    await make_member(worker_database, tenant, name="つなぐ会", joined_on=date(2023, 2, 20))
    for name in LISTS:
        from_excel = await table(staff, f"/staff/exports/{name}.xlsx")
        from_csv = await table(staff, f"/staff/exports/{name}.csv")
        assert from_excel[0] == from_csv[0]
        assert len(from_excel) == len(from_csv)


async def test_the_list_of_members_follows_its_filters_and_shows_what_the_desk_may_see(
    staff: httpx.AsyncClient, worker_database: Database, tenant: Tenant
) -> None:
    await make_member(worker_database, tenant, name="つなぐ会")
    await make_member(worker_database, tenant, name="まもる会", fields=("disaster",))
    page = (await staff.get("/staff/organisations?field=disaster")).text
    assert ("まもる会" in page, "つなぐ会" in page) == (True, False)
    assert "/staff/exports/organisations.xlsx?field=disaster" in page
    rows = await table(staff, "/staff/exports/organisations.csv?field=disaster")
    assert [row[0] for row in rows] == ["団体名", "まもる会"]
    assert HIDDEN_PHONE in rows[1]


async def test_cells_that_a_spreadsheet_would_calculate_are_harmless(
    staff: httpx.AsyncClient, worker_database: Database, tenant: Tenant
) -> None:
    for name in ("=1+1の会", "＝HYPERLINK(1)", "@SUM", "-2+3"):
        await make_member(worker_database, tenant, name=name)
    answer = await staff.get("/staff/exports/organisations.csv")
    lines = answer.content.decode("utf-8-sig").splitlines()[1:]
    assert sorted(line[:3] for line in lines) == ["\"'-", "\"'=", "\"'@", "\"'＝"]
    assert answer.content.startswith(b"\xef\xbb\xbf")


async def test_the_old_encoding_says_first_what_it_would_lose(
    staff: httpx.AsyncClient, worker_database: Database, tenant: Tenant
) -> None:
    await make_member(worker_database, tenant, name="㈱髙﨑商店")
    path = "/staff/exports/organisations.csv?encoding=cp932"
    assert "髙﨑" in (await staff.get(path)).content.decode("cp932")
    await make_member(worker_database, tenant, name="𠮷野会")
    asked = (await staff.get(path)).text
    assert ("U+20BB7" in asked, "<td>団体名</td>" in asked) == (True, True)
    assert "〓野会" in (await staff.get(f"{path}&replace=1")).content.decode("cp932")


async def test_labels_and_the_printed_list(staff: httpx.AsyncClient, worker_database: Database, tenant: Tenant) -> None:
    await make_member(worker_database, tenant, name="つなぐ会")
    answers = [await staff.get(f"/staff/organisations/{name}.pdf?q=つなぐ") for name in ("labels", "name-list")]
    assert [(answer.status_code, answer.content[:5]) for answer in answers] == [(200, b"%PDF-")] * 2
    assert {answer.headers["cache-control"] for answer in answers} == {"no-store"}


async def test_what_was_exported_changes_nothing_when_it_is_imported(
    staff: httpx.AsyncClient, worker_database: Database, tenant: Tenant, settings: Settings
) -> None:
    for name in ("つなぐ会", "=1+1の会", "㈱髙﨑𠮷商店"):
        await make_member(worker_database, tenant, name=name, joined_on=date(2023, 2, 20))
    for suffix in ("xlsx", "csv"):
        data = (await staff.get(f"/staff/exports/organisations.{suffix}")).content
        path = (await upload(staff, data, f"名簿.{suffix}")).headers["location"]
        await send(staff, path, "/columns")
        page = await work(staff, settings, tenant, path)
        assert "変更なし（3）" in page, page


async def test_lists_belong_to_the_secretariat(
    client_for: ClientFor, worker_database: Database, tenant: Tenant, other_staff: httpx.AsyncClient
) -> None:
    await make_application(worker_database, tenant, name="ひみつの会")
    paths = [
        *(f"/staff/exports/{name}.csv" for name in LISTS),
        "/staff/organisations",
        "/staff/organisations/labels.pdf",
    ]
    member = await signed_in(client_for(tenant), await make_account(worker_database, tenant, Role.CASEWORKER))
    anonymous = client_for(tenant)
    for path in paths:
        assert (await member.get(path)).status_code == 403, path
        assert (await anonymous.get(path)).status_code == 303, path
        assert "ひみつの会" not in (await other_staff.get(path)).text
