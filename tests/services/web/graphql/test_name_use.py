"""後援名義 by GraphQL: asked once for each key, decided once, unseen by others."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx

from services.web.site import Site
from shared.identity.models import Role
from shared.kit import clock
from shared.kit.database.session import Database
from shared.tenants.models import Tenant
from tests.factories.identity import make_account, signed_in
from tests.factories.members import make_member, make_platform
from tests.factories.name_use import offer_name_use
from tests.services.web.conftest import ClientFor

ASK = "mutation ($input: RequestNameUseInput!) { requestNameUse(input: $input) { ... on NameUse { id status startsOn endsOn } ... on Problem { code field } } }"
DECIDE = "mutation ($input: DecideNameUseInput!) { decideNameUse(input: $input) { ... on NameUse { status over allowedUntil } ... on Problem { code field } } }"


async def send(client: httpx.AsyncClient, query: str, **given: Any) -> Any:
    answer = (await client.post("/graphql", json={"query": query, "variables": {"input": given}})).json()
    assert "errors" not in answer, answer
    return next(iter(answer["data"].values()))


async def _person(
    client_for: ClientFor, database: Database, tenant: Tenant, role: Role, organisation_id: UUID | None = None
) -> httpx.AsyncClient:
    account = await make_account(database, tenant, role, organisation_id=organisation_id)
    return await signed_in(client_for(tenant), account)


async def test_a_manager_asks_and_the_secretariat_decides(
    client_for: ClientFor, worker_database: Database, site: Site
) -> None:
    tenant = await make_platform(worker_database)
    await site._reload_hosts()
    await offer_name_use(worker_database, tenant)
    own, other = [await make_member(worker_database, tenant) for _ in range(2)]
    manager = await _person(client_for, worker_database, tenant, Role.ORGANISATION_MANAGER, own)
    stranger = await _person(client_for, worker_database, tenant, Role.ORGANISATION_MANAGER, other)
    staff = await _person(client_for, worker_database, tenant, Role.SECRETARIAT)
    day = (clock.today() + timedelta(days=7)).isoformat()
    asked = {"organisationId": str(own), "title": "催し", "place": "公民館", "purpose": "交流", "startsOn": day}

    first, second = [await send(manager, ASK, **asked, idempotencyKey="one") for _ in range(2)]
    assert first == second == {"id": first["id"], "status": "RECEIVED", "startsOn": day, "endsOn": day}
    assert await send(stranger, ASK, **asked) == {"code": "FORBIDDEN", "field": None}
    assert (await send(manager, ASK, **(asked | {"title": " "})))["field"] == "title"

    listed = "{ nameUses(status: [RECEIVED]) { nodes { title } totalCount } }"
    assert (await staff.post("/graphql", json={"query": listed})).json()["data"]["nameUses"]["totalCount"] == 1
    assert "FORBIDDEN" in (await manager.post("/graphql", json={"query": listed})).text

    decision = {"id": first["id"], "decision": "APPROVE", "allowedFrom": clock.today().isoformat(), "allowedUntil": day}
    assert (await send(manager, DECIDE, **decision))["code"] == "FORBIDDEN"
    assert await send(staff, DECIDE, **decision) == {"status": "APPROVED", "over": False, "allowedUntil": day}
    assert (await send(staff, DECIDE, **decision))["code"] == "CONFLICT"
