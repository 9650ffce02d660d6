"""What applicants and the secretariat are written. Each function is a reaction to one fact of this slice."""

from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from shared.identity.notifications import queries as notifications
from shared.identity.notifications.models import NotificationKind
from shared.identity.notifications.service import News, in_turn, settle, tell
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
from shared.members.models import ApplicationState, ApplicationStep, Membership, MembershipApplication
from shared.members.words import CHANNELS

#: The purpose of the desk that applications go to, as the manifests name it.
DESK = "入会"
#: Of an application: the desk has to do something.
_WAITS = (ApplicationState.RECEIVED, ApplicationState.IN_REVIEW)


async def confirm_receipt(session: AsyncSession, fact: ApplicationReceived, letters: Post) -> None:
    application = await application_queries.application(session, fact.application_id)
    await _to_applicant(letters, application, "received", str(application.id))


async def tell_secretariat(session: AsyncSession, fact: ApplicationReceived, letters: Post) -> None:
    await _to_secretariat(session, fact.application_id, mended=False, occasion="received")


async def tell_secretariat_of_mending(session: AsyncSession, fact: ApplicationMended, letters: Post) -> None:
    await _to_secretariat(session, fact.application_id, mended=True, occasion=f"mended {fact.step_id}")


async def settle_application(
    session: AsyncSession, fact: ApplicationReturned | ApplicationApproved | ApplicationRejected, letters: Post
) -> None:
    """The desk has done what it was told of; not when the applicant has sent it again meanwhile."""
    await in_turn(session)
    application = await application_queries.application(session, fact.application_id)
    if application.state not in _WAITS:
        await settle(session, application.id, NotificationKind.APPLICATION)


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


async def _to_secretariat(session: AsyncSession, application_id: UUID, *, mended: bool, occasion: str) -> None:
    """Not when somebody has decided meanwhile."""
    await in_turn(session)
    application = await application_queries.application(session, application_id)
    desk = await notifications.desk(session, DESK)
    if desk is None or application.state not in _WAITS:
        return
    words = "、申請者による修正" if mended else ""
    news = News(
        kind=NotificationKind.APPLICATION,
        thing_id=application.id,
        occasion=occasion,
        line=f"{application.organisation_name}（{application.receipt_number}{words}）",
        path=f"/staff/applications/{application.id}",
        template="members/application_notice",
        about_id=application.id,
        values={
            "receipt_number": application.receipt_number,
            "organisation_name": application.organisation_name,
            "channel": CHANNELS[application.channel],
            "application_id": application.id,
            "mended": mended,
        },
    )
    await tell(session, desk, news)
