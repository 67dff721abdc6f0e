"""Evaluates JSONata, which stock moto cannot: it hands over the text, with every variable declared in front of it.

Parsing takes longer than evaluating, and with the variables' values in it the text is hardly ever the same twice. The
values are therefore taken out of the text and bound as their parsed form; the rest is parsed once.
"""

import copy
import hashlib
import json
import random
import re
import uuid
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from jsonata import Jsonata
from jsonata.utils import Utils
from moto.stepfunctions.parser.asl.component.intrinsic import jsonata as intrinsic
from moto.stepfunctions.parser.asl.eval import states, variable_store
from moto.stepfunctions.parser.asl.jsonata import jsonata as moto_jsonata
from moto.stepfunctions.parser.asl.jsonata import validations

from functions import clock

FOR = {"moto": "5.2.5", "jsonata-python": "0.7.1", "antlr4-python3-runtime": "4.13.2"}
"""The version of each package that this was written for."""

_HEAD = re.compile(r"(\$\w+\()?\(")
_DECLARATION = re.compile(r"\$\w+:=")


def install() -> None:
    """Let moto evaluate JSONata in this process."""
    moto_jsonata._eval_jsonata = _evaluate
    # moto puts strings between quotes without escaping them.
    states.encode_jsonata_variable_declarations = _declare
    variable_store.encode_jsonata_variable_declarations = _declare
    validations._validate_string_output = _nothing_to_validate
    for stub in ("$hash", "$uuid", "$parse"):
        intrinsic._DECLARATION_BY_VARIABLE_REFERENCE.pop(stub, None)


def _nothing_to_validate(*arguments: Any) -> None:
    """Moto evaluates an expression once more to learn the type of the result, although it is always a string."""


def _evaluate(expression: str) -> Any:
    try:
        return evaluate(expression)
    except Exception as error:
        raise moto_jsonata.JSONataException("UNKNOWN", str(error)) from error


def _declare(bindings: dict[str, Any]) -> str:
    """Variables as JSONata declares them; as text, not as escapes, which JSONata would read one half at a time."""
    return "".join(
        f"{name}:={json.dumps(value, ensure_ascii=False, default=_text)};" for name, value in bindings.items()
    )


def _text(value: Any) -> str:
    """What is not JSON, as text; a time of the context object as AWS writes it: ``2026-11-20T04:00:00.123Z``."""
    if isinstance(value, datetime):
        return f"{value.astimezone(UTC).isoformat(timespec='milliseconds').removesuffix('+00:00')}Z"
    return str(value)


def evaluate(text: str) -> Any:
    """The result of an expression: plain values, and None for null and for nothing. Raises what JSONata raises."""
    rest, values = _without_values(text)
    evaluator = _evaluator(_parsed(rest))
    evaluator.register_lambda("uuid", lambda: str(uuid.uuid4()))
    evaluator.register_lambda("random", random.random)
    evaluator.register_lambda("millis", lambda: int(1000 * clock.now()))  # a skipped wait puts this clock forward
    evaluator.register_lambda("parse", json.loads)
    evaluator.register_lambda("hash", _hash)
    for name, value in values.items():
        evaluator.assign(name, value)
    return evaluator.evaluate(None)


def _evaluator(ast: Any) -> Jsonata:
    """An evaluator of a parsed expression; a new one would parse an expression of its own, with a parser a thread."""
    evaluator = copy.copy(_PATTERN)
    evaluator.ast, evaluator.environment = ast, evaluator.create_frame(Jsonata.static_frame)
    Jsonata.CURRENT.jsonata = evaluator
    return evaluator


def _hash(text: str, algorithm: str) -> str:
    return hashlib.new(algorithm.replace("-", "").lower(), str(text).encode()).hexdigest()


@lru_cache(maxsize=1000)
def _parsed(text: str) -> Any:
    return Jsonata(text).ast


def _without_values(text: str) -> tuple[str, dict[str, Any]]:
    """The text with variables in place of the JSON that it begins by declaring (``($a:=1;$b:=...``), and those."""
    head = _HEAD.match(text)
    at = head.end() if head else 0
    parts = [text[:at]]
    values: dict[str, Any] = {}
    while declaration := _DECLARATION.match(text, at):
        try:
            value, end = _LITERALS.raw_decode(text, declaration.end())
        except ValueError:
            break
        if text[end : end + 1] != ";":
            break
        name = str(len(values))  # which no variable of a state machine is called
        plain = all(text.find(sign, declaration.end(), end) < 0 for sign in ("[", "null"))
        values[name] = value if plain else _literal(value)
        parts.append(f"{declaration[0]}${name};")
        at = end + 1
    return "".join([*parts, text[at:]]), values


def _literal(value: Any) -> Any:
    """What JSONata makes of a literal: its null is not Python's None, which stands for nothing at all."""
    if isinstance(value, dict):
        return {key: _literal(item) for key, item in value.items()}
    if isinstance(value, list):
        return Utils.JList(map(_literal, value))
    return Utils.NULL_VALUE if value is None else value


def _number(text: str) -> Any:
    """JSONata's numbers are those of JavaScript."""
    return Utils.convert_number(float(text))


def _refuse(text: str) -> Any:
    raise ValueError(f"{text} is not JSON")


_PATTERN = Jsonata("null")

_LITERALS = json.JSONDecoder(parse_int=_number, parse_float=_number, parse_constant=_refuse)
