"""THE table: what follows from what happened.

A reaction is `async def (session, fact, letters)`. It runs in one transaction with the other reactions to its fact and with
the mark that the fact is done, so it happens exactly once as far as the database goes; what leaves the house is a letter row.
"""

import importlib
import pkgutil
from collections.abc import Awaitable, Callable
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

import shared
from shared.content import facts as content
from shared.events import facts as events
from shared.events import proposal_letters
from shared.events.registrations import facts as registrations
from shared.events.registrations import letters as registration_letters
from shared.identity import facts as identity
from shared.identity import letters as identity_letters
from shared.identity.notifications import digest
from shared.identity.notifications import facts as notifications
from shared.kit.outbox import Fact
from shared.kit.post import Post
from shared.members import facts as members
from shared.members import freshness, inquiries, portal
from shared.members import letters as member_letters
from shared.members.imports import batches as import_batches
from shared.members.name_use import facts as name_use
from shared.members.name_use import letters as name_use_letters
from shared.members.notices import letters as notice_letters
from shared.members.umbrella import letters as relay_letters
from shared.tenants import facts as tenants
from shared.tenants import service as tenant_service

Reaction = Callable[[AsyncSession, Any, Post], Awaitable[None]]

REACTIONS: dict[type[Fact], tuple[Reaction, ...]] = {
    content.AnnouncementPublished: (proposal_letters.tell_of_released_news,),
    events.EventCancelled: (registration_letters.tell_of_cancelled_event,),
    events.EventChanged: (registration_letters.tell_of_changed_event,),
    events.EventPublished: (proposal_letters.tell_of_released_event,),
    events.EventReportPublished: (registration_letters.thank_with_report,),
    events.ProposalReturned: (proposal_letters.tell_of_return,),
    events.ProposalSent: (proposal_letters.tell_secretariat,),
    identity.InvitationMade: (identity_letters.send_link,),
    notifications.DigestDue: (digest.write_digests,),
    members.ApplicationReceived: (member_letters.confirm_receipt, member_letters.tell_secretariat),
    members.ApplicationReturned: (member_letters.ask_to_mend, member_letters.settle_application),
    members.ApplicationMended: (member_letters.tell_secretariat_of_mending,),
    members.ApplicationApproved: (
        member_letters.announce_approval,
        portal.invite_contact,
        member_letters.settle_application,
    ),
    members.ApplicationRejected: (member_letters.announce_rejection, member_letters.settle_application),
    members.ConfirmationDue: (freshness.remind,),
    members.InquirySent: (inquiries.pass_on,),
    members.NoticeReceived: (notice_letters.confirm_notice, notice_letters.tell_secretariat_of_notice),
    members.NoticeAccepted: (notice_letters.announce_acceptance, notice_letters.settle_notice),
    members.NoticeRefused: (notice_letters.announce_refusal, notice_letters.settle_notice),
    members.ImportCheckRequested: (import_batches.check_rows,),
    members.ImportRequested: (import_batches.write_rows,),
    members.RelayRequested: (relay_letters.pass_on,),
    name_use.NameUseRequested: (name_use_letters.confirm_request, name_use_letters.tell_desk_of_request),
    name_use.NameUseApproved: (name_use_letters.announce_permission, name_use_letters.settle_request),
    name_use.NameUseRefused: (name_use_letters.announce_refusal, name_use_letters.settle_request),
    name_use.NameUseReported: (name_use_letters.tell_desk_of_report,),
    registrations.NewsForRegistrants: (registration_letters.tell_everybody,),
    registrations.RegistrationAccepted: (registration_letters.confirm_registration,),
    registrations.RegistrationAskedAgain: (registration_letters.tell_of_known_registration,),
    registrations.RegistrationCancelled: (registration_letters.confirm_cancellation,),
    registrations.RegistrationChanged: (registration_letters.tell_of_own_change,),
    registrations.RegistrationPassedOver: (registration_letters.tell_of_passing_over,),
    registrations.RegistrationPromoted: (registration_letters.tell_of_promotion,),
    tenants.ProfileEdited: (tenant_service.refresh_relatives_of,),
}


def know_all_facts() -> None:
    """Import every slice's `facts`: a fact that nobody reacts to must be known, too."""
    for module in pkgutil.walk_packages(shared.__path__, "shared."):
        if module.name.endswith(".facts"):
            importlib.import_module(module.name)


know_all_facts()


async def react(session: AsyncSession, fact: Fact, letters: Post) -> None:
    """A fact without reactions is simply done."""
    for reaction in REACTIONS.get(type(fact), ()):
        await reaction(session, fact, letters)
        await session.flush()
