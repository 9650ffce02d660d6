"""Who may act for an organisation."""

from uuid import UUID

from shared.identity.policy import Actor, Permission


def may_act_for(actor: Actor, organisation_id: UUID) -> bool:
    """Its own manager; and the secretariat, which types in what came on paper."""
    own = actor.may(Permission.ORGANISATION_EDIT_OWN) and organisation_id in actor.organisation_ids
    return own or actor.may(Permission.APPLICATION_DECIDE)
