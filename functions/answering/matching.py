"""Which answer of the request is for which open prompt (contract 7.3)."""

import difflib
from collections.abc import Iterable
from typing import Any

from functions.answering.prompt import Given, Misfit, Prompt, address_of, name_of
from functions.run.address import named_by
from functions.run.schema import shown
from functions.same_names import folded

LIKE = 0.75
"""How alike two names are, from 0 to 1, for one to be taken for a slip of the other."""

COMPARED = 40
"""Characters of a name that are looked at for that: likeness takes a time that grows with the square of them."""


def answer_for(prompt: Prompt, given: list[Given], prompts: list[Prompt]) -> int | None:
    """The position of the answer for ``prompt`` among those ``given``, or None.

    Raises Misfit: it is answered twice, or its name is that of another open prompt, too.
    """
    found = [index for index, answer in enumerate(given) if _names(answer, prompt)]
    if len(found) > 1:
        ways = " and ".join("{} {}".format(*named_by(given[index])) for index in found[:3])
        raise Misfit(f"is answered {len(found)} times ({ways}); answer it once")
    if not found:
        return None
    field, value = named_by(given[found[0]])
    same = [other for other in prompts if _same(field, other.get(field), value)]
    if len(same) > 1:
        keys = ", ".join(address_of(other)[1] for other in same[:20])
        raise Misfit(f"is one of {len(same)} with the {field} {shown(value)}; name it by its key: {keys}")
    return found[0]


def unmatched(given: list[Given], prompts: Iterable[Prompt]) -> list[int]:
    """Positions of the answers that are for none of the prompts."""
    known = list(prompts)
    return [index for index, answer in enumerate(given) if not any(_names(answer, prompt) for prompt in known)]


def slip_for(prompt: Prompt, given: Iterable[Given]) -> str | None:
    """The name in one of the answers that may well be meant for ``prompt``, but is not quite its name.

    People also write its title, which is what they see.
    """
    own = name_of(prompt)
    names = [answer["name"] for answer in given if named_by(answer)[0] == "name" and answer["name"] != own]
    near = (_nearest(label, names, LIKE) for label in _labels(prompt))
    return next((name for name in near if name is not None), None)


def nearest_prompt(answer: Given, prompts: Iterable[Prompt]) -> str:
    """`` (did you mean …?)`` where one of the prompts is called something like what the answer names."""
    field, value = named_by(answer)
    labelled = ((_labels(prompt) if field == "name" else [prompt.get(field)], prompt) for prompt in prompts)
    known = {label: prompt for labels, prompt in labelled for label in labels if isinstance(label, str)}
    near = _nearest(value, known, 0.5)
    if near is None:
        return ""
    return f" (did you mean {shown(name_of(known[near]) if field == 'name' else near)}?)"


def _labels(prompt: Prompt) -> list[str]:
    return [str(prompt[field]) for field in ("name", "title") if prompt.get(field)]


def _nearest(wanted: str, known: Iterable[str], cutoff: float) -> str | None:
    like = {folded(name)[:COMPARED]: name for name in known}
    return next((like[one] for one in difflib.get_close_matches(folded(wanted)[:COMPARED], like, 1, cutoff)), None)


def _names(answer: Given, prompt: Prompt) -> bool:
    field, value = named_by(answer)
    return _same(field, prompt.get(field), value)


def _same(field: str, prompts: Any, answers: str) -> bool:
    """Names are compared as they are; the digits of keys and ids in either case."""
    if prompts is None:
        return False
    return str(prompts) == answers or (field != "name" and str(prompts).upper() == answers.upper())
