"""What a query may ask for, seen before any of it is read: its length, its depth, its pages and what all may cost.

The cost is how many records it may read at most: a page counts as many as it may hold, each with what hangs on it.
Fifty fields of a record count as another one, so that nobody asks for the same one under a thousand names.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLError,
    InlineFragmentNode,
    IntValueNode,
    OperationDefinitionNode,
    SelectionSetNode,
    VariableNode,
    parse,
)
from graphql.error import GraphQLSyntaxError

from backoffice.api import problems

MOST_TOKENS = 2000
MOST_CHARACTERS = 20_000
MOST_DEPTH = 10
MOST_COST = 3000
FIELD_COST = 0.02
PAGE = 25
LONGEST_PAGE = 100
# The fields that are pages, and those that lead to one record; a test holds them against the schema.
PAGES = frozenset({"vacancies", "people", "applications", "interviews", "conversations", "messages"})
RECORDS = frozenset({"vacancy", "person", "application", "interview", "conversation"})


class Refused(GraphQLError):
    """code: a key of `graphql` in problems.yml."""

    def __init__(self, code: str, **told: object) -> None:
        super().__init__(problems.texts()["graphql"][code].format(**told), extensions={"code": code})


def read(query: str, variables: Mapping[str, Any]) -> DocumentNode:
    """Return the query as a document. Raises Refused, GraphQLSyntaxError."""
    if len(query) > MOST_CHARACTERS:
        raise Refused("query_too_long", most=MOST_TOKENS)
    try:
        document = parse(query, max_lexical_tokens=MOST_TOKENS)
    except GraphQLSyntaxError as error:
        if "contains more than" in error.message:
            raise Refused("query_too_long", most=MOST_TOKENS) from None
        raise
    try:
        for one in document.definitions:
            if isinstance(one, OperationDefinitionNode):
                _Measure(document, one, variables).check()
    except RecursionError:
        # Hundreds of fragments, each in the one before.
        raise Refused("query_too_deep", found="demasiados", most=MOST_DEPTH) from None
    return document


class _Measure:
    """Depth and cost of one operation. A fragment is measured once, however often it is spread."""

    def __init__(self, document: DocumentNode, operation: OperationDefinitionNode, given: Mapping[str, Any]) -> None:
        self._operation = operation
        self._fragments = {one.name.value: one for one in document.definitions
                           if isinstance(one, FragmentDefinitionNode)}  # fmt: skip
        defaults = {
            one.variable.name.value: int(one.default_value.value)
            for one in operation.variable_definitions or ()
            if isinstance(one.default_value, IntValueNode)
        }
        self._variables = defaults | dict(given)
        self._known: dict[str, tuple[int, float]] = {}

    def check(self) -> None:
        depth, cost = self._of(self._operation.selection_set)
        if depth > MOST_DEPTH:
            raise Refused("query_too_deep", found=depth, most=MOST_DEPTH)
        if cost > MOST_COST:
            raise Refused("query_too_costly", found=math.ceil(cost), most=MOST_COST)

    def _of(self, selected: SelectionSetNode | None) -> tuple[int, float]:
        """Depth and cost."""
        found = [self._one(one) for one in (selected.selections if selected else ())]
        return max((depth for depth, _ in found), default=0), sum(cost for _, cost in found)

    def _one(self, node: Any) -> tuple[int, float]:
        if isinstance(node, FragmentSpreadNode):
            return self._fragment(node.name.value)
        if isinstance(node, InlineFragmentNode):
            return self._of(node.selection_set)
        assert isinstance(node, FieldNode)
        name = node.name.value
        if name.startswith("__"):
            # What the schema is: no record is read for it, and GraphQL has its own rule of its depth.
            return 1, 0
        depth, cost = self._of(node.selection_set)
        if name in PAGES:
            cost = self._first(node) * (1 + cost)
        else:
            cost += 1 if name in RECORDS else FIELD_COST
        return depth + 1, cost

    def _fragment(self, name: str) -> tuple[int, float]:
        if name not in self._known:
            # Of a circle GraphQL's own rules say so afterwards.
            self._known[name] = (0, 0)
            fragment = self._fragments.get(name)
            self._known[name] = self._of(fragment.selection_set) if fragment else (0, 0)
        return self._known[name]

    def _first(self, node: FieldNode) -> int:
        """How many a page holds at most. Raises Refused."""
        for one in node.arguments or ():
            if one.name.value != "first":
                continue
            asked: Any = None
            if isinstance(one.value, IntValueNode):
                asked = int(one.value.value)
            elif isinstance(one.value, VariableNode):
                asked = self._variables.get(one.value.name.value, PAGE)
            if not isinstance(asked, int) or isinstance(asked, bool):
                return LONGEST_PAGE  # no number: GraphQL's own rules refuse it
            if not 1 <= asked <= LONGEST_PAGE:
                raise Refused("page_too_large", field=node.name.value, found=asked, most=LONGEST_PAGE)
            return asked
        return PAGE
