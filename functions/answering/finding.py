"""From the names of elements and objects to their ids, without downloading long lists (contract 7.1)."""

import difflib
from collections.abc import Callable, Iterable, Iterator
from functools import partial

from functions.answering.choices import PAGE, Choice, Choices, NotListed
from functions.answering.prompt import Misfit, Prompt
from functions.run.schema import shown
from functions.same_names import folded

MOST_SEARCHES = 40
"""Names that are looked up one by one in a list that does not fit onto one page: each takes a call."""

MOST_PAGES = 10
"""Pages of one search, where the server finds that many or does not heed the pattern."""

LONGEST_PATTERN = 100
"""Characters of a name that are searched for: a longer one stands in an address, and these find it as well."""

SHOWN = 5
"""Nearest choices that a message lists."""


def found(prompt: Prompt, names: list[str], choices: Choices) -> dict[str, Choice]:
    """The choice behind each name: exactly that name, or the only one but for upper and lower case.

    Raises
    ------
    Misfit
        A name that is unknown (with the nearest), or that several choices have (with their ids).
    NotListed
        The server does not list this prompt's choices, or too many to find one by its name.
    """
    first = choices.page(prompt)
    if len(first) < PAGE:
        return {name: _one(name, first) for name in names}
    if len(set(names)) > MOST_SEARCHES:
        raise Misfit(f"has a long list of choices: give at most {MOST_SEARCHES} of them by name and the others by id")
    known: dict[str, Choice] = {}
    for name in dict.fromkeys(names):
        pattern = name[:LONGEST_PATTERN]
        listed = choices.page(prompt, pattern)
        if listed == first and not all(folded(pattern) in folded(_name(choice)) for choice in listed):
            whole = list(every(prompt, choices))  # the server does not heed the pattern
            return {name: _one(name, whole) for name in names}
        if len(listed) == PAGE:
            listed = list(every(prompt, choices, pattern))
        known[name] = _one(name, listed, partial(_alike, prompt, name, first, choices))
    return known


def _alike(prompt: Prompt, name: str, first: list[Choice], choices: Choices) -> list[Choice]:
    """Some choices among which the nearest to a name that is unknown may be."""
    return [*choices.page(prompt, name[:3]), *first]


def every(prompt: Prompt, choices: Choices, pattern: str = "") -> Iterator[Choice]:
    """The choices that match the pattern, page by page. Raises NotListed when they do not come to an end."""
    for number in range(MOST_PAGES):
        page = choices.page(prompt, pattern, number * PAGE)
        yield from page
        if len(page) < PAGE:
            return
    raise NotListed(f"there are more than {MOST_PAGES * PAGE} to look through")


def _one(name: str, listed: list[Choice], others: Callable[[], list[Choice]] = list) -> Choice:
    """That of just this name among those ``listed``; ``others`` may be like it where there is none."""
    fitting = of_name(name, listed)
    if len(fitting) == 1:
        return fitting[0]
    if fitting:
        ids = ", ".join(f"{shown(_name(choice))} ({choice['id']})" for choice in fitting[:SHOWN])
        more = ", …" if len(fitting) > SHOWN else ""
        raise Misfit(f"offers {len(fitting)} choices called {shown(name)}; give the id of one: {ids}{more}")
    raise Misfit(f"offers no choice called {shown(name)}{_nearest(name, [*listed, *others()])}")


def of_name(name: str, listed: list[Choice]) -> list[Choice]:
    """Those of exactly that name, or else those that are it but for upper and lower case."""
    return _called(name, listed) or _called(name, listed, folded)


def _called(name: str, listed: Iterable[Choice], read: Callable[[str], str] = str) -> list[Choice]:
    """The choices of that name, each id once; without an id a choice cannot be sent."""
    same = (choice for choice in listed if read(_name(choice)) == read(name))
    return list(
        {choice["id"]: choice for choice in same if choice.get("id") and isinstance(choice["id"], str)}.values()
    )


def _name(choice: Choice) -> str:
    """A year may be a number."""
    return "" if choice.get("name") is None else str(choice["name"])


def _nearest(name: str, listed: Iterable[Choice]) -> str:
    names = list(dict.fromkeys(known for choice in listed if (known := _name(choice))))
    like = {folded(known)[:LONGEST_PATTERN]: known for known in names}
    near = difflib.get_close_matches(folded(name)[:LONGEST_PATTERN], like, SHOWN, 0.5)
    if near:
        return f"; the nearest are {', '.join(shown(like[one]) for one in near)}"
    return f"; it offers {', '.join(map(shown, names[:SHOWN]))}{', …' if len(names) > SHOWN else ''}" if names else ""
