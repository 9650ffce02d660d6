"""Everything that can be asked by reading: each page's address, and each GraphQL query with all that it offers."""

from collections.abc import Iterator
from itertools import product
from pathlib import Path
from typing import Any, NamedTuple
from uuid import UUID

from graphql import (
    GraphQLEnumType,
    GraphQLField,
    GraphQLInputField,
    GraphQLInputObjectType,
    GraphQLObjectType,
    GraphQLSchema,
    get_named_type,
    get_nullable_type,
    is_leaf_type,
    is_list_type,
    is_required_argument,
    is_required_input_field,
)
from litestar import Litestar
from litestar.routes import HTTPRoute

from shared.identity.policy import Permission

DEEPEST = 6
#: What a required input is given.
FILLED = {"ID": "何か", "String": "何か", "Int": 1, "Date": "2026-01-12", "DateTime": "2027-01-12T10:00:00+09:00"}
#: Parameters that are no ids.
WORDS = {"size": ["original"], "version": ["1"], "path": ["no/such/page"], "file_path": ["css/base.css"]}


def addresses(app: Litestar, ids: list[UUID], pairs: list[tuple[UUID, UUID]], words: list[str]) -> Iterator[str]:
    """Every GET route. A parameter takes every id, one that is text also every word; two ids those that belong together."""
    for route in app.routes:
        if not isinstance(route, HTTPRoute) or "GET" not in route.methods:
            continue
        types = [parameter.type for parameter in route.path_parameters.values()]
        if types == [UUID, UUID]:
            yield from (
                route.path_format.format(**dict(zip(route.path_parameters, pair, strict=True))) for pair in pairs
            )
            continue
        choices = [
            WORDS.get(name) or [*map(str, ids), *(words if parameter.type in (str, Path) else [])]
            for name, parameter in route.path_parameters.items()
        ]
        for chosen in product(*choices):
            yield route.path_format.format(**dict(zip(route.path_parameters, chosen, strict=True)))


def with_one_id(app: Litestar) -> Iterator[str]:
    """Addresses with a place for an id: `/news/{}`."""
    for route in app.routes:
        if not isinstance(route, HTTPRoute) or "GET" not in route.methods:
            continue
        places = [name for name in route.path_parameters if name not in WORDS]
        if len(places) == 1:
            rest = {name: WORDS[name][0] for name in route.path_parameters if name in WORDS}
            yield route.path_format.format(**rest, **{places[0]: "{}"})


def queries(schema: GraphQLSchema, ids: list[UUID], words: list[str], *, public_only: bool) -> Iterator[str]:
    """Every field of Query with everything below it; `public_only` leaves out what would fail the whole for want of rights."""
    assert schema.query_type is not None
    for name, field in schema.query_type.fields.items():
        below = selection(field, public_only=public_only)
        for arguments in _arguments(field, ids, words):
            yield f"{{ {name}{arguments} {below} }}"


def queries_by_id(schema: GraphQLSchema) -> Iterator[str]:
    """Queries with a place for an id."""
    assert schema.query_type is not None
    for name, field in schema.query_type.fields.items():
        if "id" in field.args:
            yield f'{{ {name}(id: "%s") {selection(field, public_only=False)} }}'


class Mutation(NamedTuple):
    """`document` takes the variable `input`; `policy` is that of the field."""

    name: str
    document: str
    takes_id: bool
    input: dict[str, Any]
    policy: Permission


def mutations(schema: GraphQLSchema) -> Iterator[Mutation]:
    """Every mutation with what it must be given, filled with anything."""
    assert schema.mutation_type is not None
    for name, field in schema.mutation_type.fields.items():
        taken = get_named_type(field.args["input"].type)
        assert isinstance(taken, GraphQLInputObjectType)
        document = f"mutation ($input: {taken.name}!) {{ {name}(input: $input) {{ __typename ... on Problem {{ code message }} }} }}"
        filled = {each: _anything(part) for each, part in taken.fields.items() if is_required_input_field(part)}
        yield Mutation(name, document, "id" in taken.fields, filled, field.extensions["policy"])


def _anything(part: GraphQLInputField) -> Any:
    if is_list_type(get_nullable_type(part.type)):
        return []
    kind = get_named_type(part.type)
    if isinstance(kind, GraphQLEnumType):
        return next(iter(kind.values))
    assert kind.name in FILLED, "a new kind of required input: teach the walk to fill it"
    return FILLED[kind.name]


def selection(field: GraphQLField, *, public_only: bool, depth: int = 0, above: tuple[str, ...] = ()) -> str:
    kind = get_named_type(field.type)
    if is_leaf_type(kind):
        return ""
    assert isinstance(kind, GraphQLObjectType)
    parts = [
        f"{name} {selection(each, public_only=public_only, depth=depth + 1, above=(*above, kind.name))}"
        for name, each in kind.fields.items()
        if _wanted(each, public_only, depth, (*above, kind.name))
    ]
    return f"{{ __typename {' '.join(parts)} }}"


def _wanted(field: GraphQLField, public_only: bool, depth: int, above: tuple[str, ...]) -> bool:
    kind = get_named_type(field.type)
    if any(is_required_argument(argument) for argument in field.args.values()):
        return False
    if public_only and field.extensions["policy"] is not Permission.PUBLIC:
        return False
    return is_leaf_type(kind) or (depth < DEEPEST and kind.name not in above and not kind.name.endswith("Edge"))


def _arguments(field: GraphQLField, ids: list[UUID], words: list[str]) -> list[str]:
    required = [name for name, argument in field.args.items() if is_required_argument(argument)]
    if not required:
        return [""]
    assert required in (["id"], ["eventId"], ["text"]), "a new kind of required argument: teach the walk to fill it"
    return [f'({required[0]}: "{value}")' for value in (words if required == ["text"] else ids)]
