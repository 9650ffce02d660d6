"""What applicants and the secretariat are written. Each function is a reaction to one fact of this slice."""

from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from shared.kit.japanese.eras import both_calendars
from shared.kit.post import LetterClass, Post
from shared.members import application_queries
from shared.members.application_queries import ApplicationView
from shared.members.facts import (
    ApplicationApproved,
    ApplicationMended,
    ApplicationReceived,
    ApplicationRejected,
    ApplicationReturned,
)
from shared.members.models import ApplicationStep, Membership, MembershipApplication
from shared.members.words import CHANNELS
from shared.tenants import queries as tenants

#: The purpose of the desk that applications go to, as the manifests name it.
DESK = "入会"


async def confirm_receipt(session: AsyncSession, fact: ApplicationReceived, letters: Post) -> None:
    application = await application_queries.application(session, fact.application_id)
    await _to_applicant(letters, application, "received", str(application.id))


async def tell_secretariat(session: AsyncSession, fact: ApplicationReceived, letters: Post) -> None:
    await _to_secretariat(session, letters, fact.application_id, mended=False, reason=str(fact.application_id))


async def tell_secretariat_of_mending(session: AsyncSession, fact: ApplicationMended, letters: Post) -> None:
    await _to_secretariat(session, letters, fact.application_id, mended=True, reason=str(fact.step_id))


async def ask_to_mend(session: AsyncSession, fact: ApplicationReturned, letters: Post) -> None:
    """Nothing is asked any more when the application has meanwhile been mended or decided."""
    application = await application_queries.application(session, fact.application_id)
    mend_key = await session.scalar(
        select(MembershipApplication.mend_key).where(MembershipApplication.id == fact.application_id)
    )
    message = await session.scalar(select(ApplicationStep.message).where(ApplicationStep.id == fact.step_id))
    if mend_key is not None:
        await _to_applicant(letters, application, "returned", str(fact.step_id), mend_key=mend_key, message=message)


async def announce_approval(session: AsyncSession, fact: ApplicationApproved, letters: Post) -> None:
    application = await application_queries.application(session, fact.application_id)
    joined_on = (
        await session.execute(select(Membership.joined_on).where(Membership.application_id == application.id))
    ).scalar_one()
    await _to_applicant(
        letters,
        application,
        "approved",
        str(application.id),
        joined_on=both_calendars(joined_on),
        organisation_id=application.organisation_id,
    )


async def announce_rejection(session: AsyncSession, fact: ApplicationRejected, letters: Post) -> None:
    application = await application_queries.application(session, fact.application_id)
    reason = application.steps[-1].message
    await _to_applicant(letters, application, "rejected", str(application.id), message=reason)


async def _to_applicant(letters: Post, application: ApplicationView, name: str, reason: str, **values: Any) -> None:
    """An application on paper may name no address: then the secretariat answers on paper, too."""
    if application.email is None:
        return
    await letters.write(
        template=f"members/application_{name}",
        to_email=application.email,
        to_name=application.details.contact_name or application.organisation_name,
        about_id=application.id,
        letter_class=LetterClass.MUST_ARRIVE,
        dedupe_key=f"application {name} {reason} {application.email}",
        values={
            "receipt_number": application.receipt_number,
            "organisation_name": application.organisation_name,
            **values,
        },
    )


async def _to_secretariat(
    session: AsyncSession, letters: Post, application_id: UUID, *, mended: bool, reason: str
) -> None:
    contacts = [contact for contact in (await tenants.profile(session)).contacts if contact.email]
    desk = next((contact for contact in contacts if DESK in contact.purpose), contacts[0] if contacts else None)
    if desk is None or desk.email is None:
        return
    application = await application_queries.application(session, application_id)
    await letters.write(
        template="members/application_notice",
        to_email=desk.email,
        to_name=desk.department,
        about_id=application.id,
        letter_class=LetterClass.MUST_ARRIVE,
        dedupe_key=f"application notice {reason} {desk.email}",
        values={
            "receipt_number": application.receipt_number,
            "organisation_name": application.organisation_name,
            "channel": CHANNELS[application.channel],
            "application_id": application.id,
            "mended": mended,
        },
    )
