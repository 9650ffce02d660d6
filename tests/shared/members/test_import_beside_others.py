"""While a list waits or runs, the secretariat goes on working: what it accepts meanwhile is never overwritten by the list."""

import asyncio
from datetime import date
from typing import Any
from uuid import UUID

import pytest

from shared.kit import clock
from shared.kit.database.session import Database
from shared.kit.settings import Settings
from shared.members import portal_queries, queries, versions
from shared.members.imports import service as importing
from shared.members.imports.models import Outcome
from shared.members.imports.queries import ImportView
from shared.members.models import Channel, Source, Visibility
from shared.members.notices import service as notices
from shared.members.service import approve_application
from tests.factories.members import STAFF, make_application, make_organisation, make_platform
from tests.shared.members.desk import FOUNDED, Desk, book, row, stand_in_tokushima

LEFT, NEW_PHONE = date(2025, 1, 1), "088-621-2913"


@pytest.fixture
async def desk(worker_database: Database, settings: Settings) -> Desk:
    tenant = await make_platform(worker_database)
    await stand_in_tokushima(worker_database, tenant)
    return Desk(worker_database, settings, tenant)


async def organisation(desk: Desk, **columns: Any) -> UUID:
    """As `row` writes it, but for the kana."""
    return await make_organisation(desk.database, desk.tenant, joined_on=FOUNDED, name="つなぐ会", **columns)


async def accepted_withdrawal(desk: Desk, organisation_id: UUID) -> None:
    notice = await desk.write(
        notices.submit_withdrawal, organisation_id, effective_on=LEFT, channel=Channel.FAX, actor=STAFF
    )
    await desk.write(notices.accept_withdrawal, notice.id, actor=STAFF)


async def accepted_change(desk: Desk, organisation_id: UUID, **changes: str) -> None:
    notice = await desk.write(notices.submit_change, organisation_id, changes, channel=Channel.FAX, actor=STAFF)
    await desk.write(notices.accept_change, notice.id, actor=STAFF)


async def finish(desk: Desk, job: ImportView) -> ImportView:
    await desk.write(importing.start, job.id, actor=STAFF)
    await desk.settle()
    return await desk.view(job.id)


async def someone_waits(connection: Any) -> None:
    """Until a transaction of this database waits for another one."""
    for _ in range(400):
        waiting = (
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
        )
        if await connection.fetchval(waiting):
            return
        await asyncio.sleep(0.05)
    raise AssertionError("nobody waits")


async def test_a_withdrawal_that_is_accepted_while_the_list_is_written_stands(
    desk: Desk, web_database: Database, owner_connection: Any
) -> None:
    known = await organisation(desk)
    notice = await desk.write(notices.submit_withdrawal, known, effective_on=LEFT, channel=Channel.FAX, actor=STAFF)
    job = await desk.check(book([row("つなぐ会", source="紹介")]))
    await desk.write(importing.start, job.id, actor=STAFF)
    async with web_database.write(desk.tenant.id) as session:
        await notices.accept_withdrawal(session, notice.id, actor=STAFF)
        settling = asyncio.create_task(desk.settle())
        await someone_waits(owner_connection)
    await settling
    [stay] = (await desk.read(portal_queries.own_columns, known)).stays
    assert (stay.left_on, stay.source) == (LEFT, Source.REFERRAL)
    assert (await desk.read(queries.member_count, LEFT)).count == 0


async def test_a_day_of_leaving_that_stands_by_then_is_not_replaced(desk: Desk) -> None:
    known = await organisation(desk)
    job = await desk.check(book([row("つなぐ会", left=date(2024, 1, 1))]))
    await accepted_withdrawal(desk, known)
    job = await finish(desk, job)
    assert await desk.messages(job) == [
        "I2 台帳の退会日（令和7年1月1日）と違います。台帳の日付は取り込みでは変わりません。"
    ]
    [stay] = (await desk.read(portal_queries.own_columns, known)).stays
    assert stay.left_on == LEFT


