"""A rush of registrations: through HTTP and GraphQL, beside the same statements by bare asyncpg."""

import asyncio
import json
import secrets
import time
from collections import Counter
from datetime import timedelta
from typing import Any, NamedTuple
from uuid import UUID, uuid4

import asyncpg
from sqlalchemy import event as sqlalchemy_event
from sqlalchemy import func, make_url, select

from shared.events import service as events
from shared.events.drafts import EventDraft
from shared.events.models import Event, EventKind
from shared.events.registrations import queries, service
from shared.events.registrations.drafts import RegistrationDraft
from shared.events.registrations.models import Registration, RegistrationChannel
from shared.identity.policy import ANONYMOUS, INSTALLATION
from shared.kit import clock, idempotency
from shared.kit.database.engine import without_driver
from shared.kit.database.session import Database
from tests.benchmarks.load import Target, post_json, read_answer

PEOPLE, TWICE, SEATS, CONNECTIONS = 4_750, 250, 900, 16
REPLAYS, PEOPLE_AGAIN = 10_000, 100
_MEASURED = secrets.token_hex(6)
MUTATION = """mutation ($input: RegisterForEventInput!) { registerForEvent(input: $input) {
  ... on Registration { id number status waitlistPosition } ... on Problem { code } } }"""


class Rush(NamedTuple):
    """`faults` are promises that were broken: there must be none."""

    ours: float
    bare: float
    replays: float
    faults: list[str]


