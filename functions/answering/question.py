"""Open prompts described for people: what they are, what may answer them, and JSON to paste."""

import json
from collections import Counter
from typing import Any

from functions.answering.choices import OFFERS, PAGE, Choices, NotListed
from functions.answering.matching import slip_for
from functions.answering.prompt import Given, Prompt, address_of, has_default, name_of, titled

SHORT = 3_500
"""Bytes of JSON that fit into a cause beside everything else that it says."""

LONGEST_INSTRUCTION = 500
LARGEST_DEFAULT = 2_000
"""Bytes of a default answer as JSON; a longer one is left out, it can only be used as a whole."""

LARGEST = 100_000
"""Bytes of all questions as JSON: an item of the run table may have 400 KB, a message of SNS 256 KB."""

Question = dict[str, Any]
"""One open prompt: the server's own fields that matter, and ``choices`` with ``more``: whether there are others."""

_FIELDS = ("key", "id", "name", "title", "type", "dataType", "required", "min", "max", "maxElementsPerSelection")


def questions(prompts: list[Prompt], choices: Choices, most: int) -> list[Question]:
    """Each prompt with at most ``most`` of its choices. Raises LibraryError where the server cannot be asked."""
    return [_question(prompt, choices, most) for prompt in prompts]


def _question(prompt: Prompt, choices: Choices, most: int) -> Question:
    asked: Question = {field: prompt[field] for field in _FIELDS if prompt.get(field) is not None}
    if prompt.get("instruction"):
        asked["instruction"] = str(prompt["instruction"])[:LONGEST_INSTRUCTION]
    if has_default(prompt) and _size(prompt["defaultAnswer"]) <= LARGEST_DEFAULT:
        asked["defaultAnswer"] = prompt["defaultAnswer"]
    if prompt["type"] in OFFERS:
        asked |= _offered(prompt, choices, most)
    return asked


def _offered(prompt: Prompt, choices: Choices, most: int) -> Question:
    try:
        page = choices.page(prompt)
    except NotListed:
        return {}
    kept = [{key: choice[key] for key in ("id", "name", "type") if key in choice} for choice in page[:most]]
    return {"choices": kept, "more": len(page) > len(kept) or len(page) == PAGE}


def within(asked: list[Question], largest: int) -> list[Question]:
    """The same questions with fewer choices each, so that all of them stay under ``largest`` bytes as JSON."""
    most = max((len(question.get("choices", [])) for question in asked), default=0)
    while most and _size(asked) > largest:
        most //= 2
        asked = [
            question | {"choices": question["choices"][:most], "more": True} if "choices" in question else question
            for question in asked
        ]
    return asked


def skeleton(asked: list[Question], examples: int) -> list[Given]:
    """Answers to paste into a request: of each prompt the name, type and limits, and examples to choose from."""
    names = Counter(name_of(question) for question in asked)
    return [_entry(question, names[name_of(question)] == 1, examples) for question in asked]


def _entry(question: Question, unique: bool, examples: int) -> Given:
    field, address = ("name", name_of(question)) if unique and question.get("name") else address_of(question)
    shown = ("type", "dataType", "required", "min", "max", "defaultAnswer")
    about = {key: question[key] for key in shown if key in question}
    return {field: address} | about | {"answers": _example(question, examples)}


def _example(question: Question, examples: int) -> Any:
    if question["type"] in OFFERS:
        most = question.get("max")
        examples = min(examples, most) if isinstance(most, int) and most > 0 else examples
        return [choice.get("name") for choice in question.get("choices", [])[:examples]] or ["…"]
    if question["type"] == "EXPRESSION":
        return {"metric": "…", "operator": ">", "value": "…"}
    return "…"


def missing(asked: list[Question], given: list[Given]) -> str:
    """The sentence of PromptsUnanswered: what is open, and JSON to paste, as much of it as fits."""
    names = ", ".join(f"{titled(question)}{_slip(question, given)}" for question in asked[:20])
    more = f" and {len(asked) - 20} more" if len(asked) > 20 else ""
    return f"no answer for {names}{more}. Put into the request: {_short(asked)}"


def _slip(question: Question, given: list[Given]) -> str:
    slip = slip_for(question, given)
    return f' (the request answers "{slip}", which is no prompt that is open)' if slip else ""


def _short(asked: list[Question]) -> str:
    """Whole entries only, so that what is shown is JSON."""
    for count in range(len(asked), 0, -1):
        text = _pasted(skeleton(asked[:count], 3))
        if len(text.encode()) <= SHORT:
            left = len(asked) - count
            return text + (f" and {left} more, in the notice and in the run's item" if left else "")
    return "the JSON that is in the notice and in the run's item"


def _pasted(entries: list[Given]) -> str:
    return json.dumps({"prompts": entries}, ensure_ascii=False)


def _size(value: Any) -> int:
    return len(json.dumps(value, ensure_ascii=False).encode("utf-8", "replace"))
