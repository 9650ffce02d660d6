"""How a platform signs: its name, its own address, and the desk of today."""

from datetime import timedelta
from typing import Any

import msgspec
import pytest

from shared.kit import clock
from shared.kit.database.session import Database
from shared.kit.letter_text import Sender
from shared.kit.settings import Settings
from shared.tenants.letters import sender_of
from shared.tenants.models import Contact, TenantState
from tests.factories.tenants import make_tenant

TODAY = clock.today()


def _contact(ordinal: int, department: str, **columns: Any) -> Contact:
    return Contact(purpose="入会", ordinal=ordinal, department=department, **columns)


async def _sender(database: Database, settings: Settings, tenant_id: int) -> Sender:
    async with database.read(tenant_id) as session:
        return await sender_of(session, settings)


async def test_the_desk_is_the_first_that_is_valid_today(settings: Settings, worker_database: Database) -> None:
    tenant = await make_tenant(worker_database)
    async with worker_database.write(tenant.id) as session:
        session.add_all(
            [
                _contact(0, "去年の課", valid_to=TODAY - timedelta(days=1)),
                _contact(1, "来年の課", valid_from=TODAY + timedelta(days=1)),
                _contact(2, "今年の課", valid_from=TODAY, valid_to=TODAY, fax="088-621-0000", email="d@town.example"),
                _contact(3, "ほかの課"),
            ]
        )
    sender = await _sender(worker_database, settings, tenant.id)
    assert sender.desk == ("今年の課", "FAX 088-621-0000", "メール d@town.example")


async def test_a_platform_without_a_desk_signs_with_its_name_alone(
    settings: Settings, worker_database: Database
) -> None:
    tenant = await make_tenant(worker_database)
    assert (await _sender(worker_database, settings, tenant.id)).desk == ()


async def test_the_address_comes_from_the_settings(settings: Settings, worker_database: Database) -> None:
    secure = msgspec.structs.replace(settings, base_url="https://tsunagari.example")
    plain, own = await make_tenant(worker_database), await make_tenant(worker_database, host="own.example")
    assert (await _sender(worker_database, secure, plain.id)).base_url == f"https://{plain.slug}.tsunagari.example"
    assert (await _sender(worker_database, secure, own.id)).base_url == "https://own.example"


@pytest.mark.parametrize("state", list(TenantState))
async def test_suspended_and_closed_platforms_are_silent(
    settings: Settings, worker_database: Database, state: TenantState
) -> None:
    tenant = await make_tenant(worker_database, state=state)
    sender = await _sender(worker_database, settings, tenant.id)
    assert sender.silent == (state in (TenantState.SUSPENDED, TenantState.CLOSED))
