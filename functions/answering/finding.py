"""From the names of elements and objects to their ids, without downloading long lists (contract 7.1)."""

import difflib
from collections.abc import Iterable

from functions.answering.choices import PAGE, Choice, Choices
from functions.answering.prompt import Misfit, Prompt

MOST_SEARCHES = 40
"""Names that are looked up one by one in a list that does not fit onto one page: each takes a call."""

MOST_PAGES = 25
"""Pages of one search, where the server finds that many or does not heed the pattern."""

SHOWN = 5
"""Nearest choices that a message lists."""


def found(prompt: Prompt, names: list[str], choices: Choices) -> dict[str, Choice]:
    """The choice behind each name: exactly that name, or the only one but for upper and lower case.

    Raises
    ------
    Misfit
        A name that is unknown (with the nearest), or that several choices have (with their ids).
    NotListed
        The server does not list this prompt's choices.
    """
    first = choices.page(prompt)
    whole = len(first) < PAGE
    missing = [name for name in names if whole or not _called(name, first)]
    if not whole and len(missing) > MOST_SEARCHES:
        raise Misfit(f"has a long list of choices: give at most {MOST_SEARCHES} of them by name and the others by id")
    return {name: _one(prompt, name, first, whole or name not in missing, choices) for name in names}


def _one(prompt: Prompt, name: str, first: list[Choice], looked_at_all: bool, choices: Choices) -> Choice:
    candidates = first if looked_at_all else _search(prompt, name, choices)
    fitting = _called(name, candidates) or _called(name, candidates, fold=True)
    if len(fitting) == 1:
        return fitting[0]
    if fitting:
        ids = ", ".join(f"{choice.get('name')} ({choice.get('id')})" for choice in fitting[:SHOWN])
        raise Misfit(f'offers {len(fitting)} choices called "{name}"; give the id of one: {ids}')
    if not looked_at_all:
        candidates = [*candidates, *choices.page(prompt, name[:3]), *first]
    raise Misfit(f'offers no choice called "{name}"{_nearest(name, candidates)}')


def _search(prompt: Prompt, name: str, choices: Choices) -> list[Choice]:
    listed: list[Choice] = []
    for number in range(MOST_PAGES):
        page = choices.page(prompt, name, number * PAGE)
        listed += page
        if len(page) < PAGE:
            break
    return listed


def _called(name: str, listed: Iterable[Choice], fold: bool = False) -> list[Choice]:
    """The choices of that name, each id once."""
    if fold:
        same = [choice for choice in listed if str(choice.get("name")).casefold() == name.casefold()]
    else:
        same = [choice for choice in listed if choice.get("name") == name]
    return list({choice.get("id"): choice for choice in same}.values())


def _nearest(name: str, listed: Iterable[Choice]) -> str:
    names = list(dict.fromkeys(str(choice.get("name")) for choice in listed))
    folded = {known.casefold(): known for known in names}
    near = difflib.get_close_matches(name.casefold(), folded, SHOWN, 0.5)
    if near:
        return f"; the nearest are {', '.join(folded[one] for one in near)}"
    return f"; it offers {', '.join(names[:SHOWN])}{', …' if len(names) > SHOWN else ''}" if names else ""
