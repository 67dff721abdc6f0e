"""Questions: open prompts described for people, with their choices, and JSON to paste."""

import json
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from decimal import Decimal
from functools import partial
from typing import Any

from functions.prompts.choices import PAGE, Choices, NotListed
from functions.prompts.limits import most
from functions.prompts.matching import misspelling_of
from functions.prompts.prompt import Given, Prompt, address_of, has_default, name_of, titled
from functions.prompts.types import can_be_answered, type_of
from functions.text import as_json, shown

SHORT = 3_500
"""Bytes of JSON that fit into an error's text (8 KB) with the rest of it."""

LISTED = 2_500
"""Bytes of titles and names that fit into the same text."""

MOST_LISTED = 20
"""Open prompts that the text names."""

LONGEST_INSTRUCTION = 500
LARGEST_DEFAULT = 2_000
"""Bytes of a default answer as JSON; a longer one is not shown, and can still be used."""

NOT_SHOWN = "(too long to be shown)"
"""In place of a default answer above LARGEST_DEFAULT."""

DIGITS, LEAST_EXPONENT, LARGEST_EXPONENT = 38, -130, 125
"""Limits of a number in DynamoDB."""

LARGEST = 50_000
"""Bytes of all questions as JSON: the run's item (400 KB) holds them twice, an SNS message may have 256 KB."""

Question = dict[str, Any]
"""One open prompt: some of the server's fields, ``choices``, and ``more``: whether there are others."""

_FIELDS = ("key", "id", "name", "title", "type", "dataType", "required", "min", "max", "maxElementsPerSelection")


def questions(prompts: list[Prompt], choices: Choices, most: int) -> list[Question]:
    """Each prompt with at most ``most`` of its choices. Raises LibraryError if the server cannot be asked."""
    return [_question(prompt, choices, most) for prompt in prompts]


def _question(prompt: Prompt, choices: Choices, most: int) -> Question:
    asked: Question = {field: prompt[field] for field in _FIELDS if prompt.get(field) is not None}
    if prompt.get("instruction"):
        asked["instruction"] = str(prompt["instruction"])[:LONGEST_INSTRUCTION]
    if has_default(prompt):
        whole = prompt["defaultAnswer"]
        asked["defaultAnswer"] = whole if _size(whole) <= LARGEST_DEFAULT else NOT_SHOWN
    if type_of(prompt).listing is not None:
        asked |= _offered(prompt, choices, most)
    kept: Question = json.loads(_json(asked), parse_int=partial(_kept, int), parse_float=partial(_kept, float))
    return kept


def _kept(read: Callable[[str], Any], written: str) -> Any:
    """The number, or its text if DynamoDB cannot store it: a limit may be the largest double."""
    number = Decimal(written)
    fits = len(number.as_tuple().digits) <= DIGITS and LEAST_EXPONENT <= number.adjusted() <= LARGEST_EXPONENT
    return read(written) if fits else written


def _offered(prompt: Prompt, choices: Choices, most: int) -> Question:
    try:
        page = choices.page(prompt)
    except NotListed:
        return {}
    kept = [{key: choice[key] for key in ("id", "name", "type") if choice.get(key) is not None} for choice in page]
    shown = [choice for choice in kept if "id" in choice or "name" in choice][:most]
    return {"choices": shown, "more": len(page) > len(shown) or len(page) == PAGE}


def shortened(asked: list[Question], largest: int) -> list[Question]:
    """The questions, shortened to at most ``largest`` bytes as JSON.

    First with fewer choices, then without instructions, defaults and titles, then fewer questions: those left out stay
    open, and are asked after the others are answered.
    """
    most = max((len(question.get("choices", [])) for question in asked), default=0)
    while most and _size(asked) > largest:
        most //= 2
        asked = [_with_fewer(question, most) for question in asked]
    for field, instead in (("instruction", {}), ("defaultAnswer", {"defaultAnswer": NOT_SHOWN}), ("title", {})):
        if _size(asked) > largest:
            asked = [{k: v for k, v in q.items() if k != field} | (instead if field in q else {}) for q in asked]
    return asked[: max(1, _fitting(map(_json, asked), largest))]


def _with_fewer(question: Question, most: int) -> Question:
    if len(question.get("choices", [])) <= most:
        return question
    return question | {"choices": question["choices"][:most], "more": True}


def skeleton(asked: Sequence[Question], examples: int) -> list[Given]:
    """Answers to paste into a request: each prompt's name, type and limits, and examples of answers."""
    names = Counter(name_of(question) for question in asked)
    return [_entry(question, names[name_of(question)] == 1, examples) for question in asked]


def _entry(question: Question, unique: bool, examples: int) -> Given:
    field, address = ("name", name_of(question)) if unique and question.get("name") else address_of(question)
    if not can_be_answered(question):
        return {field: address, "useDefault": True}
    about = ("type", "dataType", "required", "min", "max", "defaultAnswer")
    return (
        {field: address} | {k: question[k] for k in about if k in question} | {"answers": _example(question, examples)}
    )


def _example(question: Question, examples: int) -> Any:
    if type_of(question).listing is not None:
        known = [choice.get("name", choice.get("id")) for choice in question.get("choices", [])]
        return known[: int(min(examples, most(question) or examples))] or ["…"]
    return type_of(question).example


def missing(asked: list[Question], given: list[Given]) -> str:
    """The text of PromptsUnanswered: the open prompts, and JSON to paste, as much of it as fits."""
    names = [f"{titled(question)}{_misspelling(question, given)}" for question in asked[:MOST_LISTED]]
    kept = names[: _fitting(names, LISTED)]
    more = f" and {len(asked) - len(kept)} more" if len(asked) > len(kept) else ""
    return f"no answer for {', '.join(kept)}{more}. Add to the request: {_short(asked)}"


def _misspelling(question: Question, given: list[Given]) -> str:
    misspelled = misspelling_of(question, given)
    return f" (the request answers {shown(misspelled)}: is that a typing error?)" if misspelled else ""


def _short(asked: list[Question]) -> str:
    """Whole entries only, so that what is shown is JSON."""
    entries = [as_json(entry) for entry in skeleton(asked, 3)]
    kept = entries[: _fitting(entries, SHORT)]
    if not kept:
        return "the JSON in the notification and in the run's item"
    left = len(entries) - len(kept)
    return f'{{"prompts": [{", ".join(kept)}]}}' + (
        f" and {left} more, in the notification and in the run's item" if left else ""
    )


def _fitting(texts: Iterable[str], largest: int) -> int:
    """How many of the first texts fit into ``largest`` bytes, with their separators."""
    count, size = 0, 2
    for text in texts:
        size += len(text.encode("utf-8", "replace")) + 2
        if size > largest:
            break
        count += 1
    return count


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


def _size(value: Any) -> int:
    return len(_json(value).encode("utf-8", "replace"))
