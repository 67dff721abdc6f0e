"""The prompt answers of a request: checked, and in the form that every later step reads (API.md 7.3)."""

import json
import math
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from functions.errors import InvalidRequest
from functions.text import as_json, quoted

ADDRESSED_BY = ("key", "id", "name")
"""The fields that address a prompt, in the order in which the server itself looks a prompt up."""

LARGEST_ANSWERS = 100_000
"""Bytes of all answers together: they are part of the state machine's data, which may have 256 KB."""

UNFILLED = "…"
"""The placeholder of an answer, or of a part of one, in samples to paste."""

MOST_NAMED = 20
"""Answers that one message names at most."""

MOST_BITS = 1_024
"""Bits of an integer: those of the largest double. Python writes integers of at most 4,300 digits."""


def named_by(answer: dict[str, Any]) -> tuple[str, str]:
    """The field and the value by which an answer names its prompt: key before id before name."""
    field = next(field for field in ADDRESSED_BY if field in answer)
    return field, str(answer[field])


def values_in_words(answers: Any) -> Iterator[str]:
    """Each value of a prompt's ``answers``: a choice by its name, anything but a text as JSON."""
    for value in answers if isinstance(answers, list) else [answers]:
        if isinstance(value, dict) and (named := value.get("name") or value.get("id")):
            yield str(named)
        elif value is not None:
            yield value if isinstance(value, str) else as_json(value)


def normalised_answers(prompts: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The answers, with only the keys that matter, keys and IDs in upper case, numbers as text.

    Parameters
    ----------
    prompts
        ``prompts`` of a request that fits its schema.

    Raises
    ------
    InvalidRequest
        Naming the answer and what is expected there.
    """
    _check_filled(prompts)
    normal = [_prompt(index, prompt) for index, prompt in enumerate(prompts)]
    if (size := _bytes_of(normal)) > LARGEST_ANSWERS:
        raise InvalidRequest(
            f"prompts: has {size} bytes as JSON, and {LARGEST_ANSWERS} are allowed; give fewer or shorter answers."
        )
    return normal


def _bytes_of(prompts: list[dict[str, Any]]) -> int:
    """The size as JSON in UTF-8. Raises InvalidRequest for values that JSON cannot hold."""
    try:
        return len(json.dumps(prompts, ensure_ascii=False, allow_nan=False).encode())
    except ValueError:
        raise InvalidRequest(
            "prompts: contains NaN, Infinity or half of a character (a lone surrogate), which JSON cannot hold."
        ) from None


def _is_empty(answers: Any) -> bool:
    nothing: tuple[Any, ...] = ("", [], {}, None)
    return answers in ("", {}) or (isinstance(answers, list) and any(one in nothing for one in answers))


def _check_filled(prompts: list[dict[str, Any]]) -> None:
    """Reject answers that are still the … of a sample. Raises InvalidRequest, naming all of them."""
    unfilled = [
        (index, prompt)
        for index, prompt in enumerate(prompts)
        if not prompt.get("useDefault") and _is_unfilled(prompt.get("answers"))
    ]
    found = [f"prompts[{index}].answers{_for(prompt)}" for index, prompt in unfilled]
    is_one_optional = any(prompt.get("required") is False for _, prompt in unfilled)
    what_else = ' An optional prompt stays open with "answers": [].' if is_one_optional else ""
    if len(found) == 1:
        raise InvalidRequest(f"{found[0]}: is still the … of a sample; replace it by the answer.{what_else}")
    if found:
        more = f" and {len(found) - MOST_NAMED} more" if len(found) > MOST_NAMED else ""
        raise InvalidRequest(
            f"{', '.join(found[:MOST_NAMED])}{more}: are still the … of a sample; replace them by the answers."
            f"{what_else}"
        )


def _for(prompt: dict[str, Any]) -> str:
    field = next((field for field in ADDRESSED_BY if field in prompt), None)
    return f" ({quoted(prompt[field])})" if field else ""


def _is_unfilled(answers: Any) -> bool:
    """Whether an answer, or a part of it, is UNFILLED: {"metric": "…", "operator": ">", "value": 5}."""
    parts = answers.values() if isinstance(answers, dict) else answers if isinstance(answers, list) else [answers]
    return UNFILLED in list(parts)


def _prompt(index: int, prompt: dict[str, Any]) -> dict[str, Any]:
    """The keys of a pasted prompt that the server reads in an answer (API.md 7.3)."""
    where = f"prompts[{index}]"
    if not any(key in prompt for key in ADDRESSED_BY):
        raise InvalidRequest(f"{where}: the prompt is missing; name it by key, id or name.")
    kept = {key: prompt[key] for key in (*ADDRESSED_BY, "type", "answers", "useDefault") if key in prompt}
    if not prompt.get("useDefault"):
        if "answers" not in prompt:
            raise InvalidRequest(f'{where}: give "answers", or "useDefault": true.')
        if _is_empty(prompt["answers"]):
            # A placeholder may have an empty value: that must not close the prompt and load the table unfiltered.
            raise InvalidRequest(
                f'{where}.answers: is empty; to leave an optional prompt without an answer, write "answers": [].'
            )
        kept["answers"] = _numbers_as_text(where, prompt["answers"])
    return kept | {key: kept[key].upper() for key in ("key", "id") if key in kept}


def _numbers_as_text(where: str, answers: Any) -> Any:
    """Numbers are sent as text (API.md 7.3): JSONata in the state machine would round them."""
    if isinstance(answers, list):
        return [_numbers_as_text(where, one) if not isinstance(one, (list, dict)) else one for one in answers]
    if isinstance(answers, float):
        if not math.isfinite(answers):
            raise InvalidRequest(f"{where}.answers: contains a number that is NaN or too large ({answers}).")
        return format(Decimal(repr(answers)), "f")
    if isinstance(answers, int) and not isinstance(answers, bool):
        if answers.bit_length() > MOST_BITS:
            raise InvalidRequest(f"{where}.answers: contains a number of more than 300 digits.")
        return str(answers)
    return answers
