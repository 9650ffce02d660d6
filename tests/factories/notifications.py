"""What waits to be told, and how somebody wants it."""

from uuid import UUID

from sqlalchemy import select
from uuid_utils.compat import uuid7

from shared.identity.models import Role
from shared.identity.notifications import service
from shared.identity.notifications.models import Notification, NotificationKind, NotificationManner
from shared.identity.policy import Actor
from shared.kit import clock
from shared.kit.database.session import Database
from shared.tenants.models import Tenant

CHIEF = Actor(name="事務局長", client_id="chief", roles=frozenset({Role.SECRETARIAT_ADMIN}))


async def waiting(database: Database, tenant: Tenant) -> list[tuple[str, str]]:
    """Receiver and line of what the next morning letters will say."""
    async with database.read(tenant.id) as session:
        statement = select(Notification.receiver, Notification.line).where(
            Notification.told_at.is_(None), Notification.settled_at.is_(None)
        )
        rows = await session.execute(statement.order_by(Notification.noted_at, Notification.id))
        return [(row.receiver, row.line) for row in rows]


async def note_for_desk(database: Database, tenant: Tenant, line: str) -> UUID:
    """Something that waits for the morning letter; the id of what it is about."""
    row = Notification(
        receiver="desk@pref.example",
        kind=NotificationKind.APPLICATION,
        thing_id=uuid7(),
        occasion="received",
        line=line,
        path="/staff/applications",
        noted_at=clock.now(),
        at_once=False,
    )
    async with database.write(tenant.id) as session:
        session.add(row)
    return row.thing_id


async def write_by_night(database: Database, tenant: Tenant) -> None:
    """Letters of this platform do not wait for the morning: a test may run at any hour."""
    async with database.write(tenant.id) as session:
        await service.choose(session, actor=CHIEF, desk=True, manners={}, by_night=True)


async def desk_wants(database: Database, tenant: Tenant, manner: NotificationManner, *, by_night: bool = True) -> None:
    """For every kind; letters go at any hour, so that a test may run at any hour."""
    async with database.write(tenant.id) as session:
        kinds = {kind.value: manner.value for kind in NotificationKind if kind is not NotificationKind.POST_RESULT}
        await service.choose(session, actor=CHIEF, desk=True, manners=kinds, by_night=by_night)


async def person_wants(database: Database, tenant: Tenant, account_id: UUID, manner: NotificationManner) -> None:
    async with database.write(tenant.id) as session:
        actor = Actor(name="花子", account_id=account_id, roles=frozenset({Role.ORGANISATION_MANAGER}))
        await service.choose(session, actor=actor, desk=False, manners={"POST_RESULT": manner.value})
