"""Parses each text of a condition of DynamoDB once; moto parses it twice a write, names and values with it.

And counts the members of a map without copying it.
"""

from functools import lru_cache
from typing import Any

from moto.dynamodb.comparisons import AttributePath, FuncSize
from moto.dynamodb.comparisons import ConditionExpressionParser as Parser

FOR = {"moto": "5.2.5"}
"""The version of each package that this was written for."""

# Read here, so that a name that an upgrade of moto changes fails at once.
parse = Parser.parse
size = FuncSize.expr
steps = (
    Parser._lex_condition_expression,
    Parser._parse_paths,
    Parser._apply_functions,
    Parser._apply_comparator,
    Parser._apply_in,
    Parser._apply_between,
    Parser._apply_parens_and_booleans,
)
"""How moto comes from the text to the tree."""


def install() -> None:
    """Take the shortcuts in this process."""
    Parser.parse = _parse
    FuncSize.expr = _size


def _size(self: Any, item: Any) -> Any:
    """As moto does, which makes plain values of all members to count them."""
    found = self.attr._get_attr(item) if type(self.attr) is AttributePath else None
    return len(found.value) if found is not None and found.type in ("L", "M") else size(self, item)


class _Names(dict[str, Any]):
    """Stands for a request's names and values: each is itself."""

    def __missing__(self, name: str) -> str:
        return name


@lru_cache(maxsize=1000)
def _parsed(text: str) -> tuple[Any, list[str], list[str]]:
    """The tree of a condition with aliases in place of names and values, and the aliases."""
    parser = Parser(text, _Names(), _Names())
    nodes: Any = steps[0](parser)
    for step in steps[1:]:
        nodes = step(parser, nodes)
    (node,) = nodes
    parser._assert_no_redundant_parentheses(node)
    return node, Parser._find_literals(node), Parser._find_expr_attr_values(node)


def _parse(self: Any) -> Any:
    """As moto does; what it refuses, moto itself refuses."""
    if not self.condition_expression:
        return parse(self)
    try:
        node, names, values = _parsed(self.condition_expression)
        condition = self._make_op_condition(_with_values(node, self))
    except Exception:
        return parse(self)
    self.expr_attr_names_found.extend(names)
    self.expr_attr_values_found.extend(values)
    return condition


def _with_values(node: Any, parser: Any) -> Any:
    """The tree with the names and values of a request."""
    if node.text.startswith(":") and node.kind == Parser.Kind.EXPRESSION_ATTRIBUTE_VALUE:
        return node._replace(value=parser.expression_attribute_values[node.text])
    if node.text.startswith("#") and node.kind == Parser.Kind.LITERAL:
        return node._replace(value=parser.expression_attribute_names[node.text])
    if not node.children:
        return node
    return node._replace(children=[_with_values(child, parser) for child in node.children])
