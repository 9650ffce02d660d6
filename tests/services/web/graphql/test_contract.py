"""The names that other systems use. Adding is free, renaming is not."""

from typing import Any

import pytest
import strawberry
from graphql import GraphQLInputObjectType, GraphQLObjectType, GraphQLUnionType, get_named_type

from services.web.graphql import schema as module
from services.web.graphql.policies import PolicyMissing, everyone
from services.web.graphql.schema import PRINTED, build, guarded

SCHEMA = build()
CONNECTION = "edges { node cursor } nodes totalCount pageInfo { hasNextPage endCursor }"
EVENT = (
    "id kind status title startsAt endsAt venue capacity onlineCapacity registrationDeadline audience description "
    "sessions { title appearances { personName roleLabel affiliation } } confirmedCount waitlistCount registrationOpen "
    "flyer { url alt document { fileName byteSize pages } documentUrl } report { body photos { caption credit } } "
    "topics { question opinions { body gloss targets methods timings status followUp { title status result } } }"
)
#: Query fields with their arguments, and what can be selected below them.
QUERIES = {
    "tenant": (
        [],
        "slug code level name shortName slogan aliases parent { slug } children { slug } fields { id name } "
        "categories { id name parent { id } } viewpoints { title } pillars { numeral title body initiatives { title } } "
        "functions { title } contacts { phone } foundedOn theme { key }",
    ),
    "tenants": (["level", "parent"], "slug name level"),
    "announcements": (["first", "after"], CONNECTION),
    "announcement": (["id"], "id title body status publishedAt"),
    "organisations": (["filter", "first", "after"], CONNECTION),
    "organisation": (["id"], "id name kana joinedOn fields { name } category { name }"),
    "memberCount": (["asOf"], "count asOf unit"),
    "events": (["filter", "first", "after"], CONNECTION),
    "event": (["id"], EVENT),
    "search": (["text", "first", "after"], CONNECTION),
    "viewer": ([], "name email roles"),
    "membershipApplications": (["filter", "first", "after"], CONNECTION),
    "symposium": (["id"], EVENT + " measures { name unit value asOf }"),
}
#: Mutations, their thing, and what their input must take.
MUTATIONS = {
    "submitMembershipApplication": ("MembershipApplication", "name kana email idempotencyKey"),
    "decideMembershipApplication": ("MembershipApplication", "id decision effectiveOn message"),
    "createAnnouncement": ("Announcement", "title body idempotencyKey"),
    "publishAnnouncement": ("Announcement", "id"),
    "createEvent": (
        "Event",
        "title kind startsAt endsAt venue capacity onlineCapacity registrationDeadline audience description sessions "
        "idempotencyKey",
    ),
    "updateEvent": ("Event", "id title startsAt venue capacity sessions"),
    "publishEvent": ("Event", "id"),
    "cancelEvent": ("Event", "id reason"),
    "publishEventReport": ("Event", "id body photos"),
}
INPUTS = {
    "OrganisationFilter": "search fields categories municipalities",
    "EventFilter": "from to kind status",
    "SessionInput": "title appearances",
    "AppearanceInput": "personName roleLabel affiliation",
}
WORDS = {
    "EventKind": "CEREMONY SEMINAR INFORMATION_EXCHANGE WORKSHOP COURSE MEETING SYMPOSIUM",
    "MembershipDecision": "APPROVE RETURN REJECT",
    "Level": "NATION PREFECTURE SUBREGION MUNICIPALITY",
}


def type_named(name: str) -> Any:
    return SCHEMA.type_map[name]


def assert_selectable(owner: GraphQLObjectType, words: list[str]) -> list[str]:
    """Walk `a b { c }` along the types."""
    while words and words[0] != "}":
        name = words.pop(0)
        assert name in owner.fields, f"{owner.name}.{name}"
        if words and words[0] == "{":
            words.pop(0)
            below = get_named_type(owner.fields[name].type)
            assert isinstance(below, GraphQLObjectType)
            words = assert_selectable(below, words)
    return words[1:]


@pytest.mark.parametrize("name", QUERIES)
def test_queries_keep_their_names(name: str) -> None:
    assert SCHEMA.query_type is not None
    field = SCHEMA.query_type.fields[name]
    arguments, selection = QUERIES[name]
    assert list(field.args) == arguments
    assert_selectable(type_named(get_named_type(field.type).name), selection.split())


@pytest.mark.parametrize("name", MUTATIONS)
def test_mutations_take_one_input_of_their_name_and_answer_with_the_thing_or_a_problem(name: str) -> None:
    assert SCHEMA.mutation_type is not None
    field = SCHEMA.mutation_type.fields[name]
    thing, inputs = MUTATIONS[name]
    assert list(field.args) == ["input"]
    taken = get_named_type(field.args["input"].type)
    assert isinstance(taken, GraphQLInputObjectType)
    assert (taken.name, set(inputs.split()) - set(taken.fields)) == (name[0].upper() + name[1:] + "Input", set())
    result = get_named_type(field.type)
    assert isinstance(result, GraphQLUnionType)
    assert {each.name for each in result.types} == {thing, "Problem"}
    assert_selectable(type_named("Problem"), ["code", "message", "field"])


@pytest.mark.parametrize("name", INPUTS)
def test_inputs_keep_their_names(name: str) -> None:
    assert set(INPUTS[name].split()) - set(type_named(name).fields) == set()


@pytest.mark.parametrize("name", WORDS)
def test_words_keep_their_names(name: str) -> None:
    assert list(type_named(name).values) == WORDS[name].split()


def test_the_printed_schema_is_current() -> None:
    kept = PRINTED.read_text()
    assert module.write_schema() == kept, "schema.graphql was old and has been printed anew: commit it"


def test_a_field_that_does_not_say_who_may_read_it_stops_the_program() -> None:
    @strawberry.type
    class Query:
        secret: str

    with pytest.raises(PolicyMissing, match=r"Query\.secret names no policy"):
        guarded(strawberry.Schema(query=Query)._schema)

    @strawberry.type
    @everyone
    class Open:
        name: str

    @strawberry.type
    class Closed(Open):
        more: str

    @strawberry.type
    @everyone
    class Root:
        closed: Closed

    with pytest.raises(PolicyMissing, match=r"Closed\.name"):
        guarded(strawberry.Schema(query=Root)._schema)


def test_every_question_and_every_change_is_described() -> None:
    assert SCHEMA.query_type is not None and SCHEMA.mutation_type is not None
    fields = SCHEMA.query_type.fields | SCHEMA.mutation_type.fields
    assert [name for name, field in fields.items() if not field.description] == []
