"""Looks up the IDs of elements and objects by their names, without downloading long lists (API.md 7.1)."""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

from functions.prompts.choices import PAGE, Choice, Choices, NotListed
from functions.prompts.prompt import InvalidAnswer, Prompt
from functions.similar_names import canonical, composed, folded, similar, spellings
from functions.text import shown

MOST_SEARCHES = 40
"""Names that are searched for one by one, if the list is longer than a page: each takes a call, or a few."""

MOST_CALLS = 3 * MOST_SEARCHES
"""Calls of all these searches together, without further pages: the Lambda function has no time for more."""

MOST_PAGES = 10
"""Pages that are read of one search."""

LONGEST_PATTERN = 100
"""Characters of a name that are searched for: they go into a URL, and are enough to find the name."""

SHORTEST_PIECE = 3
"""Least length of a part of a name that is searched for; of a search for that length only one page is read."""

SHOWN = 5
"""Choices that a message lists: the closest matches, or those of the same name."""

MOST_NAMED = 20
"""Wrong names that a message lists."""

FEW_NAMED = 5
"""Wrong names up to which a message lists SHOWN closest matches of each; with more names, fewer matches."""


@dataclass
class _Lookup:
    """Results: ``known`` choices by name; ``wrong`` names with the choices that they match, none or several.

    ``seen``: choices among which the closest matches of the wrong names are looked for.
    """

    seen: list[Choice]
    known: dict[str, Choice] = field(default_factory=dict)
    wrong: dict[str, list[Choice]] = field(default_factory=dict)

    def take(self, name: str, fitting: list[Choice]) -> None:
        """Record the choices that match ``name``: it is known if there is exactly one."""
        if len(fitting) == 1:
            self.known[name] = fitting[0]
        else:
            self.wrong[name] = fitting


def found(prompt: Prompt, names: list[str], choices: Choices) -> dict[str, Choice]:
    """The choice of each name: the exact match, or the only one that differs just in accents, blanks and case.

    Raises
    ------
    InvalidAnswer
        Unknown names, with the closest matches, and ambiguous names, with the IDs of the candidates: all of them.
    NotListed
        The server does not list this prompt's choices, or lists too many to find one by its name.
    """
    wanted = list(dict.fromkeys(names))
    first = choices.page(prompt)
    if len(first) < PAGE:
        return _known(_looked_up(wanted, first))
    if len(wanted) > MOST_SEARCHES:
        raise InvalidAnswer(
            f"has a long list of choices: give at most {MOST_SEARCHES} of them by name and the others by ID"
        )
    search = _Search(prompt, choices, first)
    lookup = _Lookup(seen=list(first))
    for name in wanted:
        listed = search.listed(name)
        if search.is_ignored:
            return _known(_looked_up(wanted, list(every(prompt, choices))))
        lookup.take(name, of_name(name, listed))
        lookup.seen += listed if name in lookup.wrong else []
    return _known(lookup)


def _looked_up(names: list[str], listed: list[Choice]) -> _Lookup:
    lookup, by_name = _Lookup(listed), ByName(listed)
    for name in names:
        lookup.take(name, by_name.of(name))
    return lookup


@dataclass
class _Search:
    """The server's own search in a long list; ``first`` is the list's first page."""

    prompt: Prompt
    choices: Choices
    first: list[Choice]
    is_ignored: bool = False
    calls: int = 0

    def listed(self, name: str) -> list[Choice]:
        """Choices of that name or similar ones; sets ``is_ignored`` if the server ignores the search pattern."""
        listed: list[Choice] = []
        for number, pattern in enumerate(patterns(name)):
            if number and self.calls >= MOST_CALLS:
                break
            self.calls += 1
            page = self.choices.page(self.prompt, pattern)
            if page == self.first and not all(folded(pattern) in folded(name_of(choice)) for choice in page):
                self.is_ignored = True
                return []
            if len(page) == PAGE and (not number or len(pattern) > SHORTEST_PIECE):
                page = self._every(pattern, is_needed=not number)
            listed += page
            if of_name(name, page):
                break
        return listed

    def _every(self, pattern: str, is_needed: bool) -> list[Choice]:
        try:
            return list(every(self.prompt, self.choices, pattern))
        except NotListed:
            if is_needed:
                raise
            return []


