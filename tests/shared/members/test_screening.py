"""The checklist stands before the approval; many are admitted at once, each by itself."""

import asyncio
from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import func, select

from shared.identity.models import Role
from shared.identity.policy import Actor
from shared.kit import clock
from shared.kit.database.session import Database
from shared.kit.refusals import Conflict, NotFound, Refusal
from shared.kit.settings import Settings
from shared.members import application_queries, criteria, pledges, screening, service
from shared.members.models import ApplicationState, Membership
from shared.members.screening import Admission, Finding
from shared.members.screening_models import CheckResult, CriterionCheck
from shared.tenants.models import Charter, Tenant
from tests.factories.identity import make_account
from tests.factories.members import STAFF, make_application, make_member, make_organisation, make_platform, settle
from tests.factories.screening import make_criteria
from tests.statements import counted

MET, NOT_MET, OPEN = CheckResult.MET, CheckResult.NOT_MET, CheckResult.OPEN
BOTH = [Finding(criterion="area", result=MET), Finding(criterion="neutral", result=MET)]


@pytest.fixture
async def platform(worker_database: Database) -> Tenant:
    tenant = await make_platform(worker_database)
    await make_criteria(worker_database, tenant)
    return tenant


async def record(
    database: Database, tenant: Tenant, application_id: UUID, findings: Sequence[Finding], actor: Actor = STAFF
) -> dict[str, Any]:
    async with database.write(tenant.id) as session:
        checks = await screening.record_findings(session, application_id, list(findings), actor=actor)
    return {check.slug: check for check in checks}


async def approve(database: Database, tenant: Tenant, application_id: UUID) -> application_queries.ApplicationView:
    async with database.write(tenant.id) as session:
        return await service.approve_application(session, application_id, effective_on=clock.today(), actor=STAFF)


async def test_nothing_is_approved_before_every_required_check_is_met(web_database: Database, platform: Tenant) -> None:
    application_id = await make_application(web_database, platform)
    with pytest.raises(Refusal) as refused:
        await approve(web_database, platform, application_id)
    assert (refused.value.code, refused.value.message) == (
        "CHECKS_OPEN",
        "承認の前に確かめることが残っています（県内で活動している：未確認、政治活動を目的としていない：未確認）。",
    )
    negative = Finding(criterion="neutral", result=NOT_MET, note="政党の支部")
    checks = await record(web_database, platform, application_id, [BOTH[0], negative])
    assert (checks["area"].result, checks["area"].actor_name, checks["neutral"].note) == (MET, STAFF.name, "政党の支部")
    with pytest.raises(Refusal, match="政治活動を目的としていない：満たしていない"):
        await approve(web_database, platform, application_id)
    await record(web_database, platform, application_id, BOTH)
    assert (await approve(web_database, platform, application_id)).state is ApplicationState.APPROVED
    with pytest.raises(Conflict):
        await record(web_database, platform, application_id, [negative])


async def test_every_finding_is_kept_and_the_last_one_counts(web_database: Database, platform: Tenant) -> None:
    application_id = await make_application(web_database, platform)
    for result in (MET, MET, OPEN, MET):
        await record(web_database, platform, application_id, [Finding(criterion="area", result=result)])
    async with web_database.read(platform.id) as session:
        rows = select(CriterionCheck.result).order_by(CriterionCheck.checked_at)
        assert list((await session.execute(rows)).scalars()) == [MET, OPEN, MET]
        [line] = (await application_queries.applications(session)).items
    assert line.open_checks == ["政治活動を目的としていない"]


async def test_a_recommendation_names_a_member_and_a_step_its_day(web_database: Database, platform: Tenant) -> None:
    application_id = await make_application(web_database, platform)
    await record(web_database, platform, application_id, BOTH)
    today, ends = clock.today(), clock.today() - timedelta(days=1)
    member = await make_organisation(web_database, platform, joined_on=today, name="推薦する会")
    gone = await make_organisation(web_database, platform, joined_on=ends, left_on=ends, name="退いた会")
    for wrong in (
        Finding(criterion="recommendation", result=MET),
        Finding(criterion="recommendation", result=MET, recommender_id=gone),
        Finding(criterion="meeting", result=MET),
        Finding(criterion="meeting", result=MET, happened_on=today + timedelta(days=4000)),
        Finding(criterion="pledge", result=MET, happened_on=today + timedelta(days=1)),
        Finding(criterion="area", result=NOT_MET),
        Finding(criterion="area", result=MET, note="長い" * 300),
    ):
        with pytest.raises(Refusal) as refused:
            await record(web_database, platform, application_id, [wrong])
        assert refused.value.field == f"check_{wrong.criterion}"
    checks = await record(
        web_database,
        platform,
        application_id,
        [
            Finding(criterion="recommendation", result=MET, recommender_id=member),
            Finding(criterion="pledge", result=MET),
            Finding(criterion="meeting", result=MET, happened_on=ends),
        ],
    )
    assert (checks["recommendation"].recommender, checks["pledge"].happened_on, checks["meeting"].happened_on) == (
        "推薦する会",
        today,
        ends,
    )


