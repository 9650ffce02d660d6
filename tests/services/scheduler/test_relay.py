"""The relay finds what is due in all tenants, fairly, and sees nothing else of them."""

import asyncio
from collections.abc import AsyncIterator, Callable
from datetime import datetime, timedelta
from uuid import UUID, uuid4

import asyncpg
import pytest
from sqlalchemy import ColumnElement, func, update

from services.broker import BrokerDown
from services.scheduler import relay
from services.scheduler.relay import FACTS_IN_HAND, LETTERS_IN_HAND, Relay
from shared.kit import outbox
from shared.kit.database.session import Database
from shared.kit.outbox import OutboxRow
from shared.kit.post import LetterState
from shared.kit.settings import Settings
from tests.factories.letters import letter_row, queue_letter, set_letter
from tests.factories.tenants import make_tenant
from tests.factories.worker import run_until_idle, worker_connection
from tests.services.worker.facts import LampLit


class Wakes:
    """Stands where the broker stands and remembers whom it woke. Other tests' rows may become due at any time."""

    def __init__(self, *, down: bool = False) -> None:
        self.rows: list[tuple[str, int, UUID]] = []
        self.down = down

    def __call__(self, actor: str, tenant_id: int, row_id: UUID) -> None:
        if self.down:
            raise BrokerDown
        self.rows.append((actor, tenant_id, row_id))

    def of(self, tenant_id: int) -> list[UUID]:
        return [row for _, tenant, row in self.rows if tenant == tenant_id]


@pytest.fixture
async def connection(settings: Settings) -> AsyncIterator["asyncpg.Connection[asyncpg.Record]"]:
    async with worker_connection(settings) as opened:
        yield opened


@pytest.fixture(autouse=True)
async def nothing_left_of_other_tests(settings: Settings) -> None:
    await run_until_idle(settings)


async def _light(database: Database, tenant_id: int, number: int = 1) -> list[UUID]:
    async with database.write(tenant_id) as session:
        return [await outbox.record(session, LampLit(lamp_id=uuid4())) for _ in range(number)]


async def test_a_quiet_tenant_does_not_wait_behind_a_noisy_one(
    connection: "asyncpg.Connection[asyncpg.Record]", worker_database: Database
) -> None:
    noisy, quiet = await make_tenant(worker_database), await make_tenant(worker_database)
    await _light(worker_database, noisy.id, 500)
    [fact] = await _light(worker_database, quiet.id)
    wakes = Wakes()
    desk = Relay(connection, wakes)
    await desk.round()
    assert (len(wakes.of(noisy.id)), wakes.of(quiet.id)) == (FACTS_IN_HAND, [fact])
    assert _place(wakes, fact, among=(noisy.id, quiet.id)) <= 1
    # None of the noisy tenant's is done yet, so none is added; the quiet one's next is sent at once.
    [fact] = await _light(worker_database, quiet.id)
    await desk.round()
    assert (len(wakes.of(noisy.id)), wakes.of(quiet.id)[1:]) == (FACTS_IN_HAND, [fact])


async def test_letters_take_turns_too(
    connection: "asyncpg.Connection[asyncpg.Record]", settings: Settings, worker_database: Database
) -> None:
    noisy, quiet = await make_tenant(worker_database), await make_tenant(worker_database)
    for _ in range(LETTERS_IN_HAND + 5):
        await queue_letter(worker_database, settings, noisy.id)
    letter = await queue_letter(worker_database, settings, quiet.id)
    wakes = Wakes()
    await Relay(connection, wakes).round()
    assert (len(wakes.of(noisy.id)), wakes.of(quiet.id)) == (LETTERS_IN_HAND, [letter.id])
    assert _place(wakes, letter.id, among=(noisy.id, quiet.id)) <= 1


async def test_two_relays_never_lease_the_same_row(settings: Settings, worker_database: Database) -> None:
    tenant = await make_tenant(worker_database)
    facts = await _light(worker_database, tenant.id, FACTS_IN_HAND)
    first, second = Wakes(), Wakes()
    async with worker_connection(settings) as one, worker_connection(settings) as two:
        await Relay(one, first).round()
        await Relay(two, second).round()
    assert sorted(first.of(tenant.id)) == sorted(facts)
    assert second.of(tenant.id) == []


