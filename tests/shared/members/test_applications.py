"""The story of an application in the domain: receive, return, mend, approve, refuse; once each."""

import asyncio
import re
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from shared.identity.policy import Actor
from shared.kit import clock, content_version, search
from shared.kit.database.session import Database
from shared.kit.outbox import OutboxRow
from shared.kit.refusals import Conflict, NotFound, Refusal
from shared.members import application_queries, directory, filters, lookalikes, queries, service
from shared.members.application_queries import ApplicationView
from shared.members.models import ApplicationState, Channel, Membership, MembershipApplication
from shared.tenants.models import Tenant
from tests.factories.members import HIDDEN_PHONE, STAFF, filled, make_application, make_member, make_platform

COLLEAGUE = Actor(name="別の 担当", client_id="colleague")


@pytest.fixture
async def platform(worker_database: Database) -> Tenant:
    return await make_platform(worker_database)


async def submit(database: Database, tenant: Tenant, key: str | None = None, **changes: object) -> ApplicationView:
    async with database.write(tenant.id) as session:
        return await service.submit_application(
            session, filled(**changes), channel=Channel.WEB, actor=Actor(), idempotency_key=key
        )


async def approve(database: Database, tenant: Tenant, application_id: UUID, actor: Actor = STAFF) -> ApplicationView:
    async with database.write(tenant.id) as session:
        return await service.approve_application(session, application_id, effective_on=clock.today(), actor=actor)


async def facts(database: Database, tenant: Tenant) -> list[str]:
    async with database.read(tenant.id) as session:
        return list((await session.execute(select(OutboxRow.name).order_by(OutboxRow.id))).scalars())


async def test_an_application_gets_a_receipt_number_of_its_year(web_database: Database, platform: Tenant) -> None:
    first, second = await submit(web_database, platform), await submit(web_database, platform)
    pattern = r"R\d+-(\d{4})-[0-9A-Z]{2}"
    numbers = [re.fullmatch(pattern, view.receipt_number) for view in (first, second)]
    assert [number and number[1] for number in numbers] == ["0001", "0002"]
    assert (first.state, [step.actor_name for step in first.steps]) == (ApplicationState.RECEIVED, ["申請者"])
    assert await facts(web_database, platform) == ["ApplicationReceived"] * 2


async def test_applicants_at_the_same_moment_get_different_numbers(web_database: Database, platform: Tenant) -> None:
    views = await asyncio.gather(*(submit(web_database, platform) for _ in range(5)))
    assert sorted(view.receipt_number[-7:-3] for view in views) == ["0001", "0002", "0003", "0004", "0005"]


async def test_the_same_form_sent_several_times_at_once_is_one_application(
    web_database: Database, platform: Tenant
) -> None:
    details = filled()

    async def send() -> UUID:
        async with web_database.write(platform.id) as session:
            view = await service.submit_application(
                session, details, channel=Channel.WEB, actor=Actor(), idempotency_key="a form"
            )
        return view.id

    ids = await asyncio.gather(*(send() for _ in range(4)))
    async with web_database.read(platform.id) as session:
        stored = (await application_queries.applications(session)).total
    assert (len(set(ids)), stored) == (1, 1)


async def test_the_same_key_with_other_content_is_refused(web_database: Database, platform: Tenant) -> None:
    await submit(web_database, platform, key="a form")
    with pytest.raises(Refusal, match="同じキー"):
        await submit(web_database, platform, key="a form")


async def test_a_municipality_that_does_not_exist_is_refused_beside_its_field(
    web_database: Database, platform: Tenant
) -> None:
    with pytest.raises(Refusal) as refused:
        await submit(web_database, platform, municipality_code="362043")
    assert refused.value.field == "municipality_code"


async def test_approval_makes_a_member_from_its_day_on(web_database: Database, platform: Tenant) -> None:
    application = await submit(web_database, platform, name="㈱髙﨑こども食堂")
    approved = await approve(web_database, platform, application.id)
    today = clock.today()
    async with web_database.read(platform.id) as session:
        counts = [(await queries.member_count(session, day)).count for day in (today - timedelta(days=1), today)]
        listed = await directory.listed(session)
        found = await directory.listed(session, filters.Wanted(search="ｺﾄﾞﾓ食堂"))
        hits = await search.find(session, HIDDEN_PHONE)
    assert counts == [0, 1]
    assert [(item.name, item.joined_on) for item in listed.items] == [("㈱髙﨑こども食堂", today)]
    assert [item.id for item in found.items] == [approved.organisation_id]
    assert hits.total == 0
    assert [step.state for step in approved.steps] == [ApplicationState.RECEIVED, ApplicationState.APPROVED]
    assert await facts(web_database, platform) == ["ApplicationReceived", "OrganisationJoined", "ApplicationApproved"]


async def test_approval_is_seen_by_readers_at_once(web_database: Database, platform: Tenant) -> None:
    application = await submit(web_database, platform)
    async with web_database.read(platform.id) as session:
        before = await content_version.current(session)
    await approve(web_database, platform, application.id)
    async with web_database.read(platform.id) as session:
        assert await content_version.current(session) == before + 1


async def test_two_who_approve_at_once_make_one_member_and_the_later_hears_who_was_first(
    web_database: Database, platform: Tenant
) -> None:
    application = await submit(web_database, platform)
    answers = await asyncio.gather(
        approve(web_database, platform, application.id, STAFF),
        approve(web_database, platform, application.id, COLLEAGUE),
        return_exceptions=True,
    )
    [refused] = [answer for answer in answers if isinstance(answer, Conflict)]
    [view] = [answer for answer in answers if isinstance(answer, ApplicationView)]
    assert (view.steps[-1].actor_name in refused.message, "承認" in refused.message) == (True, True)
    async with web_database.read(platform.id) as session:
        members = await session.scalar(select(func.count()).select_from(Membership))
    assert members == 1


