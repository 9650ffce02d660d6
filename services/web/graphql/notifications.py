"""通知の受け取り方: a person's own, and the desk's."""

from typing import Annotated

import strawberry
from strawberry import Parent

from services.web.graphql.policies import needs, only
from services.web.graphql.problems import Problem
from services.web.graphql.types import Info
from services.web.graphql.writing import by
from shared.identity.notifications import queries, service
from shared.identity.notifications.models import NotificationKind, NotificationManner
from shared.identity.notifications.queries import Choices
from shared.identity.notifications.words import KINDS, MANNERS
from shared.identity.policy import Permission
from shared.kit.refusals import Forbidden

strawberry.enum(NotificationKind, description=" / ".join(KINDS.values()))
strawberry.enum(NotificationManner, description=" / ".join(MANNERS.values()))
_PERSON = Permission.SIGNED_IN


@strawberry.type(description="How one kind of notification is received")
@only(_PERSON)
class NotificationChoice:
    kind: NotificationKind
    manner: NotificationManner


@strawberry.type(description="What can be switched off. Receipts, decisions and invitations always come")
@only(_PERSON)
class NotificationChoices:
    by_night: bool = strawberry.field(
        description="The platform's letters that can wait are sent between 21:00 and 7:00, too"
    )

    @strawberry.field
    def kinds(parent: Parent[Choices]) -> list[NotificationChoice]:
        return [NotificationChoice(kind=kind, manner=manner) for kind, manner in parent.manners.items()]


@strawberry.input
class NotificationChoiceInput:
    kind: NotificationKind
    manner: NotificationManner


@strawberry.input(description="What is left out stays as it is")
class ChooseNotificationsInput:
    kinds: list[NotificationChoiceInput] | None = None
    desk: bool = strawberry.field(default=False, description="The secretariat's, by its administrator; else one's own")
    by_night: bool | None = strawberry.field(default=None, description="The desk's")


NotificationResult = Annotated[NotificationChoices | Problem, strawberry.union("NotificationResult")]


@strawberry.type
class NotificationQueries:
    @strawberry.field(
        graphql_type=NotificationChoices | None,
        metadata=needs(_PERSON),
        description="One's own; with `desk` the secretariat's. Null for a program, which has no mail",
    )
    async def notification_choices(self, info: Info, desk: bool = False) -> Choices | None:
        actor = by(info)
        if desk and not actor.may(Permission.LETTER_READ):
            raise Forbidden
        if not desk and actor.account_id is None:
            return None
        return await info.context.read(queries.choices, None if desk else actor.account_id)


@strawberry.type
class NotificationMutations:
    @strawberry.mutation(
        graphql_type=NotificationResult, metadata=needs(_PERSON), description="By a person for oneself, or for the desk"
    )
    async def choose_notifications(self, info: Info, input: ChooseNotificationsInput) -> Choices:
        return await info.context.write(
            service.choose,
            actor=by(info),
            desk=input.desk,
            manners={each.kind.value: each.manner.value for each in input.kinds or ()},
            by_night=input.by_night,
        )
