"""守秘義務の誓約: with an application, or by a person before confidential data are shown."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from uuid_utils.compat import uuid7

from shared.identity.policy import Actor
from shared.kit import clock
from shared.kit.database.session import tenant_of
from shared.kit.refusals import NotFound
from shared.members.details import ApplicationDetails
from shared.members.models import Channel, MembershipApplication
from shared.members.screening_models import ConfidentialityPledge
from shared.tenants import queries as tenants


async def sign_pledge(session: AsyncSession, *, actor: Actor) -> int:
    """By the person who is signed in, to the 設置要綱 in force, whose version is returned. Twice is once."""
    version = await _version_in_force(session)
    if actor.account_id is None or version is None:
        raise NotFound
    await _keep(session, version, signed_by=actor.name, channel=Channel.WEB, account_id=actor.account_id)
    return version


async def sign_with_application(
    session: AsyncSession, application: MembershipApplication, details: ApplicationDetails
) -> None:
    """What the applicant has marked on 様式1. Where there is no 設置要綱 there is nothing to promise by."""
    version = await _version_in_force(session) if details.pledge else None
    if version is not None:
        signed_by = details.representative_name or details.contact_name or details.name
        await _keep(session, version, signed_by=signed_by, channel=application.channel, application_id=application.id)


async def has_pledged(session: AsyncSession, account_id: UUID, *, charter_version: int) -> bool:
    """Whether this person has promised secrecy under this 設置要綱: to be asked before confidential data are shown."""
    statement = select(ConfidentialityPledge.id).where(
        ConfidentialityPledge.account_id == account_id, ConfidentialityPledge.charter_version == charter_version
    )
    return (await session.execute(statement)).scalar_one_or_none() is not None


async def _version_in_force(session: AsyncSession) -> int | None:
    charter = (await tenants.profile(session)).charter
    return charter.version if charter else None


async def _keep(
    session: AsyncSession,
    version: int,
    *,
    signed_by: str,
    channel: Channel,
    account_id: UUID | None = None,
    application_id: UUID | None = None,
) -> None:
    row = {"tenant_id": tenant_of(session), "id": uuid7(), "account_id": account_id, "application_id": application_id}
    signed = {"charter_version": version, "signed_by": signed_by, "channel": channel, "signed_at": clock.now()}
    await session.execute(insert(ConfidentialityPledge).values(**row, **signed).on_conflict_do_nothing())