async def test_with_the_broker_down_everything_is_due_again_at_once(
    connection: "asyncpg.Connection[asyncpg.Record]", settings: Settings, worker_database: Database
) -> None:
    tenant = await make_tenant(worker_database)
    facts = await _light(worker_database, tenant.id, 3)
    letter = await queue_letter(worker_database, settings, tenant.id)
    assert await Relay(connection, Wakes(down=True)).round() == 0
    wakes = Wakes()
    await Relay(connection, wakes).round()
    assert set(wakes.of(tenant.id)) == {*facts, letter.id}


async def test_a_wake_up_that_was_lost_is_repeated_when_its_lease_ends(
    connection: "asyncpg.Connection[asyncpg.Record]", worker_database: Database
) -> None:
    tenant = await make_tenant(worker_database)
    [fact] = await _light(worker_database, tenant.id)
    wakes = Wakes()
    desk = Relay(connection, wakes)
    await desk.round()
    await desk.round()
    assert wakes.of(tenant.id) == [fact]
    async with worker_database.write(tenant.id) as session:
        await session.execute(update(OutboxRow).where(OutboxRow.id == fact).values(in_hand_until=func.now()))
    await desk.round()
    assert wakes.of(tenant.id) == [fact, fact]


async def test_letters_to_one_address_keep_their_order(
    connection: "asyncpg.Connection[asyncpg.Record]", settings: Settings, worker_database: Database
) -> None:
    tenant = await make_tenant(worker_database)
    first = await queue_letter(worker_database, settings, tenant.id, to_email="a@example.jp")
    second = await queue_letter(worker_database, settings, tenant.id, to_email="a@example.jp")
    other = await queue_letter(worker_database, settings, tenant.id, to_email="b@example.jp")
    # The first was put off by the mail server: the second waits for it, the other address does not.
    await set_letter(worker_database, tenant.id, first.id, run_at=func.now() + outbox.LEASE)
    wakes = Wakes()
    desk = Relay(connection, wakes)
    await desk.round()
    assert wakes.of(tenant.id) == [other.id]
    await set_letter(worker_database, tenant.id, first.id, state=LetterState.SENT)
    await desk.round()
    assert wakes.of(tenant.id) == [other.id, second.id]


async def test_what_was_in_hand_is_taken_over_when_the_only_process_begins_anew(
    connection: "asyncpg.Connection[asyncpg.Record]", settings: Settings, worker_database: Database
) -> None:
    tenant = await make_tenant(worker_database)
    facts = await _light(worker_database, tenant.id, 2)
    letter = await queue_letter(worker_database, settings, tenant.id)
    wakes = Wakes()
    desk = Relay(connection, wakes)
    await desk.round()
    await connection.execute("SELECT outbox_release()")
    await desk.round()
    assert sorted(wakes.of(tenant.id)) == sorted([*facts, letter.id] * 2)
    assert (await letter_row(worker_database, tenant.id, letter.id)).state is LetterState.QUEUED


async def test_the_workers_role_still_reads_no_other_tenant(
    connection: "asyncpg.Connection[asyncpg.Record]", settings: Settings, worker_database: Database
) -> None:
    tenant = await make_tenant(worker_database)
    await _light(worker_database, tenant.id)
    await queue_letter(worker_database, settings, tenant.id)
    for table in ("outbox", "letter"):
        assert await connection.fetchval(f"SELECT count(*) FROM {table}") == 0