async def test_the_database_itself_holds_one_membership_per_application(
    web_database: Database, platform: Tenant
) -> None:
    organisation_id = await make_member(web_database, platform)
    with pytest.raises(IntegrityError, match="uq_membership"):
        async with web_database.write(platform.id) as session:
            known = (await session.execute(select(Membership))).scalar_one()
            assert known.organisation_id == organisation_id
            again = Membership(
                organisation_id=organisation_id,
                application_id=known.application_id,
                joined_on=known.joined_on,
                left_on=known.joined_on,
                created_at=clock.now(),
            )
            session.add(again)


async def test_a_decision_made_on_an_old_page_is_a_conflict(web_database: Database, platform: Tenant) -> None:
    application = await submit(web_database, platform)
    async with web_database.write(platform.id) as session:
        await service.take_up(session, application.id, actor=COLLEAGUE, revision=application.revision)
    with pytest.raises(Conflict, match="別の 担当"):
        async with web_database.write(platform.id) as session:
            await service.reject_application(
                session, application.id, message="対象外", actor=STAFF, revision=application.revision
            )


async def test_a_returned_application_is_mended_through_its_key_once(web_database: Database, platform: Tenant) -> None:
    application = await submit(web_database, platform)
    async with web_database.write(platform.id) as session:
        await service.return_application(session, application.id, message="電話番号をお願いします", actor=STAFF)
        row = (await session.execute(select(MembershipApplication))).scalar_one()
        mend_key = row.mend_key or ""
    async with web_database.write(platform.id) as session:
        known = await application_queries.application_to_mend(session, mend_key)
        mended = await service.resubmit(session, mend_key, details=filled(name="直した会"))
    assert (known.message, known.receipt_number) == ("電話番号をお願いします", application.receipt_number)
    assert (mended.state, mended.organisation_name) == (ApplicationState.RECEIVED, "直した会")
    assert mended.receipt_number == application.receipt_number
    with pytest.raises(NotFound):
        async with web_database.write(platform.id) as session:
            await service.resubmit(session, mend_key, details=filled())


@pytest.mark.parametrize("verb", ["return_application", "reject_application"])
async def test_the_applicant_is_told_why(web_database: Database, platform: Tenant, verb: str) -> None:
    application_id = await make_application(web_database, platform)
    with pytest.raises(Refusal) as refused:
        async with web_database.write(platform.id) as session:
            await getattr(service, verb)(session, application_id, message=" 　\n", actor=STAFF)
    assert refused.value.field == "message"


async def test_what_is_decided_stays_decided(web_database: Database, platform: Tenant) -> None:
    application_id = await make_application(web_database, platform)
    async with web_database.write(platform.id) as session:
        await service.reject_application(session, application_id, message="個人のため", actor=STAFF)
    later: dict[str, dict[str, Any]] = {
        "take_up": {},
        "return_application": {"message": "もう一度"},
        "approve_application": {"effective_on": clock.today()},
    }
    for verb, values in later.items():
        with pytest.raises(Conflict):
            async with web_database.write(platform.id) as session:
                await getattr(service, verb)(session, application_id, actor=STAFF, **values)


async def test_a_joining_date_in_a_far_year_is_a_slip(web_database: Database, platform: Tenant) -> None:
    application_id = await make_application(web_database, platform)
    with pytest.raises(Refusal) as refused:
        async with web_database.write(platform.id) as session:
            await service.approve_application(
                session, application_id, effective_on=clock.today() + timedelta(days=400), actor=STAFF
            )
    assert refused.value.field == "effective_on"


async def test_another_platform_sees_and_decides_nothing(
    web_database: Database, worker_database: Database, platform: Tenant
) -> None:
    application_id = await make_application(web_database, platform)
    other = await make_platform(worker_database)
    with pytest.raises(NotFound):
        await approve(web_database, other, application_id)
    async with web_database.read(other.id) as session:
        assert (await application_queries.applications(session)).total == 0


async def test_what_may_be_the_same_organisation_is_named_with_what_agrees(
    web_database: Database, platform: Tenant
) -> None:
    number = "5000012010008"
    member = await make_member(
        web_database, platform, name="あわ 会", corporate_number=number, phone="", mobile="090-1234-5678"
    )
    rejected = await make_application(web_database, platform, name="あわ会", phone="", mobile="090-1234-5678")
    async with web_database.write(platform.id) as session:
        await service.reject_application(session, rejected, message="二重", actor=STAFF)
    waiting = await make_application(web_database, platform, name="別の会", phone="", mobile="090-1234-5678")
    await make_application(web_database, platform, name="無関係の会", phone="", mobile="090-8765-4321")
    mine = await make_application(
        web_database, platform, name="あわ会", corporate_number=number, phone="090-1234-5678", mobile=""
    )
    async with web_database.read(platform.id) as session:
        alike = await lookalikes.lookalikes(session, mine)
    assert [(each.id, each.same) for each in alike] == [
        (member, ["団体名", "法人番号", "電話番号", "所在地"]),
        (waiting, ["電話番号", "所在地"]),
    ]


async def test_an_application_is_not_like_the_organisation_that_it_became(
    web_database: Database, platform: Tenant
) -> None:
    application_id = await make_application(web_database, platform, phone="", mobile="090-1111-2222")
    await approve(web_database, platform, application_id)
    async with web_database.read(platform.id) as session:
        assert await lookalikes.lookalikes(session, application_id) == []
