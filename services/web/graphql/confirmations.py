"""最終確認: an organisation says that what stands here of it is still right."""

from datetime import date
from typing import Annotated

import msgspec
import strawberry
from strawberry import ID

from services.web.graphql.own import acted_for
from services.web.graphql.policies import needs, only
from services.web.graphql.problems import Problem
from services.web.graphql.types import Info
from services.web.graphql.writing import by
from shared.identity.policy import Permission
from shared.members import freshness

_KEEPER = Permission.SIGNED_IN


class ConfirmationView(msgspec.Struct, frozen=True):
    organisation_id: str
    confirmed_on: date


@strawberry.type(description="最終確認")
@only(_KEEPER)
class Confirmation:
    organisation_id: ID
    confirmed_on: date


@strawberry.input
class ConfirmOrganisationInput:
    organisation_id: ID


ConfirmationResult = Annotated[Confirmation | Problem, strawberry.union("ConfirmationResult")]


@strawberry.type
class ConfirmationMutations:
    @strawberry.mutation(
        graphql_type=ConfirmationResult,
        metadata=needs(_KEEPER),
        description="「内容は正しいです」, as of today; by its manager, or by the secretariat that has asked",
    )
    async def confirm_organisation(self, info: Info, input: ConfirmOrganisationInput) -> ConfirmationView:
        wanted = acted_for(info, input.organisation_id)
        day = await info.context.write(freshness.confirm, actor=by(info), organisation_id=wanted)
        return ConfirmationView(str(wanted), day)
