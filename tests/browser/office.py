"""The secretariat's program in browser tests: what is there before somebody opens a page."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

import httpx

from tests.running import Installation


class Door(NamedTuple):
    """An event of this hour with its guests' tickets by name."""

    path: str
    codes: dict[str, str]


class Office:
    """The secretariat's program: prepares an event and its guests."""

    def __init__(self, client: httpx.Client, slug: str) -> None:
        self._client = client
        given = {"grant_type": "client_credentials", "client_id": f"demo-{slug}", "client_secret": "tsunagari-demo"}
        token = self._client.post("/auth/token", data=given).json()["access_token"]
        self._client.headers["authorization"] = f"Bearer {token}"

    def ask(self, document: str, **variables: Any) -> Any:
        answer = self._client.post("/graphql", json={"query": document, "variables": variables}).json()
        assert "errors" not in answer, answer
        [found] = answer["data"].values()
        return found

    def door(self, title: str, names: tuple[str, ...], *, party: int = 1, capacity: int = 3) -> Door:
        now = datetime.now(UTC)
        event = {
            "title": title,
            "kind": "SEMINAR",
            "startsAt": (now - timedelta(minutes=10)).isoformat(),
            "endsAt": (now + timedelta(hours=2)).isoformat(),
            "venue": "試験会館",
            "capacity": capacity,
        }
        made = self.ask("mutation ($e: CreateEventInput!) { createEvent(input: $e) { ... on Event { id } } }", e=event)
        self.ask("mutation ($p: PublishEventInput!) { publishEvent(input: $p) { __typename } }", p={"id": made["id"]})
        return Door(
            f"/staff/events/{made['id']}/check-in", {name: self._register(made["id"], name, party) for name in names}
        )

    def _register(self, event_id: str, name: str, party: int) -> str:
        email = f"{abs(hash((event_id, name)))}@example.jp"
        guest = {"eventId": event_id, "name": name, "email": email, "partySize": party}
        made = self.ask(
            "mutation ($r: RegisterForEventInput!) { registerForEvent(input: $r) { ... on Registration { code } } }",
            r=guest,
        )
        return str(made["code"])


@contextmanager
def office_of(running: Installation, slug: str) -> Iterator[Office]:
    host = httpx.URL(running.url(slug)).netloc.decode()
    # Names below localhost need not resolve on every machine.
    with httpx.Client(base_url=f"http://127.0.0.1:{running.port}", headers={"host": host}) as client:
        yield Office(client, slug)
