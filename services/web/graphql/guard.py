"""How much one document may ask for, measured in time linear in its size, before it is validated.

Fragments are measured once each, so a chain of fragments that would unfold to millions of fields costs nothing to refuse.
"""

from collections.abc import Mapping
from typing import Any, NamedTuple

import msgspec
from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    InlineFragmentNode,
    IntValueNode,
    OperationDefinitionNode,
    OperationType,
    SelectionSetNode,
    VariableNode,
)

from shared.kit.refusals import Refusal

#: A connection without `first`.
USUAL_FIRST = 20
MOST_FIRST = 100


class Limits(msgspec.Struct, frozen=True):
    """`cost` counts fields, those inside a connection once for each of its `first` rows."""

    depth: int = 10
    fields: int = 200
    aliases: int = 15
    directives: int = 30
    mutations: int = 5
    cost: int = 5_000


#: What tools ask when they read the schema itself; nothing of it comes from the database.
OF_THE_SCHEMA = Limits(depth=16, fields=400)
USUAL = Limits()


class Size(NamedTuple):
    """`width` is the number of fields directly in the selection."""

    depth: int = 0
    fields: int = 0
    aliases: int = 0
    directives: int = 0
    cost: int = 0
    width: int = 0

    def beside(self, other: "Size") -> "Size":
        return Size(max(self.depth, other.depth), *(mine + its for mine, its in zip(self[1:], other[1:], strict=True)))


class Guard:
    """`paged` names the fields that take `first`."""

    def __init__(self, paged: frozenset[str], limits: Limits = USUAL) -> None:
        self._paged = paged
        self._limits = limits

    def check(self, document: DocumentNode, operation_name: str | None, variables: Mapping[str, Any]) -> None:
        """Raises Refusal. Unused fragments count too: they would be validated all the same."""
        operation = chosen(document, operation_name)
        scale = _Scale(document, self._paged, _values(operation, variables))
        for definition in document.definitions:
            if isinstance(definition, OperationDefinitionNode | FragmentDefinitionNode):
                within(scale.of_definition(definition), OF_THE_SCHEMA if _of_the_schema(definition) else self._limits)
        size = scale.of_definition(operation)
        if operation.operation is OperationType.MUTATION and size.width > self._limits.mutations:
            raise _too("MANY_MUTATIONS", f"一度に行える変更は{self._limits.mutations}件までです。")
        if scale.written > self._limits.fields + OF_THE_SCHEMA.fields:
            raise _too("MANY_FIELDS", f"項目は{self._limits.fields}個までです。")


def chosen(document: DocumentNode, name: str | None) -> OperationDefinitionNode:
    """The one operation that is executed."""
    operations = [each for each in document.definitions if isinstance(each, OperationDefinitionNode)]
    named = [each for each in operations if name is None or (each.name and each.name.value == name)]
    if len(named) != 1:
        raise Refusal("OPERATION_UNCLEAR", "実行する操作を operationName で一つだけ指定してください。")
    return named[0]


def uses_variables_for_first(document: DocumentNode) -> bool:
    """Whether the cost depends on more than the text."""
    return "first" in {name for definition in document.definitions for name in _variable_arguments(definition)}


def within(size: Size, limits: Limits) -> None:
    if size.depth > limits.depth:
        raise _too("DEEP", f"入れ子は{limits.depth}段までです。")
    if size.fields > limits.fields:
        raise _too("MANY_FIELDS", f"項目は{limits.fields}個までです。")
    if size.aliases > limits.aliases:
        raise _too("MANY_ALIASES", f"別名は{limits.aliases}個までです。")
    if size.directives > limits.directives:
        raise _too("MANY_DIRECTIVES", f"ディレクティブは{limits.directives}個までです。")
    if size.cost > limits.cost:
        raise _too("COSTLY", f"一度に求める量が多すぎます（{limits.cost:,}まで）。first を小さくしてください。")


