"""What may become of a registration after it was made."""

from typing import Any

import msgspec
import pytest

from shared.events.models import Event
from shared.events.registrations import service
from shared.events.registrations.drafts import RegistrationDraft
from shared.events.registrations.models import Attendance, Registration
from shared.identity.policy import ANONYMOUS, Actor
from shared.kit.database.session import Database
from shared.kit.refusals import Conflict, Refusal
from shared.tenants.models import Tenant
from tests.factories.events import make_event
from tests.factories.registrations import SECRETARIAT, make_registration, registration_draft
from tests.factories.tenants import make_tenant
from tests.shared.events.attendance.coming import make_event_of_today, make_guest


def _draft_of(registration: Registration) -> RegistrationDraft:
    kept = {name: getattr(registration, name) for name in RegistrationDraft.__struct_fields__}
    return RegistrationDraft(**kept)


async def _change(
    database: Database, tenant: Tenant, registration: Registration, *, actor: Actor = ANONYMOUS, **fields: Any
) -> Registration:
    async with database.write(tenant.id) as session:
        return await service.change(
            session,
            actor=actor,
            registration_id=registration.id,
            draft=msgspec.structs.replace(_draft_of(registration), **fields),
        )


async def _taken(database: Database, tenant: Tenant, event: Event) -> tuple[int, int]:
    async with database.read(tenant.id) as session:
        found = await session.get_one(Event, (tenant.id, event.id))
        return found.hall_taken, found.online_taken


@pytest.mark.parametrize("fields", [{"party_size": 1}, {"attendance": Attendance.ONLINE}])
@pytest.mark.parametrize("actor", [ANONYMOUS, SECRETARIAT])
async def test_the_seats_of_those_who_are_there_are_not_given_away(
    worker_database: Database, fields: dict[str, Any], actor: Actor
) -> None:
    tenant = await make_tenant(worker_database)
    event = await make_event_of_today(worker_database, tenant, online=True, capacity=5)
    guest = await make_guest(worker_database, tenant, event, party_size=3, present=2, attendance=Attendance.HALL)
    with pytest.raises(Conflict):
        await _change(worker_database, tenant, guest, actor=actor, **fields)
    assert await _taken(worker_database, tenant, event) == (3, 0)
    await _change(worker_database, tenant, guest, actor=actor, party_size=2)
    assert await _taken(worker_database, tenant, event) == (2, 0)


async def test_a_party_that_was_let_in_may_change_all_else_but_not_grow(worker_database: Database) -> None:
    tenant = await make_tenant(worker_database)
    event = await make_event(worker_database, tenant, party_limit=2)
    group = await make_registration(worker_database, tenant, event.id, actor=SECRETARIAT, party_size=6)
    assert (await _change(worker_database, tenant, group, name="団体 太郎")).party_size == 6
    assert (await _change(worker_database, tenant, group, party_size=5)).party_size == 5
    with pytest.raises(Refusal) as refused:
        await _change(worker_database, tenant, group, party_size=6)
    assert refused.value.code == "PARTY_TOO_LARGE"


async def test_who_left_no_address_asks_nothing_by_name_and_telephone(worker_database: Database) -> None:
    tenant = await make_tenant(worker_database)
    event = await make_event(worker_database, tenant)
    first, second = [
        await make_registration(
            worker_database, tenant, event.id, actor=SECRETARIAT, email=None, name=f"電話 {each}", phone="088-621-2179"
        )
        for each in ("一郎", "二郎")
    ]
    assert (await _change(worker_database, tenant, second, name=first.name)).name == first.name
    with pytest.raises(Refusal) as refused:
        await _change(worker_database, tenant, second, email=str(registration_draft().email))
    assert refused.value.code == "EMAIL_FIXED"
