"""Open data: everything that is public, nothing that is not, and only sent when it has changed."""

import csv
import io
import json
from typing import Any

import pytest

from services.web.site import Site
from shared.identity.models import Role
from shared.kit.database.session import Database
from shared.members.models import Visibility
from shared.tenants.models import Tenant
from tests.factories.identity import make_account, signed_in
from tests.factories.members import HIDDEN_PHONE, make_member, make_platform
from tests.services.web.conftest import ClientFor

FILES = (
    "/open-data/organisations.csv",
    "/open-data/organisations.json",
    "/open-data/events.csv",
    "/open-data/events.xlsx",
)


@pytest.fixture
async def tenant(worker_database: Database, site: Site) -> Tenant:
    tenant = await make_platform(worker_database)
    await site._reload_hosts()
    return tenant


async def test_members_come_as_csv_and_in_the_shape_of_hsds(
    client_for: ClientFor, worker_database: Database, tenant: Tenant
) -> None:
    shown = {"address": Visibility.PUBLIC, "email": Visibility.PUBLIC}
    member = await make_member(worker_database, tenant, name="つなぐ会", visibility=shown)
    client = client_for(tenant)
    rows = list(csv.DictReader(io.StringIO((await client.get(FILES[0])).content.decode("utf-8-sig"))))
    assert [(row["ID"], row["団体名"], row["住所"], row["電話番号"]) for row in rows] == [
        (str(member), "つなぐ会", "徳島市万代町1丁目1番地", "")
    ]
    answer = await client.get(FILES[1])
    data: dict[str, Any] = json.loads(answer.content)
    found = data["contents"][0]
    assert (data["total_items"], found["id"], found["name"]) == (1, str(member), "つなぐ会")
    assert found["services"][0]["eligibility_description"] == "子どもと、その家族"
    assert found["locations"][0]["addresses"][0]["postal_code"] == "770-8570"
    assert ("phones" in found, "contacts" in found) == (False, False)
    assert answer.headers["link"].startswith("<https://creativecommons.org/licenses/by/4.0/")


async def test_what_is_not_public_is_not_in_it_whoever_asks(
    client_for: ClientFor, worker_database: Database, tenant: Tenant
) -> None:
    await make_member(worker_database, tenant, name="つなぐ会", visibility={"phone": Visibility.MEMBERS})
    account = await make_account(worker_database, tenant, Role.SECRETARIAT_ADMIN)
    staff = await signed_in(client_for(tenant), account)
    for path in FILES:
        for client in (client_for(tenant), staff):
            answer = await client.get(path)
            assert (answer.status_code, HIDDEN_PHONE in answer.text) == (200, False)


async def test_what_has_not_changed_is_not_sent_again(client_for: ClientFor, tenant: Tenant) -> None:
    client = client_for(tenant)
    tag = (await client.get(FILES[0])).headers["etag"]
    assert (await client.get(FILES[0], headers={"If-None-Match": tag})).status_code == 304


async def test_the_page_names_the_licence(client_for: ClientFor, tenant: Tenant) -> None:
    page = (await client_for(tenant).get("/open-data")).text
    assert ('rel="license"' in page, all(path in page for path in FILES)) == (True, True)
