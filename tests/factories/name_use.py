"""Requests for a platform's name, and the people who send and decide them."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from shared.identity.models import Role
from shared.identity.policy import Actor
from shared.kit import clock
from shared.kit.database.session import Database
from shared.members.models import Channel
from shared.members.name_use import service
from shared.members.name_use.details import Asked
from shared.members.name_use.queries import NameUseView
from shared.tenants.models import Tenant

DECIDER = Actor(name="事務局 里子", client_id="staff", roles=frozenset({Role.SECRETARIAT_ADMIN}))
DRAWING = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 10 10"><circle cx="5" cy="5" r="4"/></svg>'


def manager_of(organisation_id: UUID) -> Actor:
    return Actor(
        name="団体 花子",
        email="hanako@npo.example",
        client_id="hanako",
        roles=frozenset({Role.ORGANISATION_MANAGER}),
        organisation_ids=frozenset({organisation_id}),
        managed_ids=frozenset({organisation_id}),
    )


def asked(**changes: Any) -> Asked:
    """An event of one day in two weeks."""
    values: dict[str, Any] = {
        "title": "みんなの居場所フェスタ",
        "starts_on": clock.today() + timedelta(days=14),
        "place": "市役所のホール",
        "purpose": "地域の居場所を知ってもらう",
        "participants": "８０人",
        "materials": "チラシ",
    }
    return Asked(**(values | changes))


async def offer_name_use(database: Database, tenant: Tenant, *, wanted: bool = True) -> None:
    async with database.write(tenant.id) as session:
        await service.offer(session, actor=DECIDER, wanted=wanted)


async def make_name_use(
    database: Database, tenant: Tenant, organisation_id: UUID, *, actor: Actor | None = None, **changes: Any
) -> NameUseView:
    async with database.write(tenant.id) as session:
        by = actor or manager_of(organisation_id)
        return await service.request_name_use(session, organisation_id, asked(**changes), channel=Channel.WEB, actor=by)
