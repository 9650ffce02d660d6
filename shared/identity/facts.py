"""What happens to people's ways in."""

from uuid import UUID

from shared.kit.outbox import Fact


class InvitationMade(Fact, frozen=True, kw_only=True):
    """Somebody is to get a letter with a link: a place in an organisation, or a new password."""

    invitation_id: UUID