async def test_a_change_that_is_accepted_after_the_check_is_not_overwritten(desk: Desk) -> None:
    known = await organisation(desk, phone="088-621-0000")
    other = await make_organisation(
        desk.database, desk.tenant, joined_on=FOUNDED, name="ひらく会", phone="088-621-0000"
    )
    job = await desk.check(book([row("つなぐ会"), row("ひらく会")]))
    await accepted_change(desk, known, phone=NEW_PHONE)
    job = await finish(desk, job)
    assert await desk.messages(job) == [
        "E2 点検のあとで、台帳の「電話番号」が変わりました。いまの内容を確かめてから、この行だけをもう一度取り込んでください。"
    ]
    assert (job.counts[Outcome.FAULTY], job.applied) == (1, 1)
    phones = [(await desk.read(versions.details_of, each)).phone for each in (known, other)]
    assert phones == [NEW_PHONE, "088-621-2179"]


async def test_a_change_that_the_check_knew_of_is_made_although_something_else_was_changed_meanwhile(
    desk: Desk,
) -> None:
    known = await organisation(desk, phone="088-621-0000")
    job = await desk.check(book([row("つなぐ会")]))
    await accepted_change(desk, known, fax=NEW_PHONE)
    assert await desk.messages(await finish(desk, job)) == []
    details = await desk.read(versions.details_of, known)
    assert (details.phone, details.fax) == ("088-621-2179", NEW_PHONE)


async def test_one_that_was_admitted_after_the_check_keeps_what_its_application_says(desk: Desk) -> None:
    number = "5050005005266"
    job = await desk.check(book([row("つなぐ会", number=number)]))
    application = await make_application(desk.database, desk.tenant, name="つなぐ会", corporate_number=number)
    view = await desk.write(approve_application, application, effective_on=FOUNDED, actor=STAFF)
    job = await finish(desk, job)
    assert (job.counts[Outcome.FAULTY], job.applied) == (1, 0)
    seen = await desk.read(queries.organisation, view.organisation_id, Visibility.SECRETARIAT)
    assert (seen.address, (await desk.read(queries.member_count, clock.today())).count) == ("徳島市万代町1丁目1番地", 1)


async def test_rows_of_one_organisation_may_differ_in_whatever_batches_they_are(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("shared.members.imports.batches.CHECKED_AT_ONCE", 2)
    monkeypatch.setattr("shared.members.imports.batches.WRITTEN_AT_ONCE", 2)
    rows = [
        row("つなぐ会", left=date(2024, 1, 1)),
        row("ひらく会", left=date(2024, 1, 1)),
        row("ひらく会", joined=date(2024, 6, 1), phone=NEW_PHONE),
        row("むすぶ会"),
        row("つなぐ会", joined=date(2024, 6, 1), phone=NEW_PHONE),
    ]
    job = await desk.bring(book(rows))
    assert (await desk.messages(job), job.applied) == ([], 5)
    assert (await desk.read(queries.member_count)).count == 3


async def test_what_the_ledger_said_is_kept_no_longer_than_the_list(desk: Desk, owner_connection: Any) -> None:
    await organisation(desk, phone="088-621-0000")
    job = await desk.check(book([row("つなぐ会")]))
    kept = "SELECT before->>'phone' FROM import_row WHERE import_id = $1"
    assert await owner_connection.fetchval(kept, job.id) == "088-621-0000"
    await finish(desk, job)
    assert await owner_connection.fetchval(kept, job.id) is None


async def test_days_before_the_platform_are_named_by_row(desk: Desk) -> None:
    job = await desk.check(book([row("つなぐ会", joined=date(1902, 4, 26)), row("ひらく会", joined="0202/04/26")]))
    told = await desk.messages(job)
    assert [message[:2] for message in told] == ["H2", "H3"]
    assert told[0] == "H2 加入日は、平成12年（2000年）1月1日以後の日付にしてください。年をお確かめください。"
