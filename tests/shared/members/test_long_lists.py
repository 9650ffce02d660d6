"""A ledger of thousands: what a list reads grows with the ledger, not with its square. Counted in rows, so that no clock decides."""

import json
from collections.abc import Awaitable, Callable
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import event, text
from sqlalchemy.ext.asyncio import AsyncSession

from shared.kit import clock
from shared.kit.database.session import Database
from shared.kit.refusals import Refusal
from shared.members import (
    criteria,
    directory,
    export_lists,
    freshness,
    ledger,
    lookalikes,
    organisations,
    queries,
    roster,
    whole_lists,
)
from shared.members.filters import Wanted
from shared.members.models import ApplicationState, Visibility
from shared.members.notices import queries as notice_queries
from shared.members.notices import service as notices
from shared.members.umbrella import queries as umbrella_queries
from shared.members.visibility import Audience
from shared.tenants import queries as tenants
from shared.tenants.models import Tenant
from tests.factories.members import filled, make_application, make_platform

Read = Callable[[AsyncSession], Awaitable[Any]]
ORGANISATIONS = 5_000
#: Rows that one list may read for each organisation, of all tables together.
MOST_EACH = 20
_ROWS = (
    """INSERT INTO organisation (tenant_id, id, name, kana, municipality_code, visibility, created_at, updated_at, revision, demo)
    SELECT {tenant}, uuidv7(), '長い名簿の会' || n, 'ナガイメイボノカイ', '362042', '{{}}', now() - interval '500 days', now(), 1, false
    FROM generate_series(1, {many}) n""",
    """INSERT INTO membership (tenant_id, id, organisation_id, joined_on, left_on, created_at)
    SELECT tenant_id, uuidv7(), id, DATE '2024-01-01', CASE WHEN name LIKE '%5' AND {many} > 1000 THEN DATE '2025-01-01' END, now()
    FROM organisation WHERE tenant_id = {tenant}""",
    """INSERT INTO organisation_field (tenant_id, id, organisation_id, field_id)
    SELECT o.tenant_id, uuidv7(), o.id, f.id FROM organisation o JOIN field f ON f.tenant_id = o.tenant_id
    WHERE o.tenant_id = {tenant}""",
    """INSERT INTO organisation_version (tenant_id, id, organisation_id, valid_until, details, replaced_by, replaced_at)
    SELECT tenant_id, uuidv7(), id, DATE '2026-01-01', '{{"fields": ["childcare"]}}', '測定', now()
    FROM organisation WHERE tenant_id = {tenant}""",
    """WITH person AS (INSERT INTO account (id, email, name, created_at)
      SELECT id, id || '@long.example', '測定', now() FROM organisation WHERE tenant_id = {tenant} RETURNING id)
    INSERT INTO role_assignment (tenant_id, id, account_id, role, organisation_id, created_at)
    SELECT {tenant}, uuidv7(), id, 'ORGANISATION_MANAGER', id, now() FROM person""",
)
_ANALYSED = ("organisation", "membership", "organisation_field", "organisation_version", "role_assignment")


@pytest.fixture
async def platform(worker_database: Database, owner_connection: Any) -> Tenant:
    tenant = await _filled(worker_database, ORGANISATIONS)
    for table in _ANALYSED:
        await owner_connection.execute(f"ANALYZE {table}")
    return tenant


async def _filled(database: Database, many: int) -> Tenant:
    tenant = await make_platform(database)
    async with database.write(tenant.id) as session:
        for statement in _ROWS:
            await session.execute(text(statement.format(tenant=tenant.id, many=many)))
    return tenant


async def test_no_list_reads_the_ledger_once_for_each_organisation(worker_database: Database, platform: Tenant) -> None:
    today = clock.today()
    async with worker_database.read(platform.id) as session:
        ids = list((await session.execute(text("SELECT id FROM organisation ORDER BY id LIMIT 250"))).scalars())
    reads: dict[str, Read] = {
        "the staff's list": roster.roster,
        "the staff's list, searched": lambda session: roster.roster(session, Wanted(search="長い名簿")),
        "the staff's list, whole": roster.whole,
        "the directory with its filters": directory.browse,
        "open data": lambda session: export_lists.all_members(session, Wanted(), audience=Visibility.PUBLIC),
        "fields": directory.field_counts,
        "the site's map": directory.listed_dates,
        "the ledger's sums": ledger.breakdown,
        "the ledger's sums of another day": lambda session: ledger.breakdown(session, date(2025, 6, 1)),
        "counts of many days": lambda session: ledger.counts_on(session, [today, today - timedelta(days=500)]),
        "growth": ledger.growth,
        "the count": queries.member_count,
        "one organisation": lambda session: queries.organisation(session, ids[0], Visibility.PUBLIC),
        "who can recommend": criteria.members_of_today,
        "who may be meant by a notice": lambda session: notice_queries.candidates(session, "長い名簿"),
        "lookalikes": lambda session: lookalikes.lookalikes_of(session, filled()),
        "the reach": umbrella_queries.reach,
        "the ledger as a file": export_lists.ledger_rows,
        "the day's reminders": lambda session: session.execute(freshness._ASK, _reminded(today)),
        "the day's withdrawals": notices.let_withdrawals_take_effect,
        "what an import makes findable": lambda session: organisations.put_all_into_search(session, ids),
    }
    read = {name: await _rows_read(worker_database, platform, run) for name, run in reads.items()}
    assert {name: rows for name, rows in read.items() if rows > MOST_EACH * ORGANISATIONS} == {}