def patterns(name: str) -> list[str]:
    """Search patterns for a name, to try one after the other until it is found.

    A server may compare characters as they are stored: with composed or decomposed accents, with another kind of
    blank. The longest part of the name without any of these finds it in every form. Its beginning finds names similar
    to an unknown one.
    """
    short = composed(name).strip()[:LONGEST_PATTERN]
    forms = [short, canonical(short), name.strip()[:LONGEST_PATTERN], *spellings(short)]
    pieces = [] if short.isascii() else re.findall(r"[!-~]+", short)
    piece = max(pieces, key=len, default="")
    forms += [piece] if len(piece) > SHORTEST_PIECE else []
    return list(dict.fromkeys(filter(None, [*forms, short[:SHORTEST_PIECE]])))


def every(prompt: Prompt, choices: Choices, pattern: str = "") -> Iterator[Choice]:
    """The choices that match the pattern, page by page. Raises NotListed above MOST_PAGES pages."""
    for number in range(MOST_PAGES):
        page = choices.page(prompt, pattern, number * PAGE)
        yield from page
        if len(page) < PAGE:
            return
    raise NotListed(f"there are more than {MOST_PAGES * PAGE} to look through")


def _known(lookup: _Lookup) -> dict[str, Choice]:
    """The choices by name. Raises InvalidAnswer if any name is wrong."""
    if lookup.wrong:
        raise InvalidAnswer(_wrong_names(lookup))
    return lookup.known


def _wrong_names(lookup: _Lookup) -> str:
    named = list(lookup.wrong)[:MOST_NAMED]
    unknown = [name for name in named if not lookup.wrong[name]]
    parts = [_unknown(unknown, lookup.seen)] if unknown else []
    parts += [_ambiguous(name, lookup.wrong[name]) for name in named if lookup.wrong[name]]
    more = len(lookup.wrong) - len(named)
    return "; ".join([*parts, *([f"and {more} more wrong names"] if more else [])])


def _ambiguous(name: str, fitting: list[Choice]) -> str:
    ids = ", ".join(f"{shown(name_of(choice))} ({choice['id']})" for choice in fitting[:SHOWN])
    more = ", …" if len(fitting) > SHOWN else ""
    return f"offers {len(fitting)} choices called {shown(name)}; give the ID of one: {ids}{more}"


def _unknown(names: list[str], seen: list[Choice]) -> str:
    known = list(dict.fromkeys(written for choice in seen if (written := name_of(choice))))
    most = SHOWN if len(names) <= FEW_NAMED else SHOWN // 2
    near = {name: similar(name, known, most) for name in names}
    listed = ", ".join(map(shown, known[:SHOWN])) + (", …" if len(known) > SHOWN else "")
    if len(names) == 1:
        nearest = ", ".join(map(shown, near[names[0]]))
        others = f"; the nearest are {nearest}" if nearest else f"; it offers {listed}" if listed else ""
        return f"offers no choice called {shown(names[0])}{others}"
    each = ", ".join(
        shown(name) + (f" (the nearest are {', '.join(map(shown, near[name]))})" if near[name] else "")
        for name in names
    )
    others = f"; it offers {listed}" if listed and not all(near.values()) else ""
    return f"offers no choices called {each}{others}"


class ByName:
    """Choices by name, for many look-ups in one list. Leaves out choices without an ID: they cannot be sent."""

    def __init__(self, listed: Iterable[Choice]) -> None:
        self._indexes: list[tuple[Callable[[str], str], dict[str, dict[str, Choice]]]]
        self._indexes = [(read, {}) for read in (str, canonical, folded)]
        for choice in listed:
            if choice.get("id") and isinstance(choice["id"], str):
                for read, index in self._indexes:
                    index.setdefault(read(name_of(choice)), {})[choice["id"]] = choice

    def of(self, name: str) -> list[Choice]:
        """Exact matches; else those that differ in accents and trailing blanks; else those that differ in case, too."""
        found = (index.get(read(name)) for read, index in self._indexes)
        return list(next(filter(None, found), {}).values())


def of_name(name: str, listed: Iterable[Choice]) -> list[Choice]:
    """As :meth:`ByName.of`, for one look-up."""
    return ByName(listed).of(name)


def name_of(choice: Choice) -> str:
    """The choice's name as text: a year may be a number."""
    return "" if choice.get("name") is None else str(choice["name"])
