"""Who may see what of an organisation: 公開, 会員 or 事務局, and who has promised secrecy before.

Decided here once, as SQL, so that what an audience may not see never leaves the database. Pages, the search, GraphQL, lists
that are handed out and feeds all read organisations through `columns`.
"""

from enum import StrEnum
from typing import Any

from sqlalchemy import bindparam
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.sql.elements import BindParameter
from sqlalchemy.types import Text

from shared.identity.models import Role
from shared.identity.policy import Actor, Permission
from shared.members.models import CONTACT_COLUMNS, Visibility


class Audience(StrEnum):
    """Whose eyes. MEMBERS have promised secrecy, else they see what everybody sees; so has CONFIDENTIAL, which is the
    secretariat with the addresses that are kept secret. SECRETARIAT sees everything else.
    """

    PUBLIC = "PUBLIC"
    MEMBERS = "MEMBERS"
    SECRETARIAT = "SECRETARIAT"
    CONFIDENTIAL = "CONFIDENTIAL"

    @property
    def of_staff(self) -> bool:
        return self in (Audience.SECRETARIAT, Audience.CONFIDENTIAL)


#: An audience, or the visibility that is made for it.
Eyes = Audience | Visibility
#: What an audience may see: its own, and what is for wider ones.
ALLOWED: dict[str, list[str]] = {
    Audience.PUBLIC: [Audience.PUBLIC],
    Audience.MEMBERS: [Audience.PUBLIC, Audience.MEMBERS],
    Audience.SECRETARIAT: [Audience.PUBLIC, Audience.MEMBERS, Audience.SECRETARIAT],
    Audience.CONFIDENTIAL: list(Audience),
}
#: Columns that are shown with another one.
GOES_WITH = {
    "representative_title": "representative_name",
    "representative_kana": "representative_name",
    "contact_department": "contact_name",
    "contact_kana": "contact_name",
    "postal_code": "address",
}
#: Where a shelter is. Of a confidential address not even the municipality is told, counted or searched.
_PLACES = frozenset({"address", "postal_code", "municipality_code"})
_MEMBERS = frozenset({Role.ORGANISATION_MANAGER, Role.ORGANISATION_USER})


def audience_of(actor: Actor, *, pledged: bool, listed: bool) -> Audience:
    """As `pledges.audience_for` finds out: whether 守秘義務の誓約 is signed, and one of the actor's organisations a member today."""
    if actor.may(Permission.APPLICATION_READ):
        return Audience.CONFIDENTIAL if pledged else Audience.SECRETARIAT
    return Audience.MEMBERS if pledged and listed and is_member(actor) else Audience.PUBLIC


def is_member(actor: Actor) -> bool:
    return bool(actor.roles & _MEMBERS)


def shown(column: str) -> str:
    """SQL: the column of `organisation o` as the audience in `:allowed` may see it, otherwise NULL."""
    return f"CASE WHEN {_needed(column)} = ANY (:allowed) THEN o.{column} END"


def _needed(column: str) -> str:
    """SQL: what an audience must be allowed to see, to be shown this column."""
    if column == "municipality_code":
        wanted = f"'{Visibility.PUBLIC}'"
    else:
        wanted = f"coalesce(o.visibility ->> '{GOES_WITH.get(column, column)}', '{Visibility.SECRETARIAT}')"
    if column in _PLACES:
        wanted = f"CASE WHEN o.address_confidential THEN '{Audience.CONFIDENTIAL}' ELSE {wanted} END"
    return wanted


def hidden(column: str) -> str:
    """SQL: the `organisation o` says something in this column, and not everybody may see it."""
    return f"(o.{column} IS NOT NULL AND {_needed(column)} <> '{Visibility.PUBLIC}')"


#: SQL for a select list: every guarded column under its own name.
COLUMNS = ",\n".join(f"{shown(name)} AS {name}" for name in (*CONTACT_COLUMNS, *GOES_WITH, "municipality_code"))


def allowed() -> BindParameter[Any]:
    return bindparam("allowed", type_=ARRAY(Text))
