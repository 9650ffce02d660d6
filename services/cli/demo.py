"""People and programs to sign in as, in the embedded demo only. A second start changes nothing."""

from uuid import UUID

import msgspec
from sqlalchemy.ext.asyncio import AsyncSession

from shared.identity import passwords, queries, service
from shared.identity.models import Role
from shared.identity.policy import INSTALLATION
from shared.kit.database import policies
from shared.kit.database.engine import create_engine
from shared.kit.database.session import Database
from shared.kit.settings import Settings
from shared.members import directory
from shared.tenants import queries as tenants
from shared.tenants.models import TenantState
from shared.tenants.queries import Host


class DemoSignIn(msgspec.Struct, frozen=True):
    """A line to print. `email` is a client id where `purpose` speaks of programs."""

    url: str
    email: str
    purpose: str


class _Person(msgspec.Struct, frozen=True):
    email: str
    name: str
    role: Role
    purpose: str


async def ensure_demo(settings: Settings) -> list[DemoSignIn]:
    """Every live platform gets its demo people. Never called, and refuses to work, on a real database."""
    if not settings.embedded:
        raise RuntimeError("demo sign-ins are for the embedded database only")
    database = Database(create_engine(settings, policies.WORKER, pool_size=2))
    try:
        async with database.read(None) as session:
            hosts = [host for host in await tenants.all_hosts(session) if host.state is TenantState.LIVE]
            kept = await queries.account_hash(session, f"staff@{hosts[0].slug}.example") if hosts else None
        # One hash for all, and the same as last time unless DEMO_PASSWORD was changed: argon2 is slow on purpose.
        password_hash = kept if passwords.verify(settings.demo_password, kept) else None
        password_hash = password_hash or passwords.hash_password(settings.demo_password)
        return [line for host in hosts for line in await _ensure(database, settings, host, password_hash)]
    finally:
        await database.close()


async def _ensure(database: Database, settings: Settings, host: Host, password_hash: str) -> list[DemoSignIn]:
    url = settings.tenant_url(host.slug, host.host)
    async with database.write(host.id) as session:
        people = _people(host.slug)
        for person in people:
            await _person(session, person, password_hash, None)
        listed = (await directory.listed(session, first=100)).items
        # Rather an invented organisation than a real one of the documents.
        organisation = next(iter(sorted(listed, key=lambda each: not each.demo)), None)
        if organisation is not None:
            member = _Person(
                f"member@{host.slug}.example", "団体 花子", Role.ORGANISATION_MANAGER, f"member: {organisation.name}"
            )
            await _person(session, member, password_hash, organisation.id)
            people.insert(1, member)
        client = await _client(session, host.slug, password_hash)
    return [DemoSignIn(url, person.email, person.purpose) for person in people] + [
        DemoSignIn(url, client, "programs: POST /auth/token")
    ]


def _people(slug: str) -> list[_Person]:
    people = [_Person(f"staff@{slug}.example", "事務局 太郎", Role.SECRETARIAT_ADMIN, "secretariat, administrator")]
    if slug == "anan":
        people.append(_Person("caseworker@anan.example", "相談 春子", Role.CASEWORKER, "caseworker"))
    if slug == "national":
        people.append(_Person("viewer@national.example", "閲覧 夏子", Role.NATIONAL_VIEWER, "figures of all platforms"))
        people.append(_Person("operator@national.example", "運用 秋男", Role.OPERATOR, "creates platforms"))
    return people


async def _person(session: AsyncSession, person: _Person, password_hash: str, organisation_id: UUID | None) -> None:
    account = await service.create_account(session, email=person.email, name=person.name, password_hash=password_hash)
    if not account.created and await queries.account_hash(session, person.email) != password_hash:
        await service.change_password(session, account_id=account.id, password_hash=password_hash, keep=None)
    await service.assign_role(
        session, actor=INSTALLATION, account_id=account.id, role=person.role, organisation_id=organisation_id
    )


async def _client(session: AsyncSession, slug: str, secret_hash: str) -> str:
    client_id = f"demo-{slug}"
    await service.ensure_client(
        session, client_id=client_id, name="見本の連携プログラム", secret_hash=secret_hash, role=Role.SECRETARIAT_ADMIN
    )
    return client_id
