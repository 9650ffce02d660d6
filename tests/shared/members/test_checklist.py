"""The secretariat writes its checklist; what applications were checked against stays as it was."""

from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from shared.identity.models import Role
from shared.identity.policy import Actor
from shared.kit import clock
from shared.kit.audit import AuditEntry
from shared.kit.database.session import Database
from shared.kit.refusals import Conflict, Forbidden, Refusal, Refusals
from shared.members import application_queries, criteria, screening, service
from shared.members.checklist import CriterionDraft, replace_checklist
from shared.members.models import ApplicationState
from shared.members.screening import Finding
from shared.members.screening_models import CheckResult, CriterionKind
from shared.tenants import queries as tenants
from shared.tenants.models import Tenant
from tests.factories.members import STAFF, make_application, make_platform
from tests.factories.screening import make_criteria

ADMIN = Actor(name="阿波 緑", client_id="admin", roles=frozenset({Role.SECRETARIAT_ADMIN}))
AREA = CriterionDraft(slug="area", name="県内で活動している")
NEUTRAL = CriterionDraft(slug="neutral", name="政治活動を目的としていない")


@pytest.fixture
async def platform(worker_database: Database) -> Tenant:
    tenant = await make_platform(worker_database)
    await make_criteria(worker_database, tenant)
    return tenant


async def revision_of(database: Database, tenant: Tenant) -> int:
    async with database.read(tenant.id) as session:
        return (await tenants.profile(session)).revision


async def replace(database: Database, tenant: Tenant, *wanted: CriterionDraft, actor: Actor = ADMIN) -> None:
    revision = await revision_of(database, tenant)
    async with database.write(tenant.id) as session:
        await replace_checklist(session, actor=actor, revision=revision, wanted=wanted)


async def asked(database: Database, tenant: Tenant) -> list[tuple[str, str, bool]]:
    async with database.read(tenant.id) as session:
        return [(each.slug, each.name, each.required) for each in await criteria.criteria(session)]


async def retired(database: Database, tenant: Tenant) -> list[str]:
    async with database.read(tenant.id) as session:
        return [each.name for each in await criteria.retired_criteria(session)]


async def found(database: Database, tenant: Tenant, application_id: UUID) -> dict[str, Any]:
    async with database.read(tenant.id) as session:
        return {check.name: check for check in await criteria.checks(session, application_id)}


async def met(database: Database, tenant: Tenant, application_id: UUID, *slugs: str) -> None:
    async with database.write(tenant.id) as session:
        findings = [Finding(criterion=slug, result=CheckResult.MET) for slug in slugs]
        await screening.record_findings(session, application_id, findings, actor=STAFF)


async def test_the_list_is_kept_in_its_order_with_an_audit_line(web_database: Database, platform: Tenant) -> None:
    charter = CriterionDraft(name=" 趣旨に賛同 している ", hint="設置要綱を読んだか")
    meeting = CriterionDraft(slug="meeting", name="承認会議", required=False)
    before = await revision_of(web_database, platform)
    await replace(web_database, platform, NEUTRAL, charter, AREA, meeting)
    assert await asked(web_database, platform) == [
        ("neutral", "政治活動を目的としていない", True),
        ("statement-1", "趣旨に賛同 している", True),
        ("area", "県内で活動している", True),
        ("meeting", "承認会議", False),
    ]
    # What nobody was ever checked against leaves no trace.
    assert await retired(web_database, platform) == []
    async with web_database.read(platform.id) as session:
        lines = (await session.execute(select(AuditEntry).where(AuditEntry.action == "checklist.edit"))).scalars().all()
    assert [(line.actor_name, line.summary) for line in lines] == [
        (
            "阿波 緑",
            "政治活動を目的としていない（承認に必要）、趣旨に賛同 している（承認に必要）、県内で活動している（承認に必要）、承認会議",
        )
    ]
    assert await revision_of(web_database, platform) == before + 1
    await replace(
        web_database,
        platform,
        NEUTRAL,
        CriterionDraft(slug="statement-1", name=charter.name, hint=charter.hint),
        AREA,
        meeting,
    )
    assert await revision_of(web_database, platform) == before + 1


