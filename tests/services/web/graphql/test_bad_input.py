"""Whatever is sent, the answer is understood by the sender: no defect, nothing stored twice, no 5xx."""

from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from graphql import GraphQLInputObjectType, GraphQLList, GraphQLNonNull, GraphQLScalarType, get_named_type

from services.web.graphql.schema import build
from shared.kit.database.session import Database
from shared.tenants.models import Tenant
from tests.services.web.conftest import ClientFor
from tests.services.web.graphql.conftest import StaffFor, data

SCHEMA = build()
ODD = [
    "",
    " 　",
    "'; DROP TABLE tenant; --",
    "%_\\",
    "<script>alert(1)</script>",
    "𠮷野家のﾈｺ①㈱",
    "\u202e\ufeff\u200b\x01",
    "あ" * 10_000,
    "a & b | !c <-> (",
]
MOMENTS = ["0001-01-01", "9999-12-31T23:59:59-12:00", "2024-02-30", "明日", "2024-01-12T25:00:00Z", "2024-01-12"]


def odd_values(kind: Any) -> list[Any]:
    """Things to send where `kind` is expected."""
    if isinstance(kind, GraphQLNonNull):
        return odd_values(kind.of_type)
    if isinstance(kind, GraphQLList):
        return [[each] for each in odd_values(kind.of_type)] + [[]]
    if not isinstance(kind, GraphQLScalarType):
        return []
    others: dict[str, list[Any]] = {"Int": [-1, 0, 2**31 - 1, 2**31], "Boolean": [True], "Date": MOMENTS}
    return others.get(kind.name, MOMENTS if kind.name == "DateTime" else ODD)


def questions() -> Iterator[tuple[str, dict[str, Any]]]:
    """Every argument of every query, and every field of its filter, one odd value at a time."""
    assert SCHEMA.query_type is not None
    for name, field in SCHEMA.query_type.fields.items():
        for argument, given in field.args.items():
            query = f"query ($it: {given.type}) {{ {name}({argument}: $it) {{ __typename }} }}"
            kind = get_named_type(given.type)
            if isinstance(kind, GraphQLInputObjectType):
                for part, wanted in kind.fields.items():
                    yield from ((query, {"it": {part: value}}) for value in odd_values(wanted.type))
            else:
                yield from ((query, {"it": value}) for value in odd_values(given.type))


async def understood(client: httpx.AsyncClient, query: str, variables: dict[str, Any]) -> None:
    answer = await client.post("/graphql", json={"query": query, "variables": variables})
    codes = [error["extensions"]["code"] for error in answer.json().get("errors", [])]
    assert (answer.status_code in (200, 400), "UNEXPECTED" in codes) == (True, False), (query, variables, answer.text)


async def test_odd_arguments_of_queries(staff_for: StaffFor, town: Tenant) -> None:
    staff = await staff_for(town)
    for query, variables in questions():
        await understood(staff, query, variables)


async def test_odd_inputs_of_mutations(staff_for: StaffFor, town: Tenant) -> None:
    """The rest of each input is as it should be, so that the odd value is what is looked at."""
    staff = await staff_for(town)
    usual = {
        "name": "試験の会",
        "kana": "シケンノカイ",
        "contactName": "試験 花子",
        "email": "odd@member.example",
        "title": "題名",
        "body": "本文",
        "kind": "SEMINAR",
        "startsAt": "2027-01-12T10:00:00+09:00",
        "decision": "REJECT",
        "reason": "理由",
        "id": "0190b0f0-0000-7000-8000-000000000000",
    }
    assert SCHEMA.mutation_type is not None
    for name, field in SCHEMA.mutation_type.fields.items():
        taken = get_named_type(field.args["input"].type)
        assert isinstance(taken, GraphQLInputObjectType)
        document = f"mutation ($input: {taken.name}!) {{ {name}(input: $input) {{ __typename }} }}"
        base = {each: value for each, value in usual.items() if each in taken.fields}
        for part, wanted in taken.fields.items():
            for value in odd_values(wanted.type):
                await understood(staff, document, {"input": base | {part: value}})


@pytest.mark.parametrize("text", ["\x00", "a\x00b"])
async def test_the_character_that_no_database_stores_is_refused(client_for: ClientFor, town: Tenant, text: str) -> None:
    client = client_for(town)
    query = "query ($text: String!) { search(text: $text) { totalCount } }"
    assert (await client.post("/graphql", json={"query": query, "variables": {"text": text}})).status_code == 400
    for escape in ("\\u0000", "\\u{0}", "\\u{000}"):
        literal = f'{{ search(text: "{escape}") {{ totalCount }} }}'
        assert (await client.post("/graphql", json={"query": literal})).status_code == 400


async def test_a_defect_outside_the_execution_is_masked_too(
    client_for: ClientFor, town: Tenant, owner_connection: Any, worker_database: Database
) -> None:
    client = client_for(town)
    await owner_connection.execute("UPDATE tenant SET theme = '[]' WHERE id = $1", town.id)
    answer = await client.post("/graphql", json={"query": "{ tenant { name } }"})
    assert (answer.status_code, answer.json()["errors"][0]["extensions"]) == (500, {"code": "UNEXPECTED"})
    await owner_connection.execute('UPDATE tenant SET theme = \'{"key": "#123456"}\' WHERE id = $1', town.id)
    assert (await data(client, "{ tenant { theme { key } } }"))["tenant"] == {"theme": {"key": "#123456"}}
