"""The gate: a document is parsed, measured and validated before anything runs; what has passed once is remembered."""

from collections import OrderedDict
from collections.abc import Mapping
from typing import Any

import msgspec
from graphql import (
    DocumentNode,
    GraphQLError,
    GraphQLSchema,
    MaxIntrospectionDepthRule,
    NoSchemaIntrospectionCustomRule,
    OperationType,
    Visitor,
    parse,
    specified_rules,
    validate,
    visit,
)

from services.web.graphql.executor import Plans
from services.web.graphql.guard import Guard, chosen, uses_variables_for_first

MOST_TOKENS = 1_000
#: Documents kept, and the longest that is: a thousand of them are a few dozen megabytes at most.
MOST_DOCUMENTS = 500
LONGEST_KEPT = 8_192


class Document(msgspec.Struct):
    """`errors` are those of validation. `plans` is None when the selections depend on variables."""

    node: DocumentNode
    cost_varies: bool
    plans: Plans | None
    errors: list[GraphQLError] | None = None
    measured: set[str | None] = msgspec.field(default_factory=set)

    def is_query(self, operation_name: str | None) -> bool:
        return chosen(self.node, operation_name).operation is OperationType.QUERY


class Documents:
    def __init__(self, schema: GraphQLSchema, *, introspection: bool, suggestions: bool) -> None:
        self._schema = schema
        self._guard = Guard(_paged(schema))
        self._rules = (*specified_rules, MaxIntrospectionDepthRule)
        if not introspection:
            self._rules = (*self._rules, NoSchemaIntrospectionCustomRule)
        self._suggestions = suggestions
        self._known: OrderedDict[str, Document] = OrderedDict()

    def admit(self, text: str, operation_name: str | None, variables: Mapping[str, Any]) -> Document:
        """Raises Refusal (too much) or GraphQLError (not GraphQL); `errors` of the document say what is invalid."""
        document = self._known.get(text) or self._read(text)
        if document.cost_varies or operation_name not in document.measured:
            self._guard.check(document.node, operation_name, variables)
            document.measured.add(operation_name)
        if document.errors is None:
            document.errors = validate(
                self._schema, document.node, self._rules, max_errors=20, hide_suggestions=not self._suggestions
            )
        self._keep(text, document)
        return document

    def _read(self, text: str) -> Document:
        node = parse(text, max_tokens=MOST_TOKENS)
        return Document(node, uses_variables_for_first(node), None if _has_directives(node) else {})

    def _keep(self, text: str, document: Document) -> None:
        if len(text) > LONGEST_KEPT:
            return
        self._known[text] = document
        self._known.move_to_end(text)
        while len(self._known) > MOST_DOCUMENTS:
            self._known.popitem(last=False)


def _paged(schema: GraphQLSchema) -> frozenset[str]:
    fields = schema.query_type.fields if schema.query_type else {}
    return frozenset(name for name, field in fields.items() if "first" in field.args)


class _Directives(Visitor):
    found = False

    def enter_directive(self, *_: Any) -> None:
        self.found = True


def _has_directives(node: DocumentNode) -> bool:
    visitor = _Directives()
    visit(node, visitor)
    return visitor.found
