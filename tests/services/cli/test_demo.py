"""The demo's people: made once, never on a real database."""

import msgspec
import pytest

from services.cli.demo import ensure_demo
from shared.identity import passwords, queries
from shared.identity.models import Role
from shared.kit.database.session import NATIONAL, Database
from shared.kit.settings import Settings
from tests.factories.tenants import make_tenant


async def test_a_real_database_gets_no_demo_people(settings: Settings) -> None:
    with pytest.raises(RuntimeError):
        await ensure_demo(settings)


class Embedded(Settings, frozen=True, kw_only=True):
    """The tests' own server stands in for the embedded one."""

    @property
    def embedded(self) -> bool:
        return True


@pytest.fixture
def demo(settings: Settings) -> Settings:
    return Embedded(**{name: getattr(settings, name) for name in settings.__struct_fields__})


async def test_a_second_start_changes_nothing_and_a_new_password_changes_all(
    demo: Settings, worker_database: Database
) -> None:
    tenant = await make_tenant(worker_database, slug="national")
    here = await make_tenant(worker_database)
    first, second = await ensure_demo(demo), await ensure_demo(demo)
    assert first == second
    printed = {line.email for line in first if line.url == demo.tenant_url(here.slug)}
    assert printed == {f"staff@{here.slug}.example", f"demo-{here.slug}"}
    async with worker_database.read(NATIONAL) as session:
        account = await queries.credentials(session, "operator@national.example")
        assert account and passwords.verify(demo.demo_password, account.password_hash)
        assert await queries.roles_of(session, account.account_id) == {Role.OPERATOR}
    await ensure_demo(msgspec.structs.replace(demo, demo_password="another password"))
    async with worker_database.read(tenant.id) as session:
        account = await queries.credentials(session, "viewer@national.example")
        client = await queries.client_credentials(session, "demo-national")
        assert account and passwords.verify("another password", account.password_hash)
        assert client and passwords.verify("another password", client.secret_hash)
