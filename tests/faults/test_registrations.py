"""Two hundred people at once for thirty seats, and the web process is killed (kill -9) among them.

Everybody repeats with the same key until there is an answer, as browsers and programs do.
"""

import asyncio
import email
import os
import signal
from collections import Counter
from datetime import timedelta
from email import policy
from pathlib import Path
from typing import Any

import httpx
import psutil

from shared.kit import clock
from tests.running import Installation

PEOPLE, SEATS = 200, 30
HOST = "tokushima"
REGISTER = """mutation ($input: RegisterForEventInput!) { it: registerForEvent(input: $input) {
  ... on Registration { id number status } ... on Problem { code message } } }"""
LIST = """query ($id: ID!, $after: String) { it: registrations(eventId: $id, first: 100, after: $after) {
  pageInfo { endCursor } nodes { id number status waitlistPosition email } } }"""


class People:
    """All of them, with what each has been told."""

    def __init__(self, running: Installation) -> None:
        self.running = running
        self.told: dict[int, dict[str, Any]] = {}
        self.a_quarter_is_told = asyncio.Event()

    async def ask(self, query: str, variables: dict[str, Any], **headers: str) -> dict[str, Any]:
        host = httpx.URL(self.running.url(HOST)).netloc.decode()
        async with httpx.AsyncClient(timeout=30) as client:
            answer = await client.post(
                f"http://127.0.0.1:{self.running.port}/graphql",
                json={"query": query, "variables": variables},
                headers={"host": host, **headers},
            )
        answer.raise_for_status()
        told: dict[str, Any] = answer.json()["data"]["it"]
        return told

    async def register(self, event: str, number: int) -> None:
        given = {
            "eventId": event,
            "name": f"参加 {number}郎",
            "email": f"rush{number}@example.jp",
            "attendance": "HALL",
        }
        while number not in self.told:
            try:
                self.told[number] = await self.ask(REGISTER, {"input": given | {"idempotencyKey": f"person {number}"}})
            except (httpx.HTTPError, KeyError, TypeError):
                await asyncio.sleep(0.2)
        if len(self.told) >= PEOPLE // 4:
            self.a_quarter_is_told.set()

    async def kill_the_web_process(self) -> None:
        """When some are told, some are under way, and some have not been heard."""
        await self.a_quarter_is_told.wait()
        os.kill(_web_process(self.running.port), signal.SIGKILL)


def _web_process(port: int) -> int:
    for process in psutil.process_iter():
        try:
            if process.cmdline()[-1:] == ["web"] and process.environ().get("PORT") == str(port):
                return int(process.pid)
        except (psutil.AccessDenied, psutil.NoSuchProcess):
            continue
    raise AssertionError("no web process")


async def _event(people: People, token: str) -> str:
    create = """mutation ($input: CreateEventInput!) { it: createEvent(input: $input) { ... on Event { id } } }"""
    publish = (
        """mutation ($input: PublishEventInput!) { it: publishEvent(input: $input) { ... on Event { status } } }"""
    )
    starts_at = (clock.now() + timedelta(days=20)).isoformat()
    given = {"title": "三十席の講座", "kind": "COURSE", "startsAt": starts_at, "capacity": SEATS}
    event: str = (await people.ask(create, {"input": given}, authorization=token))["id"]
    assert (await people.ask(publish, {"input": {"id": event}}, authorization=token))["status"] == "OPEN"
    return event


def _token(running: Installation) -> str:
    answer = httpx.post(
        f"http://127.0.0.1:{running.port}/auth/token",
        data={"grant_type": "client_credentials", "client_id": f"demo-{HOST}", "client_secret": "tsunagari-demo"},
        headers={"host": httpx.URL(running.url(HOST)).netloc.decode()},
    )
    answer.raise_for_status()
    return f"Bearer {answer.json()['access_token']}"


async def _letters_to(running: Installation, wanted: int) -> Counter[str]:
    """Whom the letters in the folder go to, once there are as many as wanted and no more come."""
    for _ in range(240):
        if len(running.letters()) >= wanted:
            break
        await asyncio.sleep(0.5)
    await asyncio.sleep(2)
    letters = [email.message_from_string(each, policy=policy.default) for each in running.letters()]
    return Counter(each["To"].addresses[0].addr_spec for each in letters)


async def test_thirty_are_confirmed_and_everybody_who_was_told_is_stored_with_one_letter(tmp_path: Path) -> None:
    with Installation(tmp_path, RATE_LIMITS="off") as running:
        people, token = People(running), await asyncio.to_thread(_token, running)
        event = await _event(people, token)
        await asyncio.gather(
            people.kill_the_web_process(), *(people.register(event, number) for number in range(PEOPLE))
        )
        assert "The web process ended with -9" in running.output()
        first = await people.ask(LIST, {"id": event}, authorization=token)
        rest = await people.ask(LIST, {"id": event, "after": first["pageInfo"]["endCursor"]}, authorization=token)
        stored = first["nodes"] + rest["nodes"]
        letters = await _letters_to(running, PEOPLE)
    assert Counter(each["status"] for each in stored) == {"CONFIRMED": SEATS, "WAITLISTED": PEOPLE - SEATS}
    waiting = [each["waitlistPosition"] for each in stored if each["status"] == "WAITLISTED"]
    assert waiting == list(range(1, PEOPLE - SEATS + 1))
    assert {each["id"]: each["status"] for each in people.told.values()} == {
        each["id"]: each["status"] for each in stored
    }
    assert letters == Counter({each["email"]: 1 for each in stored})