async def test_the_relays_functions_are_for_the_worker_alone(
    owner_connection: "asyncpg.Connection[asyncpg.Record]",
) -> None:
    rows = await owner_connection.fetch(
        """
        SELECT p.oid::regprocedure::text AS function, p.proconfig AS settings, owner.rolname AS owner,
               array_agg(coalesce(grantee.rolname, 'public') ORDER BY grantee.rolname) AS callers
        FROM pg_proc p
        JOIN pg_roles owner ON owner.oid = p.proowner
        CROSS JOIN LATERAL aclexplode(p.proacl) acl
        LEFT JOIN pg_roles grantee ON grantee.oid = acl.grantee
        WHERE p.prosecdef AND p.pronamespace = 'public'::regnamespace AND owner.rolname = 'tsunagari_outbox'
        GROUP BY p.oid, p.proconfig, owner.rolname ORDER BY 1
        """
    )
    assert [(row["function"], row["callers"]) for row in rows] == [
        (function, ["svc_worker", "tsunagari_outbox"])
        for function in (
            "letter_claim(integer,double precision)",
            "outbox_claim(integer,double precision)",
            "outbox_give_back(integer[],uuid[])",
            "outbox_release()",
        )
    ]
    assert {row["settings"][0] for row in rows} == {"search_path=pg_catalog, public, pg_temp"}


async def test_the_relays_role_can_read_no_words(owner_connection: "asyncpg.Connection[asyncpg.Record]") -> None:
    for table, words in (("outbox", ("payload", "error", "name")), ("letter", ("subject", "body", "to_name"))):
        for column in words:
            statement = "SELECT has_column_privilege('tsunagari_outbox', $1, $2, 'SELECT')"
            assert await owner_connection.fetchval(statement, table, column) is False


@pytest.fixture
async def running(
    connection: "asyncpg.Connection[asyncpg.Record]", monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Wakes]:
    """A relay that hardly ever polls."""
    monkeypatch.setattr(relay, "POLL", 60)
    wakes = Wakes()
    task = asyncio.create_task(Relay(connection, wakes).run())
    await asyncio.sleep(0.2)
    yield wakes
    task.cancel()
    await asyncio.wait({task})


async def test_a_commit_wakes_the_relay_at_once(
    running: Wakes, settings: Settings, web_database: Database, worker_database: Database
) -> None:
    tenant = await make_tenant(worker_database)
    [fact] = await _light(web_database, tenant.id)
    letter = await queue_letter(worker_database, settings, tenant.id)
    await _until(lambda: running.of(tenant.id) == [fact, letter.id])


async def test_a_change_that_was_not_committed_wakes_nobody(running: Wakes, worker_database: Database) -> None:
    tenant = await make_tenant(worker_database)
    with pytest.raises(RuntimeError):
        async with worker_database.write(tenant.id) as session:
            await outbox.record(session, LampLit(lamp_id=uuid4()))
            raise RuntimeError
    await asyncio.sleep(0.2)
    assert running.of(tenant.id) == []


async def test_what_becomes_due_by_time_alone_is_found_by_polling(
    connection: "asyncpg.Connection[asyncpg.Record]", worker_database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(relay, "POLL", 0.1)
    tenant = await make_tenant(worker_database)
    [fact] = await _light(worker_database, tenant.id)
    await _set_due(worker_database, tenant.id, fact, func.now() + timedelta(hours=1))
    wakes = Wakes()
    task = asyncio.create_task(Relay(connection, wakes).run())
    try:
        await asyncio.sleep(0.3)
        assert wakes.of(tenant.id) == []
        await _set_due(worker_database, tenant.id, fact, func.now())
        await _until(lambda: wakes.of(tenant.id) == [fact])
    finally:
        task.cancel()
        await asyncio.wait({task})


async def _set_due(database: Database, tenant_id: int, fact: UUID, moment: ColumnElement[datetime]) -> None:
    """Without a notification: as if time had passed."""
    async with database.write(tenant_id) as session:
        await session.execute(update(OutboxRow).where(OutboxRow.id == fact).values(run_at=moment))


def _place(wakes: Wakes, row_id: UUID, *, among: tuple[int, int]) -> int:
    return [row for _, tenant, row in wakes.rows if tenant in among].index(row_id)


async def _until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(10):
        while not condition():  # noqa: ASYNC110 - nobody tells the test
            await asyncio.sleep(0.01)
