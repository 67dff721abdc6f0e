"""The prompt type EXPRESSION: a condition on the warehouse (API.md 7.3)."""

from dataclasses import dataclass, replace
from typing import Any

from local.simulator.catalogue import Prompt
from local.simulator.metadata.schema import BY_ID, SchemaObject
from local.simulator.prompts.prompt_type import PromptType
from local.simulator.prompts.rules import Rules
from local.simulator.prompts.types.value import number
from local.simulator.response import Refusal
from local.simulator.warehouse.elements import elements_of, stored
from local.simulator.warehouse.query import Query


@dataclass(frozen=True)
class Condition:
    """SQL with question marks, their values, whether it is on a metric (then it belongs into HAVING), and in words."""

    text: str
    values: list[Any]
    on_metric: bool
    content: str


_LISTS = {"In": "IN", "NotIn": "NOT IN"}
_PAIRS = {"Between": "BETWEEN", "NotBetween": "NOT BETWEEN"}
_NULLS = {"IsNull": "IS NULL", "IsNotNull": "IS NOT NULL"}
_SINGLES = {"Equals": "=", "NotEqual": "<>", "Greater": ">", "Less": "<", "GreaterEqual": ">=", "LessEqual": "<="}
_LIKES = {
    "Like": ("LIKE", "{}"),
    "NotLike": ("NOT LIKE", "{}"),
    "Contains": ("LIKE", "%{}%"),
    "NotContains": ("NOT LIKE", "%{}%"),
    "BeginsWith": ("LIKE", "{}%"),
    "NotBeginsWith": ("NOT LIKE", "{}%"),
    "EndsWith": ("LIKE", "%{}"),
    "NotEndsWith": ("NOT LIKE", "%{}"),
}


def condition(answer: Any) -> Condition:
    """Translate ``{"expression": {operator, operands}}``. Raises Refusal 400 ERR006 for what it does not express."""
    expression = answer.get("expression") if isinstance(answer, dict) else None
    operands = expression.get("operands") if isinstance(expression, dict) else None
    if expression is None or not operands or not isinstance(operands, list):
        raise Refusal(400, 6, "The answer has no expression with operands.")
    if not all(isinstance(operand, dict) for operand in operands):
        raise Refusal(400, 6, "Invalid JSON")
    subject = _subject(operands[0])
    values = [value for operand in operands[1:] for value in _values(operand)]
    operator = str(expression.get("operator"))
    text, bound = _written(operator, subject.computed, values)
    content = " ".join([subject.name, operator, ", ".join(map(str, values))]).strip()
    return Condition(text, bound, subject.type == "metric", content)


def _written(operator: str, left: str, values: list[Any]) -> tuple[str, list[Any]]:
    marks = ", ".join("?" * len(values))
    if operator in _NULLS:
        return f"{left} {_NULLS[operator]}", []
    if operator in _LISTS and values:
        return f"{left} {_LISTS[operator]} ({marks})", values
    if operator in _PAIRS and len(values) == 2:
        return f"{left} {_PAIRS[operator]} ? AND ?", values
    if operator in _SINGLES and len(values) == 1:
        return f"{left} {_SINGLES[operator]} ?", values
    if operator in _LIKES and len(values) == 1:
        word, pattern = _LIKES[operator]
        return f"{left} {word} ?", [pattern.format(values[0])]
    raise Refusal(400, 6, f"The operator {operator} cannot be applied to {len(values)} values.")


def _subject(operand: dict[str, Any]) -> SchemaObject:
    # {"type": "attribute", "id": …} in one sample, {"attribute": {"id": …}} in another, a form holds its attribute.
    for named in (operand, operand.get("attribute"), operand.get("metric"), operand.get("form")):
        inner = named.get("attribute", named) if isinstance(named, dict) else None
        if isinstance(inner, dict) and str(inner.get("id")).upper() in BY_ID:
            return BY_ID[str(inner["id"]).upper()]
    raise Refusal(400, 6, "The first operand is not an attribute or metric of this project.")


def _values(operand: dict[str, Any]) -> list[Any]:
    if isinstance(operand.get("elements"), list):
        return [_element(element) for element in operand["elements"]]
    if isinstance(operand.get("values"), list):
        return [_constant(value) for value in operand["values"]]
    if "value" in operand:
        return [_constant(operand["value"])]
    raise Refusal(400, 6, "An operand has neither elements nor values.")


def _constant(value: Any) -> Any:
    if not isinstance(value, (str, int, float)):
        raise Refusal(400, 6, "A constant is neither a number nor a text.")
    try:
        return number(value)
    except ValueError:
        return value


def _element(element: Any) -> str | int:
    number, _, attribute = str(element.get("id") if isinstance(element, dict) else "").partition(";")
    found = elements_of(attribute.upper()).with_id(f"{number};{attribute.upper()}")
    if found is None:
        raise Refusal(400, 6, "Prompt validation failed. This is a required prompt.")
    return stored(found)


def _check(_: Prompt, answers: Any, __: Rules) -> dict[str, Any]:
    found = condition(answers)
    return {"content": answers.get("content") or found.content, "expression": answers["expression"]}


def _apply(query: Query, _: Prompt, answer: dict[str, Any]) -> Query:
    found = condition(answer)
    if not found.on_metric:
        return query.filtered(found.text, found.values)
    return replace(query, having=[*query.having, found.text], having_values=[*query.having_values, *found.values])


EXPRESSION = PromptType("EXPRESSION", _check, _apply, structured=True, described={"maxElementsPerSelection": -1})
