"""How somebody wants to be told, and when a letter may go out."""

from datetime import datetime, time, timedelta
from uuid import UUID

import msgspec
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from shared.identity.notifications.models import (
    DESK_KINDS,
    PERSON_KINDS,
    Notification,
    NotificationChoice,
    NotificationKind,
    NotificationManner,
)
from shared.kit import clock
from shared.kit.database.session import tenant_of
from shared.kit.quiet_hours import next_polite_moment
from shared.tenants import queries as tenants

#: In Japan. Until then is gathered what the morning letter tells.
DIGEST_AT = time(8, 30)


class Receiver(msgspec.Struct, frozen=True):
    """Without an account: the desk."""

    email: str
    name: str | None
    account_id: UUID | None = None


class Choices(msgspec.Struct, frozen=True):
    """`manners` has every kind of this receiver. `by_night` is the desk's and holds for the whole platform."""

    manners: dict[NotificationKind, NotificationManner]
    by_night: bool


async def choices(session: AsyncSession, account_id: UUID | None) -> Choices:
    """Of a person; without an account, of the desk."""
    statement = select(NotificationChoice.manners, NotificationChoice.by_night).where(
        NotificationChoice.tenant_id == tenant_of(session),
        NotificationChoice.account_id.is_not_distinct_from(account_id),
    )
    row = (await session.execute(statement)).one_or_none()
    said: dict[str, str] = row.manners if row else {}
    kinds = DESK_KINDS if account_id is None else PERSON_KINDS
    manners = {kind: NotificationManner(said.get(kind, NotificationManner.GATHERED)) for kind in kinds}
    return Choices(manners, row is not None and row.by_night)


class Waiting(msgspec.Struct, frozen=True):
    """A line of the next morning letter, as it stands now."""

    kind: NotificationKind
    line: str
    path: str
    noted_at: datetime


async def waiting(session: AsyncSession, account_id: UUID | None, *, limit: int = 50) -> list[Waiting]:
    """For a person, or for the desk; the oldest first."""
    columns = (getattr(Notification, name) for name in Waiting.__struct_fields__)
    statement = select(*columns).where(
        Notification.tenant_id == tenant_of(session),
        Notification.account_id.is_not_distinct_from(account_id),
        Notification.told_at.is_(None),
        Notification.settled_at.is_(None),
    )
    rows = await session.execute(statement.order_by(Notification.noted_at, Notification.id).limit(limit))
    return [Waiting(*row) for row in rows]


async def desk(session: AsyncSession, purpose: str = "") -> Receiver | None:
    """The secretariat's address for a purpose, else its first one. None: it has none, and looks at its pages."""
    contacts = (await tenants.profile(session)).contacts_for(purpose, by_mail=True)
    return next((Receiver(each.email, each.department) for each in contacts if each.email), None)


async def not_before(session: AsyncSession) -> datetime | None:
    """For a letter that nobody waits for: None, or by night the coming morning, unless the platform writes by night."""
    now = clock.now()
    polite = next_polite_moment(now)
    if polite <= now or (await choices(session, None)).by_night:
        return None
    return polite


def last_digest(now: datetime) -> datetime:
    """The latest 8:30 in Japan."""
    local = now.astimezone(clock.JST)
    today = datetime.combine(local.date(), DIGEST_AT, tzinfo=clock.JST)
    return today if today <= now else today - timedelta(days=1)
