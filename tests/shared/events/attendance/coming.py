"""Events that have begun, and guests who came to them."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

from shared.events.attendance import certificates, check_in
from shared.events.attendance.check_in import Scan
from shared.events.models import Event
from shared.events.registrations.models import Registration
from shared.kit import clock
from shared.kit.database.session import Database
from shared.tenants.models import Tenant
from tests.factories.events import make_event
from tests.factories.registrations import SECRETARIAT, make_registration


async def do(database: Database, tenant: Tenant, verb: Callable[..., Awaitable[Any]], **values: Any) -> Any:
    """A verb of the secretariat, in a transaction of its own."""
    async with database.write(tenant.id) as session:
        return await verb(session, actor=SECRETARIAT, **values)


async def make_event_of_today(database: Database, tenant: Tenant, **fields: Any) -> Event:
    """It has begun half an hour ago and goes on."""
    now = clock.now()
    given: dict[str, Any] = {
        "starts_at": now - timedelta(minutes=30),
        "ends_at": now + timedelta(hours=2),
        "party_limit": 10,
    }
    return await make_event(database, tenant, **given | fields)


async def make_guest(database: Database, tenant: Tenant, event: Event, **fields: Any) -> Registration:
    """Registered and checked in."""
    present = fields.pop("present", None)
    guest = await make_registration(database, tenant, event.id, **fields)
    found = Scan(given=guest.code, present=present)
    await do(database, tenant, check_in.scan, event_id=event.id, scan=found)
    return guest


async def issue(database: Database, tenant: Tenant, event_id: UUID, **more: Any) -> list[Any]:
    made: list[Any] = await do(database, tenant, certificates.issue, event_id=event_id, platform=tenant.slug, **more)
    return made
