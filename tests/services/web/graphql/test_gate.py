"""What is refused before anything runs, and how fast. Each of these once brought a server of this kind down."""

import json
import time
from typing import Any

import httpx
import msgspec
import pytest
from graphql import get_introspection_query

from services.web.graphql import requests
from services.web.graphql.documents import Documents
from services.web.graphql.schema import build
from services.web.security import MAX_GRAPHQL
from services.web.site import Site
from shared.kit.refusals import Refusal
from shared.tenants.models import Tenant
from tests.services.web.conftest import ClientFor
from tests.services.web.graphql.conftest import StaffFor, data

JSON = {"content-type": "application/json"}


async def refused(client: httpx.AsyncClient, query: str, variables: dict[str, Any] | None = None) -> str:
    """The code of a request that was not executed."""
    answer = await client.post("/graphql", json={"query": query, "variables": variables})
    assert (answer.status_code, "data" in answer.json()) == (400, False), answer.text
    code: str = answer.json()["errors"][0]["extensions"]["code"]
    return code


@pytest.fixture
def client(client_for: ClientFor, town: Tenant) -> httpx.AsyncClient:
    return client_for(town)


def bomb(levels: int) -> str:
    """Each fragment spreads the next one twice: 2 ** levels fields in a few hundred bytes."""
    links = [f"fragment f{n} on Tenant {{ ...f{n + 1} ...f{n + 1} }}" for n in range(levels)]
    return "{ tenant { ...f0 } } " + " ".join(links) + f" fragment f{levels} on Tenant {{ name }}"


async def test_a_fragment_bomb_is_refused_at_once(client: httpx.AsyncClient) -> None:
    query = bomb(16)
    assert len(query) < 900
    began = time.perf_counter()
    assert await refused(client, query) == "QUERY_MANY_FIELDS"
    assert time.perf_counter() - began < 0.2


async def test_hundreds_of_equal_fields_are_not_even_compared(client: httpx.AsyncClient) -> None:
    began = time.perf_counter()
    assert await refused(client, "{ tenant { " + "name " * 480 + "} }") == "QUERY_MANY_FIELDS"
    assert time.perf_counter() - began < 0.2


async def test_fields_in_fragments_that_nobody_spreads_count_too(client: httpx.AsyncClient) -> None:
    fragment = "fragment unused on Tenant { " + "name " * 300 + "}"
    assert await refused(client, "{ tenant { name } } " + fragment) == "QUERY_MANY_FIELDS"


async def test_fragments_in_a_circle_are_refused(client: httpx.AsyncClient) -> None:
    query = "{ tenant { ...a } } fragment a on Tenant { ...b } fragment b on Tenant { ...a }"
    assert await refused(client, query) == "QUERY_CIRCULAR"


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("{ tenant { " + "parent { " * 10 + "slug" + " }" * 10 + " } }", "QUERY_TOO_DEEP"),
        ("{ " + " ".join(f"a{n}: memberCount {{ count }}" for n in range(16)) + " }", "QUERY_MANY_ALIASES"),
        ("{ tenant { " + "name @include(if: true) " * 31 + "} }", "QUERY_MANY_DIRECTIVES"),
        ("{ events(first: 101) { totalCount } }", "FIRST_OUT_OF_RANGE"),
        ("{ events(first: -1) { totalCount } }", "FIRST_OUT_OF_RANGE"),
        (
            "{ events(first: 100) { nodes { " + "sessions { title body } " * 20 + "} } }",
            "QUERY_TOO_COSTLY",
        ),
        ("query a { tenant { name } } query b { tenant { name } }", "OPERATION_UNCLEAR"),
        ("{ tenant { name } ", "BAD_REQUEST"),
        ("{ nothing }", "BAD_REQUEST"),
        ("{ " + "a " * 1_001 + "}", "BAD_REQUEST"),
        ("{ a(b: " + "[" * 900 + ") }", "BAD_REQUEST"),
        ("subscription { tenant { name } }", "BAD_REQUEST"),
    ],
)
async def test_what_asks_too_much_or_makes_no_sense_is_refused(
    client: httpx.AsyncClient, query: str, code: str
) -> None:
    assert await refused(client, query) == code


async def test_more_than_five_changes_at_once_are_refused(client: httpx.AsyncClient) -> None:
    one = 'publishEvent(input: {id: "x"}) { __typename }'
    assert await refused(client, "mutation { " + f"{one} " * 6 + "}") == "QUERY_MANY_MUTATIONS"


@pytest.mark.parametrize("number", [101, 101.0, 1_000_000.0, -1.0, 5.5])
async def test_a_number_with_a_point_is_no_way_around_the_limit(client: httpx.AsyncClient, number: float) -> None:
    query = "query ($n: Int!) { announcements(first: $n) { totalCount } }"
    assert await refused(client, query, {"n": number}) == "FIRST_OUT_OF_RANGE"


async def test_first_counts_also_when_it_comes_in_a_variable(client: httpx.AsyncClient) -> None:
    query = "query ($n: Int! = 100) { events(first: $n) { nodes { title venue sessions { title } } } }"
    assert await refused(client, query, {"n": 101}) == "FIRST_OUT_OF_RANGE"
    assert (await data(client, query, {"n": 2}))["events"] == {"nodes": []}
    assert await refused(client, query, {"n": 1_000}) == "FIRST_OUT_OF_RANGE"


@pytest.mark.parametrize(
    "body", [b"[" * 60_000, b'{"query": ' + b"[" * 50_000, b"", b"null", b"[]", b'{"query": 1}', b"\xff\xfe", b"{}"]
)
async def test_a_body_that_is_no_request_is_a_400(client: httpx.AsyncClient, body: bytes) -> None:
    answer = await client.post("/graphql", content=body, headers=JSON)
    assert (answer.status_code, answer.json()["errors"][0]["extensions"]["code"]) == (400, "BAD_REQUEST")