class _Scale:
    """Measures the definitions of one document."""

    def __init__(self, document: DocumentNode, paged: frozenset[str], values: Mapping[str, Any]) -> None:
        self._fragments = {
            each.name.value: each for each in document.definitions if isinstance(each, FragmentDefinitionNode)
        }
        self._paged = paged
        self._values = values
        self._known: dict[str, Size] = {}
        self._open: set[str] = set()
        #: Fields as written, each once.
        self.written = 0

    def of_definition(self, definition: OperationDefinitionNode | FragmentDefinitionNode) -> Size:
        if isinstance(definition, FragmentDefinitionNode):
            return self._of_fragment(definition.name.value)
        own = len(definition.directives or ())
        return self._of_selections(definition.selection_set).beside(Size(directives=own))

    def _of_selections(self, selections: SelectionSetNode | None) -> Size:
        size = Size()
        for node in selections.selections if selections else ():
            size = size.beside(self._of_node(node))
        return size

    def _of_node(self, node: Any) -> Size:
        own = Size(directives=len(node.directives or ()))
        if isinstance(node, FieldNode):
            return self._of_field(node).beside(own)
        if isinstance(node, InlineFragmentNode):
            return self._of_selections(node.selection_set).beside(own)
        assert isinstance(node, FragmentSpreadNode)  # noqa: S101 - the grammar has no fourth kind
        return self._of_fragment(node.name.value).beside(own)

    def _of_field(self, node: FieldNode) -> Size:
        self.written += 1
        inner = self._of_selections(node.selection_set)
        alias = 1 if node.alias else 0
        if node.name.value in ("__schema", "__type"):
            within(inner, OF_THE_SCHEMA)
            return Size(1, 1, alias, inner.directives, 1, 1)
        cost = 1 + self._rows(node) * inner.cost
        return Size(1 + inner.depth, 1 + inner.fields, alias + inner.aliases, inner.directives, cost, 1)

    def _of_fragment(self, name: str) -> Size:
        if name in self._known:
            return self._known[name]
        if name in self._open:
            raise _too("CIRCULAR", "フラグメントが自分自身を含んでいます。")
        definition = self._fragments.get(name)
        if definition is None:
            return Size()  # validation says it better
        self._open.add(name)
        size = self._of_selections(definition.selection_set)
        self._open.discard(name)
        self._known[name] = size.beside(Size(directives=len(definition.directives or ())))
        return self._known[name]

    def _rows(self, node: FieldNode) -> int:
        if node.name.value not in self._paged:
            return 1
        given = next((each.value for each in node.arguments or () if each.name.value == "first"), None)
        first = self._values.get(given.name.value) if isinstance(given, VariableNode) else None
        if isinstance(given, IntValueNode):
            first = int(given.value)
        if isinstance(first, float):
            # The library takes 100.0 for 100, so it is measured as what it will be.
            first = int(first) if first.is_integer() else MOST_FIRST + 1
        if not isinstance(first, int):
            return USUAL_FIRST
        if not 0 <= first <= MOST_FIRST:
            raise Refusal("FIRST_OUT_OF_RANGE", f"first は0から{MOST_FIRST}までで指定してください。", "first")
        return max(first, 1)


def _of_the_schema(definition: OperationDefinitionNode | FragmentDefinitionNode) -> bool:
    """A fragment on __Type and the like."""
    return isinstance(definition, FragmentDefinitionNode) and definition.type_condition.name.value.startswith("__")


def _values(operation: OperationDefinitionNode, given: Mapping[str, Any]) -> dict[str, Any]:
    defaults = {
        each.variable.name.value: int(each.default_value.value)
        for each in operation.variable_definitions or ()
        if isinstance(each.default_value, IntValueNode)
    }
    return defaults | dict(given)


def _variable_arguments(node: Any) -> set[str]:
    """Names of arguments that are variables, anywhere below. Iterative: the document is not measured yet."""
    names, waiting = set(), [node]
    while waiting:
        node = waiting.pop()
        for argument in getattr(node, "arguments", None) or ():
            if isinstance(argument.value, VariableNode):
                names.add(argument.name.value)
        if selections := getattr(node, "selection_set", None):
            waiting.extend(selections.selections)
    return names


def _too(code: str, message: str) -> Refusal:
    return Refusal(f"QUERY_TOO_{code}" if code in ("DEEP", "COSTLY") else f"QUERY_{code}", message)
