"""Who may give and take roles, and what cannot be taken."""

import asyncio
from uuid import UUID

import pytest

from shared.identity import queries, service
from shared.identity.models import Role
from shared.identity.policy import INSTALLATION, Actor
from shared.kit.database.session import Database
from shared.kit.refusals import Conflict, Forbidden, NotFound, Refusal
from shared.tenants.models import Tenant
from tests.factories.identity import make_account
from tests.factories.tenants import make_tenant

ADMIN = Actor(name="管理者", roles=frozenset({Role.SECRETARIAT_ADMIN}))
STAFF = Actor(name="職員", roles=frozenset({Role.SECRETARIAT}))


async def assign(database: Database, tenant: Tenant, actor: Actor, account_id: UUID, role: Role) -> bool:
    async with database.write(tenant.id) as session:
        return await service.assign_role(session, actor=actor, account_id=account_id, role=role)


async def remove(database: Database, tenant: Tenant, account_id: UUID, role: Role, actor: Actor = ADMIN) -> None:
    async with database.write(tenant.id) as session:
        await service.remove_role(session, actor=actor, account_id=account_id, role=role)


async def roles(database: Database, tenant: Tenant, account_id: UUID) -> frozenset[Role]:
    async with database.read(tenant.id) as session:
        return await queries.roles_of(session, account_id)


async def test_an_administrator_makes_staff_and_saying_it_twice_changes_nothing(worker_database: Database) -> None:
    tenant = await make_tenant(worker_database)
    person = await make_account(worker_database, tenant, None)
    first = await assign(worker_database, tenant, ADMIN, person.id, Role.SECRETARIAT)
    second = await assign(worker_database, tenant, ADMIN, person.id, Role.SECRETARIAT)
    assert (first, second) == (True, False)
    assert await roles(worker_database, tenant, person.id) == {Role.SECRETARIAT}


@pytest.mark.parametrize(
    ("actor", "role"),
    [(STAFF, Role.SECRETARIAT), (STAFF, Role.SECRETARIAT_ADMIN), (ADMIN, Role.OPERATOR), (Actor(), Role.SECRETARIAT)],
)
async def test_nobody_grants_above_their_own_role(worker_database: Database, actor: Actor, role: Role) -> None:
    tenant = await make_tenant(worker_database)
    person = await make_account(worker_database, tenant, None)
    with pytest.raises(Forbidden):
        await assign(worker_database, tenant, actor, person.id, role)


@pytest.mark.parametrize("role", [Role.OPERATOR, Role.NATIONAL_VIEWER])
async def test_national_roles_exist_on_the_national_platform_only(worker_database: Database, role: Role) -> None:
    tenant = await make_tenant(worker_database)
    person = await make_account(worker_database, tenant, None)
    with pytest.raises(Refusal) as refusal:
        await assign(worker_database, tenant, INSTALLATION, person.id, role)
    assert refusal.value.code == "ROLE_NATIONAL_ONLY"


async def test_an_organisations_role_names_its_organisation(worker_database: Database) -> None:
    tenant = await make_tenant(worker_database)
    person = await make_account(worker_database, tenant, None)
    with pytest.raises(Refusal) as refusal:
        await assign(worker_database, tenant, ADMIN, person.id, Role.ORGANISATION_MANAGER)
    assert refusal.value.code == "ROLE_ORGANISATION"


async def test_a_role_of_one_tenant_is_none_in_another(worker_database: Database) -> None:
    here, there = await make_tenant(worker_database), await make_tenant(worker_database)
    person = await make_account(worker_database, here, Role.SECRETARIAT)
    assert await roles(worker_database, there, person.id) == frozenset()


async def test_the_last_administrator_cannot_go(worker_database: Database) -> None:
    tenant = await make_tenant(worker_database)
    only = await make_account(worker_database, tenant, Role.SECRETARIAT_ADMIN)
    with pytest.raises(Conflict):
        await remove(worker_database, tenant, only.id, Role.SECRETARIAT_ADMIN)
    await make_account(worker_database, tenant, Role.SECRETARIAT_ADMIN)
    await remove(worker_database, tenant, only.id, Role.SECRETARIAT_ADMIN)
    assert await roles(worker_database, tenant, only.id) == frozenset()


async def test_two_administrators_who_remove_each_other_leave_one(worker_database: Database) -> None:
    tenant = await make_tenant(worker_database)
    people = [await make_account(worker_database, tenant, Role.SECRETARIAT_ADMIN) for _ in range(2)]
    outcomes = await asyncio.gather(
        *(remove(worker_database, tenant, person.id, Role.SECRETARIAT_ADMIN) for person in people),
        return_exceptions=True,
    )
    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["Conflict", "NoneType"]


async def test_a_role_that_is_gone_cannot_be_removed_again(worker_database: Database) -> None:
    tenant = await make_tenant(worker_database)
    person = await make_account(worker_database, tenant, Role.SECRETARIAT)
    await remove(worker_database, tenant, person.id, Role.SECRETARIAT)
    with pytest.raises(NotFound):
        await remove(worker_database, tenant, person.id, Role.SECRETARIAT)


async def test_an_address_has_one_account_whatever_its_spelling(worker_database: Database) -> None:
    async with worker_database.write(None) as session:
        first = await service.create_account(session, email="Hanako@People.Example", name="花子")
        again = await service.create_account(session, email="ｈａｎａｋｏ@people.example", name="別の名前")
    assert (first.created, again.created, again.id) == (True, False, first.id)


@pytest.mark.parametrize(("email", "name"), [("no address", "花子"), ("a@b.example", " "), ("a@b.example", "名" * 101)])
async def test_an_account_needs_an_address_and_a_name(worker_database: Database, email: str, name: str) -> None:
    with pytest.raises(Refusal):
        async with worker_database.write(None) as session:
            await service.create_account(session, email=email, name=name)


async def test_the_people_of_the_secretariat_are_listed_with_their_roles(worker_database: Database) -> None:
    tenant = await make_tenant(worker_database)
    person = await make_account(worker_database, tenant, Role.SECRETARIAT)
    await assign(worker_database, tenant, ADMIN, person.id, Role.SECRETARIAT_ADMIN)
    async with worker_database.read(tenant.id) as session:
        listed = await queries.people(session, roles=frozenset({Role.SECRETARIAT, Role.SECRETARIAT_ADMIN}))
    assert [(each.email, each.roles) for each in listed] == [(person.email, [Role.SECRETARIAT, Role.SECRETARIAT_ADMIN])]