async def test_several_requests_in_one_body_are_not_understood(client: httpx.AsyncClient) -> None:
    batch = json.dumps([{"query": "{ tenant { name } }"}] * 2).encode()
    assert (await client.post("/graphql", content=batch, headers=JSON)).status_code == 400


@pytest.mark.parametrize("size", [MAX_GRAPHQL + 1, 100_000])
async def test_a_large_body_is_refused_whether_or_not_it_says_its_size(client: httpx.AsyncClient, size: int) -> None:
    assert (await client.post("/graphql", content=b"[" * size, headers=JSON)).status_code == 413

    async def pieces() -> Any:
        for _ in range(size // 1_000 + 1):
            yield b"[" * 1_000

    assert (await client.post("/graphql", content=pieces(), headers=JSON)).status_code == 413


async def test_links_and_forms_cannot_ask(client: httpx.AsyncClient) -> None:
    query = {"query": "{ tenant { name } }"}
    assert (await client.get("/graphql", params=query)).status_code == 405
    for answer in (
        await client.post("/graphql", data=query),
        await client.post("/graphql", files={"operations": b"{}"}),
        await client.post("/graphql", content=json.dumps(query), headers={"content-type": "text/plain"}),
    ):
        assert answer.status_code == 415


async def test_a_signed_in_browser_is_not_moved_by_another_site(staff_for: StaffFor, town: Tenant) -> None:
    browser = await staff_for(town)
    question = {"query": "{ viewer { name } }"}
    for headers in ({"origin": "https://elsewhere.example"}, {"sec-fetch-site": "cross-site"}):
        assert (await browser.post("/graphql", json=question, headers=headers)).status_code == 403
    own = {"origin": str(browser.base_url).rstrip("/"), "sec-fetch-site": "same-origin"}
    assert (await browser.post("/graphql", json=question, headers=own)).status_code == 200


async def test_the_answer_is_of_the_kind_that_was_asked_for(client: httpx.AsyncClient) -> None:
    question = {"query": "{ tenant { name } }"}
    usual = await client.post("/graphql", json=question)
    assert usual.headers["content-type"] == "application/json; charset=utf-8"
    special = await client.post("/graphql", json=question, headers={"accept": "application/graphql-response+json"})
    assert special.headers["content-type"] == "application/graphql-response+json; charset=utf-8"


async def test_graphiql_loads_nothing_from_elsewhere(client: httpx.AsyncClient) -> None:
    page = await client.get("/graphiql")
    assert (page.status_code, "https://" in page.text, "unpkg" in page.text) == (200, False, False)
    for script in (
        "graphiql/graphiql.min.js",
        "react/react.production.min.js",
        "react-dom/react-dom.production.min.js",
    ):
        assert f"/static/vendor/{script}" in page.text
        assert (await client.get(f"/static/vendor/{script}")).status_code == 200
    assert "script-src 'self';" in page.headers["content-security-policy"]


async def test_graphiql_is_not_there_in_production(
    client: httpx.AsyncClient, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(site, "settings", msgspec.structs.replace(site.settings, development=False))
    assert (await client.get("/graphiql")).status_code == 404


async def test_introspection_works_for_tools_in_development(client: httpx.AsyncClient) -> None:
    schema = (await data(client, get_introspection_query(input_value_deprecation=True)))["__schema"]
    assert schema["queryType"] == {"name": "Query", "kind": "OBJECT"}


def test_production_tells_neither_its_schema_nor_what_one_might_have_meant() -> None:
    documents = Documents(build(), introspection=False, suggestions=False)
    for query in ("{ __schema { types { name } } }", '{ __type(name: "Query") { name } }'):
        errors = documents.admit(query, None, {}).errors or []
        assert {error.message.split(",")[0] for error in errors} == {"GraphQL introspection has been disabled"}
    [error] = documents.admit("{ tenant { nam } }", None, {}).errors or []
    assert error.message == "Cannot query field 'nam' on type 'Tenant'."
    [kind] = documents.admit('{ events(filter: {kind: "SEMINA"}) { totalCount } }', None, {}).errors or []
    assert "Did you mean" not in kind.message


def test_documents_are_remembered_up_to_a_limit() -> None:
    documents = Documents(build(), introspection=True, suggestions=True)
    first = documents.admit("{ tenant { name } }", None, {})
    assert documents.admit("{ tenant { name } }", None, {}) is first
    for number in range(600):
        documents.admit(f"{{ tenant {{ name }} }} # {number}", None, {})
    assert documents.admit("{ tenant { name } }", None, {}) is not first


def test_a_refusal_speaks_japanese() -> None:
    documents = Documents(build(), introspection=True, suggestions=True)
    with pytest.raises(Refusal) as caught:
        documents.admit(bomb(20), None, {})
    assert caught.value.message == "項目は200個までです。"


async def test_what_takes_too_long_is_given_up(
    client: httpx.AsyncClient, owner_connection: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    await data(client, "{ tenant { name } }")
    monkeypatch.setattr(requests, "DEADLINE", 0.2)
    async with owner_connection.transaction():
        await owner_connection.execute("LOCK TABLE announcement IN ACCESS EXCLUSIVE MODE")
        answer = await client.post("/graphql", json={"query": "{ announcements { totalCount } }"})
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "5")
    assert answer.json()["errors"][0]["extensions"]["code"] == "DEADLINE_EXCEEDED"
    assert (await data(client, "{ announcements { totalCount } }"))["announcements"] == {"totalCount": 0}
