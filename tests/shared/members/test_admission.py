"""Who becomes a member by an application: on a day that can be, and once under one 法人番号."""

import asyncio
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest

from shared.kit import clock
from shared.kit.database.session import Database
from shared.kit.refusals import Conflict, Refusal
from shared.members import ledger, queries
from shared.members.application_queries import ApplicationView
from shared.members.imports import service as importing
from shared.members.models import Channel
from shared.members.notices import service as notices
from shared.members.service import approve_application
from shared.tenants.models import Tenant
from tests.factories.members import STAFF, make_application, make_member, make_organisation, make_platform

NUMBER = "5050005005266"
FOUNDED = date(2023, 2, 20)


@pytest.fixture
async def platform(worker_database: Database) -> Tenant:
    return await make_platform(worker_database)


async def approve(database: Database, tenant: Tenant, application: UUID, **given: Any) -> ApplicationView:
    values: dict[str, Any] = {"effective_on": clock.today(), "actor": STAFF} | given
    async with database.write(tenant.id) as session:
        return await approve_application(session, application, **values)


async def members(database: Database, tenant: Tenant) -> int:
    async with database.read(tenant.id) as session:
        return (await queries.member_count(session)).count


async def test_nobody_joins_before_the_platform_was_founded(worker_database: Database) -> None:
    tenant = await make_platform(worker_database, founded_on=FOUNDED)
    application = await make_application(worker_database, tenant)
    for day in (date(202, 4, 26), FOUNDED - timedelta(days=1)):
        with pytest.raises(Refusal) as refused:
            await approve(worker_database, tenant, application, effective_on=day)
        assert (refused.value.field, refused.value.message) == (
            "effective_on",
            "参加日は、プラットフォームの設立日（令和5年（2023年）2月20日）以後の日付にしてください。年をお確かめください。",
        )
    await approve(worker_database, tenant, application, effective_on=FOUNDED)
    async with worker_database.read(tenant.id) as session:
        assert [change.day for change in await ledger.growth(session)] == [FOUNDED]


async def test_where_the_founding_is_not_known_a_slip_of_the_year_is_refused_too(
    worker_database: Database, platform: Tenant
) -> None:
    application = await make_application(worker_database, platform)
    with pytest.raises(Refusal, match="平成12年（2000年）1月1日以後"):
        await approve(worker_database, platform, application, effective_on=date(1202, 4, 26))
    with pytest.raises(Refusal, match="1年以内"):
        await approve(worker_database, platform, application, effective_on=clock.today() + timedelta(days=367))
    assert await members(worker_database, platform) == 0


async def test_nobody_leaves_before_it_joined(worker_database: Database, platform: Tenant) -> None:
    member = await make_member(worker_database, platform, joined_on=FOUNDED)
    async with worker_database.write(platform.id) as session:
        with pytest.raises(Refusal, match="参加した日") as refused:
            await notices.submit_withdrawal(
                session, member, effective_on=date(202, 4, 26), channel=Channel.FAX, actor=STAFF
            )
    assert refused.value.field == "effective_on"


async def test_a_list_gets_no_day_for_all_before_the_platform(worker_database: Database, platform: Tenant) -> None:
    async with worker_database.read(platform.id) as session:
        with pytest.raises(Refusal) as refused:
            await importing.check_day(session, date(202, 4, 26))
        assert refused.value.field == "default_joined_on"
        await importing.check_day(session, FOUNDED)
        await importing.check_day(session, None)


async def test_a_second_application_of_a_member_is_refused_with_its_name(
    worker_database: Database, platform: Tenant
) -> None:
    await make_member(worker_database, platform, name="つなぐ会", corporate_number=NUMBER)
    gone = await make_organisation(
        worker_database, platform, name="さった会", joined_on=FOUNDED, left_on=date(2024, 1, 1)
    )
    again = await make_application(worker_database, platform, name="つなぐ会 阿南支部", corporate_number=NUMBER)
    for rejoins in (None, gone):
        with pytest.raises(Conflict, match="「つなぐ会」として、すでに台帳にあります"):
            await approve(worker_database, platform, again, rejoins=rejoins)
    assert await members(worker_database, platform) == 1


async def test_of_two_applications_with_one_number_that_are_approved_at_once_one_is_admitted(
    worker_database: Database, web_database: Database, platform: Tenant
) -> None:
    pair = [await make_application(worker_database, platform, corporate_number=NUMBER) for _ in range(2)]
    databases = (worker_database, web_database)
    done = await asyncio.gather(
        *(approve(database, platform, each) for database, each in zip(databases, pair, strict=True)),
        return_exceptions=True,
    )
    assert sorted(type(each).__name__ for each in done) == ["AlreadyMember", "ApplicationView"]
    assert await members(worker_database, platform) == 1


async def test_one_that_documents_name_without_a_date_gets_its_first_one(
    worker_database: Database, platform: Tenant
) -> None:
    known = await make_organisation(worker_database, platform, name="つなぐ会", corporate_number=NUMBER, joined_on=None)
    application = await make_application(worker_database, platform, corporate_number=NUMBER)
    assert (await approve(worker_database, platform, application)).organisation_id == known
    assert await members(worker_database, platform) == 1
