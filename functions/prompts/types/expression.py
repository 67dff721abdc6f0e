"""The prompt type EXPRESSION: a qualification on an attribute or a metric (API.md 7.3).

The API's own form is sent as it is. People may also write ``{"metric": "Sales", "operator": ">", "value": 1000}`` or
``{"attribute": "Country", "operator": "In", "elements": ["h1;…"]}``, both by name or ID, with ``form`` (an ID) beside
``attribute``, and ``values`` for several values.
"""

from typing import Any

from functions.object_ids import OBJECT_ID
from functions.prompts.choices import Choices
from functions.prompts.limits import count_in_words, decimal, most
from functions.prompts.prompt import InvalidAnswer, Prompt
from functions.prompts.types.expression_subject import subject
from functions.prompts.types.prompt_type import PromptType
from functions.prompts.types.selections import ELEMENT_ID, listed
from functions.similar_names import nearest
from functions.text import shown

OPERATORS = (
    *("In", "NotIn", "Equals", "NotEqual", "Greater", "Less", "GreaterEqual", "LessEqual", "Between", "NotBetween"),
    *("IsNull", "IsNotNull", "Like", "NotLike", "Contains", "NotContains", "BeginsWith", "NotBeginsWith"),
    *("EndsWith", "NotEndsWith", "And", "Or", "Not"),
)
"""Those of API.md 7.3, and those that join several expressions (a prompt's ``max`` may be above 1)."""

WITHOUT_VALUE = ("IsNull", "IsNotNull")

OPEN_ENDED = ("Rank.", "Percent.")
"""Families of operators whose members API.md 7.3 does not list."""

SIGNS = {"=": "Equals", "==": "Equals", "<>": "NotEqual", "!=": "NotEqual", ">": "Greater", "<": "Less"}
SIGNS |= {">=": "GreaterEqual", "<=": "LessEqual"}

OWN_KEYS = frozenset({"attribute", "form", "metric", "operator", "elements", "value", "values"})


def expression(prompt: Prompt, given: Any, choices: Choices) -> dict[str, Any]:
    """The API's own object. Raises InvalidAnswer, and LibraryError where the server could not be asked for a name."""
    if not isinstance(given, dict):
        raise InvalidAnswer(f"{_TAKES}, not {shown(given)}")
    if isinstance(given.get("expression"), dict):
        return given | {"expression": _checked(prompt, given["expression"])}
    if isinstance(given.get("xml"), str):
        return given  # the API's own form of what its JSON cannot express
    if "operator" in given and not set(given) - OWN_KEYS:
        return {"expression": _checked(prompt, _made(given, choices))}
    raise InvalidAnswer(f"{_TAKES}, not {shown(given)}")


_SHORT = (
    '{"metric": name or ID, "operator": ">", "value": 1000} or '
    '{"attribute": name or ID, "operator": "In", "elements": [element IDs]}'
)
"""The short form, for people."""

_TAKES = f'takes {{"expression": {{"operator": …, "operands": […]}}}}, or in short {_SHORT}'


def _made(given: dict[str, Any], choices: Choices) -> dict[str, Any]:
    operator, operands = _operator(given["operator"]), _operands(given)
    if not operands and operator not in WITHOUT_VALUE:
        raise InvalidAnswer(f'takes "value", "values" or "elements" with the operator {operator}')
    return {"operator": operator, "operands": [_subject(given, choices), *operands]}


def _subject(given: dict[str, Any], choices: Choices) -> dict[str, Any]:
    if ("attribute" in given) == ("metric" in given):
        raise InvalidAnswer('takes exactly one of "attribute" and "metric"')
    if "metric" in given:
        return {"type": "metric"} | subject("metric", given["metric"], choices)
    form = {"form": {"id": _form_id(given["form"])}} if "form" in given else None
    attribute = subject("attribute", given["attribute"], choices)
    return {"type": "form", "attribute": attribute, **form} if form else {"type": "attribute", **attribute}


