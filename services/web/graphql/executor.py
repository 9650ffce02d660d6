"""Execution, with a short way for what is only reading: objects whose selected fields are all plain.

Selections below such an object are compiled once per document into one function from the view to plain values. Whenever that
function meets something unusual (a null where none may be, a value of another type) the long way of graphql-core is taken for
the same object, which then says precisely what is wrong.
"""

from collections.abc import Callable
from typing import Any

import msgspec
from graphql import (
    GraphQLEnumType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLOutputType,
    GraphQLScalarType,
)
from graphql.execution.collect_fields import collect_subfields
from strawberry.schema.schema import StrawberryGraphQLCoreExecutionContext

from services.web.context import Context
from services.web.graphql.schema import POLICY, READER, takes_info
from shared.identity.policy import Permission

Details = list[Any]


class Bare(msgspec.Struct):
    """What plain fields may know of the request."""

    context: Context


Complete = Callable[[Any, Bare], Any]


class Plan(msgspec.Struct, frozen=True):
    """`policies` are those that the actor must have besides the public one."""

    complete: Complete
    policies: frozenset[Permission]


#: By the type and the nodes of the document, which live as long as their schema and their document.
Plans = dict[tuple[int, ...], Plan | None]


LONG_WAY = object()


class NotPlain(Exception):
    """This selection has to go the long way."""


class Executor(StrawberryGraphQLCoreExecutionContext):
    """`plans` belongs to the document; None when its selections depend on variables (`@skip`, `@include`)."""

    def __init__(self, *args: Any, plans: Plans | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.plans = plans
        self.bare = Bare(self.context_value)

    def complete_list_value(
        self, return_type: Any, field_details_list: Any, info: Any, path: Any, result: Any, position_context: Any
    ) -> Any:
        short = self._shortly(return_type, field_details_list, result)
        if short is not LONG_WAY:
            return short
        return super().complete_list_value(return_type, field_details_list, info, path, result, position_context)

    def complete_object_value(
        self, return_type: Any, field_details_list: Any, info: Any, path: Any, result: Any, position_context: Any
    ) -> Any:
        short = self._shortly(return_type, field_details_list, result)
        if short is not LONG_WAY:
            return short
        return super().complete_object_value(return_type, field_details_list, info, path, result, position_context)

    def _shortly(self, return_type: GraphQLOutputType, details: Details, result: Any) -> Any:
        plan = self._plan(return_type, details)
        if plan is None:
            return LONG_WAY
        try:
            return plan.complete(result, self.bare)
        except Exception:  # whatever it is, the long way meets it again and says where
            return LONG_WAY

    def _plan(self, return_type: GraphQLOutputType, details: Details) -> Plan | None:
        if self.plans is None:
            return None
        key = (id(return_type), *(id(each.node) for each in details))
        if key not in self.plans:
            self.plans[key] = self._made(return_type, details)
        plan = self.plans[key]
        if plan is None or not all(self.context_value.actor.may(policy) for policy in plan.policies):
            return None
        return plan

    def _made(self, return_type: GraphQLOutputType, details: Details) -> Plan | None:
        policies: set[Permission] = set()
        try:
            complete = self._completing(return_type, details, policies)
        except NotPlain:
            return None
        return Plan(complete, frozenset(policies))

    def _completing(self, kind: GraphQLOutputType, details: Details, policies: set[Permission]) -> Complete:
        if isinstance(kind, GraphQLNonNull):
            return _never_null(self._completing(kind.of_type, details, policies))
        if isinstance(kind, GraphQLList):
            return _each(self._completing(kind.of_type, details, policies))
        if isinstance(kind, GraphQLEnumType):
            return _word(kind)
        if isinstance(kind, GraphQLScalarType):
            return _value(kind)
        if isinstance(kind, GraphQLObjectType):
            return _object(self._parts(kind, details, policies))
        raise NotPlain

    def _parts(self, kind: GraphQLObjectType, details: Details, policies: set[Permission]) -> list[Any]:
        collected = collect_subfields(
            self.schema, self.fragments, self.variable_values, self.operation, kind, details, self.hide_suggestions
        )
        return [self._part(kind, name, each, policies) for name, each in collected.grouped_field_set.items()]

    def _part(
        self, kind: GraphQLObjectType, response_name: str, details: Details, policies: set[Permission]
    ) -> tuple[str, Complete, Complete]:
        name = details[0].node.name.value
        if name == "__typename":
            return response_name, lambda _source, _bare: kind.name, lambda value, _bare: value
        field = kind.fields.get(name)
        reader = field.extensions.get(READER) if field else None
        if field is None or reader is None:
            raise NotPlain
        policies |= {field.extensions[POLICY]} - {Permission.PUBLIC}
        read = reader if takes_info(field) else lambda source, _bare: reader(source)
        return response_name, read, self._completing(field.type, details, policies)


def _never_null(complete: Complete) -> Complete:
    def completed(value: Any, bare: Bare) -> Any:
        if value is None:
            raise NotPlain
        return complete(value, bare)

    return completed


def _each(complete: Complete) -> Complete:
    def completed(values: Any, bare: Bare) -> Any:
        return None if values is None else [complete(value, bare) for value in values]

    return completed


def _object(parts: list[tuple[str, Complete, Complete]]) -> Complete:
    def completed(source: Any, bare: Bare) -> Any:
        if source is None:
            return None
        return {name: complete(read(source, bare), bare) for name, read, complete in parts}

    return completed


def _word(kind: GraphQLEnumType) -> Complete:
    names = {value.value: name for name, value in kind.values.items()}
    return lambda value, _bare: None if value is None else names[value]


def _value(kind: GraphQLScalarType) -> Complete:
    write = kind.coerce_output_value

    def completed(value: Any, _bare: Bare) -> Any:
        return value if value is None or value.__class__ is str else write(value)

    return completed
