"""Registrations, as people and the secretariat send them."""

import itertools
from typing import Any
from uuid import UUID

from shared.events.registrations import service
from shared.events.registrations.drafts import RegistrationDraft
from shared.events.registrations.models import Registration, RegistrationChannel
from shared.identity.models import Role
from shared.identity.policy import ANONYMOUS, Actor
from shared.kit.database.session import Database
from shared.tenants.models import Tenant

SECRETARIAT = Actor(name="事務局 花子", roles=frozenset({Role.SECRETARIAT}))
_numbers = itertools.count(1)


def registration_draft(**fields: Any) -> RegistrationDraft:
    """A person of one's own, reachable by mail."""
    number = next(_numbers)
    values = {"name": f"参加 {number}郎", "kana": "サンカ タロウ", "email": f"guest{number}@example.jp"}
    return RegistrationDraft(**values | fields)


async def make_registration(
    database: Database,
    tenant: Tenant,
    event_id: UUID,
    *,
    actor: Actor = ANONYMOUS,
    channel: RegistrationChannel = RegistrationChannel.WEB,
    **fields: Any,
) -> Registration:
    async with database.write(tenant.id) as session:
        return await service.register(
            session, actor=actor, event_id=event_id, draft=registration_draft(**fields), channel=channel
        )
