"""Who may act for an organisation, and who may write for it."""

from uuid import UUID

from shared.identity.policy import Actor, Permission


def may_act_for(actor: Actor, organisation_id: UUID) -> bool:
    """Its own manager; and the secretariat, which types in what came on paper."""
    own = actor.may(Permission.ORGANISATION_EDIT_OWN) and organisation_id in actor.managed_ids
    return own or actor.may(Permission.APPLICATION_DECIDE)


def may_draft_for(actor: Actor, organisation_id: UUID) -> bool:
    """Its manager and its users. The secretariat writes in its own name."""
    return actor.may(Permission.ORGANISATION_DRAFT) and organisation_id in actor.organisation_ids
