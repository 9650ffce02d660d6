"""Nobody changes by GraphQL what is not his or hers to change; every mutation is tried."""

from uuid import UUID, uuid4

import httpx

from services.web.graphql.schema import build
from shared.identity.policy import Permission
from tests.leaks.canaries import Secrets
from tests.leaks.walking import Mutation, mutations

SCHEMA = build()
#: Mutations by which a person speaks for himself or herself alone.
OF_ONESELF = {"signPledge", "chooseNotifications"}


async def test_strangers_change_nothing(visitors: dict[str, httpx.AsyncClient]) -> None:
    lesser = [
        "a stranger",
        "staff of another platform here",
        "a program of another platform",
        "a member",
        "the operator",
    ]
    for who in lesser:
        for each in mutations(SCHEMA):
            answer = await visitors[who].post(
                "/graphql", json={"query": each.document, "variables": {"input": each.input}}
            )
            problem = answer.json()["data"][each.name]
            own = who in ("a member", "the operator") and each.name in OF_ONESELF
            forbidden = each.policy is not Permission.PUBLIC and not own
            assert (problem.get("code") == "FORBIDDEN") == forbidden, (who, each.name)


async def test_what_belongs_to_others_cannot_be_changed_and_looks_like_nothing(
    visitors: dict[str, httpx.AsyncClient], secrets: Secrets
) -> None:
    client = visitors["staff of another platform at home"]

    async def tried(each: Mutation, wanted: UUID) -> str:
        variables = {"input": each.input | {"id": str(wanted)}}
        return (await client.post("/graphql", json={"query": each.document, "variables": variables})).text

    for each in [each for each in mutations(SCHEMA) if each.takes_id]:
        missing = await tried(each, uuid4())
        assert "NOT_FOUND" in missing
        assert {await tried(each, known) for known in secrets.known} == {missing}
