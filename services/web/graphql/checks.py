"""The checklist of an application: findings with who and when."""

from datetime import date, datetime

import strawberry
from strawberry import ID

from services.web.graphql.policies import only
from services.web.graphql.types import as_uuid
from shared.identity.policy import Permission
from shared.members.screening import Finding
from shared.members.screening_models import CheckResult, CriterionKind

strawberry.enum(CriterionKind, description="確かめること, 推薦, 誓約書, 会議")
strawberry.enum(CheckResult, description="満たす, 満たさない, 未確認")


@strawberry.type(description="One line of the checklist, with its last finding; OPEN while nobody has looked")
@only(Permission.APPLICATION_READ)
class ApplicationCheck:
    slug: str = strawberry.field(name="criterion")
    name: str
    kind: CriterionKind
    required: bool = strawberry.field(description="Approval is refused until it is met")
    result: CheckResult
    note: str | None
    recommender_id: ID | None = strawberry.field(description="RECOMMENDATION: the member that recommends")
    happened_on: date | None = strawberry.field(description="PLEDGE: received; MEETING: held")
    actor_name: str | None
    checked_at: datetime | None
    retired: bool = strawberry.field(description="Asked no more, but this application was checked against it")


@strawberry.input(description="A finding about one criterion, named by its slug")
class CheckInput:
    criterion: str
    result: CheckResult
    note: str | None = strawberry.field(default=None, description="Needed with NOT_MET")
    recommender_id: ID | None = None
    happened_on: date | None = None


def finding_of(given: CheckInput) -> Finding:
    return Finding(
        criterion=given.criterion,
        result=given.result,
        note=given.note or "",
        recommender_id=as_uuid(given.recommender_id) if given.recommender_id else None,
        happened_on=given.happened_on,
    )
