"""From the names of elements and objects to their ids, without downloading long lists (API.md 7.1)."""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

from functions.prompts.choices import PAGE, Choice, Choices, NotListed
from functions.prompts.prompt import Misfit, Prompt
from functions.requests.validation import shown
from functions.similar_names import canonical, composed, folded, similar, spellings

MOST_SEARCHES = 40
"""Names that are looked up one by one in a list that does not fit onto one page: each takes a call, or a few."""

MOST_CALLS = 3 * MOST_SEARCHES
"""Calls of all these searches together, pages not counted: there is no time for more."""

MOST_PAGES = 10
"""Pages of one search, where the server finds that many or ignores the pattern."""

LONGEST_PATTERN = 100
"""Characters of a name that are searched for: a longer one stands in an address, and these find it as well."""

SHORTEST_PIECE = 3
"""Characters of a part of a name from which on it is searched for; of one as short only the first page is read."""

SHOWN = 5
"""Nearest choices that a message lists, or those of the same name."""

MOST_TOLD = 20
"""Wrong names that a message lists."""

FEW_TOLD = 5
"""Wrong names up to which each is told with SHOWN nearest ones; of more, each is told with fewer."""


@dataclass
class _Lookup:
    """Result of the look-ups: ``known`` by name, and the ``wrong`` ones with the several choices that they fit.

    ``seen`` are choices among which those most like the wrong ones may be.
    """

    seen: list[Choice]
    known: dict[str, Choice] = field(default_factory=dict)
    wrong: dict[str, list[Choice]] = field(default_factory=dict)

    def take(self, name: str, fitting: list[Choice]) -> None:
        """What fits ``name``: it is known if that is one choice."""
        if len(fitting) == 1:
            self.known[name] = fitting[0]
        else:
            self.wrong[name] = fitting


def found(prompt: Prompt, names: list[str], choices: Choices) -> dict[str, Choice]:
    """The choice behind each name: exactly that name, or the only one but for accents, blanks and case.

    Raises
    ------
    Misfit
        Names that are unknown (with the nearest), or that several choices have (with their ids): all of them at once.
    NotListed
        The server does not list this prompt's choices, or too many to find one by its name.
    """
    wanted = list(dict.fromkeys(names))
    first = choices.page(prompt)
    if len(first) < PAGE:
        return _known(_looked_up(wanted, first))
    if len(wanted) > MOST_SEARCHES:
        raise Misfit(f"has a long list of choices: give at most {MOST_SEARCHES} of them by name and the others by id")
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
    """The server's own search in a long list of which ``first`` is the first page."""

    prompt: Prompt
    choices: Choices
    first: list[Choice]
    is_ignored: bool = False
    calls: int = 0

    def listed(self, name: str) -> list[Choice]:
        """Choices with ``name`` among them, or with names like it; ``is_ignored`` is set if nothing is searched for."""
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
    """What to search for, one after the other, until the name is found.

    A server may compare characters as they are stored: with composed or decomposed accents, with another kind of
    blank. The longest part of the name without any of these finds it in every form. Its beginning finds what is like
    a name that is unknown.
    """
    short = composed(name).strip()[:LONGEST_PATTERN]
    forms = [short, canonical(short), name.strip()[:LONGEST_PATTERN], *spellings(short)]
    pieces = [] if short.isascii() else re.findall(r"[!-~]+", short)
    piece = max(pieces, key=len, default="")
    forms += [piece] if len(piece) > SHORTEST_PIECE else []
    return list(dict.fromkeys(filter(None, [*forms, short[:SHORTEST_PIECE]])))


def every(prompt: Prompt, choices: Choices, pattern: str = "") -> Iterator[Choice]:
    """The choices that match the pattern, page by page. Raises NotListed when they do not come to an end."""
    for number in range(MOST_PAGES):
        page = choices.page(prompt, pattern, number * PAGE)
        yield from page
        if len(page) < PAGE:
            return
    raise NotListed(f"there are more than {MOST_PAGES * PAGE} to look through")


def _known(lookup: _Lookup) -> dict[str, Choice]:
    """What was found, if everything was. Raises Misfit."""
    if lookup.wrong:
        raise Misfit(_told(lookup))
    return lookup.known


def _told(lookup: _Lookup) -> str:
    told = list(lookup.wrong)[:MOST_TOLD]
    unknown = [name for name in told if not lookup.wrong[name]]
    parts = [_unknown(unknown, lookup.seen)] if unknown else []
    parts += [_ambiguous(name, lookup.wrong[name]) for name in told if lookup.wrong[name]]
    more = len(lookup.wrong) - len(told)
    return "; ".join([*parts, *([f"and {more} more names are wrong"] if more else [])])


def _ambiguous(name: str, fitting: list[Choice]) -> str:
    ids = ", ".join(f"{shown(name_of(choice))} ({choice['id']})" for choice in fitting[:SHOWN])
    more = ", …" if len(fitting) > SHOWN else ""
    return f"offers {len(fitting)} choices called {shown(name)}; give the id of one: {ids}{more}"


def _unknown(names: list[str], seen: list[Choice]) -> str:
    known = list(dict.fromkeys(written for choice in seen if (written := name_of(choice))))
    most = SHOWN if len(names) <= FEW_TOLD else SHOWN // 2
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
    """Choices by their names, for many look-ups in one list. A choice without an id cannot be sent, and is left out."""

    def __init__(self, listed: Iterable[Choice]) -> None:
        self._indexes: list[tuple[Callable[[str], str], dict[str, dict[str, Choice]]]]
        self._indexes = [(read, {}) for read in (str, canonical, folded)]
        for choice in listed:
            if choice.get("id") and isinstance(choice["id"], str):
                for read, index in self._indexes:
                    index.setdefault(read(name_of(choice)), {})[choice["id"]] = choice

    def of(self, name: str) -> list[Choice]:
        """Those of exactly that name; or else but for accents and blanks at its end; or else but for case, too."""
        found = (index.get(read(name)) for read, index in self._indexes)
        return list(next(filter(None, found), {}).values())


def of_name(name: str, listed: Iterable[Choice]) -> list[Choice]:
    """As :meth:`ByName.of`, for one look-up."""
    return ByName(listed).of(name)


def name_of(choice: Choice) -> str:
    """A year may be a number."""
    return "" if choice.get("name") is None else str(choice["name"])