def _operands(given: dict[str, Any]) -> list[dict[str, Any]]:
    keys = [key for key in ("elements", "value", "values") if key in given]
    if len(keys) > 1:
        raise InvalidAnswer(f"takes exactly one of {', '.join(map(shown, keys))}")
    if "elements" in given:
        picked = given["elements"] if isinstance(given["elements"], list) else [given["elements"]]
        if not picked:
            raise InvalidAnswer('takes at least one element in "elements", but the list is empty')
        return [{"type": "elements", "elements": _elements(picked)}]
    if "value" in given:
        written = _plain(given["value"])
        return [{"type": "constant", "dataType": _type_of([given["value"]], given), "value": written}]
    if "values" in given:
        if not isinstance(given["values"], list) or not given["values"]:
            raise InvalidAnswer(f'takes a list with at least one value as "values", not {shown(given["values"])}')
        many = [_plain(one) for one in given["values"]]
        return [{"type": "constants", "dataType": _type_of(given["values"], given), "values": many}]
    return []


def _form_id(given: Any) -> str:
    """The form by its ID: no documented call looks forms up."""
    if isinstance(given, str) and OBJECT_ID.fullmatch(given):
        return given.upper()
    raise InvalidAnswer(f"takes the ID (32 hexadecimal digits) of the form, not {shown(given)}")


def _elements(picked: list[Any]) -> list[dict[str, str]]:
    """Elements by their IDs: no documented call looks up the elements of an attribute."""
    made = [(one, _element(one)) for one in picked]
    if wrong := [one for one, element in made if element is None]:
        raise InvalidAnswer(
            "takes element IDs such as h1;8D679D3711D3E4981000E787EC6DE8A4 (datamart prompts --json lists those of "
            f"ELEMENTS prompts), not {listed(wrong)}"
        )
    return [element for _, element in made if element is not None]


def _element(one: Any) -> dict[str, str] | None:
    if isinstance(one, dict) and isinstance(one.get("id"), str) and one["id"]:
        return {"id": one["id"]}
    return {"id": one} if isinstance(one, str) and ELEMENT_ID.fullmatch(one) else None


def _type_of(values: list[Any], given: dict[str, Any]) -> str:
    """Metrics are numbers, also where the value is a text: a placeholder's, or "20%" with Percent."""
    return "Char" if "metric" not in given and any(isinstance(value, str) for value in values) else "Real"


def _plain(value: Any) -> str:
    number = decimal(value) if isinstance(value, (int, float)) and not isinstance(value, bool) else None
    if number is not None:
        return format(number, "f")
    if isinstance(value, str) and value:
        return value
    raise InvalidAnswer(f"takes a number or a text to compare with, not {shown(value)}")


def _checked(prompt: Prompt, made: dict[str, Any]) -> dict[str, Any]:
    operands = made.get("operands")
    if not isinstance(operands, list) or not operands or not all(isinstance(one, dict) for one in operands):
        raise InvalidAnswer(f'takes a list of objects as "operands", not {shown(operands)}')
    limit = most(prompt, "maxElementsPerSelection")
    for operand in operands:
        picked = operand.get("elements")
        if isinstance(picked, list) and limit is not None and len(picked) > limit:
            raise InvalidAnswer(f"takes at most {limit} elements, not {len(picked)}")
    return made | {"operator": _operator(made.get("operator"))}


def _operator(given: Any) -> str:
    word = given if isinstance(given, str) else ""
    if word.startswith(OPEN_ENDED):
        return word
    plain = word.replace(" ", "").casefold()
    known = SIGNS.get(word.strip()) or next((name for name in OPERATORS if name.casefold() == plain), None)
    if known is None:
        raise InvalidAnswer(
            f"does not know the operator {shown(given)}{nearest(word, OPERATORS)}; use one of {', '.join(OPERATORS)}"
        )
    return known


def _limits(prompt: Prompt) -> str:
    limit = most(prompt, "maxElementsPerSelection")
    return count_in_words(prompt) if limit is None else f"at most {limit} elements"


def _entries(default: Any) -> Any:
    return default.get("content") or default.get("name") or default if isinstance(default, dict) else default


def _hint(prompt: Prompt) -> str:
    return f"JSON: {_SHORT}"


EXPRESSION = PromptType(
    "EXPRESSION",
    expression,
    written_as='`{"metric": "Sales", "operator": ">", "value": 1000}`, `{"attribute": "Country", "operator": "In", '
    '"elements": ["h1;8D67…"]}`, with `"form": ID` and `"values": […]` where needed. Metrics and attributes by name or '
    "ID, elements by ID.",
    sent_as='`{"expression": {"operator", "operands"}}`',
    limits=_limits,
    default_entries=_entries,
    example={"metric": "…", "operator": ">", "value": "…"},
    typed_as="json",
    hint=_hint,
)