async def test_a_used_criterion_is_retired_and_its_application_keeps_it(
    web_database: Database, platform: Tenant
) -> None:
    checked, fresh = [await make_application(web_database, platform) for _ in range(2)]
    await met(web_database, platform, checked, "area", "neutral")
    await replace(web_database, platform, AREA)
    assert await retired(web_database, platform) == ["政治活動を目的としていない"]
    kept = (await found(web_database, platform, checked))["政治活動を目的としていない"]
    assert (kept.result, kept.actor_name, kept.retired, kept.required) == (CheckResult.MET, STAFF.name, True, False)
    assert set(await found(web_database, platform, fresh)) == {"県内で活動している"}
    async with web_database.read(platform.id) as session:
        lines = (await application_queries.applications(session)).items
    assert {line.id: line.open_checks for line in lines} == {checked: [], fresh: ["県内で活動している"]}
    with pytest.raises(Refusal):
        await met(web_database, platform, fresh, "neutral")
    await replace(web_database, platform, AREA, NEUTRAL)
    assert [slug for slug, _, _ in await asked(web_database, platform)] == ["area", "neutral"]
    assert await retired(web_database, platform) == []


async def test_a_retired_criterion_stands_in_nobodys_way(web_database: Database, platform: Tenant) -> None:
    application_id = await make_application(web_database, platform)
    async with web_database.write(platform.id) as session:
        negative = Finding(criterion="neutral", result=CheckResult.NOT_MET, note="政党の支部")
        await screening.record_findings(session, application_id, [negative], actor=STAFF)
    await met(web_database, platform, application_id, "area")
    await replace(web_database, platform, AREA)
    async with web_database.write(platform.id) as session:
        approved = await service.approve_application(session, application_id, effective_on=clock.today(), actor=STAFF)
    assert approved.state is ApplicationState.APPROVED


async def test_new_words_for_a_used_criterion_do_not_rewrite_what_was_found(
    web_database: Database, platform: Tenant
) -> None:
    application_id = await make_application(web_database, platform)
    await met(web_database, platform, application_id, "area", "neutral")
    wider = CriterionDraft(slug="area", name="県内または近県で活動している")
    await replace(web_database, platform, wider, NEUTRAL)
    checks = await found(web_database, platform, application_id)
    assert (checks["県内で活動している"].result, checks["県内で活動している"].retired) == (CheckResult.MET, True)
    assert checks["県内または近県で活動している"].result is CheckResult.OPEN
    # What nobody has used yet is simply worded anew, and a hint is no wording.
    anew = CriterionDraft(slug="statement-1", name="四国で活動している")
    await replace(
        web_database, platform, anew, CriterionDraft(slug="neutral", name=NEUTRAL.name, hint="規約で", required=False)
    )
    assert await asked(web_database, platform) == [
        ("statement-1", "四国で活動している", True),
        ("neutral", "政治活動を目的としていない", False),
    ]


async def test_a_step_is_switched_off_and_on(web_database: Database, platform: Tenant) -> None:
    off = CriterionDraft(kind=CriterionKind.RECOMMENDATION, name="", used=False)
    await replace(web_database, platform, AREA, off)
    assert [slug for slug, _, _ in await asked(web_database, platform)] == ["area"]
    on = CriterionDraft(kind=CriterionKind.RECOMMENDATION, name="参加団体の推薦", required=True)
    await replace(web_database, platform, AREA, on)
    async with web_database.read(platform.id) as session:
        kinds = [(each.kind, each.required) for each in await criteria.criteria(session)]
    assert kinds == [(CriterionKind.STATEMENT, True), (CriterionKind.RECOMMENDATION, True)]


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        (CriterionDraft(name="　"), "criteria.1.name"),
        (CriterionDraft(name="長" * 201), "criteria.1.name"),
        (CriterionDraft(name="活動", hint="長" * 501), "criteria.1.hint"),
        (CriterionDraft(slug="elsewhere", name="ほか"), "criteria"),
        (AREA, "criteria"),
    ],
)
async def test_a_mistake_is_named_with_its_place(
    web_database: Database, platform: Tenant, wrong: CriterionDraft, field: str
) -> None:
    before = await asked(web_database, platform)
    with pytest.raises(Refusal) as refused:
        await replace(web_database, platform, AREA, wrong)
    problems = refused.value.problems if isinstance(refused.value, Refusals) else [refused.value]
    assert ([problem.field for problem in problems], await asked(web_database, platform)) == ([field], before)


async def test_two_editors_and_those_who_may_not(web_database: Database, platform: Tenant) -> None:
    with pytest.raises(Conflict):
        async with web_database.write(platform.id) as session:
            await replace_checklist(session, actor=ADMIN, revision=0, wanted=[AREA])
    with pytest.raises(Forbidden):
        await replace(web_database, platform, AREA, actor=STAFF)
    with pytest.raises(Refusal):
        await replace(web_database, platform, *[CriterionDraft(name=f"基準{number}") for number in range(51)])