def _reminded(today: date) -> dict[str, date]:
    ago = today - timedelta(days=365)
    return {"today": today, "a_year_ago": ago, "a_month_ago": ago, "nearly_a_year_ago": ago}


async def test_what_is_taken_along_is_read_at_once(worker_database: Database) -> None:
    tenant = await _filled(worker_database, directory.MOST + 50)
    reads: list[Read] = [
        lambda session: export_lists.all_members(session, Wanted(), audience=Visibility.PUBLIC),
        lambda session: roster.whole(session, show=roster.Show.ALL),
    ]
    for run in reads:
        async with worker_database.read(tenant.id) as session:
            statements, found = await _asked(worker_database, session, run)
        assert (len(found), len([each for each, _ in statements if "organisation" in each])) == (150, 1)


async def test_a_list_that_is_too_long_to_be_taken_along_says_so(
    worker_database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    tenant = await _filled(worker_database, 3)
    await make_application(worker_database, tenant)
    await make_application(worker_database, tenant)
    async with worker_database.read(tenant.id) as session:
        profile = await tenants.profile(session)
        reads: list[Read] = [
            lambda session: export_lists.all_members(session, Wanted(), audience=Visibility.PUBLIC),
            export_lists.ledger_rows,
            lambda session: export_lists.application_rows(session, profile, audience=Audience.SECRETARIAT),
        ]
        assert [len(await run(session)) for run in reads] == [3, 3, 2]
        monkeypatch.setattr(whole_lists, "MOST", 1)
        for run, many in zip(reads, ("3団体", "3件", "2件"), strict=True):
            with pytest.raises(Refusal) as refused:
                await run(session)
            assert (refused.value.code, f"いまの条件では{many}" in refused.value.message) == ("TOO_MANY", True)
        rejected = [ApplicationState.REJECTED]
        assert not await export_lists.application_rows(session, profile, rejected, audience=Audience.SECRETARIAT)


async def _rows_read(database: Database, tenant: Tenant, run: Read) -> int:
    """By all the statements that it runs; nothing of it stays."""
    async with database.write(tenant.id) as session:
        asked, _ = await _asked(database, session, run)
        connection = await session.connection()
        plans = []
        for statement, parameters in asked:
            if statement.lstrip().startswith(("SELECT", "WITH", "UPDATE")):
                explained = f"EXPLAIN (ANALYZE, TIMING OFF, FORMAT JSON) {statement}"
                plans.append((await connection.exec_driver_sql(explained, parameters)).scalar_one())
        await session.rollback()
    assert plans
    return sum(_scanned(plan[0]["Plan"]) for plan in map(_decoded, plans))


async def _asked(database: Database, session: AsyncSession, run: Read) -> tuple[list[tuple[str, Any]], Any]:
    """The statements that it runs, with their parameters, and what it answers."""
    asked: list[tuple[str, Any]] = []

    def note(connection: Any, cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
        if not isinstance(parameters, list):
            asked.append((statement, parameters))

    event.listen(database.engine.sync_engine, "before_cursor_execute", note)
    try:
        return asked, await run(session)
    finally:
        event.remove(database.engine.sync_engine, "before_cursor_execute", note)


def _decoded(plan: Any) -> Any:
    return json.loads(plan) if isinstance(plan, str) else plan


def _scanned(node: dict[str, Any]) -> int:
    """Rows that the node has taken from its table, kept or not, in all its rounds; and those of the nodes below."""
    below = sum(_scanned(each) for each in node.get("Plans", ()))
    if "Relation Name" not in node:
        return below
    each_time = node["Actual Rows"] + node.get("Rows Removed by Filter", 0)
    return below + int(each_time * node["Actual Loops"])
