"""How a platform signs its letters."""

from sqlalchemy import Select, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from shared.kit import clock
from shared.kit.database.session import tenant_of
from shared.kit.letter_text import Sender
from shared.kit.settings import Settings
from shared.tenants.models import Contact, Tenant, TenantState


async def sender_of(session: AsyncSession, settings: Settings) -> Sender:
    """Name, address, base URL and today's first contact desk of the session's tenant."""
    tenant = await session.get_one(Tenant, tenant_of(session))
    contact = (await session.execute(_desk_of_today())).scalar_one_or_none()
    return Sender(
        name=tenant.name,
        email=tenant.sender_email,
        base_url=settings.tenant_url(tenant.slug, tenant.host),
        desk=_lines(contact) if contact else (),
        silent=tenant.state in (TenantState.SUSPENDED, TenantState.CLOSED),
    )


def _desk_of_today() -> Select[Contact]:
    today = clock.today()
    return (
        select(Contact)
        .where(
            or_(Contact.valid_from.is_(None), Contact.valid_from <= today),
            or_(Contact.valid_to.is_(None), Contact.valid_to >= today),
        )
        .order_by(Contact.ordinal)
        .limit(1)
    )


def _lines(contact: Contact) -> tuple[str, ...]:
    desk = " ".join(part for part in (contact.department, contact.desk) if part)
    ways = (("電話", contact.phone), ("FAX", contact.fax), ("メール", contact.email))
    return (desk, *(f"{name} {value}" for name, value in ways if value))
