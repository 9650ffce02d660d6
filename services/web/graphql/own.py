"""For which organisation a request speaks: the own one, or any for the secretariat. Everybody else learns nothing of what exists."""

from uuid import UUID

from services.web.graphql.types import Info, as_uuid
from services.web.graphql.writing import by, required
from shared.kit.refusals import Forbidden
from shared.members.policy import may_act_for, may_draft_for


def acted_for(info: Info, given: str) -> UUID:
    """Its manager's, and the secretariat's."""
    if not may_act_for(by(info), as_uuid(given) or _NOBODY):
        raise Forbidden
    return required(given)


def drafted_for(info: Info, given: str) -> UUID:
    """Its manager's and its users'."""
    if not may_draft_for(by(info), as_uuid(given) or _NOBODY):
        raise Forbidden
    return required(given)


def readable(info: Info, given: str, *, by_users: bool = False) -> UUID | None:
    """None, as for what does not exist, unless it may be acted for; `by_users`: also by those who only write for it."""
    wanted = as_uuid(given)
    if wanted is None:
        return None
    own = may_act_for(by(info), wanted) or (by_users and may_draft_for(by(info), wanted))
    return wanted if own else None


_NOBODY = UUID(int=0)