async def test_an_unknown_criterion_and_a_foreign_application_are_refused(
    web_database: Database, worker_database: Database, platform: Tenant
) -> None:
    application_id = await make_application(web_database, platform)
    with pytest.raises(Refusal):
        await record(web_database, platform, application_id, [Finding(criterion="no-such", result=MET)])
    other = await make_platform(worker_database)
    await make_criteria(worker_database, other)
    with pytest.raises(NotFound):
        await record(web_database, other, application_id, BOTH)


async def admit(
    database: Database, tenant: Tenant, application_id: UUID, *, revision: int = 2, findings: Sequence[Finding] = BOTH
) -> Admission:
    async with database.write(tenant.id) as session:
        return await screening.admit_one_of_many(
            session,
            application_id,
            effective_on=clock.today(),
            findings=list(findings),
            revision=revision,
            actor=STAFF,
        )


async def test_two_at_once_make_one_membership_and_one_letter(
    web_database: Database, platform: Tenant, settings: Settings
) -> None:
    application_id = await make_application(web_database, platform, email="once@npo.example")
    both = await asyncio.gather(*(admit(web_database, platform, application_id) for _ in range(2)))
    assert sorted(both) == [Admission.ALREADY, Admission.APPROVED]
    assert await admit(web_database, platform, application_id) is Admission.ALREADY
    async with web_database.read(platform.id) as session:
        assert await session.scalar(select(func.count()).select_from(Membership)) == 1
    letters = [letter.template for letter in await settle(settings, platform) if letter.to_email == "once@npo.example"]
    assert letters.count("members/application_approved") == 1


async def test_a_batch_never_overrules_what_somebody_found(web_database: Database, platform: Tenant) -> None:
    application_id = await make_application(web_database, platform)
    await record(web_database, platform, application_id, [Finding(criterion="area", result=NOT_MET, note="県外のみ")])
    with pytest.raises(Refusal, match="県内で活動している：満たしていない"):
        await admit(web_database, platform, application_id)
    async with web_database.read(platform.id) as session:
        checks = {check.slug: check.result for check in await criteria.checks(session, application_id)}
    assert (checks["area"], checks["neutral"]) == (NOT_MET, OPEN)


async def test_what_changed_since_the_preview_is_not_approved_unseen(web_database: Database, platform: Tenant) -> None:
    application_id = await make_application(web_database, platform)
    async with web_database.write(platform.id) as session:
        await service.take_up(session, application_id, actor=STAFF)
    with pytest.raises(Conflict):
        await admit(web_database, platform, application_id)


async def test_a_list_of_applications_with_their_checks_is_one_statement(
    web_database: Database, platform: Tenant
) -> None:
    for _ in range(5):
        await make_application(web_database, platform)
    with counted(web_database) as statements:
        async with web_database.read(platform.id) as session:
            found = await application_queries.applications(session)
    assert (len(statements), [len(line.open_checks) for line in found.items]) == (1, [2] * 5)


async def test_a_person_pledges_once_for_each_charter(
    web_database: Database, worker_database: Database, platform: Tenant
) -> None:
    account = await make_account(worker_database, platform, Role.SECRETARIAT)
    actor = Actor(name=account.name, account_id=account.id)
    async with web_database.read(platform.id) as session:
        assert not await pledges.is_bound(session, actor)
    for _ in range(2):
        async with web_database.write(platform.id) as session:
            assert await pledges.sign_pledge(session, actor=actor) == 2
    async with web_database.write(platform.id) as session:
        assert await pledges.is_bound(session, actor)
        session.add(Charter(version=3, title="設置要綱", adopted_on=clock.today(), body="第1条　目的"))
        await session.flush()
        assert not await pledges.is_bound(session, actor)
    with pytest.raises(NotFound):
        async with web_database.write(platform.id) as session:
            await pledges.sign_pledge(session, actor=Actor())


async def test_a_member_without_a_checklist_needs_none(web_database: Database, worker_database: Database) -> None:
    bare = await make_platform(worker_database)
    assert await make_member(web_database, bare)
