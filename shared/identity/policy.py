"""Who may. One enum of permissions, one table of roles; everything else is denied."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

import msgspec

from shared.identity.models import Role


class Permission(StrEnum):
    """`noun:verb`, alphabetical. Every route and every GraphQL field names exactly one."""

    ANNOUNCEMENT_WRITE = "announcement:write"
    APPLICATION_DECIDE = "application:decide"
    APPLICATION_READ = "application:read"
    AUDIT_READ = "audit:read"
    DESK_SEE = "desk:see"
    EVENT_WRITE = "event:write"
    FIGURES_COMPARE = "figures:compare"
    LETTER_READ = "letter:read"
    LETTER_SEND = "letter:send"
    MEDIA_WRITE = "media:write"
    ORGANISATION_DRAFT = "organisation:draft"
    ORGANISATION_EDIT_OWN = "organisation:edit-own"
    PROFILE_EDIT = "profile:edit"
    PUBLIC = "public"
    REGISTRATION_READ = "registration:read"
    REGISTRATION_WRITE = "registration:write"
    SIGNED_IN = "signed-in"
    STAFF_MANAGE = "staff:manage"
    TENANT_MANAGE = "tenant:manage"


_SECRETARIAT = frozenset(
    {
        Permission.ANNOUNCEMENT_WRITE,
        Permission.APPLICATION_DECIDE,
        Permission.APPLICATION_READ,
        Permission.DESK_SEE,
        Permission.EVENT_WRITE,
        Permission.LETTER_READ,
        Permission.LETTER_SEND,
        Permission.MEDIA_WRITE,
        Permission.REGISTRATION_READ,
        Permission.REGISTRATION_WRITE,
    }
)

ROLE_PERMISSIONS: dict[Role, frozenset[Permission]] = {
    Role.SECRETARIAT: _SECRETARIAT,
    Role.SECRETARIAT_ADMIN: _SECRETARIAT | {Permission.AUDIT_READ, Permission.PROFILE_EDIT, Permission.STAFF_MANAGE},
    Role.ORGANISATION_USER: frozenset({Permission.ORGANISATION_DRAFT}),
    Role.ORGANISATION_MANAGER: frozenset({Permission.ORGANISATION_DRAFT, Permission.ORGANISATION_EDIT_OWN}),
    Role.CASEWORKER: frozenset(),
    Role.NATIONAL_VIEWER: frozenset({Permission.FIGURES_COMPARE}),
    Role.OPERATOR: frozenset({Permission.TENANT_MANAGE}),
}

#: Roles that exist on the national host only.
NATIONAL_ROLES = frozenset({Role.NATIONAL_VIEWER, Role.OPERATOR})
#: Roles that are held for one organisation.
ORGANISATION_ROLES = frozenset({Role.ORGANISATION_MANAGER, Role.ORGANISATION_USER})
#: Who works in the secretariat and stands on its list of people.
STAFF_ROLES = frozenset({Role.SECRETARIAT_ADMIN, Role.SECRETARIAT, Role.CASEWORKER})

#: Who may give and take which role. An operator installs platforms, so it gives them their first administrator.
GRANTS: dict[Role, frozenset[Role]] = {
    Role.SECRETARIAT_ADMIN: STAFF_ROLES | ORGANISATION_ROLES | {Role.NATIONAL_VIEWER},
    Role.SECRETARIAT: ORGANISATION_ROLES,
    Role.OPERATOR: frozenset(Role),
}


class Actor(msgspec.Struct, frozen=True):
    """Whoever sends the request, in the tenant of the host. An account with a session elsewhere is anonymous here."""

    name: str = ""
    email: str | None = None
    account_id: UUID | None = None
    client_id: str | None = None
    roles: frozenset[Role] = frozenset()
    organisation_ids: frozenset[UUID] = frozenset()
    #: Those of them that the actor manages: one may manage one organisation and only write for another.
    managed_ids: frozenset[UUID] = frozenset()
    session_id: UUID | None = None
    session_seen_at: datetime | None = None
    session_ends_at: datetime | None = None

    @property
    def signed_in(self) -> bool:
        return self.account_id is not None or self.client_id is not None

    @property
    def key(self) -> str:
        """Names the actor in idempotency keys and rate limits."""
        return str(self.account_id or self.client_id or "anonymous")

    def may(self, permission: Permission) -> bool:
        if permission is Permission.PUBLIC:
            return True
        if permission is Permission.SIGNED_IN:
            return self.signed_in
        return any(permission in ROLE_PERMISSIONS[role] for role in self.roles)


ANONYMOUS = Actor()
#: The command line of an installation: it sets up the first people.
INSTALLATION = Actor(name="設置者", roles=frozenset({Role.OPERATOR}))


def may_grant(actor: Actor, role: Role, organisation_id: UUID | None = None) -> bool:
    """A manager gives and takes the lesser role of the own organisation only."""
    if role is Role.ORGANISATION_USER and organisation_id in actor.managed_ids:
        return True
    return any(role in GRANTS.get(held, frozenset()) for held in actor.roles)
