"""The prompt type VALUE: a number, text, date or point in time that filters the rows (API.md 7.2 to 7.4)."""

import math
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from local.simulator.catalogue import Prompt
from local.simulator.prompts.dates import day_of, moment_of
from local.simulator.prompts.prompt_type import PromptType
from local.simulator.prompts.rules import Rules
from local.simulator.response import Refusal
from local.simulator.warehouse.query import Query

_NUMBER = re.compile(r"[+-]?([0-9]+([.][0-9]*)?|[.][0-9]+)([eE][+-]?[0-9]+)?")

LONGEST_NUMBER = 500
"""Characters of a number; the largest has 309 digits before its decimal point."""


@dataclass(frozen=True)
class _Kind:
    """A data type: its name in messages, how answers and limits are read, and the texts of refusals.

    ``read`` and ``measure`` raise ValueError for an answer of another type; ``limit`` reads a limit of the definition.
    """

    what: str
    read: Callable[[Any], Any]
    measure: Callable[[Any], Any]
    limit: Callable[[Any], Any]
    below: str
    above: str


def _itself(value: Any) -> Any:
    return value


def _text(answer: Any) -> str:
    if not isinstance(answer, str):
        raise ValueError("not a string")
    return answer


def number(answer: Any) -> float:
    """The number that ``answer`` is or spells. Raises ValueError for all else.

    Read as text: Python reads more as a number than a server does, true, 1_000 and NaN among it.
    """
    written = str(answer)
    read = float(written) if len(written) <= LONGEST_NUMBER and _NUMBER.fullmatch(written) else math.nan
    if not math.isfinite(read):
        raise ValueError("not a number")
    return read


_KINDS = {
    "TEXT": _Kind("a string", _text, len, _itself, "is shorter than", "is longer than"),
    "NUMERIC": _Kind("a number", number, _itself, _itself, "is below the minimum", "is above the maximum"),
    "DATE": _Kind("a date", _text, day_of, day_of, "is before the range that begins", "is after the range that ends"),
    "TIMESTAMP": _Kind("a date and time", _text, moment_of, moment_of, "is before", "is after"),
}


def value(prompt: Prompt, answers: Any, _: Rules | None = None) -> Any:
    """The answer as it is kept: a number as one, a text and a date as they were written. Raises Refusal 400 ERR006."""
    kind = _KINDS[str(prompt.data_type)]
    try:
        answer = kind.read(answers[0] if isinstance(answers, list) else answers)
        measured = kind.measure(answer)
    except ValueError:
        raise Refusal(400, 6, f"The answer to {prompt.name} is not {kind.what}.") from None
    if prompt.minimum is not None and measured < kind.limit(prompt.minimum):
        raise Refusal(400, 6, f"The answer to {prompt.name} {kind.below} {prompt.minimum}.")
    if prompt.maximum is not None and measured > kind.limit(prompt.maximum):
        raise Refusal(400, 6, f"The answer to {prompt.name} {kind.above} {prompt.maximum}.")
    return answer


def _apply(query: Query, p: Prompt, answer: Any) -> Query:
    return query.filtered(f"{p.column} >= ?", [_compared(p, answer)]) if p.column else query


def _compared(p: Prompt, answer: Any) -> Any:
    """The warehouse keeps days, but an answer may be a moment of one."""
    return day_of(answer).isoformat() if p.data_type in ("DATE", "TIMESTAMP") else answer


VALUE = PromptType("VALUE", value, _apply)
