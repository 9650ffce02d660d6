"""The secretariat's list of organisations and the sheets of one: filtered, sorted, printed, and seen by those concerned."""

import re
from datetime import date

import httpx
import pytest

from services.web.site import Site
from shared.kit.database.session import Database
from shared.tenants.models import Tenant
from tests.factories.members import make_member, make_organisation, make_platform


@pytest.fixture
async def tenant(worker_database: Database, site: Site) -> Tenant:
    tenant = await make_platform(worker_database)
    await site._reload_hosts()
    return tenant


def rows(page: str) -> list[str]:
    return re.findall(r'<th scope="row"[^>]*><a href="/staff/organisations/[^"]+">([^<]+)</a>', page)


async def test_all_filters_and_the_order_stand_in_one_address(
    staff: httpx.AsyncClient, worker_database: Database, tenant: Tenant
) -> None:
    for name, joined_on in (("アオバの会", date(2023, 2, 20)), ("イズミの会", date(2024, 4, 26))):
        await make_member(worker_database, tenant, name=name, kana=name[:3], joined_on=joined_on)
    await make_organisation(
        worker_database, tenant, name="うみの会", joined_on=date(2023, 2, 20), left_on=date(2024, 3, 31)
    )
    assert rows((await staff.get("/staff/organisations")).text) == ["アオバの会", "イズミの会"]
    everything = (await staff.get("/staff/organisations?show=ALL&order=JOINED&field=childcare")).text
    assert rows(everything) == ["イズミの会", "アオバの会"]
    for link in ("/staff/exports/organisations.xlsx", "/staff/organisations/name-list.pdf"):
        assert f"{link}?field=childcare&amp;show=ALL&amp;order=JOINED" in everything, link
    left = (await staff.get("/staff/organisations?show=LEFT")).text
    assert (rows(left), "2024/03/31" in left) == (["うみの会"], True)


async def test_a_column_is_sorted_one_way_and_the_other(staff: httpx.AsyncClient) -> None:
    page = (await staff.get("/staff/organisations?q=会&order=JOINED")).text
    assert re.findall(r'aria-sort="(\w+)"', page) == []
    assert "条件に合う団体はありません" in page


async def test_headings_say_how_the_list_is_sorted(
    staff: httpx.AsyncClient, worker_database: Database, tenant: Tenant
) -> None:
    await make_member(worker_database, tenant, name="あおばの会")
    page = (await staff.get("/staff/organisations?order=JOINED")).text
    assert re.findall(r'aria-sort="(\w+)"', page) == ["none", "descending", "none"]
    assert (
        'href="/staff/organisations?order=JOINED_BACK"' in page,
        'class="sort" href="/staff/organisations"' in page,
    ) == (
        True,
        True,
    )


@pytest.mark.parametrize("address", ["?show=NOBODY", "?confirmed=MAYBE", "?order=PRICE", "?page=0", "?field=%00"])
async def test_what_cannot_be_meant_is_as_if_it_were_not_there(staff: httpx.AsyncClient, address: str) -> None:
    assert (await staff.get(f"/staff/organisations{address}")).status_code == 200


async def test_the_former_address_leads_here_with_its_filters(staff: httpx.AsyncClient) -> None:
    for path in ("", "/labels.pdf", "/name-list.pdf"):
        answer = await staff.get(f"/staff/members{path}?field=disaster&q=会")
        moved = f"/staff/organisations{path}?field=disaster&q=%E4%BC%9A"
        assert (answer.status_code, answer.headers["location"]) == (301, moved)


async def test_every_sheet_is_linked_where_its_record_stands(
    staff: httpx.AsyncClient, worker_database: Database, tenant: Tenant
) -> None:
    organisation = await make_member(worker_database, tenant, name="つなぐ会")
    page = (await staff.get(f"/staff/organisations/{organisation}")).text
    sheets = re.findall(r'href="(/staff/[^"]+\.pdf)"', page)
    assert len(sheets) == 3
    for sheet in sheets:
        answer = await staff.get(sheet)
        assert (answer.status_code, answer.content[:5]) == (200, b"%PDF-"), sheet
    application = next(re.finditer(r'href="(/staff/applications/[0-9a-f-]+)"', page)).group(1)
    assert f'href="{application}/form1.pdf"' in (await staff.get(application)).text
