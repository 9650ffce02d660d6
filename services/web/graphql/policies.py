"""One permission for every field: denied unless named, checked when the schema is built.

A type says it once for its fields (`@everyone`, or `@only(Permission.X)`), a field of its own by `metadata=needs(Permission.X)`.
Fields of Query and Mutation always say it themselves.
"""

from collections.abc import Callable, Iterator
from typing import TypeVar

from graphql import GraphQLField, GraphQLObjectType, GraphQLSchema
from strawberry.types.field import StrawberryField

from shared.identity.policy import Permission

Class = TypeVar("Class", bound=type)
_ATTRIBUTE = "__policy__"
_KEY = "policy"
STRAWBERRY = "strawberry-definition"


class PolicyMissing(Exception):
    """A field that does not say who may read it; raised when the schema is built."""


def only(permission: Permission) -> Callable[[Class], Class]:
    """All fields of this type, unless a field says otherwise."""

    def mark(cls: Class) -> Class:
        setattr(cls, _ATTRIBUTE, permission)
        return cls

    return mark


everyone = only(Permission.PUBLIC)


def needs(permission: Permission) -> dict[str, Permission]:
    """`metadata=` of a field."""
    return {_KEY: permission}


PUBLIC = needs(Permission.PUBLIC)


def fields_of(schema: GraphQLSchema) -> Iterator[tuple[GraphQLObjectType, str, GraphQLField]]:
    """Every field of our own object types."""
    for named in schema.type_map.values():
        if isinstance(named, GraphQLObjectType) and not named.name.startswith("__"):
            for name, field in named.fields.items():
                yield named, name, field


def policy_of(owner: GraphQLObjectType, name: str, field: GraphQLField) -> Permission:
    definition: StrawberryField = field.extensions[STRAWBERRY]
    written = owner.extensions[STRAWBERRY]
    origin = (written.concrete_of or written).origin
    # Not inherited: a subclass has to say it again.
    policy = dict(definition.metadata or {}).get(_KEY) or vars(origin).get(_ATTRIBUTE)
    if not isinstance(policy, Permission):
        raise PolicyMissing(f"{owner.name}.{name} names no policy; every field must say who may read it")
    return policy
