"""Nothing of a platform is seen by those who may not: every page and every GraphQL field is asked, by all kinds of strangers.

The first test shows that the platform's own staff does meet every secret on this walk, so that the silence of the other tests
means something.
"""

from collections.abc import AsyncIterator
from uuid import UUID, uuid4

import httpx
import pytest
from litestar import Litestar

from services.web.graphql.schema import build
from tests.leaks.canaries import AFTER_THE_PLEDGE, BAIT, CANARIES, Secrets
from tests.leaks.walking import addresses, queries, queries_by_id, with_one_id

SCHEMA = build()


async def everything_read_by(
    client: httpx.AsyncClient, app: Litestar, secrets: Secrets
) -> AsyncIterator[tuple[str, str]]:
    """Where, and what was answered: headers and body."""
    for address in [
        *addresses(app, secrets.known, secrets.papers, [BAIT, secrets.tenant.slug]),
        f"/search?q={BAIT}",
        f"/organisations?q={BAIT}",
        f"/organisations?q={BAIT}&audience=women",
        "/organisations?municipality=Q00019",
        "/organisations?q=zqshelte",
    ]:
        if address.startswith("/static/"):
            continue
        answer = await client.get(address)
        assert answer.status_code < 500, (address, answer.text)
        yield address, f"{answer.headers} {answer.text}"
    for public_only in (True, False):
        for query in queries(SCHEMA, secrets.known, [BAIT], public_only=public_only):
            answer = await client.post("/graphql", json={"query": query})
            assert (answer.status_code, "UNEXPECTED" in answer.text) == (200, False), (query, answer.text)
            yield query, answer.text


async def test_the_staff_itself_meets_every_secret_on_this_walk(
    visitors: dict[str, httpx.AsyncClient], app: Litestar, secrets: Secrets
) -> None:
    read = "".join([text async for _, text in everything_read_by(visitors["own staff"], app, secrets)])
    assert [name for name, canary in CANARIES.items() if canary not in read] == []


@pytest.mark.parametrize(
    "who",
    [
        "a stranger",
        "a stranger elsewhere",
        "staff of another platform at home",
        "staff of another platform here",
        "a program of another platform",
        "a member",
        "the operator",
        "the operator here",
        "the national viewer",
        "the nation's staff",
    ],
)
async def test_others_meet_none_of_them(
    who: str, visitors: dict[str, httpx.AsyncClient], app: Litestar, secrets: Secrets
) -> None:
    async for where, text in everything_read_by(visitors[who], app, secrets):
        found = [name for name, canary in CANARIES.items() if canary in text]
        assert found == [], f"{who} reads {found} at {where}"


async def test_before_the_pledge_the_staff_itself_does_not_learn_where_a_shelter_is(
    visitors: dict[str, httpx.AsyncClient], app: Litestar, secrets: Secrets
) -> None:
    async for where, text in everything_read_by(visitors["own staff before the pledge"], app, secrets):
        found = [name for name in AFTER_THE_PLEDGE if CANARIES[name] in text]
        assert found == [], f"who has not signed reads {found} at {where}"


@pytest.mark.parametrize(
    "who", ["a stranger", "a stranger elsewhere", "staff of another platform at home", "the nation's staff"]
)
async def test_what_is_hidden_looks_like_what_is_not_there(
    who: str, visitors: dict[str, httpx.AsyncClient], app: Litestar, secrets: Secrets
) -> None:
    client = visitors[who]
    hidden = secrets.private if who == "a stranger" else secrets.known
    for address in with_one_id(app):
        missing = await _page(client, address, uuid4())
        for known in hidden:
            assert await _page(client, address, known) == missing, f"{who} can tell at {address} that {known} exists"
    for query in queries_by_id(SCHEMA):
        nothing = (await client.post("/graphql", json={"query": query % uuid4()})).content
        for known in hidden:
            assert (await client.post("/graphql", json={"query": query % known})).content == nothing


async def _page(client: httpx.AsyncClient, address: str, wanted: UUID) -> tuple[int, str, str]:
    answer = await client.get(address.format(wanted))
    location = answer.headers.get("location", "")
    return answer.status_code, location.replace(str(wanted), "ID"), answer.text.replace(str(wanted), "ID")
