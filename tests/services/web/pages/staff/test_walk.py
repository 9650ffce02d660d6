"""Every page of the secretariat opens for those who may, and for nobody else."""

import httpx
import pytest

from shared.identity.models import Role
from shared.kit.database.session import Database
from shared.tenants.models import Tenant
from tests.factories.identity import make_account, signed_in
from tests.services.web.conftest import ClientFor

EVERYBODYS = [
    "/staff",
    "/staff/news",
    "/staff/news/new",
    "/staff/events",
    "/staff/events/new",
    "/staff/events/import",
    "/staff/follow-ups",
    "/staff/pictures",
    "/staff/letters",
    "/staff/letters?show=FAILED",
    "/staff/notifications",
    "/member",
]
ADMINISTRATORS = [
    "/staff/people",
    "/staff/record",
    "/staff/profile",
    "/staff/profile/pillars",
    "/staff/profile/contacts",
]


@pytest.mark.parametrize("path", EVERYBODYS + ADMINISTRATORS)
async def test_the_administrator_opens_every_page(staff: httpx.AsyncClient, path: str) -> None:
    answer = await staff.get(path)
    assert (answer.status_code, answer.text.count("<h1")) == (200, 1)


async def test_staff_open_everything_but_what_is_the_administrators(
    client_for: ClientFor, worker_database: Database, tenant: Tenant
) -> None:
    client = await signed_in(client_for(tenant), await make_account(worker_database, tenant, Role.SECRETARIAT))
    statuses = [(await client.get(path)).status_code for path in EVERYBODYS + ADMINISTRATORS]
    assert statuses == [200] * len(EVERYBODYS) + [403] * len(ADMINISTRATORS)


@pytest.mark.parametrize("role", [Role.CASEWORKER])
async def test_others_who_are_signed_in_may_not(
    client_for: ClientFor, worker_database: Database, tenant: Tenant, role: Role
) -> None:
    client = await signed_in(client_for(tenant), await make_account(worker_database, tenant, role))
    statuses = {(await client.get(path)).status_code for path in EVERYBODYS[:-1] + ADMINISTRATORS}
    assert statuses == {403}


@pytest.mark.parametrize("path", EVERYBODYS + ADMINISTRATORS)
async def test_who_is_not_signed_in_is_led_to_the_door(client_for: ClientFor, tenant: Tenant, path: str) -> None:
    assert (await client_for(tenant).get(path)).status_code == 303


@pytest.mark.parametrize("path", ["/staff/news?page_number=99999999999999999999", "/staff/letters?page_number=-5"])
async def test_a_page_number_beyond_the_list_is_an_empty_page(staff: httpx.AsyncClient, path: str) -> None:
    assert (await staff.get(path)).status_code == 200
