"""Matches the request's answers to the open prompts, by key, ID or name (API.md 7.3)."""

from collections.abc import Callable, Iterable

from functions.prompts.prompt import Given, InvalidAnswer, Prompt, address_of, name_of
from functions.requests.prompt_answers import named_by
from functions.similar_names import composed, similar
from functions.text import shown

LIKE = 0.75
"""Least similarity, from 0 to 1, at which one name is taken for a misspelling of the other."""


def answer_for(prompt: Prompt, given: list[Given], prompts: list[Prompt]) -> int | None:
    """The position of the answer for ``prompt`` among those ``given``, or None.

    Raises InvalidAnswer if it is answered twice, or if another open prompt has the same name.
    """
    near = [(index, answer) for index, answer in enumerate(given) if _meant_by(answer, [prompt])]
    meant = [(index, _meant_by(answer, prompts)) for index, answer in near]
    found = [(index, others) for index, others in meant if prompt in others]
    if len(found) > 1:
        raise InvalidAnswer(
            f"is answered {len(found)} times ({_ways([index for index, _ in found], given)}); answer it once"
        )
    if not found:
        return None
    index, same = found[0]
    if len(same) > 1:
        field, value = named_by(given[index])
        keys = ", ".join(address_of(other)[1] for other in same[:20])
        raise InvalidAnswer(f"is one of {len(same)} with the {field} {shown(value)}; give its key instead: {keys}")
    return index


def _ways(positions: list[int], given: list[Given]) -> str:
    """How the answers name the prompt; if all do it in the same way, their positions, too."""
    ways = ["{} {}".format(*named_by(given[index])) for index in positions[:3]]
    if len(set(ways)) == 1:
        return f"{ways[0]}, in {' and '.join(f'prompts[{index}]' for index in positions[:3])}"
    return " and ".join(ways)


def unmatched(given: list[Given], prompts: Iterable[Prompt]) -> list[int]:
    """Positions of the answers that match none of the prompts."""
    known = list(prompts)
    return [index for index, answer in enumerate(given) if not _meant_by(answer, known)]


def misspelling_of(prompt: Prompt, given: Iterable[Given]) -> str | None:
    """The name in an answer that is probably a misspelling of the prompt's name or title; None without one."""
    own = composed(name_of(prompt))
    answers = (answer for answer in given if named_by(answer)[0] == "name")
    names = [answer["name"] for answer in answers if composed(answer["name"]) != own]
    near = (similar(label, names, cutoff=LIKE) for label in _labels(prompt))
    return next((found[0] for found in near if found), None)


def nearest_prompt(answer: Given, prompts: Iterable[Prompt]) -> str:
    """`` (did you mean …?)`` if a prompt has a name similar to the answer's, else nothing."""
    field, value = named_by(answer)
    labelled = ((_labels(prompt) if field == "name" else [prompt.get(field)], prompt) for prompt in prompts)
    known = {label: prompt for labels, prompt in labelled for label in labels if isinstance(label, str)}
    near = similar(value, known)
    if not near:
        return ""
    return f" (did you mean {shown(name_of(known[near[0]]) if field == 'name' else near[0])}?)"


def _labels(prompt: Prompt) -> list[str]:
    return [str(prompt[field]) for field in ("name", "title") if prompt.get(field)]


def _meant_by(answer: Given, prompts: list[Prompt]) -> list[Prompt]:
    """The prompts that an answer names: exact matches, or else those that differ only in accents and blanks.

    Keys and IDs are compared without regard to case.
    """
    field, value = named_by(answer)
    there = [prompt for prompt in prompts if prompt.get(field) is not None]
    read: tuple[Callable[[str], str], ...] = (str, composed) if field == "name" else (str.upper,)
    found = ([prompt for prompt in there if fold(str(prompt[field])) == fold(value)] for fold in read)
    return next(filter(None, found), [])