async def measure(database: Database, tenant: int, *, host: str, port: int) -> Rush:
    """`database` as the web's role; the web process listens on `port`."""
    hall = await _event(database, tenant, SEATS)
    answers, seconds = await _send(_everybody(hall), host, port)
    faults = [*_faults_in_answers(answers), *await _faults_in_rows(database, tenant, hall)]
    bare = await _bare(database, tenant)
    again, replaying = await _send(_replayed(await _event(database, tenant, SEATS)), host, port)
    effects = Counter(each.get("id") for each in again)
    if set(effects.values()) != {REPLAYS // PEOPLE_AGAIN} or None in effects:
        faults.append(f"{REPLAYS} replays of {PEOPLE_AGAIN} keys: {len(effects)} effects")
    return Rush(len(answers) / seconds, bare, len(again) / replaying, faults)


async def _event(database: Database, tenant: int, seats: int) -> UUID:
    starts_at = clock.now() + timedelta(days=30)
    draft = EventDraft(title="申込が集中する講座", kind=EventKind.COURSE, starts_at=starts_at, capacity=seats)
    async with database.write(tenant) as session:
        row = await events.create_event(session, actor=INSTALLATION, draft=draft)
        await events.publish_event(session, actor=INSTALLATION, event_id=row.id)
        return row.id


def _everybody(event: UUID) -> list[bytes]:
    """5,000 requests, each with a key of its own; 250 come from people who have registered already."""
    people = [*range(PEOPLE), *range(TWICE)]
    return [_body(event, person, f"key {number}") for number, person in enumerate(people)]


def _replayed(event: UUID) -> list[bytes]:
    """100 people whose browsers repeat everything a hundred times."""
    return [_body(event, number % PEOPLE_AGAIN, f"replay {number % PEOPLE_AGAIN}") for number in range(REPLAYS)]


def _body(event: UUID, person: int, key: str) -> bytes:
    given = {
        "eventId": str(event),
        "name": f"参加 {person}郎",
        "email": f"rush{person}@example.jp",
        "attendance": "HALL",
    }
    return json.dumps(
        {"query": MUTATION, "variables": {"input": given | {"idempotencyKey": f"{event} {key}"}}}
    ).encode()


async def _send(bodies: list[bytes], host: str, port: int) -> tuple[list[dict[str, Any]], float]:
    """Every body once, over 16 connections; answers in the order of the bodies."""
    target = Target("registerForEvent", port, [post_json("/graphql", host, each) for each in bodies])
    answers: list[dict[str, Any]] = [{}] * len(bodies)
    waiting = iter(range(len(bodies)))

    async def converse() -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        for place in waiting:
            writer.write(target.requests[place])
            answers[place] = _told(await read_answer(target, reader))
        writer.close()

    begun = time.perf_counter()
    await asyncio.gather(*(converse() for _ in range(CONNECTIONS)))
    return answers, time.perf_counter() - begun


def _told(answer: bytes) -> dict[str, Any]:
    decoded = json.loads(answer)
    if "errors" in decoded:
        raise RuntimeError(f"not served: {decoded['errors']}")
    told: dict[str, Any] = decoded["data"]["registerForEvent"]
    return told


def _faults_in_answers(answers: list[dict[str, Any]]) -> list[str]:
    counted = Counter(each.get("status") or each.get("code") for each in answers)
    wanted = {"CONFIRMED": SEATS, "WAITLISTED": PEOPLE - SEATS, "SEE_YOUR_MAIL": TWICE}
    return [] if counted == wanted else [f"answers: {dict(counted)}"]


async def _faults_in_rows(database: Database, tenant: int, event: UUID) -> list[str]:
    async with database.read(tenant) as session:
        row = await session.get_one(Event, (tenant, event))
        people = await session.scalar(
            select(func.count(Registration.person_key.distinct())).where(Registration.event_id == event)
        )
        numbers = (await session.scalars(select(Registration.number).where(Registration.event_id == event))).all()
        confirmed = (
            await session.scalars(
                select(Registration.number).where(Registration.event_id == event, Registration.status == "CONFIRMED")
            )
        ).all()
    faults = []
    if (row.hall_taken, row.hall_waiting, people, len(numbers)) != (SEATS, PEOPLE - SEATS, PEOPLE, PEOPLE):
        faults.append(f"rows: {row.hall_taken} taken, {row.hall_waiting} wait, {people} people, {len(numbers)} rows")
    if sorted(confirmed) != sorted(numbers)[:SEATS]:
        faults.append("the first who came are not those with a seat")
    return faults


async def _bare(database: Database, tenant: int) -> float:
    """One registration as the web process makes it, its statements recorded; then the same for others, with nothing around."""
    hall, script = await _record(database, tenant)
    url = without_driver(make_url(database.engine.url.render_as_string(hide_password=False)))
    connections = [await asyncpg.connect(url) for _ in range(CONNECTIONS)]
    waiting = iter(range(PEOPLE))

    async def replay(connection: "asyncpg.Connection[asyncpg.Record]") -> None:
        for _ in waiting:
            await _play(connection, script, hall)

    begun = time.perf_counter()
    await asyncio.gather(*(replay(each) for each in connections))
    seconds = time.perf_counter() - begun
    for each in connections:
        await each.close()
    return PEOPLE / seconds


Script = list[tuple[str, tuple[Any, ...]]]


async def _record(database: Database, tenant: int) -> tuple[UUID, Script]:
    hall = await _event(database, tenant, SEATS)
    said: Script = []

    def note(_connection: Any, cursor: Any, statement: str, given: Any, *_: Any) -> None:
        said.append((statement, tuple(given or ())))

    async def effect() -> dict[str, Any]:
        draft = RegistrationDraft(name="測定 太郎", email=f"{_MEASURED}@example.jp")
        row = await service.register(
            session, actor=ANONYMOUS, event_id=hall, draft=draft, channel=RegistrationChannel.API
        )
        return {"id": str(row.id)}

    engine = database.engine.sync_engine
    sqlalchemy_event.listen(engine, "before_cursor_execute", note)
    async with database.write(tenant) as session:
        answer = await idempotency.once(session, actor="anonymous", key=_MEASURED, body={}, effect=effect)
        await queries.registration(session, UUID(answer["id"]))
    sqlalchemy_event.remove(engine, "before_cursor_execute", note)
    return hall, said


async def _play(connection: "asyncpg.Connection[asyncpg.Record]", script: Script, hall: UUID) -> None:
    """As recorded, for somebody else: other ids, another key, the number and the seat that the event's row gives."""
    fresh = secrets.token_hex(8)
    others = {str(value): str(uuid4()) for _, given in script for value in given if isinstance(value, UUID)}
    others |= {str(hall): str(hall), _MEASURED: fresh}
    number, fits = 0, False
    async with connection.transaction():
        for statement, given in script:
            values = [_other(value, others) for value in given]
            if statement.startswith("INSERT INTO registration"):
                own = {
                    "number": number,
                    "turn": number,
                    "key": f"{fresh} key",
                    "code": fresh,
                    "viewing_key": f"{fresh} view",
                }
                own["status"] = "CONFIRMED" if fits else "WAITLISTED"
                names = statement.partition("(")[2].partition(")")[0].split(", ")
                values = [own.get(name, value) for name, value in zip(names, values, strict=True)]
            rows = await connection.fetch(statement, *values)
            if statement.startswith("INSERT") and not rows:
                raise RuntimeError(f"not what was recorded: {statement}")
            if statement.startswith("UPDATE event"):
                number, fits = rows[0]["last_number"], rows[0]["fits"]


def _other(value: Any, others: dict[str, str]) -> Any:
    if isinstance(value, UUID):
        return UUID(others[str(value)])
    if isinstance(value, str):
        for known, other in others.items():
            value = value.replace(known, other)
    return value
