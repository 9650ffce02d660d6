"""Who sees which contact of an organisation."""

import strawberry
from strawberry import Parent

from services.web.graphql.policies import only
from shared.identity.policy import Permission
from shared.members.models import Visibility

strawberry.enum(Visibility, name="ContactVisibility", description="公開, 会員のみ, 事務局のみ")
_READ = Permission.APPLICATION_READ


@strawberry.type(description="Who sees one contact field of an organisation")
@only(_READ)
class ContactShown:
    @strawberry.field
    def contact(parent: Parent[tuple[str, str]]) -> str:
        return parent[0]

    @strawberry.field
    def shown_to(parent: Parent[tuple[str, str]]) -> Visibility:
        return Visibility(parent[1])


@strawberry.input(description="Who sees which contact; what is left out is for the secretariat only")
class ContactVisibilityInput:
    representative_name: Visibility | None = None
    contact_name: Visibility | None = None
    address: Visibility | None = None
    phone: Visibility | None = None
    mobile: Visibility | None = None
    fax: Visibility | None = None
    email: Visibility | None = None
