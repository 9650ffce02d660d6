"""Findings recorded without a decision."""

import strawberry
from sqlalchemy.ext.asyncio import AsyncSession
from strawberry import ID

from services.web.graphql.applications import MembershipApplicationResult, looked_at
from services.web.graphql.checks import CheckInput, finding_of
from services.web.graphql.policies import needs
from services.web.graphql.types import Info
from services.web.graphql.writing import by, required
from shared.identity.policy import Permission
from shared.members import application_queries, screening
from shared.members.application_queries import ApplicationView


@strawberry.input
class RecordApplicationChecksInput:
    id: ID
    checks: list[CheckInput] | None = None


@strawberry.type
class ScreeningMutations:
    @strawberry.mutation(
        graphql_type=MembershipApplicationResult,
        metadata=needs(Permission.APPLICATION_DECIDE),
        description="A finding that is the last one already is not recorded again",
    )
    async def record_application_checks(self, info: Info, input: RecordApplicationChecksInput) -> ApplicationView:
        return await info.context.write(_record, info, input)


async def _record(session: AsyncSession, info: Info, input: RecordApplicationChecksInput) -> ApplicationView:
    wanted = required(input.id)
    findings = [finding_of(each) for each in input.checks or []]
    await screening.record_findings(session, wanted, findings, actor=by(info))
    return await looked_at(session, await application_queries.application(session, wanted), actor=by(info))
